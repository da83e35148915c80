"""Events as kubectl prints them: the tail of a description, and `kubectl get events` or `kubectl events`."""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

from anyops.sources.files.kubectl.fields import CELLS, Header, columns, cut
from anyops.sources.files.kubectl.kinds import find_kind, is_namespaced
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.reading import AgedEvent
from anyops.world.quantity import parse_duration
from anyops.world.resource import Ref
from anyops.world.world import Event

_AGE = re.compile(r"(\S{1,30})(?: \(x(\d{1,9}) over (\S{1,30})\))?\Z")
_TYPES = ("Normal", "Warning")
_TYPED = re.compile(r"\s*(?:Normal|Warning)\s\s")
Ages = tuple[timedelta | None, timedelta | None, int]


@lru_cache(maxsize=4096)
def read_ages(text: str) -> Ages | None:
    """`3m (x5 over 10m)` as (first, last, count); None when it is no age at all."""
    match = _AGE.match(text)
    if match is None:
        return None
    last = parse_duration(match[1])
    if last is None and match[1] not in ("<unknown>", "<invalid>"):
        return None
    first = parse_duration(match[3]) if match[3] else last
    return first, last, int(match[2] or 1)


def describe_events(text: Text, first: int, last: int, about: Ref) -> list[AgedEvent]:
    """The events table in lines `first` to `last` (exclusive) below `Events:`; all are about one object.

    Columns: Type, Reason, Age, From, Message. A message of several lines continues on lines that start
    with no event type.
    """
    header: Header = ()
    found: list[AgedEvent] = []
    number = first
    while number < last:
        line = text.lines[number]
        end = _message_end(text.lines, number, last)
        if not header:
            header = columns(line) if "Reason" in line else ()
            number += 1
            continue
        row = _event_row(line, header)
        ages = read_ages(row.get("Age", ""))
        if ages is not None and row.get("Type") in _TYPES:
            message = "\n".join(
                [row.get("Message", ""), *(text.lines[n].rstrip() for n in range(number + 1, end))]
            )
            found.append(_event(text, (number, end - 1), about, row, message, ages))
        else:
            end = number + 1
        number = end
    return found


def _message_end(lines: list[str], number: int, last: int) -> int:
    end = number + 1
    while (
        end < last
        and lines[end].strip()
        and not _TYPED.match(lines[end])
        and not lines[end].startswith("  --")
    ):
        end += 1
    return end


def _event_row(line: str, header: Header) -> dict[str, str]:
    cells = CELLS.split(line.strip(), maxsplit=len(header) - 1)
    if len(cells) == len(header):
        return {column[0]: cell for column, cell in zip(header, cells, strict=True)}
    return cut(line, header)


def _event(
    text: Text, lines: tuple[int, int], about: Ref, row: Mapping[str, str], message: str, ages: Ages
) -> AgedEvent:
    first, last, count = ages
    event = Event(
        about=about,
        reason=row.get("Reason", ""),
        message=message.strip(),
        warning=row.get("Type") != "Normal",
        count=max(count, 1),
        component=row.get("From", "").partition(",")[0],
        field_path=row.get("Subobject", ""),
        source=text.span(*lines),
    )
    return AgedEvent(event=event, first=first, last=last)


def table_event(
    text: Text, line: int, row: Mapping[str, str], namespace: str, last_line: int = -1
) -> AgedEvent | None:
    """One row of an events table, by upper-case column names; None when it is none.

    Current: LAST SEEN, TYPE, REASON, OBJECT, MESSAGE (wide: SUBOBJECT, SOURCE, FIRST SEEN, COUNT, NAME);
    before 1.14: FIRST SEEN, COUNT, NAME, KIND, SUBOBJECT, SOURCE.
    """
    about = _about(row, row.get("NAMESPACE") or namespace)
    ages = read_ages(row.get("LAST SEEN", ""))
    if about is None or ages is None:
        return None
    first, last, count = ages
    if row.get("FIRST SEEN"):
        first = parse_duration(row["FIRST SEEN"])
    if row.get("COUNT", "").isdecimal() and len(row["COUNT"]) < 10:
        count = int(row["COUNT"])
    named = {
        "Type": row.get("TYPE", ""),
        "Reason": row.get("REASON", ""),
        "From": row.get("SOURCE", ""),
        "Subobject": row.get("SUBOBJECT", ""),
    }
    message = row.get("MESSAGE", "")
    if last_line > line:
        message = "\n".join([message, *(text.lines[n].rstrip() for n in range(line + 1, last_line + 1))])
    return _event(text, (line, max(line, last_line)), about, named, message, (first, last, count))


def _about(row: Mapping[str, str], namespace: str) -> Ref | None:
    kind, slash, name = row.get("OBJECT", "").partition("/")
    if not slash:
        kind, name = row.get("KIND", ""), row.get("NAME", "").rpartition(".")[0]
    if not kind or not name:
        return None
    info = find_kind(kind)
    kind = info.kind if info else kind
    return Ref(kind, namespace if is_namespaced(kind) else "", name)
