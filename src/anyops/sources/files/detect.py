"""What a document is: its content decides, the cheap questions first."""

from anyops.sources.files.limits import Limits
from anyops.sources.files.reading import Reading
from anyops.sources.files.structured import read_json, read_yaml
from anyops.world.evidence import Document, Span
from anyops.world.world import Note, Unread


def read_document(document: Document, limits: Limits) -> Reading:
    """The facts in one document; what nobody knows becomes a note."""
    problem = unreadable(document.data)
    if problem:
        return Reading(unread=[Unread(document.name, *problem)])
    reading = read_json(document) or read_yaml(document, limits)
    if reading is not None:
        return reading
    text = document.data.decode("utf-8", "replace")
    return Reading(notes=[Note(document.name, text, Span(document, 0, len(document.data)))])


def unreadable(data: bytes) -> tuple[str, str] | None:
    """Why there is nothing to read: empty, or binary."""
    if not data.strip():
        return "empty", "the file is empty"
    if b"\0" in data[:8192]:
        return "failed", "binary, not text; hand over text, JSON, YAML or an archive"
    return None
