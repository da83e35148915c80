"""The small facts of a report in words: names, times, places."""

import re
from datetime import date, timedelta
from typing import Any

import msgspec

from anyops.diagnose.causes import CAUSES
from anyops.text import ASCII, UNICODE, ago, plural, safe, shorten
from anyops.world.quantity import parse_time
from anyops.world.report import Cause, Report
from anyops.world.resource import Ref

_TO_ASCII = {
    ord(sign): getattr(ASCII, field)
    for field in ASCII.__struct_fields__
    if len(sign := getattr(UNICODE, field)) == 1
} | str.maketrans("“”‘’–—", "\"\"''--")


def named(ref: Ref) -> str:
    """`Deployment shop/cart`, `Node worker-2`."""
    return f"{ref.kind} {ref.namespace}/{ref.name}" if ref.namespace else f"{ref.kind} {ref.name}"


def title(cause: Cause) -> str:
    """The cause's title in the taxonomy; of a code that this version does not know, its words."""
    kind = CAUSES.get(cause.cause)
    return kind.title if kind else cause.cause.replace(".", " ").replace("_", " ").capitalize()


def report_day(report: Report) -> date | None:
    """The day that a bare time of day belongs to: that of the capture."""
    captured = parse_time(report.scope.captured_at)
    return captured.date() if captured else None


def clock(at: str | None, day: date | None) -> str:
    """`02:44:10` on that day, else `11-13 02:44`, `2025-11-13 02:44` in another year; "" for no time. UTC."""
    time = parse_time(at)
    if time is None:
        return ""
    if time.date() == day:
        return f"{time:%H:%M:%S}"
    return f"{time:%m-%d %H:%M}" if day and time.year == day.year else f"{time:%Y-%m-%d %H:%M}"


def captured(report: Report) -> str:
    """`02:51:07 UTC` for a capture of today, `2026-03-01 02:51 UTC` for an older one."""
    time, run = parse_time(report.scope.captured_at), parse_time(report.run.at)
    if time is None:
        return ""
    return f"{time:%H:%M:%S} UTC" if run and run.date() == time.date() else f"{time:%Y-%m-%d %H:%M} UTC"


def lasted(report: Report) -> str:
    """How long the first cause had lasted when it was seen: `7 min`; "" when unknown."""
    onset = parse_time(report.causes[0].onset) if report.causes else None
    seen = parse_time(report.scope.captured_at)
    return ago(seen - onset) if onset and seen and seen - onset >= timedelta(seconds=1) else ""


def impact(report: Report) -> str:
    """The impact's sentence; after its `since 02:44` stands how long that is."""
    span = lasted(report)
    return _SINCE.sub(rf"\1 ({span})", report.impact.summary, count=1) if span else report.impact.summary


_SINCE = re.compile(r"(\bsince \d\d:\d\d)\b")


def scope(report: Report, ellipsis: str = "…") -> list[str]:
    """Where was looked: context or path, namespaces, user, capture, how much was read, how fast."""
    where = report.scope
    source = shorten(safe(where.source), 40, keep="ends", ellipsis=ellipsis)
    parts = [where.context, source if where.source != where.context else "", _namespaces(report)]
    parts += [f"{where.user} (read-only)" if where.context else "", captured(report), _read(report)]
    return [part for part in parts if part]


def _namespaces(report: Report) -> str:
    where = report.scope
    if where.everywhere:
        return f"all {plural(len(where.namespaces), 'namespace')}"
    if not where.namespaces:
        return ""
    if len(where.namespaces) > 3:
        said = plural(len(where.namespaces), "namespace")
    else:
        said = f"ns {', '.join(where.namespaces)}"
    about = f"{', '.join(named(ref) for ref in where.targets[:2])} in " if where.targets else ""
    return f"{about}{said} + deps" if where.context else said


def _read(report: Report) -> str:
    took = sum(report.run.timings_ms.values())
    return plural(report.healthy.checked, "object") + (f" in {took / 1000:.1f} s" if took else "")


def in_ascii(report: Report) -> Report:
    """The report with every character beyond ASCII replaced by a likeness or written out."""
    return msgspec.convert(_ascii(msgspec.to_builtins(report)), Report)


def _ascii(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_TO_ASCII).encode("ascii", "backslashreplace").decode()
    if isinstance(value, dict):
        return {key: _ascii(item) for key, item in value.items()}
    return [_ascii(item) for item in value] if isinstance(value, list) else value
