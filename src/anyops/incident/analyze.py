"""The use case behind `incident analyze`: read what was asked for, diagnose it, judge it."""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from uuid import uuid4

from msgspec import structs

from anyops import __version__
from anyops.environment import Environment, uncollected
from anyops.incident.live import Live
from anyops.incident.world import read_world
from anyops.world.report import SEVERITIES, Report, Run, Severity
from anyops.world.world import Unread


def analyze(
    here: Environment,
    paths: Sequence[str],
    live: Live | None = None,
    *,
    question: str = "",
    accept_unread: Collection[str] = (),
    called: str = "",
) -> Report:
    """The report on files, folders, archives or `-`, or on a live cluster; `called` names paths otherwise.

    Raises UsageError where nothing can be read, and what `read_live` raises.
    """
    from anyops.diagnose.engine import analyze as diagnose

    with uncollected():
        started = time.perf_counter()
        world = read_world(here, paths, live, question=question)
        if called:
            world = structs.replace(world, scope=structs.replace(world.scope, source=called))
        if accept_unread:
            world = structs.replace(world, unread=tuple(_open(world.unread, accept_unread)))
        read_at = time.perf_counter()
        report = diagnose(world)
        timings = {"read": _ms(started, read_at), "diagnose": _ms(read_at, time.perf_counter())}
    at = here.now().replace(microsecond=0).isoformat().replace("+00:00", "Z")
    run = Run(id=uuid4().hex[:12], at=at, version=__version__, timings_ms=timings)
    return structs.replace(report, run=run)


def _open(unread: Iterable[Unread], accepted: Collection[str]) -> Iterator[Unread]:
    """What was not read and is not accepted so."""
    return (item for item in unread if not any(_is_called(item, word) for word in accepted))


def _is_called(unread: Unread, word: str) -> bool:
    """Whether `--accept-unread WORD` means it: its kind as kubectl takes it, its name here, or the reason."""
    from anyops.sources.files.kubectl.kinds import find_kind

    source = unread.source.lower()
    names = {unread.kind.lower(), source, source.rpartition("/")[2], unread.why} - {""}
    info = find_kind(word)
    return word.lower() in names or (info is not None and info.kind == unread.kind)


def exit_code(report: Report, fail_on: Severity) -> int:
    """0 healthy or below `fail_on`, 1 an incident at or above it, 4 inconclusive."""
    bar = SEVERITIES.index(fail_on)
    if report.severity is not None and SEVERITIES.index(report.severity) <= bar:
        return 1
    return 4 if report.verdict == "inconclusive" else 0


def _ms(start: float, end: float) -> float:
    return round((end - start) * 1000, 1)
