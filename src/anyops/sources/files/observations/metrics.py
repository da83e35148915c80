"""Measured values in JSON: Prometheus, Datadog, CloudWatch, and any list of times beside values."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from anyops.sources.files.observations.about import about_labels
from anyops.sources.files.shapes import Found
from anyops.world.quantity import parse_time
from anyops.world.world import Sample, Series

_UNITS = {
    "seconds": "s", "milliseconds": "ms", "microseconds": "us", "bytes": "bytes", "kilobytes": "kilobytes",
    "megabytes": "megabytes", "percent": "percent", "count": "count", "count/second": "count/s",
    "bytes/second": "bytes/s", "none": "",
}  # fmt: skip
_MOST_SAMPLES = 100_000


def recognize_metric(found: Found) -> bool:
    """One series in any of the known shapes."""
    return _prometheus(found) or _datadog(found) or _columns(found) or _datapoints(found)


def _prometheus(found: Found) -> bool:
    """`{"metric": {labels}, "value": [time, "1"]}` or `"values": [[time, "1"], ...]`.

    Format: https://prometheus.io/docs/prometheus/latest/querying/api/
    """
    metric = found.value.get("metric")
    key = next((k for k in ("values", "value") if isinstance(found.value.get(k), list)), "")
    if not isinstance(metric, dict) or not key:
        return False
    pairs = found.value[key] if key == "values" else [found.value[key]]
    labels = {str(k): str(v) for k, v in metric.items()}
    name = labels.pop("__name__", "") or _query(found)
    last = (key, len(pairs) - 1) if key == "values" else (key,)
    _add(found, name, labels, _pairs(pairs), "", last)
    return True


def _query(found: Found) -> str:
    """A file's name stands for the query where the metric has none."""
    return found.name.rpartition("/")[2].partition(".")[0]


def _datadog(found: Found) -> bool:
    """`{"metric": "name", "scope": "a:b", "pointlist": [[ms, value], ...]}`."""
    points, name = found.value.get("pointlist"), found.field.text("metric")
    if not isinstance(points, list) or not name:
        return False
    tags = [tag.text().partition(":") for tag in found.field.each("tag_set")]
    labels = {key: value for key, colon, value in tags if colon}
    _add(found, name, labels, _pairs(points), "", ("pointlist", len(points) - 1))
    return True


def _columns(found: Found) -> bool:
    """Times and values side by side: CloudWatch's MetricDataResults, Performance Insights."""
    keys = {key.lower(): key for key in found.value}
    times, values = found.value.get(keys.get("timestamps", "")), found.value.get(keys.get("values", ""))
    if not isinstance(times, list) or not isinstance(values, list):
        return False
    name = (
        found.first("metric_name", "MetricName", "metricName", "Label", "label", "Id", "id").text()
        or found.key
    )
    unit = found.first("unit", "Unit").text()
    samples = _samples(zip(times, values, strict=False))
    newest = (
        times.index(max(times)) if all(isinstance(time, str) for time in times) and times else len(values) - 1
    )
    _add(found, name, _dimensions(found), samples, unit, (keys["values"], newest))
    return True


def _datapoints(found: Found) -> bool:
    """`{"Label": "CPUUtilization", "Datapoints": [{"Timestamp", "Average", "Unit"}]}`."""
    points = found.value.get("Datapoints", found.value.get("datapoints"))
    if not isinstance(points, list) or not found.first("Label", "label", "metric_name").text():
        return False
    key = "Datapoints" if "Datapoints" in found.value else "datapoints"
    rows = [point.value for point in found.field.each(key) if isinstance(point.value, dict)]
    stat = next((s for s in ("Average", "Maximum", "Sum", "Minimum") if rows and s in rows[0]), "value")
    samples = _samples((row.get("Timestamp", row.get("timestamp")), row.get(stat)) for row in rows)
    unit = str(rows[0].get("Unit", "")) if rows else ""
    _add(
        found, found.first("Label", "label", "metric_name").text(), _dimensions(found), samples, unit, (key,)
    )
    return True


def _dimensions(found: Found) -> dict[str, str]:
    labels = {}
    for key in ("dimensions", "Dimensions"):
        for dimension in found.field.each(key):
            name = dimension.text("Name") or dimension.text("name")
            if name:
                labels[name] = dimension.text("Value") or dimension.text("value")
        labels |= found.field.strings(key)
    stat = found.first("stat", "Stat", "statistic").text()
    return labels | ({"stat": stat} if stat else {})


def _add(
    found: Found,
    name: str,
    labels: Mapping[str, str],
    samples: Sequence[Sample],
    unit: str,
    last: tuple[str | int, ...],
) -> None:
    found.reading.series.append(
        Series(
            metric=name,
            labels=labels,
            samples=tuple(samples),
            about=about_labels(labels),
            unit=_UNITS.get(unit.lower(), unit),
            source=found.span(*last),
        )
    )


def _pairs(pairs: Sequence[Any]) -> list[Sample]:
    return _samples((p[0], p[1]) for p in pairs if isinstance(p, list) and len(p) == 2)


def _samples(pairs: "Iterator[tuple[Any, Any]] | zip[tuple[Any, Any]]") -> list[Sample]:
    """Oldest first; what is no number is left out."""
    samples: list[Sample] = []
    for when, value in pairs:
        number = number_of(value)
        if number is not None and len(samples) < _MOST_SAMPLES:
            samples.append(Sample(time_of(when), number))
    return sorted(samples, key=lambda s: s.at.timestamp() if s.at else 0.0)


def number_of(value: Any) -> float | None:
    """A finite number, also from a string; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e300 else None


def time_of(value: Any) -> datetime | None:
    """A time from an RFC 3339 text or a Unix time; milliseconds and nanoseconds are told by their size."""
    number = number_of(value) if not isinstance(value, str) or value[:1].isdigit() else None
    if number is None or (isinstance(value, str) and not value.replace(".", "", 1).isdigit()):
        return parse_time(value)
    while number > 1e11:
        number /= 1000
    try:
        return datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError, OSError):
        return None
