"""Kubernetes' API resources: group, whether namespaced, and the short names of kubectl.

From `kubectl api-resources`.
"""

from msgspec import Struct


class ApiResource(Struct, frozen=True):
    """`deployments` of group `apps`."""

    plural: str
    group: str
    kind: str
    namespaced: bool = True


_TABLE = """
pods po  Pod
services svc  Service
configmaps cm  ConfigMap
secrets -  Secret
serviceaccounts sa  ServiceAccount
endpoints ep  Endpoints
events ev  Event
persistentvolumeclaims pvc  PersistentVolumeClaim
replicationcontrollers rc  ReplicationController
resourcequotas quota  ResourceQuota
limitranges limits  LimitRange
namespaces ns  Namespace cluster
nodes no  Node cluster
persistentvolumes pv  PersistentVolume cluster
deployments deploy apps Deployment
statefulsets sts apps StatefulSet
daemonsets ds apps DaemonSet
replicasets rs apps ReplicaSet
jobs - batch Job
cronjobs cj batch CronJob
horizontalpodautoscalers hpa autoscaling HorizontalPodAutoscaler
ingresses ing networking.k8s.io Ingress
networkpolicies netpol networking.k8s.io NetworkPolicy
ingressclasses - networking.k8s.io IngressClass cluster
poddisruptionbudgets pdb policy PodDisruptionBudget
roles - rbac.authorization.k8s.io Role
rolebindings - rbac.authorization.k8s.io RoleBinding
clusterroles - rbac.authorization.k8s.io ClusterRole cluster
clusterrolebindings - rbac.authorization.k8s.io ClusterRoleBinding cluster
storageclasses sc storage.k8s.io StorageClass cluster
leases - coordination.k8s.io Lease
endpointslices - discovery.k8s.io EndpointSlice
customresourcedefinitions crd apiextensions.k8s.io CustomResourceDefinition cluster
"""


def _read() -> dict[str, ApiResource]:
    found: dict[str, ApiResource] = {}
    for row in _TABLE.strip().splitlines():
        plural, short, group, kind, *scope = row.split(" ")
        entry = ApiResource(plural, group, kind, not scope)
        for name in (plural, short, kind.lower()):
            found[name] = entry
    del found["-"]
    return found


API_RESOURCES = _read()
"""By plural, singular and short name, all in lower case."""


def api_resource(name: str) -> ApiResource | None:
    """The resource of a name as kubectl takes it: `po`, `pod`, `pods`, `deployments.apps`."""
    return API_RESOURCES.get(name.lower().partition(".")[0])
