"""What a document is: its content decides, the cheap questions first."""

import re
from datetime import datetime
from itertools import islice

from anyops.sources.files.kubectl.logs import parse_log
from anyops.sources.files.kubectl.session import outputs
from anyops.sources.files.limits import Limits
from anyops.sources.files.observations.notes import read_note
from anyops.sources.files.reading import Reading
from anyops.sources.files.sections import Part, sections
from anyops.sources.files.structured import PARSERS, read_json, read_yaml
from anyops.world.evidence import Document
from anyops.world.quantity import parse_time
from anyops.world.world import Unread

_PARSERS = (*PARSERS, parse_log)
_STAMP = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?")
_COLLECTED = re.compile(
    rb"(?:(?:executed|collected|captured|generated|dumped|taken)(?: at| on)?"
    rb"|current (?:UTC )?(?:date and )?time(?: is| are)?)[ :=]{1,4}\Z",
    re.IGNORECASE,
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\x0c\x1b"))
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def read_document(document: Document, limits: Limits) -> list[Reading]:
    """The facts in one document; what nobody knows is a note."""
    document = plain(document)
    problem = unreadable(document.data)
    if problem:
        return [Reading(unread=[Unread(document.name, *problem)])]
    parts = [output for section in sections(document) for output in outputs(section)]
    readings = [reading for part in parts for reading in _read(part, limits)]
    when = collected_at(document)
    if when is not None and readings:
        readings[0].times.append(when)
    return readings or [Reading(unread=[Unread(document.name, "empty", "the command printed nothing")])]


def collected_at(document: Document) -> datetime | None:
    """When a tool says in the text's first lines that it collected it; None when none says so."""
    head = document.data[:1500]
    for stamp in islice(_STAMP.finditer(head), 8):
        if _COLLECTED.search(head[max(stamp.start() - 60, 0) : stamp.start()]):
            return parse_time(stamp[0].decode("ascii", "replace"))
    return None


def plain(document: Document) -> Document:
    """The document as UTF-8: without a byte order mark, and converted where the mark says UTF-16."""
    data = document.data
    if data.startswith(b"\xef\xbb\xbf"):
        return Part(document, 3, len(data))
    encoding = _UTF16.get(data[:2])
    if encoding is None:
        return document
    return Document(document.name, data[2:].decode(encoding, "replace").encode("utf-8", "replace"))


def _read(document: Document, limits: Limits) -> list[Reading]:
    reading, rest = read_json(document)
    if reading is not None:
        if rest >= len(document.data):
            return [reading]
        return [reading, *_read(Part(document, rest, len(document.data)), limits)]
    reading = read_yaml(document, limits)
    if reading is not None:
        return [reading]
    for parse in _PARSERS:
        reading = parse(document)
        if reading is not None:
            return [reading]
    return [read_note(document)]


def unreadable(data: bytes) -> tuple[str, str] | None:
    """Why there is nothing to read: empty, or binary."""
    if not data.strip():
        return "empty", "the file is empty"
    head = data[:8192]
    if (len(head) - len(head.translate(None, _CONTROL))) * 20 > len(head):
        return "failed", "binary, not text; hand over text, JSON, YAML or an archive"
    return None
