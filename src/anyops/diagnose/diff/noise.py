"""What is left out of a comparison: bookkeeping of servers and controllers, and objects that they make.

Sources: https://kubernetes.io/docs/reference/labels-annotations-taints/ and the API server's own names.
"""

import re

from anyops.world.resource import Resource
from anyops.world.world import World

MADE_KINDS = frozenset(
    """
    Event Endpoints EndpointSlice Lease ControllerRevision CSINode CSIStorageCapacity NodeMetrics
    PodMetrics VolumeAttachment ComponentStatus CertificateRequest Order Challenge StorageVersion
    IPAddress TokenReview SubjectAccessReview SelfSubjectAccessReview SelfSubjectReview PodTemplate
    """.split()  # noqa: SIM905
)
"""Kinds that nobody writes by hand: controllers and kubelets do, again and again."""

_MADE_GROUPS = frozenset(["anyops", "metrics.k8s.io", "events.k8s.io"])
_NATIVE_OWNERS = frozenset(
    """
    Deployment ReplicaSet StatefulSet DaemonSet Job CronJob ReplicationController Service Node
    """.split()  # noqa: SIM905
)
_MADE_SECRETS = ("kubernetes.io/service-account-token", "helm.sh/release.v1", "bootstrap.kubernetes.io/token")
_MADE_NAMES = {
    "ConfigMap": frozenset(["kube-root-ca.crt", "openshift-service-ca.crt"]),
    "ServiceAccount": frozenset(["default"]),
}
_DYNAMIC_VOLUME = re.compile(r"pvc-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")

_LABELS = frozenset(
    """
    pod-template-hash controller-revision-hash pod-template-generation controller-uid job-name
    batch.kubernetes.io/controller-uid batch.kubernetes.io/job-name
    statefulset.kubernetes.io/pod-name apps.kubernetes.io/pod-index kubernetes.io/metadata.name
    """.split()  # noqa: SIM905
)
_ANNOTATIONS = frozenset(
    """
    kubectl.kubernetes.io/last-applied-configuration deployment.kubernetes.io/revision
    deployment.kubernetes.io/desired-replicas deployment.kubernetes.io/max-replicas
    deprecated.daemonset.template.generation control-plane.alpha.kubernetes.io/leader
    pv.kubernetes.io/bind-completed pv.kubernetes.io/bound-by-controller
    pv.kubernetes.io/provisioned-by volume.beta.kubernetes.io/storage-provisioner
    volume.kubernetes.io/storage-provisioner volume.kubernetes.io/selected-node
    autoscaling.alpha.kubernetes.io/conditions
    autoscaling.alpha.kubernetes.io/metrics autoscaling.alpha.kubernetes.io/behavior
    autoscaling.alpha.kubernetes.io/current-metrics
    endpoints.kubernetes.io/last-change-trigger-time node.alpha.kubernetes.io/ttl
    volumes.kubernetes.io/controller-managed-attach-detach csi.volume.kubernetes.io/nodeid
    kubeadm.alpha.kubernetes.io/cri-socket batch.kubernetes.io/job-tracking
    cni.projectcalico.org/podIP cni.projectcalico.org/podIPs cni.projectcalico.org/containerID
    projectcalico.org/IPv4Address projectcalico.org/IPv4IPIPTunnelAddr
    rbac.authorization.kubernetes.io/autoupdate
    """.split()  # noqa: SIM905
)
_OWN_NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")
_HASH = re.compile(r"(^|[-_/.])(checksum|sha256|sha1|hash)([-_/.]|$)", re.IGNORECASE)
_HASH_VALUE = re.compile(r"(sha(1|256|512)[:-])?[A-Za-z0-9+/=_-]{5,128}\Z")


def is_made(world: World, resource: Resource) -> bool:
    """Whether a controller made the object, so that comparing its owner says it all."""
    kind, group = resource.kind, resource.group
    if kind in MADE_KINDS or group in _MADE_GROUPS or resource.name in _MADE_NAMES.get(kind, ()):
        return True
    if kind == "Secret":
        type_ = resource.text("type")
        return type_ in _MADE_SECRETS or resource.name.startswith("sh.helm.release.v1.")
    if kind == "PersistentVolume":
        return _DYNAMIC_VOLUME.match(resource.name) is not None
    if kind == "PersistentVolumeClaim" and _is_of_stateful_set(world, resource):
        return True
    owners = list(world.owners(resource))
    if kind in ("Pod", "ReplicaSet"):
        return bool(owners)
    return bool(owners) and owners[0].kind in _NATIVE_OWNERS


def _is_of_stateful_set(world: World, claim: Resource) -> bool:
    """Whether a StatefulSet made the claim from its template: `data-db-0`."""
    stem, _, ordinal = claim.name.rpartition("-")
    return ordinal.isdigit() and any(
        _makes(owner, stem) for owner in world.in_namespace("StatefulSet", claim.namespace)
    )


def _makes(owner: Resource, stem: str) -> bool:
    """Whether one of its templates gives the stem; an outline shows no templates."""
    if not owner.complete:
        return stem.endswith(f"-{owner.name}")
    templates = owner.each("spec", "volumeClaimTemplates")
    return any(stem == f"{template.text('metadata', 'name')}-{owner.name}" for template in templates)


def is_of_every_cluster(resource: Resource) -> bool:
    """Whether the API server makes the object in each cluster: where one side lacks it, nobody removed it."""
    kind, name = resource.kind, resource.name
    return (
        "kubernetes.io/bootstrapping" in resource.labels
        or "kube-aggregator.kubernetes.io/automanaged" in resource.labels
        or "apf.kubernetes.io/autoupdate-spec" in resource.annotations
        or (kind == "Namespace" and name in _OWN_NAMESPACES)
        or (kind == "Service" and (resource.namespace, name) == ("default", "kubernetes"))
        or (kind == "PriorityClass" and name.startswith("system-"))
        or (resource.namespace in _OWN_NAMESPACES and "system:" in name and kind in ("Role", "RoleBinding"))
    )


def is_noise_label(name: str) -> bool:
    """Whether a controller sets the label."""
    return name in _LABELS


def is_noise_annotation(name: str, value: str) -> bool:
    """Whether the annotation is bookkeeping, or the hash of something that is compared itself."""
    return name in _ANNOTATIONS or (_HASH.search(name) is not None and _HASH_VALUE.match(value) is not None)


def is_hidden(shown: str) -> bool:
    """Whether a value is the mark of one that was taken out before it was read."""
    return shown in ("<redacted>", "[REDACTED]", "***HIDDEN***", "REDACTED") or shown.startswith("<secret:")


def is_token_volume(name: str) -> bool:
    """Whether the API server adds the volume to each pod: the service account's token."""
    return name.startswith("kube-api-access-") or re.fullmatch(r".+-token-[a-z0-9]{5}", name) is not None
