"""What API servers of two releases serve, as `kubectl api-resources` shows it: a current one and 1.20.

Source: the discovery documents of kube-apiserver v1.34 (api/discovery in its repository) and v1.20.
"""

from __future__ import annotations

from .kinds import Release, rows

_CORE = """
bindings                Binding                ns       -      -
componentstatuses       ComponentStatus        cluster  cs     -
configmaps              ConfigMap              ns       cm     -
endpoints               Endpoints              ns       ep     -
events                  Event                  ns       ev     -
limitranges             LimitRange             ns       limits -
namespaces              Namespace              cluster  ns     finalize,status
nodes                   Node                   cluster  no     proxy,status
persistentvolumeclaims  PersistentVolumeClaim  ns       pvc    status
persistentvolumes       PersistentVolume       cluster  pv     status
pods                    Pod                    ns       po     attach,binding,eviction,exec,log,proxy,status
podtemplates            PodTemplate            ns       -      -
replicationcontrollers  ReplicationController  ns       rc     scale,status
resourcequotas          ResourceQuota          ns       quota  status
secrets                 Secret                 ns       -      -
serviceaccounts         ServiceAccount         ns       sa     token
services                Service                ns       svc    proxy,status
"""
_APPS = """
controllerrevisions  ControllerRevision  ns  -       -
daemonsets           DaemonSet           ns  ds      status
deployments          Deployment          ns  deploy  scale,status
replicasets          ReplicaSet          ns  rs      scale,status
statefulsets         StatefulSet         ns  sts     scale,status
"""
_WEBHOOKS = """
mutatingwebhookconfigurations    MutatingWebhookConfiguration    cluster  -  -
validatingwebhookconfigurations  ValidatingWebhookConfiguration  cluster  -  -
"""
_POLICIES = """
validatingadmissionpolicies        ValidatingAdmissionPolicy         cluster  -  status
validatingadmissionpolicybindings  ValidatingAdmissionPolicyBinding  cluster  -  -
"""
_RBAC = """
clusterrolebindings  ClusterRoleBinding  cluster  -  -
clusterroles         ClusterRole         cluster  -  -
rolebindings         RoleBinding         ns       -  -
roles                Role                ns       -  -
"""
_REVIEWS = """
localsubjectaccessreviews  LocalSubjectAccessReview  ns       -  -
selfsubjectaccessreviews   SelfSubjectAccessReview   cluster  -  -
selfsubjectrulesreviews    SelfSubjectRulesReview    cluster  -  -
subjectaccessreviews       SubjectAccessReview       cluster  -  -
"""
_NETWORKING = """
ingressclasses   IngressClass   cluster  -       -
ingresses        Ingress        ns       ing     status
networkpolicies  NetworkPolicy  ns       netpol  -
"""
_STORAGE = """
csidrivers         CSIDriver         cluster  -   -
csinodes           CSINode           cluster  -   -
storageclasses     StorageClass      cluster  sc  -
volumeattachments  VolumeAttachment  cluster  -   status
"""
_CAPACITIES = "csistoragecapacities  CSIStorageCapacity  ns  -  -"
_METRICS = """
nodes  NodeMetrics  cluster  -  -
pods   PodMetrics   ns       -  -
"""
_CRONJOBS = "cronjobs  CronJob  ns  cj  status"
_JOBS = "jobs  Job  ns  -  status"
_EVENTS = "events  Event  ns  ev  -"
_AUTOSCALERS = "horizontalpodautoscalers  HorizontalPodAutoscaler  ns  hpa  status"
_BUDGETS = "poddisruptionbudgets  PodDisruptionBudget  ns  pdb  status"
_SLICES = "endpointslices  EndpointSlice  ns  -  -"
_LEASES = "leases  Lease  ns  -  -"
_PRIORITIES = "priorityclasses  PriorityClass  cluster  pc  -"
_DEFINITIONS = "customresourcedefinitions  CustomResourceDefinition  cluster  crd,crds  status"
_API_SERVICES = "apiservices  APIService  cluster  -  status"
_SIGNING = "certificatesigningrequests  CertificateSigningRequest  cluster  csr  approval,status"
_TOKENS = "tokenreviews  TokenReview  cluster  -  -"
_WHO_AM_I = "selfsubjectreviews  SelfSubjectReview  cluster  -  -"
_RUNTIMES = "runtimeclasses  RuntimeClass  cluster  -  -"
_FLOWS = """
flowschemas                  FlowSchema                  cluster  -  status
prioritylevelconfigurations  PriorityLevelConfiguration  cluster  -  status
"""
_ADDRESSES = """
ipaddresses   IPAddress    cluster  ip  -
servicecidrs  ServiceCIDR  cluster  -   status
"""

_SHARED = (
    ("v1", _CORE),
    ("apiregistration.k8s.io/v1", _API_SERVICES),
    ("apps/v1", _APPS),
    ("authorization.k8s.io/v1", _REVIEWS),
    ("certificates.k8s.io/v1", _SIGNING),
    ("storage.k8s.io/v1", _STORAGE),
    ("rbac.authorization.k8s.io/v1", _RBAC),
    ("apiextensions.k8s.io/v1", _DEFINITIONS),
    ("scheduling.k8s.io/v1", _PRIORITIES),
    ("coordination.k8s.io/v1", _LEASES),
    ("node.k8s.io/v1", _RUNTIMES),
    ("metrics.k8s.io/v1beta1", _METRICS),
)
_NOW = (
    ("events.k8s.io/v1", _EVENTS),
    ("authentication.k8s.io/v1", _TOKENS + "\n" + _WHO_AM_I),
    ("autoscaling/v2", _AUTOSCALERS),
    ("autoscaling/v1", _AUTOSCALERS),
    ("batch/v1", _CRONJOBS + "\n" + _JOBS),
    ("networking.k8s.io/v1", _NETWORKING.strip() + _ADDRESSES),
    ("policy/v1", _BUDGETS),
    ("storage.k8s.io/v1", _CAPACITIES),
    ("admissionregistration.k8s.io/v1", _WEBHOOKS.strip() + _POLICIES),
    ("discovery.k8s.io/v1", _SLICES),
    ("flowcontrol.apiserver.k8s.io/v1", _FLOWS),
)
_THEN = (
    ("events.k8s.io/v1", _EVENTS),
    ("events.k8s.io/v1beta1", _EVENTS),
    ("authentication.k8s.io/v1", _TOKENS),
    ("autoscaling/v1", _AUTOSCALERS),
    ("autoscaling/v2beta1", _AUTOSCALERS),
    ("autoscaling/v2beta2", _AUTOSCALERS),
    ("batch/v1", _JOBS),
    ("batch/v1beta1", _CRONJOBS),
    ("networking.k8s.io/v1", _NETWORKING),
    ("networking.k8s.io/v1beta1", "ingresses  Ingress  ns  ing  status"),
    ("extensions/v1beta1", "ingresses  Ingress  ns  ing  status"),
    ("policy/v1beta1", _BUDGETS + "\npodsecuritypolicies  PodSecurityPolicy  cluster  psp  -"),
    ("storage.k8s.io/v1beta1", _STORAGE),
    ("admissionregistration.k8s.io/v1", _WEBHOOKS),
    ("admissionregistration.k8s.io/v1beta1", _WEBHOOKS),
    ("discovery.k8s.io/v1beta1", _SLICES),
    ("flowcontrol.apiserver.k8s.io/v1beta1", _FLOWS),
)

CURRENT = Release("v1.34.1", tuple(row for part in (*_SHARED, *_NOW) for row in rows(*part)))
RELEASE_1_20 = Release(
    "v1.20.15",
    tuple(row for part in (*_SHARED, *_THEN) for row in rows(*part)),
    aggregated=(),
    singular_names=False,
)
