"""Measured values over time: what is usual, when it changed, and how far.

Robust throughout: medians instead of means, so that one odd sample changes nothing.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from statistics import median

from msgspec import Struct

from anyops.diagnose.subjects import Subjects
from anyops.world.evidence import Quotable
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_QUANTITIES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(words, re.I))
    for name, words in (
        ("throttling", r"cfs|throttl"),
        ("retransmits", r"retran|tcp_retans|packet_?loss|packets?_dropped"),
        ("latency", r"latency|response_?time|duration|p\d{2}(?:_|\b)|_p\d{2}\b"),
        ("cpu", r"cpu"),
        ("memory", r"mem"),
        ("success", r"success|availability"),
        ("errors", r"error|5xx|fail"),
        ("requests", r"rps|qps|requests?_per|request_rate|throughput\b"),
        ("network", r"receive|transmit|network|rx|tx"),
    )
)
_PERCENTILE = re.compile(r"p(\d{2,3})|\b0?\.(\d{2})\b|quantile")
_CUMULATIVE = re.compile(r"(?:_total|_count|_sum|_bucket)\Z")


_STEP = re.compile(
    r"(?P<name>[\w./ -]{2,60}?)?[\]:| ]{1,4}"
    r"(?:(?:Normal|Baseline|Usual|was|from)[=: ]{1,2}(?P<old>\d{1,15}(?:\.\d{1,9})?)"
    r"[ %\w/]{0,12} ?(?:->|→|to|now) ?(?:(?:Current|Now)[=: ]{1,2})?|(?:Val|Value)[=: ]{1,2})"
    r"(?P<new>\d{1,15}(?:\.\d{1,9})?)",
    re.I,
)
_TOLD_USUAL, _TOLD_NOW = 4, 12


class Measure(Struct, frozen=True, eq=False):
    """One quantity of one subject. `values` are oldest first; `times` are theirs, None where not given.

    `top` is the subject's outermost owner, `cite` what it was read from.
    """

    subject: Ref
    top: Ref
    quantity: str
    metric: str
    values: tuple[float, ...]
    times: tuple[datetime | None, ...]
    cite: Quotable

    @property
    def head(self) -> tuple[float, ...]:
        """The first quarter, in which nothing has happened yet."""
        return self.values[: max(4, len(self.values) // 4)]

    @property
    def usual(self) -> float:
        """What is normal: the median of the first quarter."""
        return median(self.head)

    @property
    def now(self) -> float:
        """The newest value."""
        return self.values[-1]

    def level(self, window: slice) -> float:
        """The median within a window of samples."""
        values = self.values[window]
        return median(values) if values else 0.0

    def at(self, index: int) -> datetime | None:
        """When that sample was taken."""
        return self.times[index] if -len(self.times) <= index < len(self.times) else None


def measures(world: World, subjects: Subjects) -> list[Measure]:
    """Every measured quantity with its subject: series, and what alerts say where no series does."""
    found = list(_measured(world, subjects))
    have = {(m.top, m.quantity) for m in found if len(m.values) > 1}
    told = (m for alert in world.of_kind("Alert") for m in _told(alert, subjects))
    return found + [m for m in told if (m.top, m.quantity) not in have]


def _measured(world: World, subjects: Subjects) -> Iterator[Measure]:
    """Series of a known quantity; counters that only grow are left out."""
    for series in world.series:
        if _CUMULATIVE.search(series.metric) or not series.samples:
            continue
        quantity = quantity_of(series.metric)
        subject = subjects.of_series(series) if quantity else None
        if quantity and subject is not None:
            yield Measure(
                subject=subject,
                top=subjects.top(subject),
                quantity=quantity,
                metric=series.metric,
                values=tuple(s.value for s in series.samples),
                times=tuple(s.at for s in series.samples),
                cite=series,
            )


def _told(alert: Resource, subjects: Subjects) -> Iterator[Measure]:
    """`cpu: Normal=0.04 cores -> Current=0.17 cores` in an alert's text, as a step between the two values."""
    if alert.text("status", "state") == "resolved":
        return
    subject = subjects.of_alert(alert)
    for _, text in alert.at("annotations").entries() if subject is not None else ():
        for line in text.text()[:20_000].splitlines():
            for match in _STEP.finditer(line[:1000]):
                name = match["name"] or line.partition("|")[0]
                quantity, old = quantity_of(name), float(match["old"] or 0.0)
                if quantity and subject is not None:
                    values = (*[old] * _TOLD_USUAL, *[float(match["new"])] * _TOLD_NOW)
                    top, times = subjects.top(subject), (None,) * len(values)
                    yield Measure(subject, top, quantity, name.strip(), values, times, text)


def quantity_of(metric: str) -> str:
    """`cpu`, `latency` and so on; "" for a metric that is none of them."""
    return next((name for name, words in _QUANTITIES if words.search(metric)), "")


def percentile(metric: str) -> int:
    """Which percentile a latency is of: p95 → 95; 50 for an average."""
    match = _PERCENTILE.search(metric)
    digits = (match[1] or match[2] or "") if match else ""
    return int(digits[:2]) if digits else 50


def raised(measure: Measure, factor: float, least: float = 0.0) -> slice | None:
    """The samples of the longest stretch above `factor` times the usual (and above `least`); None if short.

    A stretch must hold an eighth of all samples, at least four; gaps of two samples do not end it.
    """
    values, bound = measure.values, max(measure.usual * factor, least)
    start = len(measure.head)
    best: slice | None = None
    first = last = -1
    for index in range(start, len(values)):
        if values[index] > bound:
            if first < 0 or index - last > 3:
                first = index
            last = index
            if best is None or last - first > best.stop - 1 - best.start:
                best = slice(first, last + 1)
    enough = max(4, len(values) // 8)
    return best if best is not None and best.stop - best.start >= enough else None


def lasts(window: slice, length: int) -> bool:
    """Whether it reaches so near to the end that it cannot be called over: within the last fifth."""
    return bool(window.stop >= length - max(2, length // 5))


def union(windows: Sequence[slice]) -> slice:
    """From the first start to the last end."""
    return slice(min(w.start for w in windows), max(w.stop for w in windows))
