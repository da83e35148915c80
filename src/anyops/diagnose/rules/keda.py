"""KEDA's ScaledObjects and ScaledJobs: https://keda.sh/docs/latest/reference/scaledobject-spec/"""

from collections.abc import Iterator

from anyops.diagnose.commands import act, get
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.workloads import containers
from anyops.world.resource import Field, Resource
from anyops.world.world import Event, World

_SCALABLE = ("Deployment", "StatefulSet")


def _target(world: World, scaled: Resource) -> tuple[str, str, Resource | None]:
    reference = scaled.at("spec", "scaleTargetRef")
    kind, name = reference.text("kind") or "Deployment", reference.text("name")
    return kind, name, world.get(kind, scaled.namespace, name)


@rule("keda.not_ready", "ScaledObject", "ScaledJob", title="KEDA does not scale")
def not_ready(world: World) -> Iterator[Found]:
    """Ready=False, or Fallback active, with the newest warning that explains it."""
    for scaled in world.of_kind("ScaledObject", "ScaledJob"):
        ready, fallback = scaled.condition("Ready"), scaled.condition("Fallback")
        if ready.text("status") == "False":
            yield _found(scaled, ready, _warning(world, scaled), "KEDA does not scale it")
        elif fallback.text("status") == "True":
            yield _found(scaled, fallback, _warning(world, scaled), "KEDA scales by its fallback")
        elif (warning := _warning(world, scaled)) is not None:
            healed = ready.text("status") == "True"
            yield Found(
                on=scaled,
                title=f"KEDA warned: {warning.reason}",
                detail=warning.message,
                severity="low" if healed else "medium",
                state="past" if healed else "now",
                cites=(warning,),
                cause="autoscaler.no_metrics",
                fault=scaled.ref,
            )


def _found(scaled: Resource, condition: Field, warning: Event | None, what: str) -> Found:
    message = warning.message if warning else condition.text("message")
    return Found(
        on=scaled,
        title=what,
        detail=f"{condition.text('type')}={condition.text('status')} {condition.text('reason')}: {message}",
        severity="medium",
        cites=(condition.at("message"), *([warning] if warning else ())),
        cause="autoscaler.no_metrics",
        fault=scaled.ref,
        statement=f"{what}: {scaled.name}, {condition.text('reason')}: {message[:300]}",
        fix="Mend the trigger: its address, its credentials, its TriggerAuthentication.",
        commands=(act("describe", scaled.ref), get("triggerauthentications", scaled.namespace)),
        checks=(act("get", scaled.ref),),
    )


def _warning(world: World, scaled: Resource) -> Event | None:
    events = world.events_of(scaled.ref)
    return events[-1] if events and events[-1].warning else None


@rule("keda.target", "ScaledObject", title="ScaledObject's target is wrong")
def target(world: World) -> Iterator[Found]:
    """scaleTargetRef that names a kind without scale, or nothing that exists."""
    for scaled in world.of_kind("ScaledObject"):
        kind, name, workload = _target(world, scaled)
        custom = bool(scaled.text("spec", "scaleTargetRef", "apiVersion"))
        if workload is not None or (custom and kind not in _SCALABLE):
            continue
        wrong = kind not in _SCALABLE
        proven = wrong or world.was_listed(kind, scaled.namespace)
        yield Found(
            on=scaled,
            title=f"Target kind {kind} cannot be scaled" if wrong else f"Target {kind}/{name} does not exist",
            detail=f"scaleTargetRef names {kind}/{name}, which was not found in {scaled.namespace}.",
            severity="medium",
            state="now" if proven else "risk",
            cites=(scaled.at("spec", "scaleTargetRef"),),
            cause="autoscaler.target_missing",
            fault=scaled.ref,
            statement=f"ScaledObject {scaled.name} should scale {kind}/{name}, "
            f"{'a kind without scale' if wrong else 'which does not exist'}.",
            fix="Mend the reference, or delete the ScaledObject.",
            commands=(get("deployments,statefulsets", scaled.namespace),),
            checks=(act("describe", scaled.ref),),
        )


@rule("keda.no_requests", "ScaledObject", title="KEDA's cpu or memory trigger has no requests to go by")
def no_requests(world: World) -> Iterator[Found]:
    """cpu and memory triggers become an HPA on utilisation, which needs requests."""
    for scaled in world.of_kind("ScaledObject"):
        _, name, workload = _target(world, scaled)
        needed = {t.text("type") for t in scaled.each("spec", "triggers")} & {"cpu", "memory"}
        bare = [
            (container, resource)
            for resource in sorted(needed)
            for container in (containers(workload, init=False) if workload and workload.complete else ())
            if not container.at("resources", "requests", resource).value
            and not container.at("resources", "limits", resource).value
        ]
        if bare:
            missing = ", ".join(f"{c.text('name')} ({r})" for c, r in bare[:4])
            yield Found(
                on=scaled,
                title="Target sets no resource requests",
                detail=f"{name} does not have resource requests configured for: {missing}.",
                severity="medium",
                state="risk",
                cites=tuple(c.at("name") for c, _ in bare[:3]),
                cause="autoscaler.no_metrics",
                fix="Set resources.requests on every container of the target.",
            )


@rule("keda.paused", "ScaledObject", "ScaledJob", title="KEDA is paused")
def paused(world: World) -> Iterator[Found]:
    """Paused by annotation: https://keda.sh/docs/latest/concepts/scaling-deployments/#pausing-autoscaling"""
    for scaled in world.of_kind("ScaledObject", "ScaledJob"):
        keys = [k for k in scaled.annotations if k.startswith("autoscaling.keda.sh/paused")]
        if keys and scaled.annotations[keys[0]] != "false":
            yield Found(
                on=scaled,
                title="Scaling is paused",
                detail=f"Annotation {keys[0]} is {scaled.annotations[keys[0]]}.",
                severity="low",
                cites=(scaled.at("metadata", "annotations", keys[0]),),
            )
