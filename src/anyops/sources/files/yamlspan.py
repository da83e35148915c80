"""Where a value of a YAML document stands, in whole lines. Composed when somebody first asks."""

from collections.abc import Mapping
from typing import Any

from anyops.sources.files.jsonspan import cut
from anyops.sources.files.yamltext import Piece
from anyops.world.evidence import Document, Path, Quote, Span


class YamlMarks:
    """The nodes of one YAML document, shared by the views of the objects in it."""

    __slots__ = ("_node", "document", "first_line", "key", "piece")

    def __init__(self, document: Document, piece: Piece) -> None:
        self.document = document
        self.key = ""
        self.piece = piece
        self.first_line = document.line_of(piece.start) - 1
        self._node: Any = self

    def node(self) -> Any:
        """The root node; None when there is none."""
        if self._node is self:
            self._node = self._compose()
        return self._node

    def _compose(self) -> Any:
        import yaml

        data = self.document.data[self.piece.start : self.piece.end]
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            return yaml.compose(data.decode("utf-8", "anyops.same_length"), Loader=loader)
        except (yaml.YAMLError, RecursionError, ValueError):
            return None

    def lines(self, path: Path) -> tuple[int, int] | None:
        """First and last line (0-based, in the piece) of the key or item at `path`."""
        node = self.node()
        head = node
        for step in path:
            head, node = _child(node, step)
            if node is None:
                return None
        if node is None:
            return None
        first = head.start_mark.line
        return first, max(first, _last_line(node)) if node.start_mark.line >= first else first

    def view(self, base: Path, renamed: Mapping[Path, Path] | None = None) -> "YamlView":  # noqa: ARG002
        """The view of the object at `base`."""
        return YamlView(self, base)

    def span(self, path: Path) -> Span | None:
        """The whole lines from the key to the value's end; one line begins at its key."""
        found = self.lines(path) if path else None
        return Span(self.document, *self.bytes_of(*found)) if found else None

    def bytes_of(self, first: int, last: int) -> tuple[int, int]:
        """Lines of the piece as bytes of the document."""
        document, piece, starts = self.document, self.piece, self.document.line_starts()
        start, line_end = max(starts[self.first_line + first], piece.start), self.first_line + last + 1
        end = min(starts[line_end] if line_end < len(starts) else len(document.data), piece.end)
        kept = document.data[start:end].rstrip()
        if first == last:
            start += len(kept) - len(kept.lstrip())
        return start, start + len(kept.lstrip() if first == last else kept)

    def string(self, path: Path, value: str) -> Document | None:  # noqa: ARG002
        """Strings of YAML are not read further."""
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


def _last_line(node: Any) -> int:
    """The line of a node's last byte: a block collection ends where its last entry does."""
    for _ in range(1000):
        if node.id == "scalar" or node.flow_style or not node.value:
            break
        last = node.value[-1]
        inner = last[1] if node.id == "mapping" else last
        if inner.start_mark.line < node.start_mark.line:
            return int(last[0].end_mark.line if node.id == "mapping" else node.start_mark.line)
        node = inner
    end = node.end_mark
    return int(
        end.line if end.column > 0 and getattr(node, "style", None) not in ("|", ">") else end.line - 1
    )


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
