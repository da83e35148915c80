"""Who talks to whom: calls between workloads, with the labels and ports that network policies look at."""

from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.graph import Graph
from anyops.diagnose.reach import Peer, Port
from anyops.diagnose.workloads import POD_MAKERS, WORKLOADS, containers, template
from anyops.world.labels import LabelIndex
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_ENFORCERS = (
    "calico",
    "cilium",
    "canal",
    "antrea",
    "kube-router",
    "weave",
    "ovn",
    "aws-node",
    "azure-npm",
    "romana",
)


class Flow(Struct, frozen=True):
    """A workload that calls a service: `ports` are where the service's pods listen."""

    caller: Ref
    service: Ref
    source: Peer
    target: Peer
    ports: tuple[Port, ...]


def peer_of(resource: Resource) -> Peer:
    """A pod, or the pods that a workload makes, as one end of a flow."""
    labels = resource.labels if resource.kind == "Pod" else template(resource).strings("metadata", "labels")
    address = resource.text("status", "podIP") if resource.kind == "Pod" else ""
    named = {
        port.text("name"): number
        for container in containers(resource)
        for port in container.each("ports")
        if (number := port.number("containerPort")) is not None and port.text("name")
    }
    return Peer(resource.namespace, labels, (address,) if address else (), named)


def flows(world: World) -> Iterator[Flow]:
    """Each call of a service whose pods are known, once."""
    seen = set()
    for caller, called in world.derived(Graph).calls:
        source, service = world.by_ref.get(caller), world.by_ref.get(called)
        if (caller, called) in seen or source is None or service is None:
            continue
        seen.add((caller, called))
        if caller.kind in POD_MAKERS and called.kind == "Service":
            target = _behind(world, service)
            ports = tuple(_ports(service, target)) if target is not None else ()
            if target is not None and ports:
                yield Flow(caller, called, peer_of(source), target, ports)


def _behind(world: World, service: Resource) -> Peer | None:
    """The pods of a service, or of a workload that it selects."""
    selector = service.at("spec", "selector").strings()
    pods = world.selected("Pod", service.namespace, selector)
    if pods:
        return peer_of(pods[0])
    makers = world.derived(_makers).selected(service.namespace, selector)
    return peer_of(makers[0]) if makers else None


def _makers(world: World) -> LabelIndex[Resource]:
    return LabelIndex((w.namespace, peer_of(w).labels, w) for w in world.of_kind(*WORKLOADS))


def _ports(service: Resource, target: Peer) -> Iterator[Port]:
    for port in service.each("spec", "ports"):
        number = port.number("targetPort")
        if number is None and port.text("targetPort"):
            number = target.named_ports.get(port.text("targetPort"))
        elif number is None:
            number = port.number("port")
        if number is not None:
            yield Port(number, port.text("protocol") or "TCP")


def is_enforced(world: World) -> bool:
    """Whether something enforces network policies: flannel alone does not; not knowing counts as yes."""
    names = " ".join(daemon.name for daemon in world.of_kind("DaemonSet"))
    return "flannel" not in names or any(enforcer in names for enforcer in _ENFORCERS)
