"""Log lines inside JSON: Datadog, Loki, Elasticsearch, CloudWatch, a pod's text, counted patterns."""

from collections.abc import Iterator

from anyops.sources.files.logtext import log_of
from anyops.sources.files.observations.about import about_labels, namespace_of, thing
from anyops.sources.files.observations.metrics import number_of, time_of
from anyops.sources.files.shapes import Found
from anyops.world.resource import Ref
from anyops.world.world import Log, LogLine, Sample, Series

_MESSAGE_KEYS = ("message", "msg", "log", "line", "body", "content")
_TIME_KEYS = ("timestamp", "@timestamp", "time", "ts", "date")
_LIST_KEYS = ("logs", "log_lines", "logLines", "log_entries", "entries", "hits", "events", "records", "lines")
_POD_KEYS = ("pod_name", "podName", "pod", "name")


def recognize_logs(found: Found) -> bool:
    """Log lines in any of the known shapes."""
    return _text(found) or _loki(found) or _patterns(found) or _entries(found)


def _text(found: Found) -> bool:
    """`{"pod_name": ..., "namespace": ..., "logs": "line\\nline\\n"}`."""
    text = found.value.get("logs", found.value.get("log"))
    pod = found.first(*_POD_KEYS).text()
    if not isinstance(text, str) or not pod:
        return False
    key = "logs" if "logs" in found.value else "log"
    document = found.source.string((*found.path, key), text)
    if document is None:
        return False
    namespace = found.field.text("namespace")
    container = found.first("container", "container_name").text()
    previous = found.field.flag("previous")
    log = log_of(document, found.name, Ref("Pod", namespace, pod), container, previous=previous)
    found.reading.logs.append(log)
    return True


def _loki(found: Found) -> bool:
    """`{"stream": {labels}, "values": [["ns", "line"], ...]}`.

    Format: https://grafana.com/docs/loki/latest/reference/loki-http-api/
    """
    labels, values = found.field.strings("stream"), found.value.get("values")
    if not isinstance(found.value.get("stream"), dict) or not isinstance(values, list):
        return False
    lines = []
    for index, pair in enumerate(values):
        if isinstance(pair, list) and len(pair) >= 2 and isinstance(pair[1], str):
            span = found.span("values", index)
            if span is not None:
                lines.append(LogLine(pair[1], span, time_of(pair[0])))
    lines.sort(key=_when)
    name = labels.get("pod") or labels.get("service_name") or labels.get("job") or found.name
    found.reading.logs.append(Log(name, tuple(lines), about_labels(labels), labels.get("container", "")))
    return True


def _when(line: LogLine) -> float:
    return line.at.timestamp() if line.at else 0.0


def _patterns(found: Found) -> bool:
    """`{"patterns": [{"count": 61, "sample": "..."}], "total_errors": 183}` under the writer's name."""
    patterns = list(found.each("patterns"))
    if not patterns or not any(pattern.field.text("sample") for pattern in patterns):
        return False
    service, lines = found.key or found.name, []
    for pattern in patterns:
        sample, span = pattern.first("sample", "pattern", "template").text(), pattern.span("sample")
        if not sample or span is None:
            continue
        lines.append(LogLine(sample, span))
        count = number_of(pattern.value.get("count"))
        if count is not None:
            labels = {"service": service, "sample": sample[:200]}
            found.reading.series.append(
                Series(
                    "log_pattern_count", labels, (Sample(None, count),), None, "count", pattern.span("count")
                )
            )
    found.reading.logs.append(Log(service, tuple(lines)))
    return True


def _entries(found: Found) -> bool:
    """A list of objects with a message and a time: one log for each writer."""
    known = False
    for key in _LIST_KEYS:
        entries = list(_hits(found, key))
        if not entries:
            continue
        by_writer: dict[tuple[str, Ref | None, str], list[LogLine]] = {}
        for entry in entries:
            message = entry.first(*_MESSAGE_KEYS)
            span = entry.span(str(message.path[-1]))
            if span is not None:
                line = LogLine(message.text(), span, time_of(entry.first(*_TIME_KEYS).value))
                by_writer.setdefault(_writer(entry), []).append(line)
        for (name, about, container), lines in by_writer.items():
            found.reading.logs.append(Log(name, tuple(sorted(lines, key=_when)), about, container))
        known = known or bool(by_writer)
    return known


def _hits(found: Found, key: str) -> Iterator[Found]:
    for entry in found.each(key):
        source = entry.below("_source") or entry.below("fields") or entry
        if source.first(*_MESSAGE_KEYS).text() and source.first(*_TIME_KEYS).value is not None:
            if (
                "reason" in source.value
                or "source_identifier" in source.value
                or "SourceIdentifier" in source.value
            ):
                return
            yield source


def _writer(entry: Found) -> tuple[str, Ref | None, str]:
    labels: dict[str, str] = (
        entry.field.strings() | entry.field.strings("kubernetes") | entry.field.strings("labels")
    )
    for tag in entry.field.each("tags"):
        name, colon, value = tag.text().partition(":")
        if colon:
            labels.setdefault(name, value)
    container = labels.get("container_name") or labels.get("container", "")
    if labels.get("logStreamName"):
        return labels["logStreamName"], None, container
    about = about_labels({k: v for k, v in labels.items() if k != "service"})
    pod = labels.get("pod") or labels.get("pod_name")
    if pod:
        about = thing("Pod", namespace_of(labels), pod)
    name = labels.get("service") or labels.get("host") or (about.name if about else entry.name)
    return name, about, container
