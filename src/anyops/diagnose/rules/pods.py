"""Pods that are not as they should be: symptoms which other rules explain, evictions, broken sandboxes."""

from collections import Counter
from collections.abc import Iterator

from anyops.diagnose.clock import age, is_young, since, spell
from anyops.diagnose.commands import act, get
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.siblings import has_ready_sibling
from anyops.diagnose.workloads import container_statuses, is_going, is_ready, replicas_ready, replicas_wanted
from anyops.world.evidence import Quotable
from anyops.world.report import Severity
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import Event, World

STARTUP_SECONDS = 60
"""Time every pod is given to start before it counts as a symptom."""

_LEFT_BEHIND = {
    "Evicted": "was evicted",
    "NodeLost": "was lost with its node",
    "Shutdown": "was ended by the shutdown of its node",
    "NodeShutdown": "was ended by the shutdown of its node",
    "Terminated": "was ended by the shutdown of its node",
    "UnexpectedAdmissionError": "was refused by the kubelet",
    "NodeAffinity": "was refused by the kubelet: node affinity",
    "OutOfcpu": "was refused by the kubelet: no CPU left",
    "OutOfmemory": "was refused by the kubelet: no memory left",
    "OutOfpods": "was refused by the kubelet: too many pods",
}
"""status.reason of pods that ended without their own doing; a controller replaces such pods.

https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/ and
https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/
"""


@rule("pod.not_ready", "Pod", title="Pod is not ready")
def not_ready(world: World) -> Iterator[Found]:
    """Pending, Unknown, or running and not ready: a symptom that waits for its explanation."""
    for pod in world.of_kind("Pod"):
        if not is_going(pod):
            yield from _symptom(world, pod)


def _symptom(world: World, pod: Resource) -> Iterator[Found]:
    phase = pod.text("status", "phase")
    if phase == "Pending":
        yield _pending(world, pod)
    elif phase == "Unknown":
        where = pod.text("spec", "nodeName")
        yield Found(
            on=pod,
            title="Pod state is unknown",
            detail=f"The kubelet{f' of {where}' if where else ''} does not report.",
            cites=(pod.at("status", "phase"),),
        )
    elif phase == "Failed" and _failed_unexplained(world, pod):
        yield Found(
            on=pod,
            title="Pod has failed",
            detail=pod.text("status", "message") or "Its phase is Failed, and no container says why.",
            cites=(pod.at("status", "phase"), pod.at("status", "message")),
        )
    elif phase == "Running" and not _of_a_job(world, pod):
        yield from _unready(world, pod)


def _failed_unexplained(world: World, pod: Resource) -> bool:
    """Whether a pod that nobody replaces has failed, and no container's end tells of it elsewhere."""
    told = any(container_statuses(pod)) or pod.text("status", "reason") in _LEFT_BEHIND
    return not told and not list(world.owners(pod))


def _pending(world: World, pod: Resource) -> Found:
    waiting = [s for s in container_statuses(pod) if s.text("state", "waiting", "reason")]
    reasons = ", ".join(dict.fromkeys(s.text("state", "waiting", "reason") for s in waiting))
    lived = age(world, pod)
    return Found(
        on=pod,
        title=f"Pod is Pending{f' ({reasons})' if reasons else ''}",
        detail=f"It has not started in {spell(lived)}." if lived is not None else "It has not started.",
        severity="low" if is_young(world, pod, STARTUP_SECONDS) else "high",
        cites=(
            pod.at("status", "phase"),
            *(s.at("state", "waiting", "reason") for s in waiting[:2]),
            *_last_warning(world, pod),
        ),
    )


def _unready(world: World, pod: Resource) -> Iterator[Found]:
    condition = pod.condition("Ready")
    unready = [s for s in pod.each("status", "containerStatuses") if s.at("ready").value is False]
    if is_ready(pod) or not (unready or condition.text("status") in ("False", "Unknown")):
        return
    names = ", ".join(s.text("name") for s in unready if s.text("name"))
    lasted = since(world, condition.at("lastTransitionTime").time())
    yield Found(
        on=pod,
        title="Pod is not ready",
        detail=_why_unready(condition, names) + (f" It has been so for {spell(lasted)}." if lasted else ""),
        severity=_unready_severity(world, pod, unready),
        cites=(condition.at("status"), *(s.at("ready") for s in unready[:2]), *_last_warning(world, pod)),
        onset=condition.at("lastTransitionTime").time(),
    )


def _last_warning(world: World, pod: Resource) -> tuple[Event, ...]:
    """The newest event, where it is a warning."""
    events = world.events_of(pod.ref)
    return (events[-1],) if events and events[-1].warning else ()


def _why_unready(condition: Field, names: str) -> str:
    reason = condition.text("reason")
    if reason == "ReadinessGatesNotReady":
        return f"Readiness gate: {condition.text('message') or 'not met'}."
    if condition.text("status") == "Unknown":
        return f"Its node does not report ({reason or 'Ready=Unknown'})."
    return f"Containers that are not ready: {names}." if names else "Its Ready condition is False."


def _unready_severity(world: World, pod: Resource, unready: list[Field]) -> Severity:
    restarted = any((s.number("restartCount") or 0) > 0 for s in unready)
    waiting = any(s.text("state", "waiting", "reason") not in ("", "ContainerCreating") for s in unready)
    if is_young(world, pod, STARTUP_SECONDS) and not restarted and not waiting:
        return "low"
    return "medium" if has_ready_sibling(world, pod) else "high"


def _of_a_job(world: World, pod: Resource) -> bool:
    return any(owner.kind == "Job" for owner in world.owners(pod))


@rule("pod.left_behind", "Pod", title="Pod was evicted or lost")
def left_behind(world: World) -> Iterator[Found]:
    """Failed pods that the node ended; once a controller has replaced them they are history."""
    for pod in world.of_kind("Pod"):
        reason = pod.text("status", "reason")
        if reason in _LEFT_BEHIND and not is_going(pod):
            replaced = _is_replaced(world, pod)
            yield Found(
                on=pod,
                title=f"Pod {_LEFT_BEHIND[reason]}",
                detail=pod.text("status", "message") or f"status.reason is {reason}.",
                severity="low" if replaced else "high",
                state="past" if replaced else "now",
                cites=(pod.at("status", "reason"), pod.at("status", "message")),
                cause="pod.evicted",
                fix="" if replaced else "Free or add what the node ran short of, then start the pod again.",
                commands=(act("delete", pod.ref),),
                checks=(act("describe", Ref("Node", "", pod.text("spec", "nodeName") or "NODE")),),
            )


def _is_replaced(world: World, pod: Resource) -> bool:
    owner = world.by_ref.get(world.top_owner(pod))
    if owner is not None and (wanted := replicas_wanted(owner)) is not None:
        ready = replicas_ready(owner)
        if ready is not None:
            return ready >= wanted
    return has_ready_sibling(world, pod)


_STUCK = "pod.stuck_terminating"
_CNI = ("cni", "network plugin", "networkplugin", "failed to set up sandbox", "setup network")


@rule("pod.sandbox_failed", "Pod", title="Pod sandbox cannot be created")
def sandbox_failed(world: World) -> Iterator[Found]:
    """FailedCreatePodSandBox of pods that have not started; several workloads point at the node."""
    failing = [(pod, event) for pod in world.of_kind("Pod") for event in _sandbox_event(world, pod)]
    workloads = Counter(
        node for node, _ in {(pod.text("spec", "nodeName"), world.top_owner(pod)) for pod, _ in failing}
    )
    for pod, event in failing:
        node = pod.text("spec", "nodeName")
        started = pod.text("status", "phase") != "Pending"
        network = any(word in event.message.lower() for word in _CNI)
        yield Found(
            on=pod,
            title="Pod sandbox could not be created" if started else "Pod sandbox cannot be created",
            detail=event.message,
            severity="low" if started else "high",
            state="past" if started else "now",
            cites=(event,),
            cause="sandbox.failed",
            fault=Ref("Node", "", node) if node and workloads[node] > 1 else None,
            statement=f"{'The network plugin' if network else 'The container runtime'} cannot set up pod "
            f"{pod.name}{f' on {node}' if node else ''}: {event.message[:300]}",
            fix="Mend the network plugin on the node: its pods, its configuration and its free addresses."
            if network
            else "Look at the container runtime on the node.",
            commands=_node_commands(node),
            checks=(act("get", pod.ref),),
        )


def _sandbox_event(world: World, pod: Resource) -> Iterator[Event]:
    warnings = [e for e in world.events_of(pod.ref) if e.warning]
    if is_going(pod) or not warnings:
        return
    if warnings[-1].reason == "FailedCreatePodSandBox":
        yield warnings[-1]


def _node_commands(node: str) -> tuple[str, ...]:
    if not node:
        return ()
    return (
        act("describe", Ref("Node", "", node)),
        get("pods", "", "-A", "-o", "wide", "--field-selector", f"spec.nodeName={node}"),
    )


@rule("pod.stuck_terminating", "Pod", title="Pod is stuck terminating")
def stuck_terminating(world: World) -> Iterator[Found]:
    """Pods that are still there long after their grace period: a finalizer, a silent node, a hanging process.

    deletionTimestamp is when the grace period ends:
    https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
    """
    for pod in world.of_kind("Pod"):
        overdue = since(world, pod.at("metadata", "deletionTimestamp").time())
        if overdue is None or overdue.total_seconds() < 2 * STARTUP_SECONDS:
            continue
        finalizers = [f.text() for f in pod.each("metadata", "finalizers")]
        cites: tuple[Quotable, ...] = (pod.at("metadata", "deletionTimestamp"),)
        why = "its node does not confirm that it stopped"
        if finalizers:
            cites = (*cites, pod.at("metadata", "finalizers"))
            why = f"finalizer {', '.join(finalizers)} is not removed"
        yield Found(
            on=pod,
            title="Pod is stuck terminating",
            detail=f"Its grace period ended {spell(overdue)} ago and {why}.",
            severity="medium",
            cites=cites,
            cause="finalizer.stuck" if finalizers else None if _node_is_down(world, pod) else _STUCK,
            fault=pod.ref,
            onset=pod.at("metadata", "deletionTimestamp").time(),
            statement=f"Pod {pod.name} should have been gone {spell(overdue)} ago, but {why}.",
            fix="Look at the controller that owns the finalizer; remove it by hand only when that is gone."
            if finalizers
            else "See whether its node is up; delete the pod by force only when its process surely stopped.",
            commands=(act("describe", pod.ref),)
            if finalizers
            else (act("describe", pod.ref), act("delete", pod.ref, "--grace-period=0", "--force")),
            checks=(act("get", pod.ref),),
        )


def _node_is_down(world: World, pod: Resource) -> bool:
    node = world.get("Node", "", pod.text("spec", "nodeName"))
    return node is not None and node.condition("Ready").text("status") in ("False", "Unknown")
