"""Where a claim comes from: quotes of what was read, and the things that can be quoted."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Protocol

from msgspec import Struct

Path = tuple[str | int, ...]
"""A place inside an object: keys and list indexes from its root, as in a JSON pointer."""


class Quote(Struct, frozen=True):
    """A byte-exact span of what was read.

    `source` is the document, `place` where in it (`pods.txt:12-18`), `text` the very bytes decoded as
    UTF-8 with replacement, `at` the time the text itself gives.
    """

    source: str
    place: str
    text: str
    at: datetime | None = None
    redacted: bool = False


class Quotable(Protocol):
    """Anything a finding may cite."""

    def quote(self) -> Quote | None:
        """The span that was read, or None when it was derived and stands nowhere."""


class View(Protocol):
    """One appearance of a resource in what was read: an object in a JSON file, a describe text, a row."""

    def quote(self, path: Path) -> Quote | None:
        """The span of the value at `path`; None when this view does not show it."""


class Span(Struct, frozen=True):
    """Bytes `start` to `end` (exclusive) of one document; lines count from 1."""

    document: "Document"
    start: int
    end: int
    at: datetime | None = None

    def quote(self) -> Quote:
        """The span's text and place."""
        return self.document.quote(self.start, self.end, self.at)


class Document:
    """One text that was read, kept as bytes so that a quote is exact."""

    __slots__ = ("_line_starts", "data", "name")

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = data
        self._line_starts: list[int] | None = None

    def line_starts(self) -> list[int]:
        """Byte offset of each line's first byte."""
        if self._line_starts is None:
            lengths = map(len, self.data.split(b"\n")[:-1])
            self._line_starts = [0, *accumulate(map((1).__add__, lengths))]
        return self._line_starts

    def line_of(self, offset: int) -> int:
        """The 1-based number of the line that holds byte `offset`."""
        from bisect import bisect_right

        return bisect_right(self.line_starts(), offset)

    def quote(self, start: int, end: int, at: datetime | None = None) -> Quote:
        """Bytes `start` to `end` with their place."""
        first, last = self.line_of(start), self.line_of(max(start, end - 1))
        place = f"{self.name}:{first}" if first == last else f"{self.name}:{first}-{last}"
        text = self.data[start:end].decode("utf-8", "replace")
        return Quote(source=self.name, place=place, text=text, at=at)


def first_quote(views: Sequence[View], path: Path) -> Quote | None:
    """The quote of `path`, or of its nearest ancestor that a view shows (never the whole object)."""
    for length in range(len(path), 0, -1):
        for view in views:
            quote = view.quote(path[:length])
            if quote is not None:
                return quote
    return None
