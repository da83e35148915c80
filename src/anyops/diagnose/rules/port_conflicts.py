"""Containers of one pod that want the same port: they share one network, so only the first gets it."""

import re
from collections.abc import Iterator

from anyops.diagnose.commands import act, kubectl
from anyops.diagnose.complaints import complaint_of
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.last_words import logs_of
from anyops.diagnose.services import Listening, listening_of
from anyops.diagnose.subjects import Subjects
from anyops.diagnose.workloads import POD_MAKERS, container_statuses, containers
from anyops.world.evidence import Quotable
from anyops.world.report import Certainty, State
from anyops.world.resource import Field, Resource
from anyops.world.world import LogLine, World

_PORT = re.compile(r"(?::|port[ =]*)(\d{2,5})\b", re.I)


@rule("pod.port_conflict", *POD_MAKERS, title="Containers of a pod have ports of their own")
def check_port_conflicts(world: World) -> Iterator[Found]:
    """`address already in use` in a container's log, and a port that two containers of a pod claim."""
    subjects = world.derived(Subjects)
    for maker in world.of_kind(*POD_MAKERS):
        owned = world.is_owned(maker)
        if maker.kind != "Pod" and (owned or world.pods_of(maker.ref)):
            continue
        specs = list(containers(maker, init=False))
        shared = _shared(specs) if len(specs) > 1 else None
        refused = _refused(subjects, maker, specs) if maker.kind == "Pod" else None
        if refused is not None:
            yield _now(world, maker, *refused, shared)
        elif shared is not None:
            yield _claimed(world, maker, *shared)


def _shared(specs: list[Field]) -> tuple[Field, Field, Listening, Listening] | None:
    """The first two containers that say that they listen on the same port."""
    seen: dict[tuple[int, str], tuple[Field, Listening]] = {}
    for spec in specs:
        for entry in listening_of(spec):
            key = (entry.port, entry.protocol or "TCP")
            other = seen.setdefault(key, (spec, entry))
            if other[0].path != spec.path:
                return other[0], spec, other[1], entry
    return None


def _refused(subjects: Subjects, pod: Resource, specs: list[Field]) -> tuple[Field, LogLine] | None:
    """The container whose log says that its port is taken, while it does not run."""
    ready = {s.text("name"): s.at("ready").value for s in container_statuses(pod)}
    for spec in specs:
        if ready.get(spec.text("name")) is True:
            continue
        for log in logs_of(subjects, pod, spec.text("name")):
            for line in reversed(log.lines[-200:]):
                complaint = complaint_of(line.text)
                if complaint is not None and complaint.id == "port.in_use":
                    return spec, line
    return None


def _now(
    world: World,
    pod: Resource,
    spec: Field,
    line: LogLine,
    shared: tuple[Field, Field, Listening, Listening] | None,
) -> Found:
    top, name = world.top_owner(pod), spec.text("name")
    match = _PORT.search(line.text)
    port = f"port {match[1]}" if match else "its port"
    others = [c.text("name") for c in containers(pod, init=False) if c.text("name") != name]
    who = f"; {' and '.join(others[:2])} in the same pod may hold it" if others else ""
    return Found(
        on=pod,
        title=f"Container {name} cannot bind its port",
        detail=" ".join(line.text.split())[:200],
        severity="critical",
        cites=(line, *((shared[2].where, shared[3].where) if shared else ())),
        cause="port.conflict",
        certainty="sure" if others else "likely",
        statement=f"Container {name} of {top.name} cannot listen on {port}: "
        f"the address is already in use{who}.",
        fix="Give the two containers different ports.",
        commands=(act("edit", top), kubectl(pod.namespace, "logs", pod.name, "-c", name)),
        checks=(kubectl(pod.namespace, "get", "pod", pod.name),),
    )


def _claimed(
    world: World, maker: Resource, first: Field, second: Field, one: Listening, two: Listening
) -> Found:
    """Both claim the port: a fault when one of them does not run, or when nothing ran yet."""
    failing = _failing(maker, (first.text("name"), second.text("name")))
    unseen = maker.kind != "Pod" and not maker.at("status").value
    state: State = "now" if failing or unseen else "risk"
    certainty: Certainty = "sure" if failing else "likely"
    names = f"{first.text('name')} and {second.text('name')}"
    cites: tuple[Quotable, ...] = (one.where, two.where, *failing[:1])
    top = world.top_owner(maker)
    return Found(
        on=maker,
        title=f"Two containers want port {one.port}",
        detail=f"{names} both listen on {one.port}",
        severity="critical" if failing else "medium" if unseen else "low",
        state=state,
        cites=cites,
        cause="port.conflict",
        certainty=certainty,
        statement=f"Containers {names} of {top.name} both want port {one.port}; they share the pod's "
        "network, so the second cannot bind it and fails.",
        fix=f"Give {second.text('name')} another port than {one.port}.",
        commands=(act("edit", top),),
        checks=(kubectl(maker.namespace, "get", "pods"),),
    )


def _failing(maker: Resource, names: tuple[str, str]) -> list[Field]:
    """Fields that say that one of these containers does not run."""
    found = []
    for status in container_statuses(maker) if maker.kind == "Pod" else ():
        bad = status.at("ready").value is False or (status.number("restartCount") or 0) > 2
        if status.text("name") in names and bad:
            waiting = status.at("state", "waiting", "reason")
            found.append(waiting if waiting.value else status.at("ready"))
    return found
