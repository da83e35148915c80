"""Containers that are killed for memory, now or lately, and commands that ask for more than the limit."""

import re
from collections.abc import Iterator
from datetime import timedelta

from anyops.diagnose.commands import act, in_container, kubectl, watch
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.workloads import (
    POD_MAKERS,
    WORKLOADS,
    container_statuses,
    containers,
    is_going,
    is_ready,
)
from anyops.text import plural
from anyops.world.evidence import Quotable
from anyops.world.quantity import parse_quantity
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import Event, World

_OOM = re.compile(r"OOM-?killed|memory limit too low|out of memory", re.I)
_RECENT = timedelta(minutes=15)


@rule("container.oom_killed", "Pod", title="Container is killed for memory")
def check_oom(world: World) -> Iterator[Found]:
    """OOMKilled in a container's state or last state, and starts that die for memory."""
    for pod in world.of_kind("Pod"):
        if is_going(pod):
            continue
        specs = {c.text("name"): c for c in containers(pod)}
        killed = [(s, where) for s in container_statuses(pod) if (where := _killed(s)) is not None]
        for status, where in killed:
            yield _found(world, pod, specs.get(status.text("name")), status, where)
        if not killed:
            yield from _by_event(world, pod, specs)


def _killed(status: Field) -> Field | None:
    """The field that says it: the reason, or the message of a start that failed."""
    for state in ("state", "lastState"):
        for phase in ("terminated", "waiting"):
            ended = status.at(state, phase)
            for key in ("reason", "message") if ended else ():
                if _OOM.search(ended.text(key)):
                    return ended.at(key)
    return None


def _found(world: World, pod: Resource, spec: Field | None, status: Field, where: Field) -> Found:
    recovered = _has_recovered(world, status)
    limit = spec.at("resources", "limits", "memory") if spec is not None else status.at("none")
    restarts = status.number("restartCount") or 0
    top, name = world.top_owner(pod), status.text("name")
    need = "cannot even start within" if "start" in where.text() else "needs more memory than"
    cites: list[Quotable] = [where, *([limit] if limit.value else []), *_events(world, pod)[:1]]
    if restarts:
        cites.append(status.at("restartCount"))
    bound = f"its limit of {limit.text()}" if limit.value else "the memory it may use"
    called = f"Container {name}".rstrip()
    when = "was killed for memory and runs again" if recovered else "is killed for memory"
    return Found(
        on=pod,
        title=f"{called} {when}",
        detail=f"OOMKilled with a limit of {limit.text() or 'none'}, {plural(restarts, 'restart')}",
        severity="medium" if recovered else "critical",
        state="past" if recovered else "now",
        cites=tuple(cites),
        cause="container.oom_killed",
        certainty="sure",
        onset=status.time("lastState", "terminated", "finishedAt"),
        statement=f"{called} of {top.name} {need} {bound} and is killed (OOMKilled).",
        fix=f"Raise the memory limit of {'c' + called[1:]}, or find what holds the memory.",
        commands=(_raise(top, name, limit),),
        checks=(kubectl(pod.namespace, "top", "pod", pod.name, "--containers"), watch(top)),
    )


def _raise(top: Ref, name: str, limit: Field) -> str:
    """A bare pod cannot be given other limits; what made it must."""
    if top.kind not in WORKLOADS:
        return kubectl(top.namespace, "get", "pod", top.name, "-o", "yaml")
    return act("set resources", top, *in_container(name), f"--limits=memory={_more(limit)}")


def _more(limit: Field) -> str:
    """Twice the limit, as a first step."""
    size = limit.quantity()
    if size is None or size <= 0:
        return "512Mi"
    return f"{max(64, int(size * 2 // 2**20))}Mi"


def _has_recovered(world: World, status: Field) -> bool:
    """Ready again, killed at most twice, and not within the last minutes."""
    if status.at("ready").value is not True or status.at("state", "terminated").value:
        return False
    ended = status.time("lastState", "terminated", "finishedAt")
    restarts = status.number("restartCount") or 0
    if ended is None or world.captured_at is None:
        return restarts <= 1
    return world.captured_at - ended > _RECENT


def _events(world: World, pod: Resource) -> list[Event]:
    return [e for e in world.events_of(pod.ref) if e.reason == "OOMKilling" or _OOM.search(e.message)]


def _by_event(world: World, pod: Resource, specs: dict[str, Field]) -> Iterator[Found]:
    """A sandbox or container that dies in its start has only events to tell."""
    events = _events(world, pod)
    if not events or is_ready(pod):
        return
    limits = {name: spec.at("resources", "limits", "memory") for name, spec in specs.items()}
    tight = min(
        (f for f in limits.values() if f.quantity() is not None),
        key=lambda f: f.quantity() or 0,
        default=None,
    )
    top = world.top_owner(pod)
    name = next((n for n, f in limits.items() if f is tight), next(iter(specs), ""))
    bound = f"a memory limit of {tight.text()}" if tight is not None else "its memory limit"
    yield Found(
        on=pod,
        title="Container is killed for memory as it starts",
        detail=events[-1].message[:300],
        severity="critical",
        cites=(events[-1], *((tight,) if tight is not None else ())),
        cause="container.oom_killed",
        certainty="sure",
        onset=events[0].first,
        statement=f"{top.name} cannot even start within {bound}: the kernel kills it (OOM) in its start.",
        fix="Raise the memory limit to what the program needs.",
        commands=(_raise(top, name, tight or pod.at("none")),),
        checks=(watch(top),),
    )


_ASKED = re.compile(
    r"-Xmx(\d{1,6}[kmgKMG])|--vm-bytes[= ](\d{1,6}[kmgKMG])|--max-old-space-size=(\d{1,6})"
    r"|\bbs=(\d{1,4}[KMG]) count=(\d{1,6})|--maxmemory[= ](\d{1,6}[kmg])b?\b"
)


@rule("container.memory_asked", *POD_MAKERS, title="Command asks for more memory than the limit")
def check_asked(world: World) -> Iterator[Found]:
    """Heap sizes and the like in commands that are larger than the container's memory limit."""
    for maker in world.of_kind(*POD_MAKERS):
        if world.is_owned(maker):
            continue
        for container in containers(maker, init=False):
            limit = container.at("resources", "limits", "memory")
            bytes_ = limit.quantity()
            if not bytes_ or not _ASKED.search("\n".join(_texts(container))):
                continue
            for word in _words(container):
                asked = _asked(word.text())
                if asked > bytes_:
                    yield _too_much(world, maker, container, word, limit)
                    break


def _texts(container: Field) -> list[str]:
    """The same as text, which is quicker where none asks for memory."""
    words = [word.text() for key in ("command", "args") for word in container.each(key)]
    return words + container.texts("env", under="value")


def _words(container: Field) -> Iterator[Field]:
    yield from container.each("command")
    yield from container.each("args")
    for variable in container.each_having("value", "env"):
        yield variable.at("value")


def _asked(text: str) -> float:
    match = _ASKED.search(text[:4000])
    if match is None:
        return 0.0
    heap, stress, node, block, count, cache = match.groups()
    if node:
        return float(node) * 2**20
    if block:
        return (parse_quantity(block.upper() + "i") or 0.0) * float(count)
    return parse_quantity((heap or stress or cache).upper() + "i") or 0.0


def _too_much(world: World, maker: Resource, container: Field, word: Field, limit: Field) -> Found:
    match = _ASKED.search(word.text()[:4000])
    asked, name = match[0] if match else "", container.text("name")
    # Once it runs, its state tells better.
    unseen = maker.kind in WORKLOADS and not maker.at("status").value and not world.pods_of(maker.ref)
    return Found(
        on=maker,
        title="Command asks for more memory than the limit",
        detail=f"{asked} in container {name}, limit {limit.text()}",
        severity="medium" if unseen else "low",
        state="now" if unseen else "risk",
        cites=(limit, word),
        cause="container.oom_killed",
        certainty="likely",
        statement=f"Container {name} of {maker.name} asks for more memory ({asked}) than its limit of "
        f"{limit.text()} allows, so it will be killed (OOM).",
        fix="Raise the memory limit, or ask for less.",
        commands=(act("edit", maker.ref),),
        checks=(kubectl(maker.namespace, "get", "pods"),),
    )
