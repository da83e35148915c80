"""A text that a program wrote, as a Log."""

from anyops.sources.files.reading import Reading
from anyops.world.evidence import Document, Span
from anyops.world.resource import Ref
from anyops.world.world import Log, LogLine

_MOST_LINES = 200_000


def read_log(document: Document) -> Reading:
    """Every line that is not blank."""
    starts, data, lines = document.line_starts(), document.data, []
    ends = [*starts[1:], len(data)]
    for start, end in list(zip(starts, ends, strict=True))[-_MOST_LINES:]:
        kept = data[start:end].rstrip(b"\r\n")
        if kept.strip():
            lines.append(LogLine(kept.decode("utf-8", "replace"), Span(document, start, start + len(kept))))
    return Reading(logs=[Log(document.name, tuple(lines))] if lines else [])


def log_of(document: Document, about: Ref | None, container: str = "", previous: bool = False) -> list[Log]:
    """The logs of a text whose writer is known from beside it."""
    return [
        Log(log.name, log.lines, about or log.about, container or log.container, previous or log.previous)
        for log in read_log(document).logs
    ]
