"""Which kinds have no namespace, which surely have one, and the words for them."""

import re

_HUMPS = re.compile(r"[A-Z][a-z]+")

CLUSTER_SCOPED = frozenset(
    """
    APIService CSIDriver CSINode CertificateSigningRequest ClusterCatalog ClusterExtension ClusterIssuer
    ClusterPolicy ClusterPolicyReport ClusterRole ClusterRoleBinding ClusterSecretStore ComponentStatus
    CustomResourceDefinition FlowSchema GatewayClass IngressClass IPAddress MutatingWebhookConfiguration
    Namespace Node NodeService NodeMetrics PersistentVolume PodSecurityPolicy PriorityClass
    PriorityLevelConfiguration RuntimeClass ServiceCIDR StorageClass StorageVersion
    ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment
    VolumeAttributesClass VolumeSnapshotClass VolumeSnapshotContent ClusterOperator ClusterVersion
    MachineConfig MachineConfigPool NodePool EC2NodeClass NodeClaim DeviceClass ResourceSlice
    Alert Connectivity Dependency DBInstance DBCluster DBSnapshot
    """.split()  # noqa: SIM905
)

NAMESPACED = frozenset(
    """
    Alertmanager Application ApplicationSet AppProject Backup CatalogSource Certificate CertificateRequest
    ClusterServiceVersion ConfigMap ControllerRevision CronJob DaemonSet Deployment EndpointSlice Endpoints
    ExternalSecret Event Gateway GitRepository GRPCRoute HTTPRoute HelmChart HelmRelease HelmRepository
    HorizontalPodAutoscaler Ingress InstallPlan Issuer Job Kustomization Lease LimitRange NetworkPolicy
    OCIRepository
    OperatorGroup PersistentVolumeClaim Pod PodDisruptionBudget PodMetrics PodMonitor PodTemplate
    PolicyReport Prometheus PrometheusRule ReferenceGrant ReplicaSet ReplicationController ResourceClaim
    ResourceQuota
    Role RoleBinding Rollout Route ScaledJob ScaledObject SealedSecret Secret SecretStore Service
    ServiceAccount ServiceMonitor StatefulSet Subscription VerticalPodAutoscaler VolumeSnapshot Workflow
    """.split()  # noqa: SIM905
)


def scope_namespace(kind: str, namespace: str) -> str:
    """`namespace`, or "" for a kind that has none."""
    return "" if kind in CLUSTER_SCOPED else namespace


def _plural(kind: str) -> str:
    name = kind.lower()
    if name.endswith(("s", "ss", "x", "ch")) and name != "endpoints":
        return name if name.endswith("endpoints") else f"{name}es"
    return f"{name[:-1]}ies" if name.endswith("y") and not name.endswith("ay") else f"{name}s"


_BY_WORD = {
    word: kind
    for kind in sorted(CLUSTER_SCOPED | NAMESPACED)
    for word in (kind.lower(), _plural(kind), f"{kind.lower()}list")
} | {"gateways": "Gateway", "pvcs": "PersistentVolumeClaim", "hpas": "HorizontalPodAutoscaler"}


def kind_of_word(word: str) -> str:
    """`pods`, `eks_pods`, `pod_list`, `warningEvents` → the kind at the word's end; "" when there is none."""
    plain = word.lower().replace("-", "_").removesuffix("_list")
    squeezed = plain.replace("_", "")
    if squeezed in _BY_WORD:
        return _BY_WORD[squeezed]
    last = plain.rpartition("_")[2]
    if last in _BY_WORD:
        return _BY_WORD[last]
    humps = _HUMPS.findall(word)
    return _BY_WORD.get(humps[-1].lower(), "") if humps else ""


def kind_of_path(name: str) -> str:
    """The kind that a file's name or one of its folders tells: `cluster-resources/pods/shop.json` → Pod."""
    parts = name.split("/")
    words = [parts[-1].partition(".")[0], *reversed(parts[:-1])]
    return next((kind for word in words if (kind := kind_of_word(word))), "")
