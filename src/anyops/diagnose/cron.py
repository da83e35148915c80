"""Cron schedules as the CronJob controller reads them.

Kubernetes parses with github.com/robfig/cron/v3 `ParseStandard`: five fields, `@daily` and its like,
`@every 1h30m`; month and weekday names; `*`, `?`, lists, ranges, steps; weekday 0 to 6 only.
https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from msgspec import Struct

from anyops.world.quantity import parse_duration

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, {name: n for n, name in enumerate(_MONTHS, 1)}),
    ("day of week", 0, 6, {name: n for n, name in enumerate(_DAYS)}),
)
_DESCRIPTORS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_TIME_ZONE = re.compile(r"(?:CRON_)?TZ=(\S{1,64})\s+")


class ScheduleError(ValueError):
    """A schedule that the controller would refuse; the text says why."""


class Schedule(Struct, frozen=True):
    """When a job starts: either at the values of the five fields, or every so often."""

    minutes: frozenset[int] = frozenset()
    hours: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    any_day: bool = True
    any_weekday: bool = True
    every: timedelta | None = None
    zone: str = ""

    def previous(self, before: datetime, zone: tzinfo = UTC) -> datetime | None:
        """The newest start not after `before`; None when there is none in five years, or it is `@every`."""
        if self.every is not None:
            return None
        local = before.astimezone(zone)
        for back in range(5 * 366):
            try:
                day = local - timedelta(days=back)
            except OverflowError:
                return None
            if self._on(day) and (found := self._latest(day, whole=back > 0)) is not None:
                return found.astimezone(UTC)
        return None

    def _on(self, day: datetime) -> bool:
        if day.month not in self.months:
            return False
        by_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        # With both restricted, either suffices, as in crontab(5).
        return by_day and by_weekday if self.any_day or self.any_weekday else by_day or by_weekday

    def _latest(self, day: datetime, *, whole: bool) -> datetime | None:
        last = (23, 59) if whole else (day.hour, day.minute)
        times = [(h, m) for h in self.hours for m in self.minutes if (h, m) <= last]
        if not times:
            return None
        hour, minute = max(times)
        return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def parse(text: str) -> Schedule:
    """Read a schedule; raises ScheduleError with the reason when the controller would refuse it."""
    match = _TIME_ZONE.match(text)
    zone, text = (match[1], text[match.end() :]) if match else ("", text)
    text = text.strip()
    if text.startswith("@"):
        return _descriptor(text, zone)
    parts = text.split()
    if len(parts) != 5:
        raise ScheduleError(f"expected exactly 5 fields, found {len(parts)}")
    minutes, hours, days, months, weekdays = (
        _field(part, *kind) for part, kind in zip(parts, _FIELDS, strict=True)
    )
    return Schedule(
        minutes, hours, days, months, weekdays, _is_any(parts[2]), _is_any(parts[4]), zone=zone
    )  # fmt: skip


def _descriptor(text: str, zone: str) -> Schedule:
    if text in _DESCRIPTORS:
        return parse(f"TZ={zone} {_DESCRIPTORS[text]}" if zone else _DESCRIPTORS[text])
    if text.startswith("@every "):
        every = parse_duration(text[len("@every ") :].strip())
        if every is None or every <= timedelta():
            raise ScheduleError(f"{text[:40]!r} is no duration such as @every 1h30m")
        return Schedule(every=every, zone=zone)
    raise ScheduleError(f"unknown descriptor {text[:40]!r}")


def _is_any(part: str) -> bool:
    return any(piece.startswith(("*", "?")) for piece in part.split(","))


def _field(part: str, name: str, low: int, high: int, words: dict[str, int]) -> frozenset[int]:
    found: set[int] = set()
    for piece in part.split(","):
        found |= _piece(piece, name, low, high, words)
    return frozenset(found)


def _piece(piece: str, name: str, low: int, high: int, words: dict[str, int]) -> set[int]:
    span, slash, step_text = piece.partition("/")
    step = _number(step_text, name, {}) if slash else 1
    if step == 0:
        raise ScheduleError(f"step of {name} must be a positive number: {piece[:40]!r}")
    first_text, dash, last_text = span.partition("-")
    if first_text in ("*", "?"):
        first, last = low, high
    else:
        first = _number(first_text, name, words)
        last = _number(last_text, name, words) if dash else high if slash else first
    if first < low:
        raise ScheduleError(f"{name} {first} is below its minimum {low}")
    if last > high:
        hint = "; Sunday is 0" if name == "day of week" else ""
        raise ScheduleError(f"{name} {last} is above its maximum {high}{hint}")
    if first > last:
        raise ScheduleError(f"{name}: range {span[:40]} ends before it begins")
    return set(range(first, last + 1, step))


def _number(text: str, name: str, words: dict[str, int]) -> int:
    if text.lower() in words:
        return words[text.lower()]
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise ScheduleError(f"{name}: {text[:40]!r} is no number")
    return int(text)
