"""Which of what a cluster serves is read, in which order, and how far."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from anyops.sources.kube.discovery import Served, distinct

FIRST = (
    Served("v1", "pods", "Pod", True),
    Served("v1", "events", "Event", True),
    Served("apps/v1", "deployments", "Deployment", True),
    Served("v1", "nodes", "Node", False),
    Served("v1", "services", "Service", True),
    Served("apps/v1", "replicasets", "ReplicaSet", True),
    Served("apps/v1", "statefulsets", "StatefulSet", True),
    Served("apps/v1", "daemonsets", "DaemonSet", True),
)
"""Served by every server since 1.9, so asked for before discovery has answered; the most telling first."""

SECRETS = Served("v1", "secrets", "Secret", True)
"""Read apart, as a table without objects: their values never cross the wire."""

_NEXT = """
discovery.k8s.io/EndpointSlice batch/Job batch/CronJob /PersistentVolumeClaim /ResourceQuota /LimitRange
networking.k8s.io/Ingress autoscaling/HorizontalPodAutoscaler policy/PodDisruptionBudget
networking.k8s.io/NetworkPolicy /ConfigMap /ServiceAccount /Namespace
admissionregistration.k8s.io/ValidatingWebhookConfiguration
admissionregistration.k8s.io/MutatingWebhookConfiguration apiregistration.k8s.io/APIService
storage.k8s.io/StorageClass /PersistentVolume networking.k8s.io/IngressClass
rbac.authorization.k8s.io/RoleBinding rbac.authorization.k8s.io/Role
rbac.authorization.k8s.io/ClusterRoleBinding rbac.authorization.k8s.io/ClusterRole
scheduling.k8s.io/PriorityClass /ReplicationController argoproj.io/Application
""".split()  # noqa: SIM905
_OWN_GROUPS = ("apps", "batch", "autoscaling", "policy", "extensions", "")
_CUSTOM_OF_K8S = ("gateway.networking.k8s.io", "snapshot.storage.k8s.io")
_TOO_MANY = frozenset(
    """
    cilium.io/CiliumEndpoint cilium.io/CiliumIdentity cilium.io/CiliumNode cilium.io/CiliumEndpointSlice
    reports.kyverno.io/EphemeralReport reports.kyverno.io/ClusterEphemeralReport kyverno.io/AdmissionReport
    kyverno.io/BackgroundScanReport aquasecurity.github.io/VulnerabilityReport
    aquasecurity.github.io/ConfigAuditReport aquasecurity.github.io/ExposedSecretReport
    aquasecurity.github.io/SbomReport aquasecurity.github.io/RbacAssessmentReport
    crd.projectcalico.org/IPAMBlock crd.projectcalico.org/IPAMHandle crd.projectcalico.org/BlockAffinity
    acme.cert-manager.io/Order
    """.split()  # noqa: SIM905
)
"""Bookkeeping of controllers, often one for each pod: much to read, and no word of what is wrong."""

CUSTOM_ITEMS = 2_000
"""Objects of one custom kind that are read; where there are more, that is said."""


class Read(Struct, frozen=True):
    """One list to read: a resource in one namespace, or in all (""); `most` objects, 0 for no such bound."""

    served: Served
    namespace: str = ""
    label_selector: str = ""
    field_selector: str = ""
    most: int = 0

    @property
    def path(self) -> str:
        return self.served.path(self.namespace)

    @property
    def is_whole(self) -> bool:
        """Whether what the list lacks does not exist."""
        return not (self.label_selector or self.field_selector)


def ordered(found: Iterable[Served]) -> list[Served]:
    """What is worth reading, the most telling first: the server's own kinds, then custom ones."""
    first = {(s.group, s.kind) for s in FIRST} | {(SECRETS.group, SECRETS.kind)}
    wanted = [s for s in distinct(found) if _is_wanted(s) and (s.group, s.kind) not in first]
    if any(s.kind == "EndpointSlice" for s in wanted):
        wanted = [s for s in wanted if (s.group, s.kind) != ("", "Endpoints")]
    rank = {name: number for number, name in enumerate(_NEXT)}
    last = len(rank)
    return sorted(wanted, key=lambda s: (rank.get(_name(s), last + is_custom(s)), s))


def is_custom(served: Served) -> bool:
    """Whether a custom resource definition or another API server made the kind."""
    if served.group in _CUSTOM_OF_K8S:
        return True
    return served.group not in _OWN_GROUPS and not served.group.endswith(".k8s.io")


def lists(found: Iterable[Served], namespaces: Sequence[str]) -> Iterator[Read]:
    """The lists that show these namespaces (all where there is none) and what is of the whole cluster."""
    for served in found:
        most = CUSTOM_ITEMS if is_custom(served) else 0
        if served.namespaced and namespaces:
            yield from (Read(served, namespace, most=most) for namespace in namespaces)
        else:
            yield Read(served, most=most)


def _is_wanted(served: Served) -> bool:
    name = _name(served)
    if is_custom(served):
        return name not in _TOO_MANY and not served.group.endswith("metrics.k8s.io")
    return name in _NEXT or name == "/Endpoints"


def _name(served: Served) -> str:
    return f"{served.group}/{served.kind}"
