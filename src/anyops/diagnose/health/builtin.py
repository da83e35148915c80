"""Health of the built-in kinds that are not workloads, and the table of all of them."""

from collections.abc import Callable, Mapping

from anyops.diagnose.health import pods, workloads
from anyops.diagnose.health.conditions import words_of
from anyops.diagnose.health.verdict import Health, Status
from anyops.diagnose.health.words import vocabulary
from anyops.world.resource import Field, Resource


def _phase(words: Mapping[str, Status], otherwise: Status) -> Callable[[Resource], Health]:
    """A kind whose phase says it all."""

    def assess(obj: Resource) -> Health:
        phase = obj.at("status", "phase")
        if not phase and not obj.complete:
            return Health("Unknown", "The input shows no phase", ("status",))
        detail = obj.text("status", "message") or obj.text("status", "reason")
        text = f"{phase.text()}: {detail}" if detail else phase.text() or "No phase yet"
        return Health(words.get(phase.text(), otherwise), text, phase.path)

    return assess


def service(obj: Resource) -> Health:
    """A LoadBalancer waits for its address; any other service has nothing to wait for."""
    if obj.text("spec", "type") == "LoadBalancer":
        return _balancer(obj)
    return Health("Healthy", f"Service of type {obj.text('spec', 'type') or 'ClusterIP'}", ("spec",))


def ingress(obj: Resource) -> Health:
    """Progressing until its controller publishes an address."""
    return _balancer(obj)


def _balancer(obj: Resource) -> Health:
    here = obj.at("status", "loadBalancer", "ingress")
    if here:
        address = here.at(0)
        return Health("Healthy", f"Address {address.text('ip') or address.text('hostname')}", here.path)
    if not obj.complete:
        return Health("Unknown", "The input shows no address", ("status",))
    return Health("Progressing", f"{obj.kind} waits for an address", ("status",))


_HPA_FAILURES = vocabulary(
    """
    FailedGetScale FailedUpdateScale FailedGetResourceMetric FailedGetContainerResourceMetric
    FailedGetPodsMetric FailedGetObjectMetric FailedGetExternalMetric FailedComputeMetricsReplicas
    InvalidSelector InvalidMetricSourceType InvalidTargetRef AmbiguousSelector
    """
)
_V1_CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions"


def autoscaler(obj: Resource) -> Health:
    """Degraded when it cannot read its metrics or scale; Progressing before its first word."""
    conditions = list(obj.each("status", "conditions")) or _v1_conditions(obj)
    for condition in conditions:
        if condition.text("status") != "True" and condition.text("reason") in _HPA_FAILURES:
            return _cite("Degraded", condition)
    for condition in conditions:
        if condition.text("type") in ("AbleToScale", "ScalingLimited") and condition.text("status") == "True":
            return _cite("Healthy", condition)
    return Health("Progressing" if obj.complete else "Unknown", "Waiting to autoscale", ("status",))


def _v1_conditions(obj: Resource) -> list[Field]:
    """autoscaling/v1 keeps its conditions as JSON in an annotation."""
    import msgspec

    here = obj.at("metadata", "annotations", _V1_CONDITIONS)
    try:
        return list(Field(obj, here.path, msgspec.json.decode(here.text() or "[]")).each())
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return []


def api_service(obj: Resource) -> Health:
    """Healthy when its server answers."""
    condition = obj.condition("Available")
    if not condition:
        return Health("Progressing", "Waiting to be processed", ("status",))
    return _cite("Healthy" if condition.text("status") == "True" else "Progressing", condition)


def definition(obj: Resource) -> Health:
    """A CustomResourceDefinition: names accepted, schema structural, established."""
    if obj.condition("Terminating").text("status") == "True":
        return _cite("Progressing", obj.condition("Terminating"), "CRD is terminating")
    if not obj.at("status", "conditions"):
        return Health("Progressing" if obj.complete else "Unknown", "Waiting for status", ("status",))
    names, established = obj.condition("NamesAccepted"), obj.condition("Established")
    schema = obj.condition("NonStructuralSchema")
    if established.text("reason") == "Installing":
        return _cite("Progressing", established, "CRD is being installed")
    if names and names.text("status") != "True":
        return _cite("Degraded", names, "CRD names have not been accepted")
    if established and established.text("status") != "True":
        return _cite("Degraded", established, "CRD is not established")
    if schema.text("status") == "True":
        return _cite("Degraded", schema, "Schema violations found")
    return _cite("Healthy" if established else "Progressing", established)


def budget(obj: Resource) -> Health:
    """A PodDisruptionBudget: Degraded when fewer pods are healthy than it asks for."""
    have, wanted = obj.number("status", "currentHealthy"), obj.number("status", "desiredHealthy")
    generation, observed = obj.number("metadata", "generation"), obj.number("status", "observedGeneration")
    if obj.complete and generation and (observed or 0) < generation:
        return Health(
            "Progressing", "Waiting for the budget to be observed", ("status", "observedGeneration")
        )
    if have is not None and wanted is not None and have < wanted:
        return Health("Degraded", f"{have} of {wanted} pods are healthy", ("status", "currentHealthy"))
    return Health("Healthy", f"{have or 0} of {wanted or 0} pods are healthy", ("status", "currentHealthy"))


def node(obj: Resource) -> Health:
    """Degraded when not ready or under pressure; a cordoned node is well."""
    ready = obj.condition("Ready")
    if ready and ready.text("status") != "True":
        return _cite("Degraded", ready)
    for condition in obj.each("status", "conditions"):
        name = condition.text("type")
        if condition.text("status") == "True" and name.endswith(
            ("Pressure", "Unavailable", "Problem", "Deadlock")
        ):
            return _cite("Degraded", condition)
    if not ready:
        return Health("Unknown", "No Ready condition", ("status", "conditions"))
    if obj.at("spec", "unschedulable").flag():
        return Health("Healthy", "Node is ready and cordoned", ("spec", "unschedulable"))
    return _cite("Healthy", ready)


def attachment(obj: Resource) -> Health:
    """A VolumeAttachment: attached, failed or on its way."""
    for key in ("attachError", "detachError"):
        if obj.at("status", key):
            return Health("Degraded", obj.text("status", key, "message"), ("status", key, "message"))
    attached = obj.at("status", "attached").flag()
    return Health(
        "Healthy" if attached else "Progressing", "Attached" if attached else "Attaching", ("status",)
    )


def namespace(obj: Resource) -> Health:
    """Active, or Terminating with what still holds it."""
    if obj.text("status", "phase") == "Terminating":
        for condition in obj.each("status", "conditions"):
            if condition.text("status") == "True":
                return _cite("Progressing", condition)
        return Health("Progressing", "Namespace is terminating", ("status", "phase"))
    return Health("Healthy", obj.text("status", "phase") or "Active", ("status", "phase"))


def _cite(status: Status, condition: Field, lead: str = "") -> Health:
    path = condition.path if not condition.text("message") else (*condition.path, "message")
    text = condition.text("message") if lead else words_of(condition) if condition else ""
    return Health(status, ": ".join(t for t in (lead, text) if t), path)


Assess = Callable[[Resource], Health]

BUILTIN: dict[tuple[str, str], Assess] = {
    ("", "Pod"): pods.pod,
    ("", "Service"): service,
    ("", "Node"): node,
    ("", "Namespace"): namespace,
    ("", "ReplicationController"): workloads.replica_set,
    ("", "PersistentVolumeClaim"): _phase(
        {"Bound": "Healthy", "Pending": "Progressing", "Lost": "Degraded", "": "Progressing"}, "Unknown"
    ),
    ("", "PersistentVolume"): _phase(
        {"Bound": "Healthy", "Available": "Healthy", "Released": "Healthy", "Failed": "Degraded"},
        "Progressing",
    ),
    ("apps", "Deployment"): workloads.deployment,
    ("apps", "StatefulSet"): workloads.stateful_set,
    ("apps", "DaemonSet"): workloads.daemon_set,
    ("apps", "ReplicaSet"): workloads.replica_set,
    ("extensions", "Deployment"): workloads.deployment,
    ("extensions", "DaemonSet"): workloads.daemon_set,
    ("extensions", "ReplicaSet"): workloads.replica_set,
    ("extensions", "Ingress"): ingress,
    ("networking.k8s.io", "Ingress"): ingress,
    ("batch", "Job"): workloads.job,
    ("batch", "CronJob"): workloads.cron_job,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscaler,
    ("policy", "PodDisruptionBudget"): budget,
    ("apiregistration.k8s.io", "APIService"): api_service,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): definition,
    ("storage.k8s.io", "VolumeAttachment"): attachment,
}

BUILTIN_GROUPS = vocabulary(
    """
    apps batch autoscaling policy extensions events.k8s.io networking.k8s.io storage.k8s.io node.k8s.io
    rbac.authorization.k8s.io scheduling.k8s.io coordination.k8s.io discovery.k8s.io apiregistration.k8s.io
    apiextensions.k8s.io admissionregistration.k8s.io certificates.k8s.io flowcontrol.apiserver.k8s.io
    authentication.k8s.io authorization.k8s.io resource.k8s.io internal.apiserver.k8s.io metrics.k8s.io
    """
) | {""}
"""API groups that a cluster has of itself."""
