"""The names kubectl knows resource types by."""

from functools import lru_cache

from msgspec import Struct


class KindInfo(Struct, frozen=True):
    """A resource type: its kind, API version and scope."""

    kind: str
    api_version: str
    namespaced: bool


_TABLE = """
bindings Binding v1 -
componentstatuses,cs ComponentStatus v1 cluster
configmaps,cm ConfigMap v1 -
endpoints,ep Endpoints v1 -
events,ev Event v1 -
limitranges,limits LimitRange v1 -
namespaces,ns Namespace v1 cluster
nodes,no Node v1 cluster
persistentvolumeclaims,pvc PersistentVolumeClaim v1 -
persistentvolumes,pv PersistentVolume v1 cluster
pods,po Pod v1 -
podtemplates PodTemplate v1 -
replicationcontrollers,rc ReplicationController v1 -
resourcequotas,quota ResourceQuota v1 -
secrets Secret v1 -
serviceaccounts,sa ServiceAccount v1 -
services,svc Service v1 -
mutatingwebhookconfigurations MutatingWebhookConfiguration admissionregistration.k8s.io/v1 cluster
validatingwebhookconfigurations ValidatingWebhookConfiguration admissionregistration.k8s.io/v1 cluster
validatingadmissionpolicies ValidatingAdmissionPolicy admissionregistration.k8s.io/v1 cluster
customresourcedefinitions,crd,crds CustomResourceDefinition apiextensions.k8s.io/v1 cluster
apiservices APIService apiregistration.k8s.io/v1 cluster
controllerrevisions ControllerRevision apps/v1 -
daemonsets,ds DaemonSet apps/v1 -
deployments,deploy Deployment apps/v1 -
replicasets,rs ReplicaSet apps/v1 -
statefulsets,sts StatefulSet apps/v1 -
horizontalpodautoscalers,hpa HorizontalPodAutoscaler autoscaling/v2 -
verticalpodautoscalers,vpa VerticalPodAutoscaler autoscaling.k8s.io/v1 -
cronjobs,cj CronJob batch/v1 -
jobs Job batch/v1 -
certificatesigningrequests,csr CertificateSigningRequest certificates.k8s.io/v1 cluster
leases Lease coordination.k8s.io/v1 -
endpointslices EndpointSlice discovery.k8s.io/v1 -
flowschemas FlowSchema flowcontrol.apiserver.k8s.io/v1 cluster
prioritylevelconfigurations PriorityLevelConfiguration flowcontrol.apiserver.k8s.io/v1 cluster
ingressclasses IngressClass networking.k8s.io/v1 cluster
ingresses,ing Ingress networking.k8s.io/v1 -
networkpolicies,netpol NetworkPolicy networking.k8s.io/v1 -
runtimeclasses RuntimeClass node.k8s.io/v1 cluster
poddisruptionbudgets,pdb PodDisruptionBudget policy/v1 -
podsecuritypolicies,psp PodSecurityPolicy policy/v1beta1 cluster
clusterrolebindings ClusterRoleBinding rbac.authorization.k8s.io/v1 cluster
clusterroles ClusterRole rbac.authorization.k8s.io/v1 cluster
rolebindings RoleBinding rbac.authorization.k8s.io/v1 -
roles Role rbac.authorization.k8s.io/v1 -
priorityclasses,pc PriorityClass scheduling.k8s.io/v1 cluster
csidrivers CSIDriver storage.k8s.io/v1 cluster
csinodes CSINode storage.k8s.io/v1 cluster
storageclasses,sc StorageClass storage.k8s.io/v1 cluster
volumeattachments VolumeAttachment storage.k8s.io/v1 cluster
volumesnapshots,vs VolumeSnapshot snapshot.storage.k8s.io/v1 -
volumesnapshotclasses VolumeSnapshotClass snapshot.storage.k8s.io/v1 cluster
applications,app,apps Application argoproj.io/v1alpha1 -
applicationsets,appset,appsets ApplicationSet argoproj.io/v1alpha1 -
appprojects,appproj AppProject argoproj.io/v1alpha1 -
rollouts,ro Rollout argoproj.io/v1alpha1 -
workflows,wf Workflow argoproj.io/v1alpha1 -
certificates,cert,certs Certificate cert-manager.io/v1 -
certificaterequests,cr,crs CertificateRequest cert-manager.io/v1 -
issuers Issuer cert-manager.io/v1 -
clusterissuers ClusterIssuer cert-manager.io/v1 cluster
orders Order acme.cert-manager.io/v1 -
challenges Challenge acme.cert-manager.io/v1 -
externalsecrets,es ExternalSecret external-secrets.io/v1 -
secretstores,ss SecretStore external-secrets.io/v1 -
clustersecretstores,css ClusterSecretStore external-secrets.io/v1 cluster
kustomizations,ks Kustomization kustomize.toolkit.fluxcd.io/v1 -
helmreleases,hr HelmRelease helm.toolkit.fluxcd.io/v2 -
gitrepositories,gitrepo GitRepository source.toolkit.fluxcd.io/v1 -
helmrepositories,helmrepo HelmRepository source.toolkit.fluxcd.io/v1 -
helmcharts,hc HelmChart source.toolkit.fluxcd.io/v1 -
ocirepositories,ocirepo OCIRepository source.toolkit.fluxcd.io/v1 -
buckets Bucket source.toolkit.fluxcd.io/v1 -
gateways,gtw Gateway gateway.networking.k8s.io/v1 -
gatewayclasses,gc GatewayClass gateway.networking.k8s.io/v1 cluster
httproutes HTTPRoute gateway.networking.k8s.io/v1 -
servicemonitors,smon ServiceMonitor monitoring.coreos.com/v1 -
podmonitors,pmon PodMonitor monitoring.coreos.com/v1 -
prometheusrules,promrule PrometheusRule monitoring.coreos.com/v1 -
prometheuses,prom Prometheus monitoring.coreos.com/v1 -
alertmanagers,am Alertmanager monitoring.coreos.com/v1 -
scaledobjects,so ScaledObject keda.sh/v1alpha1 -
scaledjobs,sj ScaledJob keda.sh/v1alpha1 -
virtualservices VirtualService networking.istio.io/v1 -
destinationrules,dr DestinationRule networking.istio.io/v1 -
serviceentries ServiceEntry networking.istio.io/v1 -
machines,ma Machine cluster.x-k8s.io/v1beta1 -
machinedeployments,md MachineDeployment cluster.x-k8s.io/v1beta1 -
machinesets MachineSet cluster.x-k8s.io/v1beta1 -
clusteroperators,co ClusterOperator config.openshift.io/v1 cluster
clusterversions ClusterVersion config.openshift.io/v1 cluster
routes Route route.openshift.io/v1 -
"""


def _read_table() -> tuple[dict[str, KindInfo], dict[str, KindInfo]]:
    by_name: dict[str, KindInfo] = {}
    by_kind: dict[str, KindInfo] = {}
    for row in _TABLE.split("\n")[1:-1]:
        names, kind, api_version, scope = row.split(" ")
        info = by_kind[kind] = KindInfo(kind, api_version, scope == "-")
        for name in (*names.split(","), kind.lower()):
            by_name.setdefault(name, info)
    return by_name, by_kind


_BY_NAME, _BY_KIND = _read_table()


@lru_cache(maxsize=4096)
def find_kind(name: str) -> KindInfo | None:
    """The type of a plural, singular, short or `plural.group` name as kubectl takes it; None when unknown."""
    plain, _, group = name.lower().partition(".")
    info = _BY_NAME.get(plain)
    if info is None or not group:
        return info
    own = info.api_version.rpartition("/")[0]
    return info if own and (group == own or group.endswith("." + own)) else None


def known_kind(kind: str) -> KindInfo | None:
    """The type of a kind spelled as in its API; None when unknown."""
    return _BY_KIND.get(kind)


def api_version_of(kind: str) -> str:
    """The API version of a kind; "v1" where it is unknown."""
    info = _BY_KIND.get(kind)
    return info.api_version if info else "v1"


def is_namespaced(kind: str) -> bool:
    """Whether objects of the kind live in a namespace; unknown kinds are taken to."""
    info = _BY_KIND.get(kind)
    return info is None or info.namespaced
