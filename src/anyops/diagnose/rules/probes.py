"""Probes that fail: which, why, and whether they still do.

Source: https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
"""

from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from anyops.diagnose.commands import act, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.probe_verdict import Verdict, judge, spell
from anyops.diagnose.workloads import containers, has_finished, is_going, is_ready
from anyops.world.evidence import Quotable
from anyops.world.report import Certainty
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import Event, World

KINDS = {"Liveness": "livenessProbe", "Readiness": "readinessProbe", "Startup": "startupProbe"}
_RECENT = timedelta(minutes=10)


class Failing(Struct, frozen=True, eq=False):
    """One probe of one container with the events of its failures, oldest first."""

    pod: Resource
    kind: str
    container: Field
    status: Field
    events: list[Event]

    @property
    def probe(self) -> Field:
        return self.container.at(KINDS[self.kind])

    @property
    def last(self) -> Event:
        return self.events[-1]


@rule("pod.probe", "Pod", title="Probe fails")
def check_probes(world: World) -> Iterator[Found]:
    """Unhealthy events of pods: active ones by port, protocol, timing or path; healed ones as history."""
    for pod in world.of_kind("Pod"):
        if has_finished(pod) or is_going(pod):
            continue
        failing = list(_failing(world, pod))
        active = [f for f in failing if _is_active(world, f)]
        for failure in failing:
            if failure in active:
                yield from _now(world, failure, active)
            else:
                yield _past(failure)


def _failing(world: World, pod: Resource) -> Iterator[Failing]:
    found: dict[tuple[str, str], list[Event]] = {}
    for event in world.events_of(pod.ref):
        kind = event.message.partition(" probe ")[0]
        if event.reason in ("Unhealthy", "ProbeError") and kind in KINDS:
            container = _container(pod, event, kind)
            if container is not None:
                found.setdefault((kind, container.text("name")), []).append(event)
    specs = {c.text("name"): c for c in containers(pod)}
    for (kind, name), events in found.items():
        yield Failing(pod, kind, specs.get(name, pod.at("spec", "none")), _status(pod, name), events)


def _container(pod: Resource, event: Event, kind: str) -> Field | None:
    """The event's container: by its field path, else the one that has such a probe, else the only one."""
    name = event.field_path.partition("{")[2].rstrip("}")
    specs = list(containers(pod))
    for spec in specs:
        if name and spec.text("name") == name:
            return spec
    port = event.message.partition("://")[2].partition("/")[0].rpartition(":")[2]
    having = [c for c in specs if c.at(KINDS[kind]).value]
    for spec in having:
        if port and str(spec.at(KINDS[kind]).text("httpGet", "port")) == port:
            return spec
    return next(iter(having or specs), pod.at("spec", "none"))


def _status(pod: Resource, name: str) -> Field:
    for status in [
        *pod.each("status", "containerStatuses"),
        *pod.each("status", "initContainerStatuses"),
    ]:
        if not name or status.text("name") == name:
            return status
    return pod.at("status", "none")


def _is_active(world: World, failure: Failing) -> bool:
    """Readiness counts while the pod is not ready, the others while the container keeps being killed."""
    status = failure.status
    ready = status.at("ready").value is True or (status.at("ready").value is None and is_ready(failure.pod))
    if failure.kind == "Readiness":
        return not ready
    restarts = status.number("restartCount") or 0
    if status.text("state", "waiting", "reason") == "CrashLoopBackOff":
        return _kills(world, failure) or failure.kind == "Liveness"
    if not ready:
        return restarts > 0 or failure.kind == "Startup" or _often(failure)
    return restarts > 1 and not _is_settled(world, failure)


def _often(failure: Failing) -> bool:
    return sum(e.count for e in failure.events) >= (failure.probe.number("failureThreshold") or 3)


def _kills(world: World, failure: Failing) -> bool:
    words = f"failed {failure.kind.lower()} probe"
    return any(e.reason == "Killing" and words in e.message for e in world.events_of(failure.pod.ref))


def _is_settled(world: World, failure: Failing) -> bool:
    """Whether the last failure lies so long ago that the restarts are over."""
    last, now = failure.last.last, world.captured_at
    return last is None or now is None or now - last > _RECENT


def _past(failure: Failing) -> Found:
    times = sum(e.count for e in failure.events)
    return Found(
        on=failure.pod,
        title=f"{failure.kind} probe failed and has recovered",
        detail=f"{times} times, last: {failure.last.message}",
        severity="low",
        state="past",
        cites=(failure.last,),
    )


def _now(world: World, failure: Failing, active: list[Failing]) -> Iterator[Found]:
    pod, kind, message = failure.pod, failure.kind, failure.last.message
    verdict = _verdict(failure, active)
    symptom = _follows_from_another(world, failure, active, verdict)
    code = f"probe.{kind.lower()}_{verdict.aspect}"
    top = world.top_owner(pod)
    yield Found(
        on=pod,
        title=f"{kind} probe fails",
        detail=f"{sum(e.count for e in failure.events)} times: {message}",
        severity="medium" if symptom else "high",
        cites=_cites(failure, verdict),
        cause=None if symptom else code,
        certainty=_certainty(failure, verdict),
        onset=failure.events[0].first,
        statement=_statement(failure, top, verdict),
        fix=verdict.fix,
        commands=(act("edit", top), kubectl(pod.namespace, "describe", "pod", pod.name)),
        checks=(kubectl(pod.namespace, "get", "pod", pod.name, "-w"),),
        ruled_out=_ruled_out(failure),
    )


def _verdict(failure: Failing, active: list[Failing]) -> Verdict:
    container, name = failure.container, KINDS[failure.kind]
    trouble = {f.kind for f in active if f.container.path == container.path}
    passing = [container.at(key) for kind, key in KINDS.items() if kind not in trouble]
    verdict = judge(failure.pod, container, name, failure.last.message, passing)
    if failure.kind != "Startup":
        return verdict
    return Verdict("failing", verdict.certainty, verdict.why, verdict.fix, verdict.cites)


def _statement(failure: Failing, top: Ref, verdict: Verdict) -> str:
    result = {
        "Liveness": "so the kubelet keeps killing the container",
        "Readiness": "so the pod gets no traffic",
        "Startup": "so the kubelet kills the container before it has started",
    }[failure.kind]
    return (
        f"The {failure.kind.lower()} probe of {top.name} ({spell(failure.probe)}) fails: "
        f"{verdict.why}, {result}."
    )


def _cites(failure: Failing, verdict: Verdict) -> tuple[Quotable, ...]:
    cites: list[Quotable] = [failure.last, *verdict.cites]
    if not verdict.cites and failure.probe.value:
        cites.append(failure.probe)
    if failure.kind != "Readiness" and failure.status.number("restartCount"):
        cites.append(failure.status.at("restartCount"))
    return tuple(cites)


def _certainty(failure: Failing, verdict: Verdict) -> Certainty:
    """Timing is sure when a killed container never lived longer than its probe allows."""
    if verdict.aspect != "timing" or failure.kind != "Liveness":
        return verdict.certainty
    probe = failure.probe
    allowed = (probe.number("initialDelaySeconds") or 0) + (probe.number("periodSeconds") or 10) * (
        probe.number("failureThreshold") or 3
    )
    return "sure" if probe.value and allowed <= 15 else verdict.certainty


def _follows_from_another(world: World, failure: Failing, active: list[Failing], verdict: Verdict) -> bool:
    """Another fault of the container makes its probes fail: it crashes, is out of memory, or its node is."""
    pod, status = failure.pod, failure.status
    killing = [f for f in active if f.kind == "Liveness" and f is not failure]
    if verdict.aspect in ("port", "protocol", "path"):
        return False
    if failure.kind == "Readiness" and killing:
        return True
    if _node_is_down(world, pod):
        return True
    last = status.at("lastState", "terminated")
    if last.text("reason") == "OOMKilled":
        return True
    crashed = last.number("exitCode") not in (None, 0, 137, 143)
    return crashed and not _kills(world, failure)


def _node_is_down(world: World, pod: Resource) -> bool:
    node = world.get("Node", "", pod.text("spec", "nodeName"))
    ready = node.condition("Ready").text("status") if node is not None else ""
    return ready in ("False", "Unknown")


def _ruled_out(failure: Failing) -> tuple[tuple[str, str, tuple[Quotable, ...]], ...]:
    last = failure.status.at("lastState", "terminated")
    if failure.kind == "Readiness" or last.text("reason") in ("", "OOMKilled"):
        return ()
    reason = f"the container ended with {last.text('reason')}, exit code {last.text('exitCode')}"
    return (("out of memory", reason, (last.at("reason"),)),)
