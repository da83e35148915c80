"""JSON and YAML documents: decode, then hand each value to those who know shapes."""

import re

from anyops.errors import ReadError
from anyops.sources.files.jsonspan import JsonPlaces
from anyops.sources.files.jsontext import same_length_utf8, values
from anyops.sources.files.limits import Limits
from anyops.sources.files.objects import Collector
from anyops.sources.files.observations import RECOGNIZERS
from anyops.sources.files.reading import Reading
from anyops.sources.files.yamlspan import YamlMarks
from anyops.sources.files.yamltext import load, pieces
from anyops.world.evidence import Document
from anyops.world.world import Unread

_YAML_OBJECT = re.compile(rb"^(?:- )?[\"']?(?:apiVersion|kind)[\"']?:[ \t\r\n]", re.MULTILINE)
_YAML_FIRST = re.compile(
    rb"(?:\s*(?:#[^\n]*|---[^\n]*|%[^\n]*)(?:\n|\Z))*\s*(?:- )?[\"']?[A-Za-z_][\w./-]*[\"']?:(?:[ \t\r\n]|\Z)"
)


def read_json(document: Document) -> Reading | None:
    """What is known in JSON: one value, several, one a line, or cut off."""
    if document.data.lstrip()[:1] not in (b"{", b"["):
        return None
    text, reading, known = same_length_utf8(document.data), Reading(), False
    for found in values(text):
        if isinstance(found, ReadError):
            reading.unread.append(Unread(document.name, "failed", f"{found.message}; {found.hint}"))
            continue
        before = len(reading.unread)
        places = JsonPlaces(document, text, found.start, found.end)
        known |= Collector(reading, places, RECOGNIZERS).collect(found.value) or len(reading.unread) > before
    return reading if known else None


def read_yaml(document: Document, limits: Limits) -> Reading | None:
    """Kubernetes objects in YAML; a broken document among several is listed and the others count."""
    data = document.data
    if not _YAML_OBJECT.search(data) or not _YAML_FIRST.match(data):
        return None
    reading, known = Reading(), False
    for piece in pieces(data):
        try:
            value = load(data, piece, document.line_of(piece.start) - 1, limits)
        except ReadError as error:
            reading.unread.append(Unread(document.name, "failed", f"{error.message}; {error.hint}"))
            continue
        marks = YamlMarks(document, piece)
        known |= Collector(reading, marks, RECOGNIZERS).collect(value)
    return reading if known or reading.unread else None
