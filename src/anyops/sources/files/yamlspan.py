"""Where a value of a YAML document stands, in whole lines. Composed when somebody first asks."""

from collections.abc import Mapping
from typing import Any

from anyops.sources.files.jsonspan import cut
from anyops.sources.files.yamltext import Piece
from anyops.world.evidence import Document, Path, Quote, Span


class YamlMarks:
    """The nodes of one YAML document, shared by the views of the objects in it.

    Places come from the marks' character indexes: YAML counts more characters as line ends than a file does.
    """

    __slots__ = ("_node", "_text", "document", "key", "piece")

    def __init__(self, document: Document, piece: Piece) -> None:
        self.document = document
        self.key = ""
        self.piece = piece
        self._text = ""
        self._node: Any = self

    def _root(self) -> Any:
        if self._node is self:
            data = self.document.data[self.piece.start : self.piece.end]
            self._text = data.decode("utf-8", "anyops.same_length")
            self._node = _compose(self._text)
        return self._node

    def view(self, base: Path, renamed: Mapping[Path, Path] | None = None) -> "YamlView":  # noqa: ARG002
        """The view of the object at `base`."""
        return YamlView(self, base)

    def span(self, path: Path) -> Span | None:
        """The whole lines from the key to the value's end; one line begins at its key."""
        head = node = self._root()
        for step in path:
            if node is None:
                return None
            head, node = _child(node, step)
        if node is None or not path:
            return None
        start = self._offset(head.start_mark.index)
        end = max(self._offset(_end(node)), self._offset(head.end_mark.index if head is not node else 0))
        return Span(self.document, *self._lines(start, max(start, end)))

    def _offset(self, index: int) -> int:
        """The byte of the document that is character `index` of the piece."""
        before = index if self._text.isascii() else len(self._text[:index].encode())
        return self.piece.start + before

    def _lines(self, start: int, end: int) -> tuple[int, int]:
        data = self.document.data
        last = start + max(len(data[start:end].rstrip()), 1)
        line_end = data.find(b"\n", last - 1, self.piece.end)
        end = self.piece.end if line_end < 0 else line_end
        line_start = max(data.rfind(b"\n", 0, start) + 1, self.piece.start)
        if b"\n" not in data[line_start:end]:
            line_start += len(data[line_start:end]) - len(data[line_start:end].lstrip())
        return line_start, line_start + len(data[line_start:end].rstrip())

    def string(self, path: Path, value: str) -> Document | None:  # noqa: ARG002
        """Strings of YAML are not read further."""
        return None


def _compose(text: str) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.compose(text, Loader=loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _child(node: Any, step: str | int) -> tuple[Any, Any]:
    """The key node (or the item itself) and the value node."""
    if isinstance(node.value, list) and node.id == "mapping":
        for key, value in node.value:
            if key.value == step:
                return key, value
        return _inherited(node, step)
    if node.id == "sequence" and isinstance(step, int) and 0 <= step < len(node.value):
        return node.value[step], node.value[step]
    return None, None


def _inherited(node: Any, step: str | int) -> tuple[Any, Any]:
    for key, value in node.value:
        if key.value == "<<":
            for source in value.value if value.id == "sequence" else [value]:
                if source.id == "mapping":
                    for inner_key, inner in source.value:
                        if inner_key.value == step:
                            return inner_key, inner
    return None, None


def _end(node: Any) -> int:
    """The index after a node's last character: a block collection ends where its last entry does."""
    start = node.start_mark.index
    for _ in range(1000):
        if node.id == "scalar" or node.flow_style or not node.value:
            break
        last = node.value[-1]
        inner = last[1] if node.id == "mapping" else last
        if inner.start_mark.index < start:
            return int(last[0].end_mark.index if node.id == "mapping" else node.end_mark.index)
        node = inner
    return int(node.end_mark.index)


class YamlView:
    """An object at `base` of a YAML document."""

    __slots__ = ("base", "marks")

    def __init__(self, marks: YamlMarks, base: Path) -> None:
        self.marks = marks
        self.base = base

    def quote(self, path: Path) -> Quote | None:
        """The whole lines from the key to the value's end, at most about 400 bytes of them."""
        span = self.marks.span(self.base + path) if path else None
        if span is None:
            return None
        return self.marks.document.quote(span.start, cut(self.marks.document.data, span.start, span.end))
