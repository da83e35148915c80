"""An object put together from what a text shows of it, value by value."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from anyops.sources.files.kubectl.kinds import api_version_of, is_namespaced
from anyops.sources.files.kubectl.text import Text
from anyops.world.evidence import Path, Quote
from anyops.world.resource import Resource

_RFC1123 = re.compile(
    r"[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\Z"
)
_GO = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,9})? ([+-]\d\d)(\d\d)(?: [A-Z0-9+-]{1,6})?\Z")
_MONTHS = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
    "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip


class LineView:
    """A resource as lines of a text show it. `lines` maps a path in its body to its first and last line."""

    __slots__ = ("lines", "text")

    def __init__(self, text: Text, lines: Mapping[Path, tuple[int, int]]) -> None:
        self.text = text
        self.lines = lines

    def quote(self, path: Path) -> Quote | None:
        """The whole lines that show the value at `path`; None when this text does not show it."""
        lines = self.lines.get(path)
        return None if lines is None else self.text.document.quote(*self.text.bytes_of(*lines))


class Sketch:
    """A body in the shape of the Kubernetes API with the lines that show each value.

    `times` are the server times met on the way.
    """

    __slots__ = ("_places", "body", "lines", "text", "times")

    def __init__(self, text: Text, times: list[datetime]) -> None:
        self.text = text
        self.body: dict[str, Any] = {}
        self.lines: dict[Path, tuple[int, int]] = {}
        self.times = times
        self._places: dict[Path, Any] = {(): self.body}

    def put(self, value: Any, line: int, *path: str | int, last: int = -1) -> None:
        """Set the value at `path`, shown by `line` (to `last`)."""
        above = path[:-1]
        place = self._places.get(above)
        if place is None:
            place = self._make(above, path[-1])
        if type(place) is dict:
            if path in self._places:
                self._places = {known: p for known, p in self._places.items() if known[: len(path)] != path}
            place[path[-1]] = value
        elif type(place) is list and path[-1] == len(place):
            place.append(value)
        else:
            return
        self.lines[path] = (line, last if last > line else line)

    def _make(self, path: Path, following: str | int) -> Any:
        """The object or list at `path`, made where there is none; None where something else stands."""
        place = self._places.get(path)
        if place is not None:
            return place
        above, key = self._make(path[:-1], path[-1]), path[-1]
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(above, dict):
            place = above.setdefault(key, empty)
        elif isinstance(above, list) and isinstance(key, int) and 0 <= key <= len(above):
            if key == len(above):
                above.append(empty)
            place = above[key]
        if not isinstance(place, dict | list):
            return None
        self._places[path] = place
        return place

    def mark(self, line: int, *path: str | int, last: int = -1) -> None:
        """Say which lines show the value at `path`."""
        self.lines[path] = (line, last if last > line else line)

    def put_time(self, value: str, line: int, *path: str | int) -> None:
        """Set a time as `time` reads it; what is none stays out."""
        when = self.time(value)
        if when:
            self.put(when, line, *path)

    def time(self, value: str) -> str:
        """A printed time in RFC 3339, noted as a server time; "" when it is none."""
        when = read_time(value)
        if when is None:
            return ""
        self.times.append(when)
        return when.isoformat().replace("+00:00", "Z")

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
            views=(LineView(self.text, self.lines),),
            complete=False,
        )


@lru_cache(maxsize=4096)
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
