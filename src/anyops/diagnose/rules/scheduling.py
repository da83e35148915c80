"""Pods without a node, and why the scheduler refuses each."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.placement import untolerated
from anyops.diagnose.quotas import refusing_limit
from anyops.diagnose.rules.scheduling_case import Case
from anyops.diagnose.rules.scheduling_choice import choose
from anyops.diagnose.rules.scheduling_text import parse
from anyops.diagnose.rules.scheduling_words import say
from anyops.diagnose.workloads import is_going
from anyops.world.evidence import Quotable
from anyops.world.resource import Resource
from anyops.world.world import Event, World

_NODE_TAINTS = {
    "node.kubernetes.io/not-ready": "node.not_ready",
    "node.kubernetes.io/unreachable": "node.not_ready",
    "node.kubernetes.io/memory-pressure": "node.memory_pressure",
    "node.kubernetes.io/disk-pressure": "node.disk_pressure",
    "node.kubernetes.io/pid-pressure": "node.pid_pressure",
    "node.kubernetes.io/network-unavailable": "node.network_unavailable",
}
"""Taints that the node controller sets for a condition: then the node is at fault, not the pod.

https://kubernetes.io/docs/reference/labels-annotations-taints/
"""


class Refused(Struct, frozen=True, eq=False):
    """What the scheduler said of a pod, where it stands, and since when."""

    message: str
    cite: Quotable
    onset: datetime | None = None


@rule("pod.unschedulable", "Pod", "Event", title="Pod that fits on no node")
def unschedulable(world: World) -> Iterator[Found]:
    """FailedScheduling, or PodScheduled=False with a message, taken apart by reason and node."""
    for pod in _pods(world):
        refused = _refused(world, pod)
        if refused is None:
            continue
        if has_node(world, pod):
            yield _healed(pod, refused)
        elif not is_going(pod):
            yield from _explained(world, pod, refused)


def _pods(world: World) -> Iterator[Resource]:
    """Pods that were read, and those that only events name where pods were not listed."""
    yield from world.of_kind("Pod")
    for ref, events in world.events_by_ref.items():
        known = ref in world.by_ref or world.was_listed("Pod", ref.namespace)
        if ref.kind == "Pod" and not known and any(e.reason == "FailedScheduling" for e in events):
            yield Resource("v1", "Pod", ref.namespace, ref.name, {}, complete=False)


def _refused(world: World, pod: Resource) -> Refused | None:
    events = [e for e in world.events_of(pod.ref) if e.reason == "FailedScheduling" and _tells(e)]
    onset = min((t for e in events if (t := e.first or e.last)), default=None)
    condition = pod.condition("PodScheduled")
    if condition.text("message") and condition.text("status") != "True":
        since = condition.at("lastTransitionTime").time() or onset
        return Refused(condition.text("message"), condition.at("message"), since)
    return Refused(events[-1].message, events[-1], onset) if events else None


def _tells(event: Event) -> bool:
    return not event.message.startswith("skip schedule deleting pod")


def has_node(world: World, pod: Resource) -> bool:
    if pod.text("spec", "nodeName") or pod.condition("PodScheduled").text("status") == "True":
        return True
    later = [e.reason for e in world.events_of(pod.ref)]
    return pod.text("status", "phase") not in ("Pending", "") or later[-1:] == ["Scheduled"]


def _healed(pod: Resource, refused: Refused) -> Found:
    return Found(
        on=pod,
        title="Pod could not be scheduled at first",
        detail=refused.message,
        severity="low",
        state="past",
        cites=(refused.cite,),
        onset=refused.onset,
    )


def _explained(world: World, pod: Resource, refused: Refused) -> Iterator[Found]:
    choice = choose(world, pod, parse(refused.message))
    case = Case(world, pod, choice, world.top_owner(pod))
    by_node = list(_node_at_fault(case, refused))
    yield from by_node or [_found(case, refused)]


def _found(case: Case, refused: Refused) -> Found:
    words = say(case)
    return Found(
        on=case.pod,
        title=f"Pod fits on no node: {case.choice.obstacle.text}"[:160],
        detail=refused.message,
        cites=(refused.cite, *words.cites),
        cause=_cause(case),
        fault=case.who,
        certainty=case.choice.certainty,
        statement=words.statement,
        fix=words.fix,
        commands=words.commands,
        checks=words.checks or (kubectl(case.pod.namespace, "get", "pod", case.pod.name, "-o", "wide"),),
        onset=refused.onset,
    )


def _cause(case: Case) -> str | None:
    """None for a claim that a quota keeps from being created: then the quota is the cause."""
    obstacle, namespace = case.choice.obstacle, case.pod.namespace
    if obstacle.cause == "volume.claim_missing" and refusing_limit(
        case.world, "PersistentVolumeClaim", namespace, obstacle.subject
    ):
        return None
    return "scheduling.unschedulable" if case.choice.code == "node.not_ready" else case.choice.code


def _node_at_fault(case: Case, refused: Refused) -> Iterator[Found]:
    """Where the taint tells of the node's own trouble."""
    key = case.choice.obstacle.subject.partition("=")[0]
    code = _NODE_TAINTS.get(key) if case.choice.code == "scheduling.taint" else None
    if code is None:
        return
    for node in case.choice.meant:
        taints = [t for t in untolerated((), node) if t.text("key") == key]
        if taints:
            yield Found(
                on=case.pod,
                title=f"Pod fits on no node: {case.choice.obstacle.text}"[:160],
                detail=refused.message,
                cites=(refused.cite, taints[0]),
                cause=code,
                fault=node.ref,
                certainty="likely",
                statement=f"{case.who.name} waits for node {node.name}, which has the taint {key}.",
                fix=f"Bring node {node.name} back.",
                commands=(kubectl("", "describe", "node", node.name),),
                checks=(kubectl("", "get", "nodes"),),
                explains=(case.pod.ref, case.who),
                onset=refused.onset,
            )


@rule("pod.scheduling_gated", "Pod", title="Pod held back by a scheduling gate")
def gated(world: World) -> Iterator[Found]:
    """Pending with spec.schedulingGates: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/"""
    for pod in world.of_kind("Pod"):
        condition = pod.condition("PodScheduled")
        gates = [gate.text("name") for gate in pod.each("spec", "schedulingGates")]
        held = condition.text("reason") == "SchedulingGated" or bool(gates)
        if held and not has_node(world, pod) and not is_going(pod):
            named = f" ({', '.join(gates)})" if gates else ""
            yield Found(
                on=pod,
                title=f"Pod is held back by a scheduling gate{named}",
                detail=condition.text("message") or "Scheduling is blocked due to non-empty scheduling gates",
                cites=(condition.at("reason"), condition.at("message"), pod.at("spec", "schedulingGates")),
                cause="scheduling.gated",
                certainty="sure",
                statement=f"Pod {pod.name} is not scheduled while it has scheduling gates{named}; "
                "the controller that set them has not removed them.",
                fix="See to the controller that removes the gate.",
                commands=(kubectl(pod.namespace, "describe", "pod", pod.name),),
                checks=(kubectl(pod.namespace, "get", "pod", pod.name),),
            )


@rule("pod.preempted", "Pod", "Event", title="Pod that made room for one of higher priority")
def preempted(world: World) -> Iterator[Found]:
    """Preempted events of pods; once its workload is whole again that is history."""
    for ref, events in world.events_by_ref.items():
        told = [e for e in events if e.reason == "Preempted"]
        if ref.kind != "Pod" or not told:
            continue
        pod = world.by_ref.get(ref) or Resource("v1", "Pod", ref.namespace, ref.name, {}, complete=False)
        who = world.top_owner(pod)
        waiting = [p for p in world.pods_of(who) if not has_node(world, p) and not is_going(p)]
        yield Found(
            on=ref,
            title="Pod was preempted",
            detail=told[-1].message,
            severity="high" if waiting else "low",
            state="now" if waiting else "past",
            cites=(told[-1],),
            cause="scheduling.preempted" if waiting else None,
            fault=who,
            statement=f"A pod of {who.name} made room for one of higher priority, and its replacement waits.",
            fix="Add nodes, or give it a priority class that is not lower.",
            commands=(kubectl(ref.namespace, "describe", "pod", ref.name),),
            explains=tuple(p.ref for p in waiting),
        )
