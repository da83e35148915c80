"""Where a pod may run: its demands on a node, and what each node has.

Rules: https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/ and
https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
"""

from collections.abc import Iterable, Iterator, Mapping

from anyops.diagnose.selectors import holds, matches
from anyops.diagnose.workloads import containers, pod_spec
from anyops.world.quantity import parse_quantity
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_CONTROL_PLANE_LABELS = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")
_CONTROL_PLANE_ROLES = ("master", "control-plane", "controlplane")
_HELD_BACK = ("NoSchedule", "NoExecute", "")
_CORDON = "node.kubernetes.io/unschedulable"


def demand(world: World, pod: Resource, *path: str | int) -> Field:
    """A field of the pod's spec; where a text that was read leaves it out, of its owner's template.

    `kubectl describe pod` prints no affinity, hosts or topology constraints; the workload's YAML does.
    """
    own = pod_spec(pod).at(*path)
    if own.value is not None or pod.complete:
        return own
    for owner in _owner_chain(world, pod):
        field = pod_spec(owner).at(*path)
        if field.value is not None:
            return field
    return own


def _owner_chain(world: World, pod: Resource) -> Iterator[Resource]:
    seen, current = {pod.ref}, pod
    while True:
        refs = (ref for ref in world.owners(current) if ref not in seen and ref in world.by_ref)
        ref = next(refs, None)
        if ref is None:
            break
        seen.add(ref)
        current = world.by_ref[ref]
        yield current
    top = world.by_ref.get(world.top_owner(pod))
    if top is not None and top.ref not in seen:
        yield top


def is_control_plane(node: Resource) -> bool:
    """Whether the node runs the control plane, and so is kept clear of workloads on purpose."""
    labels = node.labels
    if any(label in labels for label in _CONTROL_PLANE_LABELS):
        return True
    return labels.get("kubernetes.io/role") in _CONTROL_PLANE_ROLES


def is_cordoned(node: Resource) -> bool:
    """Whether the node is marked unschedulable, by its spec or by the taint that mirrors it."""
    if node.at("spec").flag("unschedulable"):
        return True
    return any(taint.text("key") == _CORDON for taint in node.each("spec", "taints"))


def labels_meant(node: Resource) -> dict[str, str]:
    """The node's labels, with its name as kubernetes.io/hostname where somebody removed that label.

    https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetesiohostname
    """
    return {"kubernetes.io/hostname": node.name, **node.labels}


def matches_selector(selector: Field, labels: Mapping[str, str]) -> bool:
    """Whether a node's labels have every one of a nodeSelector; an empty selector matches."""
    return selector.strings().items() <= labels.items()


def required_terms(affinity: Field) -> list[Field]:
    """The nodeSelectorTerms that a PodSpec's affinity requires; empty when it requires none."""
    path = ("nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
    return list(affinity.each(*path))


def matches_affinity(terms: Iterable[Field], node: Resource, labels: Mapping[str, str]) -> bool:
    """Whether one of the terms selects the node by its name and these labels; no term at all matches."""
    terms = list(terms)
    return not terms or any(_term_matches(term, node.name, labels) for term in terms)


def _term_matches(term: Field, name: str, labels: Mapping[str, str]) -> bool:
    if not (term.at("matchExpressions") or term.at("matchFields")):
        return False
    fields = {"metadata.name": name}
    return matches(term, labels) and all(holds(f, fields) for f in term.each("matchFields"))


def untolerated(tolerations: Iterable[Field], node: Resource) -> list[Field]:
    """The node's taints that keep the pod away, but for the one of a cordon."""
    tolerated = list(tolerations)
    return [
        taint
        for taint in node.each("spec", "taints")
        if taint.text("effect") in _HELD_BACK
        and taint.text("key") != _CORDON
        and not any(_tolerates(toleration, taint) for toleration in tolerated)
    ]


def _tolerates(toleration: Field, taint: Field) -> bool:
    key, effect = toleration.text("key"), toleration.text("effect")
    if effect and effect != taint.text("effect"):
        return False
    if not key:
        return toleration.text("operator") == "Exists"
    if key != taint.text("key"):
        return False
    return toleration.text("operator") == "Exists" or toleration.text("value") == taint.text("value")


def requests(world: World, pod: Resource) -> dict[str, float]:
    """What the pod asks for by resource, in base units: the sum of its containers, or its largest init step.

    Rule: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
    """
    total: dict[str, float] = {}
    steps: dict[str, float] = {}
    for container in containers(pod):
        lasting = "initContainers" not in container.path or container.text("restartPolicy") == "Always"
        for name, amount in _requested(container).items():
            if lasting:
                total[name] = total.get(name, 0.0) + amount
            else:
                steps[name] = max(steps.get(name, 0.0), amount)
    for name, overhead in demand(world, pod, "overhead").entries():
        total[name] = total.get(name, 0.0) + (overhead.quantity() or 0.0)
    return {name: max(total.get(name, 0.0), steps.get(name, 0.0)) for name in total.keys() | steps.keys()}


def _requested(container: Field) -> dict[str, float]:
    limits = _amounts(container.at("resources", "limits"))
    return {**limits, **_amounts(container.at("resources", "requests"))}


def _amounts(field: Field) -> dict[str, float]:
    parsed = ((name, parse_quantity(value.value)) for name, value in field.entries())
    return {name: amount for name, amount in parsed if amount is not None}


def free(world: World, node: Resource, resource: str) -> float | None:
    """What is left of a resource on the node; None when its use was not read.

    `kubectl describe node` sums what all pods request; else every pod must have been read.
    """
    allocatable = node.at("status", "allocatable").quantity(resource)
    if allocatable is None:
        return None
    used = node.at("status", "allocated", "requests").quantity(resource)
    if used is None and not world.was_listed("Pod"):
        return None
    return max(0.0, allocatable - (_used(world, node, resource) if used is None else used))


def _used(world: World, node: Resource, resource: str) -> float:
    return world.derived(_used_by_node).get(node.name, {}).get(resource, 0.0)


def _used_by_node(world: World) -> dict[str, dict[str, float]]:
    """What the pods that have not ended ask for, summed for each node and resource."""
    asked: dict[str, dict[str, list[float]]] = {}
    for pod in world.of_kind("Pod"):
        if pod.text("status", "phase") not in ("Succeeded", "Failed"):
            on_node = asked.setdefault(pod.text("spec", "nodeName"), {})
            for name, amount in requests(world, pod).items():
                on_node.setdefault(name, []).append(amount)
    for crowd in world.crowds:
        each = requests(world, world.by_ref[crowd.like])
        for node, count in crowd.nodes.items():
            for name, amount in each.items():
                asked.setdefault(node, {}).setdefault(name, []).append(amount * count)
    return {node: {name: sum(each) for name, each in of.items()} for node, of in asked.items()}


def show_amount(resource: str, amount: float) -> str:
    """`250m`, `12`, `1.5Gi`: an amount as one writes it in a manifest."""
    if resource == "cpu":
        return f"{amount:g}" if amount >= 1 or amount == 0 else f"{amount * 1000:g}m"
    if resource in ("memory", "ephemeral-storage", "storage") or resource.startswith("hugepages-"):
        return _bytes(amount)
    return f"{amount:g}"


def _bytes(amount: float) -> str:
    for suffix, size in (("Ti", 2**40), ("Gi", 2**30), ("Mi", 2**20), ("Ki", 2**10)):
        if amount >= size:
            return f"{round(amount / size, 1):g}{suffix}"
    return f"{amount:g}"


def describe_labels(labels: Mapping[str, str]) -> str:
    """`zone=a, disk=ssd`."""
    return ", ".join(f"{key}={value}" if value else key for key, value in labels.items())
