"""Names of fields and values that the Kubernetes API takes, for those objects that people write by hand.

From the API reference, https://kubernetes.io/docs/reference/kubernetes-api/ (v1.34). Used to find slips
of the pen only: a name that is merely unknown may be newer than this list.
"""

from anyops.diagnose.wordlist import names

CONTAINER = names("""
    name image command args workingDir ports envFrom env resources resizePolicy restartPolicy
    restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle
    terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce
    tty
    """)
POD_SPEC = names("""
    volumes initContainers containers ephemeralContainers restartPolicy terminationGracePeriodSeconds
    activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName serviceAccount
    automountServiceAccountToken nodeName hostNetwork hostPID hostIPC shareProcessNamespace
    securityContext imagePullSecrets hostname subdomain affinity schedulerName tolerations hostAliases
    priorityClassName priority dnsConfig readinessGates runtimeClassName enableServiceLinks
    preemptionPolicy overhead topologySpreadConstraints setHostnameAsFQDN os hostUsers schedulingGates
    resourceClaims resources hostnameOverride
    """)
PROBE = names("""
    exec httpGet tcpSocket grpc initialDelaySeconds timeoutSeconds periodSeconds successThreshold
    failureThreshold terminationGracePeriodSeconds
    """)
SPECS = {
    "Deployment": names("""
        replicas selector template strategy minReadySeconds revisionHistoryLimit paused
        progressDeadlineSeconds
        """),
    "StatefulSet": names("""
        replicas selector template volumeClaimTemplates serviceName podManagementPolicy
        updateStrategy revisionHistoryLimit minReadySeconds persistentVolumeClaimRetentionPolicy
        ordinals
        """),
    "DaemonSet": names("selector template updateStrategy minReadySeconds revisionHistoryLimit"),
    "Job": names("""
        parallelism completions activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit
        backoffLimitPerIndex maxFailedIndexes selector manualSelector template
        ttlSecondsAfterFinished completionMode suspend podReplacementPolicy managedBy
        """),
    "CronJob": names("""
        schedule timeZone startingDeadlineSeconds concurrencyPolicy suspend jobTemplate
        successfulJobsHistoryLimit failedJobsHistoryLimit
        """),
    "Service": names("""
        ports selector clusterIP clusterIPs type externalIPs sessionAffinity loadBalancerIP
        loadBalancerSourceRanges externalName externalTrafficPolicy healthCheckNodePort
        publishNotReadyAddresses sessionAffinityConfig ipFamilies ipFamilyPolicy
        allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy trafficDistribution
        """),
    "Ingress": names("ingressClassName defaultBackend tls rules"),
    "PersistentVolumeClaim": names("""
        accessModes selector resources volumeName storageClassName volumeMode dataSource
        dataSourceRef volumeAttributesClassName
        """),
    "HorizontalPodAutoscaler": names("""
        scaleTargetRef minReplicas maxReplicas metrics behavior targetCPUUtilizationPercentage
        """),
    "NetworkPolicy": names("podSelector ingress egress policyTypes"),
    "PodDisruptionBudget": names("minAvailable selector maxUnavailable unhealthyPodEvictionPolicy"),
}
"""Fields of `spec` by kind."""

SERVICE_PORT = names("name protocol appProtocol port targetPort nodePort")
CONTAINER_PORT = names("name hostPort containerPort protocol hostIP")
ENV = names("name value valueFrom")
VOLUME_MOUNT = names("name readOnly recursiveReadOnly mountPath subPath mountPropagation subPathExpr")
RESOURCES = names("limits requests claims")
METADATA = names("""
    name generateName namespace selfLink uid resourceVersion generation creationTimestamp
    deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences finalizers
    managedFields
    """)

PROTOCOLS = names("TCP UDP SCTP")
PULL_POLICIES = names("Always IfNotPresent Never")
RESTART_POLICIES = names("Always OnFailure Never")
DNS_POLICIES = names("ClusterFirst ClusterFirstWithHostNet Default None")
SERVICE_TYPES = names("ClusterIP NodePort LoadBalancer ExternalName")
ACCESS_MODES = names("ReadWriteOnce ReadOnlyMany ReadWriteMany ReadWriteOncePod")
PATH_TYPES = names("Exact Prefix ImplementationSpecific")
CONCURRENCY = names("Allow Forbid Replace")
SCHEMES = names("HTTP HTTPS")
POLICY_TYPES = names("Ingress Egress")
TAINT_EFFECTS = names("NoSchedule PreferNoSchedule NoExecute")
SELECTOR_OPERATORS = names("In NotIn Exists DoesNotExist Gt Lt")
