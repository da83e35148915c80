"""Where a value of a JSON text stands, in bytes. Nothing is scanned before somebody asks."""

import re
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from anyops.sources.files.casing import camel
from anyops.sources.files.sections import Unescaped
from anyops.world.evidence import Document, Path, Quote, Span

_SPACE = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NOTABLE = re.compile(rb'[\[\]{}"]')
_SCALAR = re.compile(rb"[^ \t\r\n,:\[\]{}\"]+")
_MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError)
QUOTE_BYTES = 400
_DEEPEST = 2000
"""Beyond this no decoder follows, and a scan would only cost time."""


class Member(NamedTuple):
    """One entry of an object (with its key's place) or of an array (`key_start` equals `start`)."""

    key: str | int
    key_start: int
    start: int
    end: int


def skip_space(data: bytes, at: int) -> int:
    """The first byte at or after `at` that is no white space."""
    match = _SPACE.match(data, at)
    return match.end() if match else at


def value_end(data: bytes, at: int) -> int:
    """Where the value that begins at `at` ends; -1 when it never does."""
    match data[at : at + 1]:
        case b'"':
            string = _STRING.match(data, at)
            return string.end() if string else -1
        case b"{" | b"[":
            return _bracket_end(data, at)
    scalar = _SCALAR.match(data, at)
    return scalar.end() if scalar else -1


def _bracket_end(data: bytes, at: int) -> int:
    depth = 0
    while (found := _NOTABLE.search(data, at)) is not None:
        at = found.end()
        mark = found[0]
        if mark == b'"':
            string = _STRING.match(data, found.start())
            if string is None:
                return -1
            at = string.end()
        elif mark in b"[{":
            depth += 1
            if depth > _DEEPEST:
                return -1
        else:
            depth -= 1
            if depth == 0:
                return at
    return -1


def members(data: bytes, start: int, end: int) -> list[Member]:
    """The entries of the object or array in `data[start:end]`, without looking into them."""
    sizes = _sizes(data, start, end)
    if sizes is not None:
        found = _measured(data, start, end, sizes)
        if found is not None:
            return found
    return scan_members(data, start, end)[0]


def _sizes(data: bytes, start: int, end: int) -> list[tuple[str | int, int]] | None:
    part = memoryview(data)[start:end]
    try:
        if data[start : start + 1] == b"{":
            by_key = msgspec.json.decode(part, type=dict[str, msgspec.Raw])
            return [(key, memoryview(raw).nbytes) for key, raw in by_key.items()]
        if data[start : start + 1] == b"[":
            items = msgspec.json.decode(part, type=list[msgspec.Raw])
            return [(index, memoryview(raw).nbytes) for index, raw in enumerate(items)]
    except _MALFORMED:
        return None
    return []


def _measured(data: bytes, start: int, end: int, sizes: list[tuple[str | int, int]]) -> list[Member] | None:
    """Places from sizes; None when they do not add up (a repeated key)."""
    found, at = [], skip_space(data, start + 1)
    for key, size in sizes:
        key_start = at
        if isinstance(key, str):
            at = _after_key(data, at)
            if at < 0:
                return None
        found.append(Member(key, key_start, at, at + size))
        at = skip_space(data, at + size)
        if at < end - 1:
            at = skip_space(data, at + 1)
    return found if at == end - 1 or not sizes else None


def _after_key(data: bytes, at: int) -> int:
    key = _STRING.match(data, at)
    if key is None:
        return -1
    colon = skip_space(data, key.end())
    return skip_space(data, colon + 1) if data[colon : colon + 1] == b":" else -1


def scan_members(data: bytes, start: int, end: int) -> tuple[list[Member], int]:
    """As `members`, as far as the text is whole; and where a value that is cut off begins, or -1."""
    is_object, found = data[start : start + 1] == b"{", list[Member]()
    at = skip_space(data, start + 1)
    while at < end and data[at : at + 1] not in (b"}", b"]"):
        key_start = at
        if is_object and (at := _after_key(data, at)) < 0:
            return found, -1
        stop = value_end(data, at)
        if stop < 0 or stop > end:
            return found, at
        key = _decode_key(data, key_start) if is_object else len(found)
        found.append(Member(key, key_start, at, stop))
        at = skip_space(data, stop)
        if data[at : at + 1] != b",":
            break
        at = skip_space(data, at + 1)
    return found, -1


def _decode_key(data: bytes, at: int) -> str:
    key = _STRING.match(data, at)
    try:
        return msgspec.json.decode(key[0], type=str) if key else ""
    except _MALFORMED:
        return ""


def cut(data: bytes, start: int, end: int) -> int:
    """`end`, or earlier so that at most QUOTE_BYTES bytes remain: after a whole line, else a whole letter."""
    if end - start <= QUOTE_BYTES:
        return end
    line_end = data.rfind(b"\n", start, start + QUOTE_BYTES)
    if line_end > start and data[start:line_end].strip():
        return line_end - 1 if data[line_end - 1 : line_end] == b"\r" else line_end
    end = start + QUOTE_BYTES
    while end > start and data[end] & 0xC0 == 0x80:
        end -= 1
    return end


class JsonPlaces:
    """Where the values of one JSON value of a document stand; what was looked up once is kept.

    `text` is what is scanned: the document's bytes, or a copy of the same length in which broken bytes were
    replaced. `key` is the name under which the value stands in the document around it.
    """

    __slots__ = ("_entries", "document", "end", "key", "start", "text")

    def __init__(self, document: Document, text: bytes, start: int, end: int, key: str = "") -> None:
        self.key = key
        self.document = document
        self.text = text
        self.start = start
        self.end = end
        self._entries: dict[Path, dict[str | int, Member]] = {}

    def at(self, path: Path, keep: int) -> Member | None:
        """The value at `path`; the entries of its first `keep` ancestors are kept for the next time."""
        here = Member("", self.start, self.start, self.end)
        for depth, step in enumerate(path):
            entries = self._entries.get(path[:depth])
            if entries is None:
                entries = self._read(here)
                if depth < keep:
                    self._entries[path[:depth]] = entries
            found = entries.get(step)
            if found is None:
                return None
            here = found
        return here

    def _read(self, here: Member) -> dict[str | int, Member]:
        """By key, and by the camelCase form of a snake_case key."""
        found = members(self.text, here.start, here.end)
        by_camel: dict[str | int, Member] = {camel(m.key): m for m in found if isinstance(m.key, str)}
        return by_camel | {m.key: m for m in found}

    def view(self, base: Path, renamed: Mapping[Path, Path] | None = None) -> "JsonView":
        """The view of the object at `base`."""
        return JsonView(self, base, renamed)

    def span(self, path: Path) -> Span | None:
        """From the key to the value's end at `path`."""
        found = self.at(path, len(path)) if path else None
        return Span(self.document, found.key_start, found.end) if found else None

    def string(self, path: Path, value: str) -> Document | None:
        """The string at `path` as a document of its own."""
        found = self.at(path, len(path))
        return Unescaped(self.document, found.start + 1, found.end - 1, value) if found else None


class JsonView:
    """The object at `base`. `renamed` maps paths of the body to paths in the text, where they differ."""

    __slots__ = ("base", "places", "renamed")

    def __init__(self, places: JsonPlaces, base: Path, renamed: Mapping[Path, Path] | None = None) -> None:
        self.places = places
        self.base = base
        self.renamed = renamed

    def quote(self, path: Path) -> Quote | None:
        """The bytes from the key to the value's end, at most about QUOTE_BYTES of them."""
        if not path:
            return None
        found = self.places.at(self.base + self._source_path(path), len(self.base))
        if found is None:
            return None
        start, end = found.key_start, cut(self.places.document.data, found.key_start, found.end)
        return self.places.document.quote(start, end)

    def _source_path(self, path: Path) -> Path:
        if self.renamed:
            for length in range(len(path), 0, -1):
                if path[:length] in self.renamed:
                    return self.renamed[path[:length]] + path[length:]
        return path
