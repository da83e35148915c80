"""Nobody schedules pods: kube-scheduler is stopped, or never says a word."""

from collections.abc import Iterator

from anyops.diagnose.clock import age
from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.placement import is_control_plane
from anyops.diagnose.workloads import container_statuses, is_going
from anyops.world.evidence import Quotable
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_SCHEDULER = "kube-scheduler"
_PATIENCE_SECONDS = 20
_EVENTS_LIVE_SECONDS = 3000
"""Events are kept for an hour: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-apiserver/"""


@rule("scheduler.unavailable", "Pod", "NodeService", title="Nobody schedules pods")
def scheduler_unavailable(world: World) -> Iterator[Found]:
    """kube-scheduler is stopped, or pods wait without a single word from a scheduler."""
    waiting = list(_unnoticed(world))
    down = list(_stopped(world))
    for fault, thing, how in down:
        yield Found(
            on=thing,
            title="kube-scheduler is not running",
            detail=how,
            cites=(*_cites_of(thing), *(p.at("status", "phase") for p in waiting[:3])),
            cause="scheduler.unavailable",
            fault=fault,
            certainty="sure",
            statement=_nobody(how, waiting),
            fix="Start kube-scheduler on the control plane; its journal or log says why it stopped.",
            commands=_start(fault),
            checks=(kubectl("kube-system", "get", "lease", _SCHEDULER),),
            explains=tuple(dict.fromkeys(r for p in waiting for r in (p.ref, world.top_owner(p)))),
        )
    if waiting and not down and not _runs(world):
        yield _silent(world, waiting)


def _unnoticed(world: World) -> Iterator[Resource]:
    """Pending pods of which no scheduler has said anything."""
    for pod in world.of_kind("Pod"):
        if pod.text("status", "phase") != "Pending" or pod.text("spec", "nodeName"):
            continue
        said = pod.condition("PodScheduled").value is not None or world.events_of(pod.ref)
        started = any(True for _ in container_statuses(pod))
        lived = age(world, pod)
        young = lived is not None and lived.total_seconds() < _PATIENCE_SECONDS
        if not said and not started and not young and not is_going(pod) and _would_show(world, pod):
            yield pod


def _would_show(world: World, pod: Resource) -> bool:
    """Whether a scheduler's word would have been read: as a condition, or as an event that still lives."""
    if pod.complete:
        return pod.root.present("metadata", "creationTimestamp") and bool(pod.at("spec", "containers"))
    if pod.at("spec", "containers"):
        return True
    lived = age(world, pod)
    fresh = lived is not None and lived.total_seconds() < _EVENTS_LIVE_SECONDS
    return fresh and world.was_listed("Event", pod.namespace)


def _stopped(world: World) -> Iterator[tuple[Ref, Resource, str]]:
    for service in world.of_kind("NodeService"):
        unit = service.text("spec", "unit").removesuffix(".service")
        state = service.text("status", "active")
        if unit == _SCHEDULER and state in ("inactive", "failed"):
            node = service.text("spec", "node")
            yield Ref("Node", "", node), service, f"{_SCHEDULER} is {state} on {node}"
    for pod in world.in_namespace("Pod", "kube-system"):
        ready = pod.condition("Ready").text("status")
        if pod.name.startswith(f"{_SCHEDULER}-") and ready == "False":
            owner = world.top_owner(pod)
            yield owner, pod, f"pod {pod.name} is not ready"


def _runs(world: World) -> bool:
    """Whether a scheduler is seen at work."""
    units = {s.text("spec", "unit").removesuffix(".service"): s for s in world.of_kind("NodeService")}
    active = _SCHEDULER in units and units[_SCHEDULER].text("status", "active") == "active"
    pods = (p for p in world.in_namespace("Pod", "kube-system") if p.name.startswith(f"{_SCHEDULER}-"))
    return active or any(p.condition("Ready").text("status") == "True" for p in pods)


def _cites_of(thing: Resource) -> tuple[Quotable, ...]:
    if thing.kind == "NodeService":
        return (thing.at("status", "active"), thing.at("status", "message"))
    return (thing.condition("Ready").at("status"),)


def _nobody(how: str, waiting: list[Resource]) -> str:
    who = f": {', '.join(p.name for p in waiting[:3])} wait without a node" if waiting else ""
    return f"{how[0].upper()}{how[1:]}, so no new pod gets a node{who}."


def _start(fault: Ref) -> tuple[str, ...]:
    if fault.kind != "Node":
        return (kubectl(fault.namespace, "describe", fault.kind.lower(), fault.name),)
    return (
        f"systemctl status {_SCHEDULER}",
        f"systemctl start {_SCHEDULER}",
        f"journalctl -u {_SCHEDULER} -n 50",
    )


def _silent(world: World, waiting: list[Resource]) -> Found:
    masters = [n for n in world.of_kind("Node") if is_control_plane(n)]
    custom = {p.text("spec", "schedulerName") for p in waiting} - {"", "default-scheduler"}
    named = f"scheduler {', '.join(sorted(custom))}" if custom else "scheduler"
    fault = masters[0].ref if len(masters) == 1 and not custom else world.top_owner(waiting[0])
    pods = ", ".join(p.name for p in waiting[:3])
    return Found(
        on=waiting[0],
        title="No scheduler has looked at the pod",
        detail=f"{pods}: Pending without a node, a PodScheduled condition or an event.",
        cites=tuple(p.at("status", "phase") for p in waiting[:3]),
        cause="scheduler.unavailable",
        fault=fault,
        certainty="likely",
        statement=f"No {named} has said a word about {pods}: it is probably not running.",
        fix=f"See whether the {named} runs, and start it.",
        commands=(kubectl("kube-system", "get", "pods,leases"),),
        checks=(kubectl(waiting[0].namespace, "get", "pod", waiting[0].name),),
        explains=tuple(dict.fromkeys(r for p in waiting for r in (p.ref, world.top_owner(p)))),
    )
