"""What to say where nodes have no room left: for CPU, memory, devices or pods."""

from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Words
from anyops.diagnose.placement import free, is_cordoned, requests, show_amount
from anyops.diagnose.rules.scheduling_case import Case, edit
from anyops.world.resource import Field, Resource
from anyops.world.world import World


def short_of(case: Case, resource: str) -> Words:
    """No node has so much CPU, memory or disk left: what is asked for, and the largest hole."""
    asked = requests(case.world, case.pod).get(resource)
    wants = f"asks for {show_amount(resource, asked)} {_unit(resource)}, and" if asked else "does not fit:"
    meant = case.choice.meant or case.nodes
    return Words(
        statement=f"{case.who.name} {wants} {_largest_hole(case, meant, resource, asked)}.",
        fix=f"Lower the {resource} request, free {resource} on a node, or add a node that is large enough.",
        commands=(edit(case.who), *(kubectl("", "describe", "node", n.name) for n in meant[:1])),
        checks=(kubectl(case.pod.namespace, "get", "pod", case.pod.name, "-o", "wide"),),
        cites=(*_request_fields(case.pod, resource), *_allocatable(meant, resource)),
    )


def _unit(resource: str) -> str:
    return "CPU" if resource == "cpu" else resource


def _largest_hole(case: Case, nodes: tuple[Resource, ...], resource: str, asked: float | None) -> str:
    hole = case.world.derived(_Holes).largest(nodes, resource, asked)
    count = case.choice.obstacle.count
    return hole or f"{count} node{'s have' if count != 1 else ' has'} not that much {_unit(resource)} left"


class _Holes:
    """The largest room that nodes have left, found out once for pods that ask for the same."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._told: dict[tuple[tuple[Resource, ...], str, float | None], str] = {}

    def largest(self, nodes: tuple[Resource, ...], resource: str, asked: float | None) -> str:
        """The node that is too small for what is asked, in words; "" where none can be named."""
        key = (nodes, resource, asked)
        if key not in self._told:
            self._told[key] = self._tell(*key)
        return self._told[key]

    def _tell(self, nodes: tuple[Resource, ...], resource: str, asked: float | None) -> str:
        open_nodes = [n for n in nodes if not is_cordoned(n)] or list(nodes)
        sizes = {n.name: n.at("status", "allocatable").quantity(resource) or 0.0 for n in open_nodes}
        largest = max(sizes, key=lambda name: sizes[name], default="")
        if asked and largest and 0 < sizes[largest] < asked:
            whole = show_amount(resource, sizes[largest])
            return f"no node is that large: {largest}, the largest, has {whole} in all"
        holes = {n.name: hole for n in open_nodes if (hole := free(self.world, n, resource)) is not None}
        best = max(holes, key=lambda name: holes[name], default="")
        if best and (asked is None or holes[best] < asked):
            return f"the largest hole is {show_amount(resource, holes[best])} on {best}"
        return ""


def _request_fields(pod: Resource, resource: str) -> tuple[Field, ...]:
    found = []
    for container in pod.each("spec", "containers"):
        for kind in ("requests", "limits"):
            field = container.at("resources", kind, resource)
            if field:
                found.append(field)
                break
    return tuple(found)


def _allocatable(nodes: tuple[Resource, ...], resource: str) -> tuple[Field, ...]:
    return tuple(f for n in nodes[:3] if (f := n.at("status", "allocatable", resource)))


def short_of_devices(case: Case) -> Words:
    """A GPU or another extended resource."""
    name = case.choice.obstacle.subject or "the device"
    asked = requests(case.world, case.pod).get(name)
    having = [n for n in case.nodes if (n.at("status", "allocatable").quantity(name) or 0) > 0]
    where = "no node that was read offers it" if case.nodes and not having else "no node has that many free"
    amount = f"{show_amount(name, asked)} " if asked else ""
    gpu = "GPU " if "gpu" in name.lower() else ""
    return Words(
        statement=f"{case.who.name} asks for {amount}{gpu}({name}), and {where}.",
        fix=f"Add a node with {name} and its device plugin, wait until one is free, or lower the request.",
        commands=(_column("HAS", name), edit(case.who)),
        checks=(kubectl(case.pod.namespace, "get", "pod", case.pod.name, "-o", "wide"),),
        cites=_request_fields(case.pod, name),
    )


def _column(title: str, resource: str) -> str:
    """The line that lists what each node offers of a resource."""
    escaped = resource.replace(".", "\\.")
    columns = f"custom-columns=NAME:.metadata.name,{title}:.status.allocatable.{escaped}"
    return kubectl("", "get", "nodes", "-o", columns)


def short_of_pod_places(case: Case) -> Words:
    """Each node's limit of pods is reached."""
    return Words(
        statement=f"{case.who.name} finds every eligible node at its limit of pods.",
        fix="Add a node, remove pods, or raise the kubelet's maxPods.",
        commands=(_column("PODS", "pods"),),
        cites=_allocatable(case.nodes, "pods"),
    )
