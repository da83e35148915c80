"""How a resource appears in a text: which bytes show which of its values."""

from collections.abc import Mapping

from anyops.world.evidence import Document, Path, Quote


class TextView:
    """A resource as one document shows it. `spans` maps a path in its body to the bytes (start, end)."""

    __slots__ = ("document", "spans")

    def __init__(self, document: Document, spans: Mapping[Path, tuple[int, int]]) -> None:
        self.document = document
        self.spans = spans

    def quote(self, path: Path) -> Quote | None:
        """The bytes that show the value at `path`; None when this text does not show it."""
        span = self.spans.get(path)
        return None if span is None else self.document.quote(*span)
