"""Programs that every node needs: kubelet, container runtime, kube-proxy; by systemd, events and pods."""

import re
from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.workloads import is_going, is_ready, pods_on
from anyops.world.evidence import Quotable
from anyops.world.report import Severity
from anyops.world.resource import Ref, Resource
from anyops.world.world import Event, World

RUNTIMES = ("containerd", "docker", "crio", "cri-o", "cri-dockerd")


class Unit(Struct, frozen=True):
    """What a systemd unit means: its cause's code and what stops with it."""

    cause: str
    effect: str
    severity: Severity = "critical"


UNITS: dict[str, Unit] = {
    "kubelet": Unit(
        "node.kubelet_down", "the node is no longer managed: it goes NotReady and its pods are lost"
    ),
    **{r: Unit("node.runtime_down", "no container can be started, stopped or seen there") for r in RUNTIMES},
    "kube-proxy": Unit("node.kube_proxy_down", "changed services are not reached from its pods"),
    "kube-apiserver": Unit("controlplane.unavailable", "the API does not answer there"),
    "kube-controller-manager": Unit("controlplane.unavailable", "nothing is reconciled"),
    "cloud-controller-manager": Unit("controlplane.unavailable", "the cloud is not reconciled", "high"),
    "etcd": Unit("controlplane.unavailable", "the cluster's state cannot be read or written"),
    "flanneld": Unit("node.network_unavailable", "pods there get no network"),
    "calico-node": Unit("node.network_unavailable", "pods there get no network"),
}
_SOCKET = re.compile(
    r"(containerd|docker|dockershim|crio)\.sock[^\n]{0,60}?(?:connect|no such file|connection refused)"
    r"|container runtime is down|PLEG is not healthy|runtime service failed",
    re.I,
)


@rule("node.service", "NodeService", title="Programs of the node run")
def check_units(world: World) -> Iterator[Found]:
    """systemd units of a node that are stopped, failed or restart for ever."""
    for service in world.of_kind("NodeService"):
        name = service.text("spec", "unit").removesuffix(".service")
        unit, node = UNITS.get(name), service.text("spec", "node")
        if unit is not None and node and _is_down(service) and not _is_unused(world, service, name):
            yield _stopped(world, service, name, unit)


def _is_down(service: Resource) -> bool:
    state, sub = service.text("status", "active"), service.text("status", "sub")
    return state in ("inactive", "failed") or (state == "activating" and sub == "auto-restart")


def _is_unused(world: World, service: Resource, name: str) -> bool:
    """A runtime that the node does not use may well be stopped."""
    if name not in RUNTIMES:
        return False
    node = world.get("Node", "", service.text("spec", "node"))
    used = node.text("status", "nodeInfo", "containerRuntimeVersion").partition(":")[0] if node else ""
    if used:
        return used != name.replace("crio", "cri-o")
    others = (
        s for s in world.of_kind("NodeService") if s.text("spec", "node") == service.text("spec", "node")
    )
    return any(
        s.text("spec", "unit").removesuffix(".service") in RUNTIMES and s.text("status", "active") == "active"
        for s in others
    )


def _stopped(world: World, service: Resource, name: str, unit: Unit) -> Found:
    node, state = service.text("spec", "node"), service.text("status", "active")
    since, pods = service.text("status", "since"), pods_there(world, node)
    how = f"{name} is {state} on {node}" + (f" since {since}" if since else "")
    cites: list[Quotable] = [service.at("status", "active")]
    if service.at("status", "message").value:
        cites.append(service.at("status", "message"))
    return Found(
        on=service,
        title=f"{name} does not run",
        detail=f"{how}; {len(pods)} pods are on the node",
        severity=unit.severity,
        cites=(*cites, *_condition(world, node)),
        cause=unit.cause,
        fault=Ref("Node", "", node),
        certainty="sure",
        onset=service.at("status", "since").time(),
        statement=f"{how[0].upper()}{how[1:]}, so {unit.effect}.",
        fix=f"Start {name} on {node}; its journal says why it stopped.",
        commands=(f"ssh {node} sudo systemctl start {name}", f"ssh {node} sudo journalctl -u {name} -n 50")
        if re.fullmatch(r"[\w.-]{1,253}", node)
        else (),
        checks=(kubectl("", "get", "node", node),),
        explains=tuple(pod.ref for pod in pods if not is_ready(pod)),
    )


def _condition(world: World, name: str) -> tuple[Quotable, ...]:
    node = world.get("Node", "", name)
    ready = node.condition("Ready") if node is not None else None
    return (ready.at("status"),) if ready is not None and ready.text("status") not in ("", "True") else ()


def pods_there(world: World, node: str) -> list[Resource]:
    """Pods that were placed on the node and are to stay."""
    return [pod for pod in pods_on(world, node) if not is_going(pod)]


def stopped_units(world: World, node: str) -> list[str]:
    """Names of the node's units that do not run."""
    return [
        s.text("spec", "unit").removesuffix(".service")
        for s in world.of_kind("NodeService")
        if s.text("spec", "node") == node and _is_down(s)
    ]


@rule("node.runtime", "Node", "Pod", title="Container runtime answers")
def check_runtime(world: World) -> Iterator[Found]:
    """Kubelets that cannot reach the runtime's socket, where no systemd status says it better."""
    found: dict[str, list[Event]] = {}
    for event in world.events:
        if event.warning and _SOCKET.search(event.message):
            node = _node_of(world, event)
            if node:
                found.setdefault(node, []).append(event)
    for name, events in sorted(found.items()):
        resource = world.get("Node", "", name)
        ready = resource.condition("Ready").text("status") if resource is not None else ""
        events.sort(key=lambda e: (e.last is not None, e.last.timestamp() if e.last else 0.0))
        if not any(unit in RUNTIMES for unit in stopped_units(world, name)):
            yield _silent_runtime(world, name, ready, events)


def _node_of(world: World, event: Event) -> str:
    if event.about.kind == "Node":
        return event.about.name
    pod = world.by_ref.get(event.about)
    return pod.text("spec", "nodeName") if pod is not None and pod.kind == "Pod" else ""


def _silent_runtime(world: World, name: str, ready: str, events: list[Event]) -> Found:
    over = ready == "True"
    return Found(
        on=Ref("Node", "", name),
        title="Kubelet could not reach the container runtime"
        if over
        else "Container runtime does not answer",
        detail=events[-1].message[:300],
        severity="low" if over else "critical",
        state="past" if over else "now",
        cites=tuple(events[-2:]),
        cause="node.runtime_down",
        certainty="sure" if ready in ("False", "Unknown") else "likely",
        onset=events[0].first,
        statement=f"The container runtime of {name} does not answer the kubelet, so no container can be "
        "started, stopped or seen there.",
        fix=f"Start the container runtime on {name}; its journal says why it stopped.",
        commands=(kubectl("", "describe", "node", name),),
        checks=(kubectl("", "get", "node", name),),
        explains=tuple(p.ref for p in pods_there(world, name) if not is_ready(p)),
    )


@rule("node.kube_proxy", "Pod", title="kube-proxy runs on the nodes")
def check_kube_proxy(world: World) -> Iterator[Found]:
    """kube-proxy pods that are not ready, on nodes that are."""
    for pod in world.in_namespace("Pod", "kube-system"):
        labelled = pod.labels.get("k8s-app") == "kube-proxy" or pod.name.startswith("kube-proxy-")
        name = pod.text("spec", "nodeName")
        node = world.get("Node", "", name)
        up = node is None or node.condition("Ready").text("status") in ("True", "")
        if labelled and name and up and not is_ready(pod) and not is_going(pod):
            yield Found(
                on=pod,
                title="kube-proxy is not ready",
                detail=f"{pod.name} on {name}",
                severity="critical",
                cites=(pod.condition("Ready").at("status"),),
                cause="node.kube_proxy_down",
                fault=Ref("Node", "", name),
                certainty="sure",
                statement=f"kube-proxy does not run on {name}, so its pods miss changed services.",
                fix="Mend the kube-proxy pod; its log says why it fails.",
                commands=(kubectl("kube-system", "logs", pod.name, "--previous"),),
                checks=(kubectl("kube-system", "get", "pod", pod.name),),
            )
