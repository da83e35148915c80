"""What the API server fills in where an object says nothing.

Source: https://github.com/kubernetes/kubernetes/tree/master/pkg/apis (`*/v1/defaults.go` of each group).
"""

from typing import Any

from anyops.diagnose.diff.facts import entries, mapping, meant

Table = dict[str, Any]

POD_SPEC: Table = {
    "dnsPolicy": "ClusterFirst",
    "restartPolicy": "Always",
    "schedulerName": "default-scheduler",
    "terminationGracePeriodSeconds": 30,
    "enableServiceLinks": True,
    "preemptionPolicy": "PreemptLowerPriority",
    "serviceAccountName": "default",
}
CONTAINER: Table = {
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}
PROBE: Table = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
PORT: Table = {"protocol": "TCP"}
FILES: Table = {"defaultMode": 420}
TOKEN: Table = {"expirationSeconds": 3600}
WEBHOOK: Table = {
    "failurePolicy": "Fail",
    "matchPolicy": "Equivalent",
    "timeoutSeconds": 10,
}
_ROLLING: Table = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}

SPECS: dict[str, Table] = {
    "Deployment": {
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
        "strategy": _ROLLING,
    },
    "StatefulSet": {
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "podManagementPolicy": "OrderedReady",
        "updateStrategy": {"type": "RollingUpdate"},
        "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
    },
    "DaemonSet": {
        "revisionHistoryLimit": 10,
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}},
    },
    "ReplicaSet": {"replicas": 1},
    "ReplicationController": {"replicas": 1},
    "Job": {
        "completions": 1,
        "parallelism": 1,
        "backoffLimit": 6,
        "completionMode": "NonIndexed",
        "podReplacementPolicy": "TerminatingOrFailed",
    },
    "CronJob": {
        "concurrencyPolicy": "Allow",
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 1,
    },
    "Service": {
        "type": "ClusterIP",
        "sessionAffinity": "None",
        "internalTrafficPolicy": "Cluster",
    },
    "PersistentVolumeClaim": {"volumeMode": "Filesystem"},
    "PersistentVolume": {"volumeMode": "Filesystem", "persistentVolumeReclaimPolicy": "Retain"},
    "Namespace": {"finalizers": ["kubernetes"]},
}
"""Defaults of `spec`."""

OBJECTS: dict[str, Table] = {
    "Secret": {"type": "Opaque"},
    "StorageClass": {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"},
    "PriorityClass": {"preemptionPolicy": "PreemptLowerPriority"},
}
"""Defaults at the object's top."""

DROPPED: dict[str, frozenset[str]] = {
    "Service": frozenset(["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort"]),
    "PersistentVolumeClaim": frozenset(["volumeName"]),
    "PersistentVolume": frozenset(["claimRef"]),
    "Node": frozenset(["podCIDR", "podCIDRs", "providerID"]),
    "APIService": frozenset(["caBundle"]),
}
"""Keys of `spec` that the cluster gives out."""

FALSE_IS_ABSENT = frozenset(
    """
    hostNetwork hostPID hostIPC shareProcessNamespace setHostnameAsFQDN readOnly optional privileged
    tty stdin stdinOnce readOnlyRootFilesystem runAsNonRoot suspend paused immutable
    publishNotReadyAddresses minReadySeconds initialDelaySeconds partition startingDeadlineSeconds
    allowVolumeExpansion unschedulable globalDefault
    """.split()  # noqa: SIM905
)
"""Keys whose false or 0 is what their absence means."""


def filled(value: Any, table: Table, complete: bool = True) -> dict[str, Any]:
    """The entries that say something, with the table's for those that are absent in a `complete` object."""
    said = without_false(meant(value))
    if not complete:
        return said
    return {**table, **{k: _inner(k, v, table) for k, v in said.items()}}


def _inner(key: str, value: Any, table: Table) -> Any:
    """A mapping with the defaults of its type: a strategy of another type has no rolling numbers."""
    below = table.get(key)
    if not isinstance(below, dict) or not isinstance(value, dict):
        return value
    if value.get("type", below.get("type")) != below.get("type"):
        return value
    return filled(value, below)


def without_false(value: dict[str, Any]) -> dict[str, Any]:
    """The entries without those whose false or 0 is what absence means."""
    return {k: v for k, v in value.items() if k not in FALSE_IS_ABSENT or v not in (False, 0)}


def pull_policy(image: str) -> str:
    """Always for the tag latest or no tag, else IfNotPresent.

    https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting
    """
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return "Always" if not digest and tag in ("", "latest") else "IfNotPresent"


def requests(resources: Any, complete: bool) -> dict[str, Any]:
    """What is asked for; a limit counts as request where none is said."""
    asked, limits = meant(mapping(resources).get("requests")), meant(mapping(resources).get("limits"))
    return {**limits, **asked} if complete else asked


_OF_SOME_TYPES: Table = {"externalTrafficPolicy": "Cluster", "allocateLoadBalancerNodePorts": True}
"""Defaults of a Service that depend on its type: with another type they are not there."""


_EXTERNAL: Table = {"type": "ExternalName", "sessionAffinity": "None"}


def service_spec(spec: dict[str, Any], complete: bool) -> dict[str, Any]:
    """A Service's spec without what the cluster gives out and what its type does not have."""
    type_ = spec.get("type") or "ClusterIP"
    kept = filled(spec, SPECS["Service"] if type_ != "ExternalName" else _EXTERNAL, complete)
    for key, value in _OF_SOME_TYPES.items():
        if kept.get(key) == value:
            del kept[key]
    if spec.get("clusterIP") == "None":
        kept["headless"] = True
    return {k: v for k, v in kept.items() if k not in DROPPED["Service"]}


def backend(value: Any) -> str:
    """An Ingress backend as `service:port`, of networking.k8s.io/v1 or of the beta before it."""
    it = mapping(value)
    service, port = mapping(it.get("service")), mapping(mapping(it.get("service")).get("port"))
    name = service.get("name") or it.get("serviceName")
    number = port.get("number") or port.get("name") or it.get("servicePort")
    if name is None:
        resource = mapping(it.get("resource"))
        return f"{resource.get('kind', '')}/{resource.get('name', '')}" if resource else ""
    return f"{name}:{number}" if number is not None else str(name)


def policy_types(spec: dict[str, Any]) -> list[str]:
    """The directions that a network policy closes.

    https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
    """
    said = spec.get("policyTypes")
    if isinstance(said, list) and said:
        return sorted(map(str, said))
    return ["Egress", "Ingress"] if entries(spec.get("egress")) else ["Ingress"]
