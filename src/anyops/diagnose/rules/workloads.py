"""Workloads that lack pods, and rollouts that are stuck, slow or over."""

from collections.abc import Iterator

from anyops.diagnose.clock import spell
from anyops.diagnose.commands import act
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.rollouts import in_trouble, is_rolling, is_settling, revisions, time_left
from anyops.diagnose.workloads import is_going, replicas_ready, replicas_wanted
from anyops.text import plural
from anyops.world.evidence import Quotable
from anyops.world.report import Severity
from anyops.world.resource import Field, Resource
from anyops.world.world import Event, World


@rule(
    "workload.short_of_pods",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    title="Workload lacks pods",
)
def short_of_pods(world: World) -> Iterator[Found]:
    """Fewer pods ready than asked for: the symptom that most causes end in."""
    for workload in world.of_kind("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"):
        wanted, ready = replicas_wanted(workload), replicas_ready(workload)
        if not wanted or ready is None or ready >= wanted or is_going(workload):
            continue
        if workload.kind != "ReplicaSet" or _stands_alone(world, workload):
            yield _short(world, workload, wanted, ready)


def _short(world: World, workload: Resource, wanted: int, ready: int) -> Found:
    settling = is_settling(world, workload)
    severity: Severity = "low" if settling else "high" if ready == 0 else "medium"
    rolling = workload.kind == "Deployment" and is_rolling(workload)
    if rolling and workload.condition("Available").text("status") == "True" and _has_time(world, workload):
        severity = "low"
    return Found(
        on=workload,
        title=f"{ready} of {wanted} pods ready",
        detail=f"{workload.kind} {workload.name} wants {plural(wanted, 'replica')}, {ready} ready"
        + (f", {wanted - ready} not ready or unavailable." if not settling else "; it is still starting."),
        severity=severity,
        cites=(*_counts(workload), *_last_warning(world, workload)),
        checks=(act("rollout status", workload.ref),),
    )


def _last_warning(world: World, workload: Resource) -> tuple[Event, ...]:
    """The newest event, where it is a warning."""
    events = world.events_of(workload.ref)
    return (events[-1],) if events and events[-1].warning else ()


@rule("workload.surplus", "Deployment", "StatefulSet", title="Workload has more pods than asked for")
def surplus(world: World) -> Iterator[Found]:
    """More replicas than the spec wants: the surge of a rollout, or a scaling down that is not over."""
    for workload in world.of_kind("Deployment", "StatefulSet"):
        wanted, has = replicas_wanted(workload), workload.number("status", "replicas")
        if wanted is not None and has is not None and has > wanted:
            available = workload.text("status", "availableReplicas") or 0
            yield Found(
                on=workload,
                title=f"{plural(has, 'pod')} {'exists' if has == 1 else 'exist'}, {wanted} are asked for",
                detail=f"{workload.kind} {workload.name} has {plural(has, 'replica')} in its "
                f"status and {wanted} in its spec; {available} are available.",
                severity="low",
                cites=(workload.at("spec", "replicas"), workload.at("status", "replicas")),
            )


def _has_time(world: World, deployment: Resource) -> bool:
    left = time_left(world, deployment)
    return left is not None and left.total_seconds() > 0 and not in_trouble(world.pods_of(deployment.ref))


def _counts(workload: Resource) -> tuple[Field, ...]:
    paths = (
        ("spec", "replicas"),
        ("status", "readyReplicas"),
        ("status", "numberReady"),
        ("status", "desiredNumberScheduled"),
        ("status", "unavailableReplicas"),
    )
    return tuple(field for path in paths if (field := workload.at(*path)).value is not None)


def _stands_alone(world: World, replica_set: Resource) -> bool:
    return not any(owner.kind == "Deployment" for owner in world.owners(replica_set))


@rule("rollout.stuck", "Deployment", title="Rollout is stuck")
def rollout_stuck(world: World) -> Iterator[Found]:
    """No progress within progressDeadlineSeconds: by condition or, without one, by event."""
    for deployment in world.of_kind("Deployment"):
        if replicas_wanted(deployment) == 0 or is_going(deployment):
            continue
        condition = deployment.condition("Progressing")
        event = _deadline_event(world, deployment)
        if condition.text("status") == "False":
            cites = (condition.at("message"), condition.at("reason"))
            yield _stuck(world, deployment, condition.text("reason"), condition.text("message"), cites)
        elif condition.value is None and event is not None and _lacks_pods(deployment):
            yield _stuck(world, deployment, event.reason, event.message, (event,))


def _stuck(
    world: World, deployment: Resource, reason: str, message: str, told: tuple[Quotable, ...]
) -> Found:
    which, cites = _new_and_old(world, deployment)
    return Found(
        on=deployment,
        title=f"Rollout is stuck: {reason}" if reason else "Rollout is stuck",
        detail=f"Progressing=False, {reason}: {message}",
        severity="high" if not replicas_ready(deployment) else "medium",
        cites=(*told, *cites),
        cause="workload.rollout_stuck",
        certainty="maybe",
        onset=deployment.condition("Progressing").at("lastTransitionTime").time(),
        statement=f"The rollout of Deployment {deployment.name} is stuck "
        f"({reason or 'Progressing=False'}). {which or message[:300]}",
        fix="Roll back, or mend what keeps the new pods from becoming ready.",
        commands=(act("rollout undo", deployment.ref),),
        checks=(act("rollout status", deployment.ref),),
    )


def _lacks_pods(deployment: Resource) -> bool:
    wanted, ready = replicas_wanted(deployment), replicas_ready(deployment)
    return wanted is not None and ready is not None and ready < wanted


def _new_and_old(world: World, deployment: Resource) -> tuple[str, tuple[Field, ...]]:
    sets = revisions(world, deployment)
    if not sets:
        return "", ()
    new = sets[0]
    ready, wanted = replicas_ready(new) or 0, replicas_wanted(new) or 0
    text = f"Its new ReplicaSet {new.name} has {ready} of {wanted} pods ready"
    old = [r for r in sets[1:] if replicas_ready(r)]
    if old:
        text += f"; the old ReplicaSet {old[0].name} still serves with {replicas_ready(old[0])}"
    return f"{text}.", (
        new.at("status", "readyReplicas"),
        *(r.at("status", "readyReplicas") for r in old[:1]),
    )


@rule("rollout.slow", "Deployment", title="Rollout is in progress")
def rollout_slow(world: World) -> Iterator[Found]:
    """A rollout that is still within its deadline, with the time it has left."""
    for deployment in world.of_kind("Deployment"):
        wanted, ready = replicas_wanted(deployment), replicas_ready(deployment)
        left = time_left(world, deployment)
        unfinished = wanted and ready is not None and ready < wanted
        if not unfinished or left is None or left.total_seconds() <= 0 or not is_rolling(deployment):
            continue
        yield Found(
            on=deployment,
            title="Rollout is in progress",
            detail=f"{ready} of {wanted} pods ready; {spell(left)} left until its progress deadline.",
            severity="low",
            cites=(deployment.condition("Progressing").at("message"), *_counts(deployment)),
            checks=(act("rollout status", deployment.ref),),
        )


@rule("rollout.recovered", "Deployment", title="Rollout failed and is over")
def rollout_recovered(world: World) -> Iterator[Found]:
    """A deadline that passed, as its event tells, while all replicas are ready now: rolled back or late."""
    for deployment in world.of_kind("Deployment"):
        event = _deadline_event(world, deployment)
        wanted, ready = replicas_wanted(deployment), replicas_ready(deployment)
        stuck = deployment.condition("Progressing").text("status") == "False"
        if event is None or stuck or wanted is None or ready is None or ready < wanted:
            continue
        yield Found(
            on=deployment,
            title="A rollout ran into its deadline and has recovered",
            detail=f"{event.message} All {wanted} replicas are ready now.",
            severity="low",
            state="past",
            cites=(event, *_counts(deployment)),
            cause="workload.rollout_stuck",
        )


def _deadline_event(world: World, deployment: Resource) -> Event | None:
    events = [e for e in world.events_of(deployment.ref) if e.reason == "ProgressDeadlineExceeded"]
    return events[-1] if events else None


@rule(
    "replicaset.failed_create",
    "ReplicaSet",
    "StatefulSet",
    "DaemonSet",
    "Job",
    title="Pods cannot be created",
)
def failed_create(world: World) -> Iterator[Found]:
    """The controller's pods are refused: the message says by what (quota, webhook, service account ...)."""
    for workload in world.of_kind("ReplicaSet", "StatefulSet", "DaemonSet", "Job"):
        refusals = list(_refusals(world, workload))
        wanted, ready = replicas_wanted(workload), replicas_ready(workload)
        over = wanted == 0 or (wanted is not None and ready is not None and ready >= wanted > 0)
        over = over or workload.condition("Complete").text("status") == "True"
        for message, cite in refusals:
            yield Found(
                on=workload,
                title="Pods could not be created" if over else "Pods cannot be created",
                detail=f"FailedCreate: {message}",
                severity="low" if over else "high",
                state="past" if over else "now",
                cites=(cite,),
                checks=(act("describe", workload.ref),),
            )


def _refusals(world: World, workload: Resource) -> Iterator[tuple[str, Field | Event]]:
    said = set()
    for condition in workload.each("status", "conditions"):
        failing = condition.text("type") == "ReplicaFailure" and condition.text("status") != "False"
        if failing and condition.text("reason") == "FailedCreate":
            said.add(condition.text("message"))
            yield condition.text("message"), condition.at("message")
    events = [e for e in world.events_of(workload.ref) if e.reason == "FailedCreate" and e.warning]
    if events and events[-1].message not in said and not said:
        yield events[-1].message, events[-1]
