"""JSON and YAML documents: decode, then hand each value to those who know shapes."""

import re

from anyops.errors import ReadError
from anyops.sources.files.jsonspan import JsonPlaces
from anyops.sources.files.jsontext import Rest, same_length_utf8, values
from anyops.sources.files.kubectl.session import read_output
from anyops.sources.files.limits import Limits
from anyops.sources.files.objects import Collector, Knowledge
from anyops.sources.files.observations import LATER_PARSERS, RECOGNIZERS, TEXT_PARSERS
from anyops.sources.files.reading import Parser, Reading
from anyops.sources.files.yamlspan import YamlMarks
from anyops.sources.files.yamltext import load, pieces
from anyops.world.evidence import Document
from anyops.world.world import Unread

PARSERS: tuple[Parser, ...] = (*TEXT_PARSERS, read_output, *LATER_PARSERS)
"""In the order they should be tried; each returns None quickly when the content is not its format."""
_KNOWN = Knowledge(RECOGNIZERS, PARSERS)
_JSON = re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]]|\"\s*[\[{])")
_JSON_LINES = re.compile(rb"\s*(\{\"[^\n]*)\n+\{\"")
_YAML_OBJECT = re.compile(rb"^(?:- )?[\"']?(?:apiVersion|kind)[\"']?:[ \t\r\n]", re.MULTILINE)
_YAML_FIRST = re.compile(
    rb"(?:\s*(?:#[^\n]*|---[^\n]*|%[^\n]*)(?:\n|\Z))*\s*(?:- )?[\"']?[A-Za-z_][\w./-]*[\"']?:(?:[ \t\r\n]|\Z)"
)


def read_json(document: Document) -> tuple[Reading | None, int]:
    """What is known in JSON: one value, several, one a line, or cut off; and where other text follows.

    None when the document is no JSON, or JSON lines of a log.
    """
    data = document.data
    if not _JSON.match(data) or _is_json_log(data):
        return None, len(data)
    text, reading, rest = same_length_utf8(data), Reading(), len(data)
    for found in values(text):
        if isinstance(found, Rest):
            rest = found.start
        elif isinstance(found, ReadError):
            reading.unread.append(Unread(document.name, "failed", f"{found.message}; {found.hint}"))
        else:
            places = JsonPlaces(document, text, found.start, found.end)
            Collector(reading, places, _KNOWN).collect(found.value)
            if _is_hollow(found.value):
                reading.unread.append(Unread(document.name, "empty", "the JSON holds nothing"))
    return (reading if says_something(reading) else None), rest


def _is_hollow(value: object) -> bool:
    """Whether it holds nothing, or names of nothing: `{"events": []}`."""
    return not value or (isinstance(value, dict) and not any(value.values()))


def _is_json_log(data: bytes) -> bool:
    """Whether it is one JSON object a line, and the first is no Kubernetes object and no watch event."""
    match = _JSON_LINES.match(data)
    return match is not None and b'"apiVersion"' not in match[1] and b'"object"' not in match[1]


def says_something(reading: Reading) -> bool:
    """Whether anything was found, or found to be unreadable."""
    return any(getattr(reading, name) for name in reading.__struct_fields__)


def read_yaml(document: Document, limits: Limits) -> Reading | None:
    """Kubernetes objects in YAML; a broken document among several is listed and the others count."""
    data = document.data
    if not _YAML_FIRST.match(data) or not _YAML_OBJECT.search(data):
        return None
    reading = Reading()
    for piece in pieces(data):
        try:
            value = load(data, piece, document.line_of(piece.start) - 1, limits)
        except ReadError as error:
            reading.unread.append(Unread(document.name, "failed", f"{error.message}; {error.hint}"))
            continue
        Collector(reading, YamlMarks(document, piece), _KNOWN).collect(value)
    return reading if says_something(reading) else None
