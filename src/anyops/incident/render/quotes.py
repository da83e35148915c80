"""Evidence as lines: a row each in the default answer, whole in `-o wide`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from anyops.incident.render import facts
from anyops.incident.render.lines import Line, cells, hanging, line
from anyops.incident.render.options import TextOptions
from anyops.text import plural, safe, shorten, squeeze, uncolored, width
from anyops.world.report import EvidenceItem
from anyops.world.resource import Ref

_MEMBER = re.compile(r'"([^"\\]{1,80})"\s*:\s*([^\[{].*)', re.DOTALL)
_COLUMNS = re.compile(r"\t|[ \t]{2,}")
_REASON = re.compile(r"[A-Z][A-Za-z]{2,40}")
_COUNT = re.compile(r"\bx(\d{1,9}) over\b")
_TIMES = re.compile(r"^\d{1,9}x ")
_QUOTED_LINES = 12
_SPEAK = ("message", "reason", "image")
_NAMED_WITH = (
    "limits",
    "requests",
    "allocatable",
    "capacity",
    "hard",
    "used",
    "spec",
    "metadata",
    "conditions",
)
"""Parents without which a field's name says too little."""
_LEAST_NAME = 8
_SLACK = 30
"""Cells that a row may leave empty because its next word does not fit."""


def said(item: EvidenceItem) -> str:
    """What a quote says, in one line.

    A JSON member reads as `key: value` with its string decoded; of an event's row, which repeats the object
    and the age, reason, message and count remain.
    """
    text = item.text.strip().rstrip(",")
    member = _MEMBER.fullmatch(text)
    if member:
        value = _decoded(member[2])
        is_message = item.about.startswith("event ") and member[1] == "message"
        text = value if value and is_message else f"{member[1]}: {value or member[2]}"
    elif "#/" in item.place and not item.about.startswith("event "):
        text = _field(item.place, text)
    elif (value := _decoded(text)) is not None:
        text = value
    elif item.about.startswith("event "):
        text = _event(text)
    return " ".join(_without_name(text, item.about).split())


def _field(place: str, text: str) -> str:
    """The value at a JSON pointer with its name, `limits.memory: 64Mi`; a message speaks for itself."""
    keys = [key for key in place.partition("#/")[2].split("/") if key and not key.isdigit()]
    value = _decoded(text)
    if not keys or (keys[-1] in _SPEAK and value is not None):
        return value or text
    above = ".".join(keys[-2:]) if keys[-2:-1] and keys[-2] in _NAMED_WITH else keys[-1]
    name = above.replace("~1", "/").replace("~0", "~")
    return f"{name}: {value if value is not None else text}"


def _without_name(text: str, about: str) -> str:
    """A table's row without the columns that name its object, which stands beside it."""
    name = about.rpartition("/")[2]
    before, found, row = text.partition(name) if name else (text, "", "")
    is_row = (
        found and row[:1].isspace() and len(before) < 64 and not before.strip().count(" ") and row.strip()
    )
    return row if is_row and (not before or before[-1] in " \t/") else text


def _decoded(text: str) -> str | None:
    if len(text) < 2 or text[0] != '"':
        return None
    try:
        return msgspec.json.decode(text, type=str)
    except (msgspec.MsgspecError, UnicodeError):
        return None


def _event(text: str) -> str:
    columns = [column.strip() for column in _COLUMNS.split(text)]
    if len(columns) < 4 or "\n" in text:
        return text
    message, before = columns[-1], columns[:-1]
    reasons = [c for c in before if _REASON.fullmatch(c) and c not in ("Normal", "Warning")]
    reason = reasons[0] if reasons and not message.startswith(reasons[0]) else ""
    count = next((f"{m[1]}x " for c in before if (m := _COUNT.search(c))), "")
    return f"{count}{reason}: {message}" if reason else count + message


def different(items: Iterable[EvidenceItem], most: int) -> list[EvidenceItem]:
    """The first `most` of those that say something of their own, whatever their count."""
    by_text: dict[str, EvidenceItem] = {}
    for item in items:
        if len(by_text) >= most:
            break
        by_text.setdefault(_TIMES.sub("", said(item)), item)
    return list(by_text.values())


def rows(
    items: Sequence[EvidenceItem],
    day: date | None,
    options: TextOptions,
    subject: Ref | None = None,
    *,
    each: int = 1,
) -> Iterator[Line]:
    """Each in a row (at most `each`): id, time, what it is of (or where it stands), the quote.

    Of `subject`, which the line above names, only the kind is said.
    """
    ellipsis, columns = options.glyphs.ellipsis, options.evidence
    clocks = [facts.clock(item.at, day) for item in items]
    abouts = [safe(_short_about(item, subject)) for item in items]
    room = columns * 26 // 100 if columns >= 60 else 0
    ids, times, place = _widest(i.id for i in items), _widest(clocks), min(_widest(abouts), room)
    for item, clock, about in zip(items, clocks, abouts, strict=True):
        shown = _fitted(about, place, ellipsis, subject)
        lead = line(
            (" " * (4 if columns >= 60 else 2) + item.id.ljust(ids + 1), "id"),
            (clock.ljust(times + 1) if times else "", "quiet"),
            (shown + " " * (place - width(shown) + 2) if place else "", "quiet"),
        )
        room = (columns - cells(lead)) * each - _SLACK * (each - 1)
        yield from hanging(lead, _told(item, room, ellipsis), columns, most=each, ellipsis=ellipsis)


def _told(item: EvidenceItem, room: int, ellipsis: str) -> str:
    """What it says, in `room` cells; of a log several lines long the middle goes, for it tells at its end."""
    text = safe(uncolored(said(item)))
    if not item.about and "\n" in item.text.strip():
        return shorten(text, room, keep="ends", ellipsis=ellipsis)
    return squeeze(text, room, ellipsis)


def _short_about(item: EvidenceItem, subject: Ref | None) -> str:
    named = f"{subject.kind}/{subject.name}" if subject else ""
    if subject and (item.about == named or item.about.endswith(f" {named}")):
        return item.about[: -len(subject.name) - 1]
    return item.about or item.place


def _fitted(about: str, room: int, ellipsis: str, subject: Ref | None) -> str:
    """In `room` cells: the kind stays whole where it can; of a name that begins as the subject's, the end."""
    kind, slash, name = about.rpartition("/")
    rest = room - width(kind) - 1
    if not slash or rest < _LEAST_NAME or width(about) <= room:
        return shorten(about, room, keep="ends", ellipsis=ellipsis)
    if subject and name.startswith(f"{subject.name}-"):
        end = ellipsis + name[len(subject.name) :]
        return f"{kind}/{end if width(end) <= rest else shorten(name, rest, keep='end', ellipsis=ellipsis)}"
    return f"{kind}/{shorten(name, rest, keep='ends', ellipsis=ellipsis)}"


def _widest(texts: Iterable[str]) -> int:
    return max(map(width, texts), default=0)


def whole(items: Iterable[EvidenceItem], day: date | None, options: TextOptions) -> Iterator[Line]:
    """Each with its place, and its text line by line."""
    dot = options.glyphs.dot
    for item in items:
        where = f" {dot} ".join(part for part in (facts.clock(item.at, day), item.about, item.place) if part)
        yield from hanging(line((f"    {item.id.ljust(3)} ", "id")), where, options.columns, "quiet")
        texts = [text for text in item.text.splitlines() if text.strip()]
        margin = min((len(text) - len(text.lstrip()) for text in texts), default=0)
        for text in texts[:_QUOTED_LINES]:
            bare = text[margin:]
            lead = " " * (8 + len(bare) - len(bare.lstrip()))
            yield from hanging(line(lead[: options.columns // 2]), bare, options.columns)
        if len(texts) > _QUOTED_LINES:
            yield line((f"        and {plural(len(texts) - _QUOTED_LINES, 'more line')}", "quiet"))
