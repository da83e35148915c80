"""A document as lines of text, each knowing its bytes."""

import re

from anyops.world.evidence import Document, Span

_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[()][A-Za-z0-9]|[=>78cM])")

_QUOTED = re.compile(r"\A\s*[\"'](?=Name:|NAME|LAST SEEN)")
"""A quotation mark that a recorder left before an output."""


class Text:
    """The lines of a document, decoded, without colour codes and line ends; tabs count eight columns.

    Line numbers count from 0. They are the same as those of the document's bytes, so that a line's span is
    exact however it was decoded.
    """

    __slots__ = ("_held", "document", "lines", "starts")

    def __init__(self, document: Document) -> None:
        text = document.data.decode("utf-8", "replace")
        if "\x1b" in text:
            text = _ANSI.sub("", text)
        if "\r" in text:
            text = text.replace("\r\n", "\n")
        if "\t" in text:
            text = text.expandtabs(8)
        self._held: dict[re.Pattern[bytes], bool] = {}
        self.document = document
        self.lines = text.removeprefix("\ufeff").split("\n")
        for number in range(min(3, len(self.lines))):
            self.lines[number] = _QUOTED.sub("", self.lines[number])
        self.starts = document.line_starts()

    def bytes_of(self, first: int, last: int) -> tuple[int, int]:
        """Byte offsets of lines `first` to `last`, without the last line's end."""
        data, start = self.document.data, self.starts[first]
        end = self.starts[last + 1] - 1 if last + 1 < len(self.starts) else len(data)
        if end > start and data[end - 1 : end] == b"\r":
            end -= 1
        return start, end

    def span(self, first: int, last: int) -> Span:
        """Lines `first` to `last` as something to cite."""
        return Span(self.document, *self.bytes_of(first, last))

    def raw(self, line: int) -> str:
        """One line exactly as its bytes decode, tabs and all."""
        start, end = self.bytes_of(line, line)
        return self.document.data[start:end].decode("utf-8", "replace")

    def holds(self, sign: re.Pattern[bytes]) -> bool:
        """Whether the pattern is anywhere in the document; asked once, however often."""
        if sign not in self._held:
            self._held[sign] = sign.search(self.document.data) is not None
        return self._held[sign]
