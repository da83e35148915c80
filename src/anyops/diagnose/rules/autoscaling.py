"""Horizontal pod autoscalers: targets, metrics, limits.

https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
"""

from collections.abc import Iterator

from anyops.diagnose.commands import act, get, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.workloads import containers, replicas_wanted
from anyops.world.evidence import Quotable
from anyops.world.report import State
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World

HPA = "HorizontalPodAutoscaler"
SCALABLE = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")
_BUILT_IN_GROUPS = ("", "apps", "batch", "extensions")


def target_ref(scaler: Resource) -> Field:
    """spec.scaleTargetRef."""
    return scaler.at("spec", "scaleTargetRef")


def can_scale(target: Field) -> bool:
    """Whether its kind has a scale subresource: four built-in kinds; a custom kind may have one."""
    group = target.text("apiVersion").rpartition("/")[0]
    return target.text("kind") in SCALABLE or (bool(group) and group not in _BUILT_IN_GROUPS)


def is_absent(world: World, scaler: Resource) -> tuple[bool, bool]:
    """Whether the target was not read, and whether that proves that it does not exist."""
    target = target_ref(scaler)
    kind, name = target.text("kind"), target.text("name")
    if world.get(kind, scaler.namespace, name) is not None:
        return False, False
    return True, world.was_listed(kind, scaler.namespace)


@rule("hpa.target", HPA, title="Autoscaler's target is wrong")
def target(world: World) -> Iterator[Found]:
    """scaleTargetRef of a kind that cannot be scaled, or naming something that is not there."""
    for scaler in world.of_kind(HPA):
        reference = target_ref(scaler)
        kind, name = reference.text("kind"), reference.text("name")
        if not reference.value and not scaler.complete:
            continue
        if not can_scale(reference):
            yield _wrong_kind(scaler, reference)
        absent, proven = is_absent(world, scaler)
        if absent and (kind in SCALABLE or not can_scale(reference)):
            yield _missing_target(scaler, f"{kind}/{name}", proven)


def _wrong_kind(scaler: Resource, reference: Field) -> Found:
    kind = reference.text("kind")
    return Found(
        on=scaler,
        title=f"Target kind {kind!r} cannot be scaled",
        detail=f"scaleTargetRef names kind {kind!r}, which has no scale subresource.",
        severity="medium",
        cites=(reference.at("kind"),),
        cause="autoscaler.target_missing",
        fault=scaler.ref,
        statement=f"Autoscaler {scaler.name} points at kind {kind!r}, which cannot be scaled.",
        fix=f"Name one of {', '.join(SCALABLE)}, or a custom kind with its apiVersion.",
        commands=(act("edit", scaler.ref),),
        checks=(act("describe", scaler.ref),),
    )


def _missing_target(scaler: Resource, name: str, proven: bool) -> Found:
    condition = scaler.condition("AbleToScale")
    says_so = condition.text("status") == "False" and condition.text("reason") == "FailedGetScale"
    return Found(
        on=scaler,
        title=f"Target {name} does not exist",
        detail=f"scaleTargetRef names {name}, which was not found in {scaler.namespace}.",
        severity="medium",
        state="now" if proven or says_so else "risk",
        cites=(target_ref(scaler).at("name"), condition.at("message")),
        cause="autoscaler.target_missing",
        fault=scaler.ref,
        certainty="sure" if says_so else "likely",
        statement=f"Autoscaler {scaler.name} should scale {name}, which does not exist.",
        fix="Mend the name, or delete the autoscaler.",
        commands=(get("deployments,statefulsets", scaler.namespace),),
        checks=(act("describe", scaler.ref),),
    )


_CONDITIONS = {
    "FailedGetScale": ("autoscaler.target_missing", "cannot read the scale of its target"),
    "FailedUpdateScale": ("autoscaler.unable", "cannot change the scale of its target"),
    "AmbiguousSelector": ("autoscaler.unable", "shares its pods with another autoscaler"),
    "InvalidSelector": ("autoscaler.unable", "cannot select the pods of its target"),
    "SelectorRequired": ("autoscaler.unable", "cannot select the pods of its target"),
}


@rule("hpa.condition", HPA, title="Autoscaler does not work")
def condition(world: World) -> Iterator[Found]:
    """AbleToScale or ScalingActive False, with the reason; a target at zero replicas rests by intent."""
    for scaler in world.of_kind(HPA):
        for state in scaler.each("status", "conditions"):
            type_, reason = state.text("type"), state.text("reason")
            if type_ == "ScalingLimited" or state.text("status") != "False" or reason == "ScalingDisabled":
                continue
            if not _at_zero(world, scaler):
                yield _not_working(world, scaler, state)


def _not_working(world: World, scaler: Resource, state: Field) -> Found:
    reason, message = state.text("reason"), state.text("message")
    cause, what = _CONDITIONS.get(reason, ("autoscaler.no_metrics", "gets no metrics"))
    why, cites, fix = _why_no_metrics(world, scaler) if cause == "autoscaler.no_metrics" else ("", (), "")
    return Found(
        on=scaler,
        title=f"Autoscaler {what}",
        detail=f"{state.text('type')}=False {reason}: {message}",
        severity="medium",
        cites=(state.at("message"), state.at("reason"), *cites),
        cause=cause,
        fault=scaler.ref,
        onset=state.at("lastTransitionTime").time(),
        statement=f"Autoscaler {scaler.name} {what}: {why or message[:300]}",
        fix=fix or "See its conditions.",
        commands=(act("describe", scaler.ref), "kubectl get apiservices v1beta1.metrics.k8s.io"),
        checks=(act("get", scaler.ref),),
    )


def _why_no_metrics(world: World, scaler: Resource) -> tuple[str, tuple[Quotable, ...], str]:
    for api in world.of_kind("APIService"):
        available = api.condition("Available")
        if "metrics.k8s.io" in api.name and available.text("status") == "False":
            return f"API {api.name} is unavailable.", (available.at("message"),), "Mend the metrics API."
    if world.was_listed("APIService") and not any(
        a.name == "v1beta1.metrics.k8s.io" for a in world.of_kind("APIService")
    ):
        return "metrics-server is not installed.", (), "Install metrics-server."
    bare = next(iter(_without_requests(world, scaler)), None)
    if bare is not None:
        container, resource = bare
        why = f"container {container.text('name')} of its target sets no {resource} request."
        return why, (container.at("name"),), f"Set resources.requests.{resource} on every container."
    return "", (), "Look at metrics-server or the metrics adapter, and at the pods of the target."


def _at_zero(world: World, scaler: Resource) -> bool:
    reference = target_ref(scaler)
    workload = world.get(reference.text("kind"), scaler.namespace, reference.text("name"))
    return workload is not None and replicas_wanted(workload) == 0


@rule("hpa.no_requests", HPA, title="Autoscaler's target sets no requests")
def no_requests(world: World) -> Iterator[Found]:
    """Utilisation is a share of requests: containers without them leave the autoscaler blind."""
    for scaler in world.of_kind(HPA):
        bare = list(_without_requests(world, scaler))
        if not bare:
            continue
        active = scaler.condition("ScalingActive").text("status")
        state: State = "now" if active == "False" else "risk"
        reference = target_ref(scaler)
        name = f"{reference.text('kind')} {scaler.namespace}/{reference.text('name')}"
        missing = ", ".join(f"{c.text('name')} ({r})" for c, r in bare[:4])
        yield Found(
            on=scaler,
            title="Target sets no resource requests",
            detail=f"{name} does not have resource requests configured for: {missing}.",
            severity="medium",
            state=state,
            cites=tuple(c.at("name") for c, _ in bare[:3]),
            cause="autoscaler.no_metrics",
            fault=scaler.ref,
            certainty="sure",
            statement=f"Autoscaler {scaler.name} cannot compute utilisation: {missing} of {name} "
            "sets no request.",
            fix="Set resources.requests on every container of the target.",
            commands=(kubectl(scaler.namespace, "set", "resources", *_of(reference), "--requests=cpu=100m"),),
            checks=(act("describe", scaler.ref),),
        )


def _of(reference: Field) -> tuple[str, ...]:
    return (f"{reference.text('kind').lower()}/{reference.text('name')}",)


def _without_requests(world: World, scaler: Resource) -> Iterator[tuple[Field, str]]:
    """Containers that lack a request which a utilisation metric needs; a limit stands in for it."""
    reference = target_ref(scaler)
    workload = world.get(reference.text("kind"), scaler.namespace, reference.text("name"))
    if workload is None or not workload.complete:
        return
    for resource in _utilisation_metrics(scaler):
        for container in containers(workload, init=False):
            sizes = container.at("resources")
            if not (sizes.at("requests", resource).value or sizes.at("limits", resource).value):
                yield container, resource


def _utilisation_metrics(scaler: Resource) -> list[str]:
    metrics = list(scaler.each("spec", "metrics"))
    if not metrics:
        return ["cpu"]
    return [
        metric.text("resource", "name")
        for metric in metrics
        if metric.text("type") == "Resource"
        and metric.text("resource", "target", "type") in ("", "Utilization")
        and metric.text("resource", "name")
    ]


@rule("hpa.limited", HPA, title="Autoscaler is at its maximum")
def limited(world: World) -> Iterator[Found]:
    """ScalingLimited because of maxReplicas; being at the minimum is how a quiet service looks."""
    for scaler in world.of_kind(HPA):
        state = scaler.condition("ScalingLimited")
        if state.text("status") != "True" or state.text("reason") in ("TooFewReplicas", "DesiredWithinRange"):
            continue
        most, overloaded = scaler.text("spec", "maxReplicas"), list(_above_target(scaler))
        yield Found(
            on=scaler,
            title="Autoscaler is at its maximum",
            detail=f"ScalingLimited {state.text('reason')}: {state.text('message')} (maxReplicas {most})",
            severity="medium" if overloaded else "low",
            cites=(state.at("message"), scaler.at("spec", "maxReplicas"), *overloaded[:2]),
            cause="autoscaler.limited",
            fault=Ref(target_ref(scaler).text("kind"), scaler.namespace, target_ref(scaler).text("name")),
            onset=state.at("lastTransitionTime").time(),
            statement=f"Autoscaler {scaler.name} wants more than its maxReplicas of {most}.",
            fix="Raise maxReplicas, if nodes and what lies behind can bear it, or find the load.",
            commands=(act("describe", scaler.ref),),
            checks=(act("get", scaler.ref),),
        )


def _above_target(scaler: Resource) -> Iterator[Field]:
    """Current utilisation that is above what the spec aims at."""
    aims = {
        metric.text("resource", "name"): metric.number("resource", "target", "averageUtilization")
        for metric in scaler.each("spec", "metrics")
    }
    for metric in scaler.each("status", "currentMetrics"):
        current = metric.number("resource", "current", "averageUtilization")
        aim = aims.get(metric.text("resource", "name"))
        if current is not None and aim is not None and current > aim:
            yield metric.at("resource", "current", "averageUtilization")
