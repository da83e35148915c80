"""Which kinds have no namespace, and which surely have one."""

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
