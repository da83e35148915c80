"""Which object labels speak of."""

from collections.abc import Mapping

from anyops.world.resource import Ref

_BY_LABEL = (
    ("Pod", ("pod", "pod_name", "kubernetes_pod_name", "k8s_pod_name", "kube_pod", "podname")),
    ("Deployment", ("deployment", "kube_deployment", "deployment_name")),
    ("StatefulSet", ("statefulset", "kube_stateful_set")),
    ("DaemonSet", ("daemonset", "kube_daemon_set")),
    ("Job", ("job_name", "kube_job")),
    ("CronJob", ("cronjob", "kube_cronjob")),
    ("HorizontalPodAutoscaler", ("horizontalpodautoscaler", "hpa")),
    ("PersistentVolumeClaim", ("persistentvolumeclaim",)),
    ("Node", ("node", "kube_node", "node_name", "nodename")),
    ("Service", ("service", "kube_service", "service_name", "destination_service_name")),
)
_NAMESPACE = ("namespace", "kube_namespace", "exported_namespace", "namespace_name", "pod_namespace")
KINDS = {
    kind.lower(): kind
    for kind in [
        "Pod",
        "Deployment",
        "StatefulSet",
        "DaemonSet",
        "ReplicaSet",
        "Job",
        "CronJob",
        "Node",
        "Service",
    ]
}


def namespace_of(labels: Mapping[str, str]) -> str:
    """The namespace that the labels name; "" when none does."""
    return next((labels[key] for key in _NAMESPACE if labels.get(key)), "")


def about_labels(labels: Mapping[str, str]) -> Ref | None:
    """The object that labels name, the pod before its workload before its node; None when they name none."""
    namespace = namespace_of(labels)
    if labels.get("workload_name"):
        return thing(labels.get("workload_type", "Deployment"), namespace, labels["workload_name"])
    for kind, keys in _BY_LABEL:
        for key in keys:
            if labels.get(key) and (namespace or kind != "Service"):
                return thing(kind, namespace, labels[key])
    return None


def thing(kind: str, namespace: str, name: str) -> Ref:
    """The reference; `kind` in any case."""
    kind = KINDS.get(kind.lower(), kind)
    return Ref(kind, "" if kind == "Node" else namespace, name)
