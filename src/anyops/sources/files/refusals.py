"""What kubectl says instead of an answer: not found, forbidden, no resources, no server."""

import re

from anyops.sources.files.kubectl.kinds import find_kind
from anyops.sources.files.reading import Reading
from anyops.world.evidence import Document
from anyops.world.world import Unread

_MOST_BYTES = 16_384
_ERROR = re.compile(
    r"^(?:Error from server|error|Error|The connection to the server|Unable to connect)\b[^\n]*", re.MULTILINE
)
_KIND = re.compile(r'(?:: |resource ")([a-z]+(?:\.[a-z0-9.-]+)?)(?:" in| "| is)')
_NONE = re.compile(r"^No (?:resources|events) found(?: in (\S+) namespace)?\.?\s*$", re.MULTILINE)
_REASONS = (
    ("(NotFound)", "absent"),
    ("(Forbidden)", "forbidden"),
    ("(Unauthorized)", "forbidden"),
    ("forbidden", "forbidden"),
    ("doesn't have a resource type", "absent"),
)


def read_refusal(document: Document) -> Reading | None:
    """An Unread for each refusal in a short text that holds nothing else; None otherwise."""
    if len(document.data) > _MOST_BYTES:
        return None
    text = document.data.decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    refusals = [line for line in lines if _ERROR.match(line) or _NONE.match(line)]
    if not refusals or len(refusals) < len(lines):
        return None
    return Reading(unread=[_unread(document.name, line) for line in refusals])


def _unread(name: str, line: str) -> Unread:
    kind = _KIND.search(line)
    info = find_kind(kind[1]) if kind else None
    if _NONE.match(line):
        return Unread(name, "empty", line)
    why = next((why for word, why in _REASONS if word in line), "failed")
    return Unread(name, why, line[:300], info.kind if info else "")
