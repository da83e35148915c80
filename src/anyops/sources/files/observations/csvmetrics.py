"""Metrics as CSV: a time in the first column, one series in each other column."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from anyops.sources.files.observations.metrics import number_of, time_of
from anyops.sources.files.reading import Reading
from anyops.world.evidence import Document, Span
from anyops.world.world import Sample, Series

_TIME_NAMES = {"time", "timestamp", "date", "datetime", "ts", "time_s", "epoch", "@timestamp"}
_MOST_ROWS = 50_000
_SEPARATED = re.compile(r"(.{1,200})[-:/|.]([A-Za-z][\w%]{0,60})\Z")


def read_csv(document: Document) -> Reading | None:
    """One Series a column, or one a metric where rows are `time,metric,value,...`; None for other texts.

    A column `cart-cpu` beside `cart-mem` or `web-cpu` is the metric `cpu` with the label `service=cart`.
    """
    newline = document.data.find(b"\n")
    first = document.data[: newline if newline >= 0 else 0].decode("utf-8", "replace").removeprefix("\ufeff")
    separator = next((mark for mark in (",", ";", "\t") if mark in first), "")
    if not separator or first.partition(separator)[0].strip().strip('"').lower() not in _TIME_NAMES:
        return None
    names, rows, times = _rows(document, separator)
    if not rows or sum(time is not None for time in times) * 2 < len(times):
        return None
    starts = document.line_starts()
    last = _last_row_span(document, starts)
    if {"metric", "value"} <= {name.lower() for name in names}:
        return Reading(series=_long(names, rows, times, last))
    split = _split(names[1:])
    columns = (_column(*split[name], index, rows, times, last) for index, name in enumerate(names[1:], 1))
    series = [column for column in columns if column is not None]
    return Reading(series=series) if series else None


def _split(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Service and metric of each column, where two columns share the one or the other."""
    parts = {name: match.groups() for name in names if (match := _SEPARATED.match(name))}
    shared = Counter(part for pair in parts.values() for part in enumerate(pair))
    split = {}
    for name in names:
        service, metric = parts.get(name, ("", name))
        both = shared[0, service] > 1 or shared[1, metric] > 1
        split[name] = (service, metric) if both else ("", name)
    return split


def _rows(document: Document, separator: str) -> tuple[list[str], list[list[str]], list[datetime | None]]:
    text = document.data.decode("utf-8", "replace").replace("\0", "").removeprefix("\ufeff")
    try:
        rows = [row for row in csv.reader(text.splitlines()[: _MOST_ROWS + 1], delimiter=separator) if row]
    except csv.Error:
        return [], [], []
    names = [name.strip() for name in rows[0]] if rows else []
    return names, rows[1:], [time_of(row[0].strip()) for row in rows[1:]]


def _last_row_span(document: Document, starts: Sequence[int]) -> Span:
    """The newest row, which the quote of a series is."""
    end = len(document.data.rstrip())
    start = max((s for s in starts if s < end), default=0)
    return Span(document, start, end)


def _column(
    service: str,
    metric: str,
    index: int,
    rows: list[list[str]],
    times: list[datetime | None],
    source: Span,
) -> Series | None:
    samples = []
    for row, time in zip(rows, times, strict=True):
        value = number_of(row[index].strip()) if index < len(row) else None
        if value is not None and value == value:
            samples.append(Sample(time, value))
    labels = {"service": service} if service else {}
    return Series(metric, labels, tuple(samples), None, "", source) if samples else None


def _long(
    names: list[str], rows: list[list[str]], times: list[datetime | None], source: Span
) -> list[Series]:
    lower = [name.lower() for name in names]
    metric_at, value_at = lower.index("metric"), lower.index("value")
    grouped: dict[tuple[str, tuple[tuple[str, str], ...]], list[Sample]] = {}
    for row, time in zip(rows, times, strict=True):
        if len(row) != len(names):
            continue
        value = number_of(row[value_at].strip())
        labels = tuple((names[i], row[i]) for i in range(1, len(names)) if i not in (metric_at, value_at))
        if value is not None and value == value:
            grouped.setdefault((row[metric_at], labels), []).append(Sample(time, value))
    return [
        Series(name, dict(labels), tuple(got), None, "", source) for (name, labels), got in grouped.items()
    ]
