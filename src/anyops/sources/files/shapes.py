"""A value inside a decoded document, and what a recogniser of shapes may ask of its place."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from anyops.sources.files.reading import Reading
from anyops.world.evidence import Document, Path, Span, View
from anyops.world.resource import Field, Resource


class Source(Protocol):
    """A decoded document that can say where its values stand."""

    document: Document
    key: str

    def view(self, base: Path, renamed: Mapping[Path, Path] | None = None) -> View:
        """The view of the object at `base`."""

    def span(self, path: Path) -> Span | None:
        """The bytes of the value at `path`, with its key."""

    def string(self, path: Path, value: str) -> Document | None:
        """The string at `path` as a document of its own, quoted where it stands."""


class Found:
    """An object in a document: its value, its place, and the Reading that takes what is recognised."""

    __slots__ = ("field", "path", "reading", "source", "value")

    def __init__(self, value: dict[str, Any], path: Path, source: Source, reading: Reading) -> None:
        self.value = value
        self.path = path
        self.source = source
        self.reading = reading
        self.field = Resource("", "", "", "", value).root

    @property
    def key(self) -> str:
        """The nearest key above it that is a name; "" at the root of a document."""
        return next((step for step in reversed(self.path) if isinstance(step, str)), self.source.key)

    @property
    def name(self) -> str:
        """The document's name."""
        return self.source.document.name

    def below(self, *path: str | int) -> "Found | None":
        """The object at a path below; None when there is none."""
        value = self.field.at(*path).value
        return Found(value, self.path + path, self.source, self.reading) if isinstance(value, dict) else None

    def each(self, *path: str | int) -> "Iterator[Found]":
        """The objects of the list at a path below."""
        items = self.field.at(*path).value
        for index, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                yield Found(item, (*self.path, *path, index), self.source, self.reading)

    def span(self, *path: str | int) -> Span | None:
        """Where the value at a path below stands."""
        return self.source.span(self.path + path)

    def first(self, *keys: str) -> Field:
        """The first of these fields that says something; an empty one when none does."""
        return next(
            (found for key in keys if (found := self.field.at(key)).value not in (None, "")),
            self.field.at(""),
        )


Recognizer = Callable[[Found], bool]
"""Takes an object if it knows its shape; whether it did."""
