"""An object put together from what a text shows of it, value by value."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from anyops.sources.files.kubectl.kinds import api_version_of, is_namespaced
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.views import TextView
from anyops.world.evidence import Path
from anyops.world.resource import Resource

_RFC1123 = re.compile(
    r"[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\Z"
)
_MONTHS = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
    "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip


class Sketch:
    """A body in the shape of the Kubernetes API with the lines that show each value.

    `times` are the server times met on the way.
    """

    __slots__ = ("body", "spans", "text", "times")

    def __init__(self, text: Text, times: list[datetime]) -> None:
        self.text = text
        self.body: dict[str, Any] = {}
        self.spans: dict[Path, tuple[int, int]] = {}
        self.times = times

    def put(self, value: Any, line: int, *path: str | int, last: int = -1) -> None:
        """Set the value at `path`, shown by `line` (to `last`)."""
        here: Any = self.body
        for index, key in enumerate(path[:-1]):
            here = _below(here, key, path[index + 1])
            if here is None:
                return
        if isinstance(here, list):
            if path[-1] != len(here):
                return
            here.append(value)
        elif isinstance(here, dict):
            here[path[-1]] = value
        else:
            return
        self.mark(line, *path, last=last)

    def mark(self, line: int, *path: str | int, last: int = -1) -> None:
        """Say which lines show the value at `path`."""
        self.spans[path] = self.text.bytes_of(line, max(last, line))

    def put_time(self, value: str, line: int, *path: str | int) -> None:
        """Set a time: RFC 1123 as kubectl prints it becomes RFC 3339; anything else stays out."""
        when = read_time(value)
        if when is not None:
            self.times.append(when)
            self.put(when.strftime("%Y-%m-%dT%H:%M:%SZ"), line, *path)

    def resource(self, kind: str, api_version: str = "") -> Resource:
        """The finished object: incomplete, as absence in a printed text says nothing."""
        metadata = self.body.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        version = api_version or api_version_of(kind)
        namespace = str(metadata.get("namespace") or "") if is_namespaced(kind) else ""
        self.body["apiVersion"], self.body["kind"] = version, kind
        return Resource(
            kind=kind,
            namespace=namespace,
            name=str(metadata.get("name") or ""),
            api_version=version,
            body=self.body,
            views=(TextView(self.text.document, self.spans),),
            complete=False,
        )


def _below(here: Any, key: str | int, following: str | int) -> Any:
    empty: Any = [] if isinstance(following, int) else {}
    if isinstance(here, dict):
        child = here.get(key)
        if child is None:
            child = here[key] = empty
        return child
    if isinstance(here, list) and isinstance(key, int) and 0 <= key <= len(here):
        if key == len(here):
            here.append(empty)
        return here[key]
    return None


_GO = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,9})? ([+-]\d\d)(\d\d)(?: [A-Z0-9+-]{1,6})?\Z")


def read_time(text: str) -> datetime | None:
    """A time as kubectl prints it, RFC 1123 with zone or Go's own form, in UTC; None for any other."""
    match = _RFC1123.match(text)
    try:
        if match is None:
            go = _GO.match(text)
            when = datetime.fromisoformat(f"{go[1]}T{go[2]}{go[3]}:{go[4]}") if go else None
        else:
            day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            zone = timezone(offset if sign == "+" else -offset)
            when = datetime(
                int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=zone
            )
        return when.astimezone(UTC) if when is not None and when.year > 1 else None
    except (KeyError, ValueError, OverflowError):
        return None
