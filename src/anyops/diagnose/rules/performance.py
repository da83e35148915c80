"""CPU and memory of pods by their metrics: saturated, throttled, close to the limit."""

from collections.abc import Iterator
from datetime import datetime

from anyops.diagnose.commands import act, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.measures import Measure, lasts, measures, raised
from anyops.diagnose.subjects import Subjects
from anyops.diagnose.workloads import WORKLOADS, containers
from anyops.world.evidence import Quotable
from anyops.world.report import Certainty
from anyops.world.resource import Field, Ref
from anyops.world.world import World

_FULL = 0.9


@rule("metrics.cpu", title="Pods have CPU to work with")
def check_cpu(world: World) -> Iterator[Found]:
    """Throttling or use that has risen far above what it was, or that stands at the limit."""
    found = measures(world, world.derived(Subjects))
    cpu = {m.subject: m for m in found if m.quantity == "cpu"}
    throttled = {m.subject: m for m in found if m.quantity == "throttling"}
    for subject in sorted({*cpu, *throttled}):
        if subject.kind in (*WORKLOADS, "Pod", "Service"):
            yield from _cpu(world, subject, cpu.get(subject), throttled.get(subject))


def _cpu(world: World, subject: Ref, cpu: Measure | None, throttled: Measure | None) -> Iterator[Found]:
    squeezed = raised(throttled, 5, 0.1) if throttled is not None and len(throttled.values) > 7 else None
    risen = raised(cpu, 1.8) if cpu is not None and len(cpu.values) > 7 else None
    limit = _limit(world, subject, "cpu")
    full = _is_full(cpu, limit, risen)
    if not squeezed and not full:
        return
    measure, window = (throttled, squeezed) if squeezed and throttled is not None else (cpu, risen)
    if measure is None:
        return
    past = window is not None and not lasts(window, len(measure.values))
    certainty: Certainty = "sure" if squeezed and (risen or full) else "likely"
    top = _top(world, subject)
    cites: list[Quotable] = [m.cite for m in (throttled if squeezed else None, cpu) if m is not None]
    yield Found(
        on=subject,
        title="CPU was short" if past else "CPU is short",
        detail="; ".join(_spell(m, w) for m, w in ((cpu, risen), (throttled, squeezed)) if m and w)
        or (f"{cpu.now:g} cores of a limit of {limit.text()}" if cpu and limit else ""),
        severity="low" if past else "high",
        state="past" if past else "now",
        cites=(*cites, *((limit,) if limit is not None else ())),
        cause="cpu.overload",
        fault=top,
        certainty=certainty,
        onset=_onset(measure, window),
        statement=_statement(top, cpu, risen, throttled, squeezed, limit),
        fix="Raise the CPU limit, scale out, or find the work that needs it.",
        commands=(
            kubectl(top.namespace, "top", "pods", "--containers"),
            *((act("scale", top, "--replicas=2"),) if top.kind in ("Deployment", "StatefulSet") else ()),
        ),
        checks=(kubectl(top.namespace, "top", "pods"),),
    )


def _is_full(cpu: Measure | None, limit: Field | None, risen: slice | None) -> bool:
    cores = limit.quantity() if limit is not None else None
    if cpu is None or not cores:
        return False
    level = cpu.level(risen) if risen is not None else cpu.now if len(cpu.values) < 8 else 0.0
    return level >= _FULL * cores


def _limit(world: World, subject: Ref, name: str) -> Field | None:
    """The limit of the busiest thing that could be meant: that of the subject's only or largest container."""
    resource = world.by_ref.get(subject)
    pods = world.pods_of(subject)
    spec = resource if resource is not None and subject.kind != "Service" else (pods[0] if pods else None)
    limits = [c.at("resources", "limits", name) for c in containers(spec, init=False)] if spec else []
    known = [field for field in limits if field.quantity()]
    return max(known, key=lambda f: f.quantity() or 0.0, default=None)


def _top(world: World, subject: Ref) -> Ref:
    resource = world.by_ref.get(subject)
    return world.top_owner(resource) if resource is not None else subject


def _onset(measure: Measure, window: slice | None) -> datetime | None:
    return measure.at(window.start) if window is not None else None


def _spell(measure: Measure, window: slice) -> str:
    return f"{measure.metric} rose from {measure.usual:.3g} to {measure.level(window):.3g}"


def _statement(
    top: Ref,
    cpu: Measure | None,
    risen: slice | None,
    throttled: Measure | None,
    squeezed: slice | None,
    limit: Field | None,
) -> str:
    parts = []
    if cpu is not None and risen is not None:
        parts.append(f"its CPU use rose from {cpu.usual:.2g} to {cpu.level(risen):.2g} cores")
    if limit is not None:
        parts.append(f"its limit is {limit.text()}")
    if throttled is not None and squeezed is not None:
        parts.append(
            f"it is throttled ({throttled.metric} {throttled.usual:.2g} → {throttled.level(squeezed):.2g})"
        )
    return f"{top.name} is short of CPU: " + ", ".join(parts) + "."


@rule("metrics.memory", title="Pods stay below their memory limit")
def check_memory(world: World) -> Iterator[Found]:
    """Memory at nine tenths of the limit and more."""
    for measure in measures(world, world.derived(Subjects)):
        if measure.quantity != "memory" or measure.subject.kind not in (*WORKLOADS, "Pod"):
            continue
        limit = _limit(world, measure.subject, "memory")
        size = limit.quantity() if limit is not None else None
        if limit is None or not size or not _FULL + 0.03 <= measure.now / size <= 1.2:
            continue
        top = _top(world, measure.subject)
        grows = len(measure.values) > 7 and measure.now > 1.1 * measure.usual
        yield Found(
            on=measure.subject,
            title="Memory is close to the limit",
            detail=f"{measure.now / 2**20:.0f} Mi of {limit.text()}",
            severity="medium" if grows else "low",
            state="now" if grows else "risk",
            cites=(measure.cite, limit),
            cause="memory.pressure",
            fault=top,
            certainty="likely",
            statement=f"{top.name} uses {measure.now / 2**20:.0f} Mi of its memory limit of {limit.text()}"
            " and grows: it will be killed soon.",
            fix="Raise the memory limit, or find what holds the memory.",
            commands=(kubectl(top.namespace, "top", "pods", "--containers"),),
        )
