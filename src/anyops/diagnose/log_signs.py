"""Complaints in logs, gathered: what was said how often, by whom, of which address, and until when."""

import re
from datetime import timedelta

from msgspec import Struct

from anyops.diagnose.addresses import Address, in_message
from anyops.diagnose.complaints import COMPLAINTS, GENERIC, Complaint, complaint_of
from anyops.diagnose.subjects import Subjects
from anyops.world.resource import Ref
from anyops.world.world import Log, LogLine

_MOST_LINES = 5_000
_QUIET_LINES = 30
_QUIET_TIME = timedelta(minutes=5)
_VARIABLE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|0x[0-9a-f]+|\d+|\"[^\"]{0,80}\"|'[^']{0,80}'", re.I)
_SIGNED = 1_000
"""Characters of a line's end that are looked at: a line may be ten megabytes long."""
_ADDRESSED = ("network", "database", "dependency")


class Sign(Struct, frozen=True, eq=False):
    """Lines of one log that complain of the same thing. `last` is the newest; `over` that it has stopped."""

    about: Ref | None
    log: Log
    complaint: Complaint
    address: Address | None
    lines: tuple[LogLine, ...]
    count: int
    over: bool

    @property
    def last(self) -> LogLine:
        return self.lines[-1]

    @property
    def text(self) -> str:
        """The newest line, cut to what fits a sentence."""
        text = " ".join(self.last.text.split())
        return text if len(text) <= 180 else text[:177] + "..."


def signs(subjects: Subjects) -> list[Sign]:
    """What every writer's logs complain of, the most telling first."""
    counts = {
        series.labels.get("sample", ""): int(series.samples[-1].value)
        for series in subjects.world.series
        if series.metric == "log_pattern_count" and series.samples
    }
    writers: dict[tuple[Ref | None, str, bool], list[Log]] = {}
    for log in subjects.world.logs:
        about = subjects.of_log(log)
        key = (about, log.container if about else log.name, log.previous)
        writers.setdefault(key, []).append(log)
    return [sign for (about, _, _), logs in writers.items() for sign in _of_logs(about, logs, counts)]


def _joined(logs: list[Log]) -> list[LogLine]:
    """The newest lines of one writer; what two dumps of its log share counts once."""
    if len(logs) == 1:
        return list(logs[0].lines[-_MOST_LINES:])
    lines = {(line.at, line.text): line for log in logs for line in log.lines[-_MOST_LINES:]}
    return sorted(lines.values(), key=lambda x: (x.at is not None, x.at.timestamp() if x.at else 0.0))


def _of_logs(about: Ref | None, logs: list[Log], counts: dict[str, int]) -> list[Sign]:
    lines, log = _joined(logs), logs[0]
    grouped: dict[tuple[str, str], list[int]] = {}
    known: dict[tuple[str, str], tuple[Complaint, Address | None]] = {}
    for index, line in enumerate(lines):
        complaint = complaint_of(line.text)
        if complaint is not None:
            address = _address(complaint, line.text)
            key = (complaint.id, str(address) if address else _signature(complaint, line.text))
            grouped.setdefault(key, []).append(index)
            known.setdefault(key, (complaint, address))
    found = []
    for key, at in grouped.items():
        told = sum(counts.get(lines[i].text[:200], 0) for i in at)
        over = not told and _is_over(lines, at[-1])
        picked = tuple(lines[i] for i in (at if len(at) < 4 else (at[0], at[-2], at[-1])))
        found.append(Sign(about, log, *known[key], picked, told or len(at), over))
    order = list(COMPLAINTS)
    return sorted(found, key=lambda s: (s.over, order.index(s.complaint.id), -s.count))


def _address(complaint: Complaint, text: str) -> Address | None:
    if complaint.family not in _ADDRESSED:
        return None
    return next(iter(in_message(text)), None)


def _signature(complaint: Complaint, text: str) -> str:
    """What tells two bare errors apart; a named complaint is one, whatever its numbers."""
    return _VARIABLE.sub("#", text[-_SIGNED:])[-80:] if complaint.id in GENERIC else ""


def _is_over(lines: list[LogLine], last: int) -> bool:
    """Whether the log went on for long without it."""
    end, at = lines[-1].at, lines[last].at
    if end is not None and at is not None:
        return end - at > _QUIET_TIME
    return len(lines) - 1 - last > _QUIET_LINES
