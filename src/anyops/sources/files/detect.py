"""What a document is: its content decides, the cheap questions first."""

from anyops.sources.files.kubectl import PARSERS
from anyops.sources.files.limits import Limits
from anyops.sources.files.reading import Reading
from anyops.sources.files.sections import sections
from anyops.sources.files.structured import read_json, read_yaml
from anyops.world.evidence import Document, Span
from anyops.world.world import Note, Unread


def read_document(document: Document, limits: Limits) -> list[Reading]:
    """The facts in one document; what nobody knows becomes a note."""
    problem = unreadable(document.data)
    if problem:
        return [Reading(unread=[Unread(document.name, *problem)])]
    return [_read_section(section, limits) for section in sections(document)]


def _read_section(section: Document, limits: Limits) -> Reading:
    reading = read_json(section) or read_yaml(section, limits)
    if reading is not None:
        return reading
    for parse in PARSERS:
        reading = parse(section)
        if reading is not None:
            return reading
    text = section.data.decode("utf-8", "replace")
    return Reading(notes=[Note(section.name, text, Span(section, 0, len(section.data)))])


def unreadable(data: bytes) -> tuple[str, str] | None:
    """Why there is nothing to read: empty, or binary."""
    if not data.strip():
        return "empty", "the file is empty"
    if b"\0" in data[:8192]:
        return "failed", "binary, not text; hand over text, JSON, YAML or an archive"
    return None
