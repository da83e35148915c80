"""What pods and the things that make pods have in common."""

from collections.abc import Iterator, Sequence

from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World

WORKLOADS = (
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
)
"""Kinds that hold a pod template."""

POD_MAKERS = ("Pod", *WORKLOADS)

TEMPLATE_PATHS: dict[str, tuple[str, ...]] = {
    "Pod": (),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    **{kind: ("spec", "template") for kind in WORKLOADS if kind != "CronJob"},
}


def template(resource: Resource) -> Field:
    """The pod template: an object with `metadata` and `spec`; the pod itself for a Pod."""
    return resource.derived(_template)


def pod_spec(resource: Resource) -> Field:
    """The PodSpec of a pod or of a workload's template."""
    return resource.derived(_pod_spec)


def containers(resource: Resource, *, init: bool = True) -> Iterator[Field]:
    """Container specs: init containers first, as they start."""
    return iter(resource.derived(_all_containers if init else _main_containers))


def container_statuses(pod: Resource) -> Iterator[Field]:
    """Container statuses of a pod: init, then app, then ephemeral containers."""
    return iter(pod.derived(_statuses))


def _template(resource: Resource) -> Field:
    return resource.at(*TEMPLATE_PATHS.get(resource.kind, ("spec", "template")))


def _pod_spec(resource: Resource) -> Field:
    return template(resource).at("spec")


def _main_containers(resource: Resource) -> tuple[Field, ...]:
    return tuple(pod_spec(resource).each("containers"))


def _all_containers(resource: Resource) -> tuple[Field, ...]:
    return (*pod_spec(resource).each("initContainers"), *resource.derived(_main_containers))


def _statuses(pod: Resource) -> tuple[Field, ...]:
    kinds = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")
    return tuple(status for key in kinds for status in pod.each("status", key))


def replicas_wanted(workload: Resource) -> int | None:
    """Pods asked for: spec.replicas (1 by default where the object is complete), or nodes for a DaemonSet."""
    if workload.kind == "DaemonSet":
        return workload.number("status", "desiredNumberScheduled")
    wanted = workload.number("spec", "replicas")
    return 1 if wanted is None and workload.complete else wanted


def replicas_ready(workload: Resource) -> int | None:
    """Pods ready by the workload's own status; None when it has no status."""
    if workload.kind == "DaemonSet":
        return workload.number("status", "numberReady")
    ready = workload.number("status", "readyReplicas")
    return 0 if ready is None and workload.at("status").value and workload.complete else ready


def is_ready(pod: Resource) -> bool:
    """Whether the pod's Ready condition is True."""
    return pod.condition("Ready").text("status") == "True"


def has_finished(pod: Resource) -> bool:
    """Whether the pod ran to its end without failing."""
    return pod.text("status", "phase") == "Succeeded"


def is_going(resource: Resource) -> bool:
    """Whether deletion was asked for."""
    return resource.present("metadata", "deletionTimestamp")


def is_live(pod: Resource) -> bool:
    """Whether it is neither finished nor being deleted."""
    return not is_going(pod) and pod.text("status", "phase") not in ("Succeeded", "Failed")


def live_pods(world: World, namespace: str) -> Iterator[Resource]:
    """Pods of a namespace that are neither finished nor being deleted."""
    return (pod for pod in world.in_namespace("Pod", namespace) if is_live(pod))


def pods_on(world: World, node: str) -> Sequence[Resource]:
    """The pods that are bound to the node of that name; "" for those that are bound to none."""
    return world.derived(_pods_by_node).get(node, ())


def alike_on(world: World, node: str) -> int:
    """How many more pods, all well, are on the node than `pods_on` gives."""
    return sum(crowd.nodes.get(node, 0) for crowd in world.crowds)


def pods_under(world: World, top: Ref) -> Sequence[Resource]:
    """The pods whose outermost owner it is."""
    return world.derived(_pods_by_top).get(top, ())


def _pods_by_node(world: World) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for pod in world.of_kind("Pod"):
        found.setdefault(pod.text("spec", "nodeName"), []).append(pod)
    return found


def _pods_by_top(world: World) -> dict[Ref, list[Resource]]:
    found: dict[Ref, list[Resource]] = {}
    for pod in world.of_kind("Pod"):
        found.setdefault(world.top_owner(pod), []).append(pod)
    return found
