"""YAML to plain values: JSON's types only, bounded depth and aliases, one document at a time.

The rules for plain scalars are those of sigs.k8s.io/yaml: times stay text, `yes` and `on` are true.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import anyops.sources.files.jsontext  # noqa: F401  registers the error handler `anyops.same_length`
from anyops.errors import ReadError
from anyops.sources.files.limits import Limits

_DOCUMENT_MARK = re.compile(rb"^(?:---(?=[ \t\r\n]|\Z)|\.\.\.[ \t]*\r?$)", re.MULTILINE)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z")
_BASED = re.compile(r"0(?:x[0-9a-fA-F]{1,15}|o?[0-7]{1,20})\Z")
_FLOAT = re.compile(
    r"[-+]?(?:[0-9]{1,40}\.[0-9]{0,40}|\.[0-9]{1,40}|[0-9]{1,40}(?=[eE]))(?:[eE][-+]?[0-9]{1,3})?\Z"
)
_WORDS: dict[str, bool | None] = {
    form: value
    for words, value in (("true yes on", True), ("false no off", False), ("null", None))
    for word in words.split()
    for form in (word, word.title(), word.upper())
} | {"~": None, "": None}


class Piece(NamedTuple):
    """One YAML document of a text."""

    start: int
    end: int


def pieces(data: bytes) -> list[Piece]:
    """The documents of a text: `---` at the start of a line separates, even in a block scalar."""
    found, start = [], 0
    for mark in _DOCUMENT_MARK.finditer(data):
        found.append(Piece(start, mark.start()))
        start = mark.end() if mark[0].startswith(b"...") else mark.start()
    found.append(Piece(start, len(data)))
    return [piece for piece in found if _says_something(data, piece)]


def _says_something(data: bytes, piece: Piece) -> bool:
    lines = data[piece.start : piece.end].removeprefix(b"---").splitlines()
    return any(line.strip() and not line.lstrip().startswith((b"#", b"%")) for line in lines)


def resolve(text: str) -> Any:
    """The value of a plain scalar."""
    first = text[:1]
    if first in "-+.0123456789" and first:
        if _INTEGER.match(text):
            return int(text)
        if _BASED.match(text):
            return int(text, 16) if text[1] == "x" else int(text.replace("o", ""), 8)
        if _FLOAT.match(text):
            number = float(text)
            return number if abs(number) < 1e300 else text
        return text
    return _WORDS.get(text, text) if len(text) < 6 else text


class _Open(NamedTuple):
    """A collection that is being filled. `size` holds the number of nodes in it, aliases spelled out."""

    value: Any
    anchor: str | None
    keys: list[str | None]
    size: list[int]


class _Builder:
    """Fills collections from parser events, without recursion."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.open: list[_Open] = []
        self.root: Any = None
        self.aliased = 0

    def build(self, events: Iterable[Any]) -> Any:
        """The value that the events of one document describe."""
        for event in events:
            match type(event).__name__:
                case "ScalarEvent":
                    plain = event.implicit[0] and not event.tag
                    self._add(resolve(event.value) if plain else event.value, event, event.value)
                case "MappingStartEvent":
                    self._begin({}, event)
                case "SequenceStartEvent":
                    self._begin([], event)
                case "MappingEndEvent" | "SequenceEndEvent":
                    self._finish()
                case "AliasEvent":
                    self._alias(event)
        return self.root

    def _begin(self, value: Any, event: Any) -> None:
        if len(self.open) >= self.limits.nesting:
            raise _at(event, f"nested more than {self.limits.nesting} levels deep")
        self.open.append(_Open(value, event.anchor, [], [1]))

    def _finish(self) -> None:
        done = self.open.pop()
        if done.anchor:
            self.anchors[done.anchor] = (done.value, done.size[0])
        self._place(done.value, "", done.size[0])

    def _add(self, value: Any, event: Any, text: str) -> None:
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        self._place(value, text, 1)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            raise _at(event, "an alias of an anchor that is not there")  # its name may be a value
        value, count = self.anchors[event.anchor]
        self.aliased += count
        if self.aliased > self.limits.alias_nodes:
            raise _at(event, f"aliases stand for more than {self.limits.alias_nodes} values")
        self._place(value, value if isinstance(value, str) else "", count)

    def _place(self, value: Any, text: str, count: int) -> None:
        if not self.open:
            self.root = value
            return
        into = self.open[-1]
        into.size[0] += count
        if isinstance(into.value, list):
            into.value.append(value)
        elif not into.keys:
            into.keys.append(text)
        else:
            key = into.keys.pop() or ""
            if key == "<<":
                _merge(into.value, value)
            else:
                into.value[key] = value


def _merge(into: dict[str, Any], value: Any) -> None:
    for source in value if isinstance(value, list) else [value]:
        if isinstance(source, dict):
            for key, inherited in source.items():
                into.setdefault(key, inherited)


def _at(event: Any, what: str) -> "_YamlError":
    return _YamlError(what, event.start_mark.line, event.start_mark.column)


class _YamlError(Exception):
    """What is wrong, with 0-based line and column inside the piece."""

    def __init__(self, what: str, line: int, column: int) -> None:
        super().__init__(what)
        self.line = line
        self.column = column


def load(data: bytes, piece: Piece, first_line: int, limits: Limits) -> Any:
    """The value of one document of `data`; `first_line` is the 0-based line it begins on.

    Raises ReadError with line and column where it is broken, too deep, or blown up by aliases.
    """
    text = data[piece.start : piece.end].decode("utf-8", "anyops.same_length")
    try:
        return _load(text, limits)
    except _YamlError as trouble:
        line, column = first_line + trouble.line + 1, trouble.column + 1
        template = "{{" in text
        what = "a template, not YAML" if template else "broken YAML"
        raise ReadError(
            f"{what}: {trouble} at line {line}, column {column}",
            hint="render it with helm template" if template else "mend that line, or write the object again",
            line=line,
            column=column,
        ) from None


def _load(text: str, limits: Limits) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Builder(limits).build(yaml.parse(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(filter(None, (error.context, error.problem))) or "not YAML"
        raise _YamlError(what, mark.line if mark else 0, mark.column if mark else 0) from None
    except yaml.reader.ReaderError as error:
        line_start = text.rfind("\n", 0, error.position) + 1
        line, column = text.count("\n", 0, error.position), error.position - line_start
        raise _YamlError("a character that YAML forbids", line, column) from None
    except (RecursionError, ValueError) as error:
        raise _YamlError(str(error)[:80], 0, 0) from None
