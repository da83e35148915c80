"""Parts of a document that are read by themselves, and still quoted where they stand in the whole."""

import re
from datetime import datetime

from anyops.world.evidence import Document, Quote

_STREAM = re.compile(
    rb"^(stdout|stderr):[ \t]*\r?\n|^Command `[^`\n]{1,2000}` failed with return code \d+[^\n]*\n", re.M
)
_LOG_END = b"==== END logs for container "
_DUMPED_LOG = re.compile(
    rb"^==== START logs for container (\S{1,253}) of pod (\S{1,253})/(\S{1,253}) ====[ \t]*\r?\n",
    re.MULTILINE,
)
_WORD = re.compile(rb"\w\w")
_START = re.compile(rb"\s*(?:stdout:|stderr:|Command `)")
_ESCAPED_NEWLINE = re.compile(rb"\\(.)", re.DOTALL)


class Part(Document):
    """Bytes `start` to `end` of a document, under the same name."""

    __slots__ = ("offset", "whole")

    def __init__(self, whole: Document, start: int, end: int, name: str = "") -> None:
        super().__init__(name or whole.name, whole.data[start:end])
        self.whole = whole
        self.offset = start

    def quote(self, start: int, end: int, at: datetime | None = None) -> Quote:
        """The bytes with their place in the whole."""
        return self.whole.quote(self.offset + start, self.offset + end, at)


class Unescaped(Document):
    """The lines inside a JSON string, which stands from `start` to `end`; quoted line by line as written."""

    __slots__ = ("_lines", "whole")

    def __init__(self, whole: Document, start: int, end: int, text: str, name: str = "") -> None:
        super().__init__(name or whole.name, text.encode("utf-8", "replace"))
        self.whole = whole
        self._lines = escaped_lines(whole.data, start, end)

    def quote(self, start: int, end: int, at: datetime | None = None) -> Quote:
        """The escaped bytes of the lines that hold `start` to `end`."""
        last = len(self._lines) - 1
        first_line = min(self.line_of(start) - 1, last)
        last_line = min(self.line_of(max(start, end - 1)) - 1, last)
        return self.whole.quote(self._lines[first_line][0], self._lines[last_line][1], at)


def escaped_lines(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Places of the lines of an escaped string: what stands between its `\\n`."""
    lines, begin = [], start
    for escape in _ESCAPED_NEWLINE.finditer(data, start, end):
        if escape[1] == b"n":
            lines.append((begin, escape.start()))
            begin = escape.end()
    lines.append((begin, end))
    return lines


def _dumped_logs(document: Document) -> list[Document]:
    """The lists and the logs that `kubectl cluster-info dump` writes one after another.

    Format: k8s.io/kubectl, pkg/cmd/clusterinfo/clusterinfo_dump.go
    """
    parts: list[Document] = []
    at = 0
    for log in _DUMPED_LOG.finditer(document.data):
        container, namespace, pod = (name.decode("utf-8", "replace") for name in log.groups())
        parts.append(Part(document, at, log.start()))
        ended = document.data.find(_LOG_END + log[1], log.end())
        end = ended if ended >= 0 else len(document.data)
        parts.append(Part(document, log.end(), end, f"pods/logs/{namespace}/{pod}/{container}.log"))
        newline = document.data.find(b"\n", end)
        at = max(newline + 1, log.end()) if newline >= 0 else len(document.data)
    parts.append(Part(document, min(at, len(document.data)), len(document.data)))
    return [part for part in parts if part.data.strip()]


def sections(document: Document) -> list[Document]:
    """The streams of a recorded command (`stdout:`, `stderr:`), the parts of a dump, or the document."""
    if _LOG_END in document.data:
        return _dumped_logs(document)
    if not _START.match(document.data):
        return [document]
    marks = list(_STREAM.finditer(document.data))
    ends = [mark.start() for mark in marks[1:]] + [len(document.data)]
    parts: list[Document] = [Part(document, m.end(), end) for m, end in zip(marks, ends, strict=False)]
    if not marks:
        return [document]
    return [part for part in parts if _WORD.search(part.data)]
