"""The printed columns of every built-in kind, and of custom resources that many clusters have.

Source: Kubernetes' pkg/printers/internalversion/printers.go, 1.16 to 1.34, and the CRDs' printer columns.
"""

from collections.abc import Callable, Mapping
from functools import partial

from msgspec import Struct

from anyops.sources.files.kubectl import table_services as services
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.table_columns import (
    Column,
    at,
    condition,
    flag,
    images,
    labels,
    number,
    ratio,
    read_columns,
    selector,
    word,
    words,
)
from anyops.sources.files.kubectl.table_pods import read_pod

Row = Mapping[str, str]
Reader = Callable[[Row, int, Sketch], None]


class Layout(Struct, frozen=True):
    """A kind's table: the columns that all stand in it, and how a row is read.

    `exact` tables have no other columns but NAMESPACE, AGE, LABELS and those named in `also`.
    """

    kind: str
    needs: tuple[str, ...]
    read: Reader
    exact: bool = False
    also: tuple[str, ...] = ()


def _table(kind: str, needs: str, table: dict[str, Column], *, exact: bool = False, also: str = "") -> Layout:
    names = tuple(name.strip() for name in needs.split(","))
    more = tuple(name.strip() for name in also.split(",")) if also else ()
    return Layout(kind, names, partial(read_columns, table), exact, more)


_TEMPLATE = ("spec", "template", "spec", "containers")
_READY_OF_WANTED: Column = partial(ratio, (("status", "readyReplicas"), ("spec", "replicas")))
_JOB_TEMPLATE = ("spec", "jobTemplate", "spec", "template", "spec", "containers")
_SELECTOR = {"SELECTOR": at(selector, "spec", "selector")}
_BOUND = {
    "CAPACITY": at(word, "status", "capacity", "storage"),
    "ACCESS MODES": services.access_modes,
    "STORAGECLASS": at(word, "spec", "storageClassName"),
    "VOLUMEMODE": at(word, "spec", "volumeMode"),
    "VOLUMEATTRIBUTESCLASS": at(word, "spec", "volumeAttributesClassName"),
}
_CONDITIONED: dict[str, Column] = {"READY": partial(condition, "Ready")}

LAYOUTS = (
    Layout("Pod", ("READY", "STATUS", "RESTARTS"), read_pod),
    _table("DaemonSet", "DESIRED, CURRENT, READY, UP-TO-DATE, AVAILABLE, NODE SELECTOR", {
        "DESIRED": at(number, "status", "desiredNumberScheduled"),
        "CURRENT": at(number, "status", "currentNumberScheduled"),
        "READY": at(number, "status", "numberReady"),
        "UP-TO-DATE": at(number, "status", "updatedNumberScheduled"),
        "AVAILABLE": at(number, "status", "numberAvailable"),
        "NODE SELECTOR": at(labels, "spec", "template", "spec", "nodeSelector"),
        **images(_TEMPLATE), **_SELECTOR,
    }),
    _table("Deployment", "READY, UP-TO-DATE, AVAILABLE", {
        "READY": _READY_OF_WANTED,
        "UP-TO-DATE": at(number, "status", "updatedReplicas"),
        "AVAILABLE": at(number, "status", "availableReplicas"),
        **images(_TEMPLATE), **_SELECTOR,
    }),
    _table("Deployment", "DESIRED, CURRENT, UP-TO-DATE, AVAILABLE", {
        "DESIRED": at(number, "spec", "replicas"), "CURRENT": at(number, "status", "replicas"),
        "UP-TO-DATE": at(number, "status", "updatedReplicas"),
        "AVAILABLE": at(number, "status", "availableReplicas"),
    }),
    _table("ReplicaSet", "DESIRED, CURRENT, READY", {
        "DESIRED": at(number, "spec", "replicas"),
        "CURRENT": at(number, "status", "replicas"),
        "READY": at(number, "status", "readyReplicas"),
        **images(_TEMPLATE), **_SELECTOR,
    }),
    _table("Job", "COMPLETIONS, DURATION", {
        "COMPLETIONS": services.completions, "STATUS": services.job_status, **images(_TEMPLATE), **_SELECTOR,
    }),
    _table("CronJob", "SCHEDULE, SUSPEND, LAST SCHEDULE", {
        "SCHEDULE": at(word, "spec", "schedule"), "SUSPEND": at(flag, "spec", "suspend"),
        "TIMEZONE": at(word, "spec", "timeZone"), "LAST SCHEDULE": at(word, "status", "lastScheduleAge"),
        **images(_JOB_TEMPLATE),
    }),
    Layout("Service", ("TYPE", "CLUSTER-IP", "PORT(S)"), services.read_service),
    Layout("EndpointSlice", ("ADDRESSTYPE", "ENDPOINTS"), services.read_endpoint_slice),
    Layout("Endpoints", ("ENDPOINTS",), services.read_endpoints, exact=True),
    Layout("Ingress", ("HOSTS", "ADDRESS", "PORTS"), services.read_ingress),
    _table("PersistentVolume", "CAPACITY, RECLAIM POLICY, CLAIM", {
        **_BOUND, "CAPACITY": at(word, "spec", "capacity", "storage"), "STATUS": at(word, "status", "phase"),
        "RECLAIM POLICY": at(word, "spec", "persistentVolumeReclaimPolicy"),
        "CLAIM": services.claim, "REASON": at(word, "status", "reason"),
    }),
    _table("PersistentVolumeClaim", "STATUS, VOLUME, CAPACITY", {
        **_BOUND, "ACCESS MODES": services.claimed_modes, "STATUS": services.claim_status,
        "VOLUME": at(word, "spec", "volumeName"),
    }),
    _table("StorageClass", "PROVISIONER", {
        "PROVISIONER": at(word, "provisioner"), "RECLAIMPOLICY": at(word, "reclaimPolicy"),
        "VOLUMEBINDINGMODE": at(word, "volumeBindingMode"),
        "ALLOWVOLUMEEXPANSION": at(flag, "allowVolumeExpansion"),
    }),
    Layout("Node", ("STATUS", "ROLES", "VERSION"), services.read_node),
    _table("HorizontalPodAutoscaler", "REFERENCE, TARGETS, MINPODS, MAXPODS", {
        "REFERENCE": services.scale_target, "TARGETS": services.targets,
        "MINPODS": at(number, "spec", "minReplicas"), "MAXPODS": at(number, "spec", "maxReplicas"),
        "REPLICAS": at(number, "status", "currentReplicas"),
    }),
    _table("PodDisruptionBudget", "MIN AVAILABLE, MAX UNAVAILABLE, ALLOWED DISRUPTIONS", {
        "MIN AVAILABLE": partial(services.amount, ("spec", "minAvailable")),
        "MAX UNAVAILABLE": partial(services.amount, ("spec", "maxUnavailable")),
        "ALLOWED DISRUPTIONS": at(number, "status", "disruptionsAllowed"),
    }),
    _table("NetworkPolicy", "POD-SELECTOR", {"POD-SELECTOR": at(selector, "spec", "podSelector")}),
    _table("ResourceQuota", "REQUEST", {"REQUEST": services.quota, "LIMIT": services.quota}),
    _table("PriorityClass", "VALUE, GLOBAL-DEFAULT", {
        "VALUE": at(number, "value"), "GLOBAL-DEFAULT": at(flag, "globalDefault"),
    }),
    _table("IngressClass", "CONTROLLER, PARAMETERS", {"CONTROLLER": at(word, "spec", "controller")}),
    _table("RoleBinding", "ROLE", {"ROLE": services.role, "SERVICEACCOUNTS": services.service_accounts},
           exact=True, also="USERS, GROUPS, SERVICEACCOUNTS"),
    _table("Secret", "TYPE, DATA", {"TYPE": at(word, "type"), "DATA": at(number, "dataCount")}, exact=True),
    _table("ConfigMap", "DATA", {"DATA": at(number, "dataCount")}, exact=True),
    _table("ServiceAccount", "SECRETS", {"SECRETS": at(number, "secretCount")}, exact=True),
    _table("APIService", "SERVICE, AVAILABLE", {"AVAILABLE": services.available}),
    _table("Application", "SYNC STATUS, HEALTH STATUS", {
        "SYNC STATUS": at(word, "status", "sync", "status"),
        "HEALTH STATUS": at(word, "status", "health", "status"),
        "REVISION": at(word, "status", "sync", "revision"), "PROJECT": at(word, "spec", "project"),
    }),
    _table("Certificate", "READY, SECRET", {**_CONDITIONED, "SECRET": at(word, "spec", "secretName")}),
    _table("ExternalSecret", "STORE, REFRESH INTERVAL, READY", {
        **_CONDITIONED, "STORE": at(word, "spec", "secretStoreRef", "name"),
    }),
    _table("VolumeAttachment", "ATTACHER, PV, NODE, ATTACHED", {
        "ATTACHER": at(word, "spec", "attacher"), "PV": at(word, "spec", "source", "persistentVolumeName"),
        "NODE": at(word, "spec", "nodeName"), "ATTACHED": at(flag, "status", "attached"),
    }),
    _table("ClusterOperator", "AVAILABLE, PROGRESSING, DEGRADED", {
        "AVAILABLE": partial(condition, "Available"), "PROGRESSING": partial(condition, "Progressing"),
        "DEGRADED": partial(condition, "Degraded"),
    }),
    _table("ClusterVersion", "VERSION, AVAILABLE, PROGRESSING", {
        "AVAILABLE": partial(condition, "Available"), "PROGRESSING": partial(condition, "Progressing"),
    }),
    _table("Route", "HOST/PORT, SERVICES", {
        "HOST/PORT": at(word, "spec", "host"), "SERVICES": at(word, "spec", "to", "name"),
    }),
    _table("ScaledObject", "SCALETARGETNAME, TRIGGERS, READY", {
        **_CONDITIONED, "SCALETARGETNAME": at(word, "spec", "scaleTargetRef", "name"),
        "ACTIVE": partial(condition, "Active"), "MIN": at(number, "spec", "minReplicaCount"),
        "MAX": at(number, "spec", "maxReplicaCount"),
    }),
    _table("Gateway", "CLASS, PROGRAMMED", {
        "CLASS": at(word, "spec", "gatewayClassName"), "PROGRAMMED": partial(condition, "Programmed"),
    }),
    _table("CertificateSigningRequest", "SIGNERNAME, REQUESTOR, CONDITION", {
        "SIGNERNAME": at(word, "spec", "signerName"), "REQUESTOR": at(word, "spec", "username"),
        "CONDITION": services.signing,
    }),
    _table("ComponentStatus", "STATUS, MESSAGE, ERROR", {
        "STATUS": services.component, "MESSAGE": at(word, "conditions", 0, "message"),
        "ERROR": at(word, "conditions", 0, "error"),
    }),
    _table("Lease", "HOLDER", {"HOLDER": at(word, "spec", "holderIdentity")}, exact=True),
)  # fmt: skip
"""Tried in order; the first whose columns fit wins, unless the command names the kind."""

STATEFUL_SET = _table("StatefulSet", "READY", {
    "READY": _READY_OF_WANTED, **images(_TEMPLATE),
}, exact=True, also="CONTAINERS, IMAGES")  # fmt: skip
NAMESPACE = Layout("Namespace", ("STATUS",), services.read_namespace, exact=True)

GENERIC: dict[str, Column] = {
    "READY": services.ready,
    "STATUS": services.status,
    "PHASE": at(word, "status", "phase"),
    "STATE": at(word, "status", "state"),
    "HEALTH": at(word, "status", "health"),
    "SYNC STATUS": at(word, "status", "sync", "status"),
    "HEALTH STATUS": at(word, "status", "health", "status"),
    "SUSPENDED": at(flag, "spec", "suspend"),
    "AVAILABLE": partial(condition, "Available"),
    "SYNCED": partial(condition, "Synced"),
    "ESTABLISHED": partial(condition, "Established"),
    "PROGRAMMED": partial(condition, "Programmed"),
    "ACCEPTED": partial(condition, "Accepted"),
    "ACTIVE": partial(condition, "Active"),
    "HOSTNAMES": at(words, "spec", "hostnames"),
}
"""What columns of a custom resource usually mean."""


def layout_of(header: frozenset[str], first: Row) -> Layout | None:
    """The layout of a table with these columns and this first row; None when no built-in kind has it."""
    for layout in LAYOUTS:
        if header.issuperset(layout.needs) and (not layout.exact or _fits(layout, header)):
            return layout
    if _fits(STATEFUL_SET, header) and "/" in first.get("READY", ""):
        return STATEFUL_SET
    if _fits(NAMESPACE, header) and first.get("STATUS") in ("Active", "Terminating"):
        return NAMESPACE
    return None


def _fits(layout: Layout, header: frozenset[str]) -> bool:
    allowed = {"NAME", "NAMESPACE", "AGE", "LABELS", *layout.needs, *layout.also}
    return header.issuperset(layout.needs) and header <= allowed
