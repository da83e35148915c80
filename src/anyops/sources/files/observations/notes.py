"""Plain notes: a question, a ticket, a page of a runbook."""

import re

import msgspec

from anyops.sources.files.reading import Reading
from anyops.world.evidence import Document, Span
from anyops.world.world import Note

_ASKING = re.compile(r"question|ticket|issue|problem|prompt|incident|ask|query", re.IGNORECASE)
_CONTEXT = re.compile(r"^namespace:[ \t]*([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)[ \t]*\r?$", re.MULTILINE)
_MOST_ASKED = 1000
_JSON_KEYS = ("question", "ask", "prompt", "query")


def read_note(document: Document) -> Reading:
    """The text as a note; the question in it, if it is a short one that asks something."""
    text = document.data.decode("utf-8", "replace").removeprefix("\ufeff")
    note = Note(document.name, text, Span(document, 0, len(document.data)))
    return Reading(notes=[note], question=_question(document.name, text))


def _question(name: str, text: str) -> str:
    asked = " ".join(_CONTEXT.sub("", _asked(text)).split())
    if not asked or len(asked) > _MOST_ASKED:
        return ""
    stem = name.rpartition("/")[2].partition(".")[0]
    return asked if "?" in asked or _ASKING.search(stem) or text.lstrip()[:1] == "{" else ""


def _asked(text: str) -> str:
    """The text, or in JSON the string that asks."""
    if text.lstrip()[:1] not in ("{", "["):
        return text
    try:
        value = msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return text
    if isinstance(value, list):
        return next((item for item in value if isinstance(item, str)), "")
    return next((value[key] for key in _JSON_KEYS if isinstance(value.get(key), str)), "")


def context_namespace(text: str) -> str:
    """What a line `namespace: X` of a note says; "" when there is none."""
    found = _CONTEXT.search(text)
    return found[1] if found else ""
