"""JSON as it is found: one value, several in a row, a value cut off, broken bytes."""

import codecs
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from anyops.errors import ReadError
from anyops.sources.files.jsonspan import scan_members, skip_space, value_end
from anyops.world.evidence import Document

_AT_BYTE = re.compile(r"\(byte (\d+)\)")
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.",
    re.DOTALL,
)
_NOT_JSON = re.compile(rb"(?<=[:\[,\s])(?:-?Infinity|NaN)(?=[,\]}\s])")
_HUGE = re.compile(rb"(?<=[:\[,\s])-?[0-9](?:[0-9.eE+-]{15,}|[0-9.]{0,15}[eE][+-]?[0-9]{3,})(?=[,\]}\s])")
_SALVAGE_DEPTH = 6
_MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Value(NamedTuple):
    """A decoded value and its place in the text."""

    value: Any
    start: int
    end: int


def _question_marks(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return "?" * (error.end - error.start), error.end
    raise error


codecs.register_error("anyops.same_length", _question_marks)


def same_length_utf8(data: bytes) -> bytes:
    """`data` with each byte that is no UTF-8 replaced by `?`, so that offsets stay."""
    return data.decode("utf-8", "anyops.same_length").encode()


def decode(data: bytes, start: int, end: int) -> Any:
    """The value in `data[start:end]`.

    Raises ReadError with line and column where it is malformed, or nested too deeply to decode.
    """
    try:
        return msgspec.json.decode(memoryview(data)[start:end])
    except RecursionError:
        problem = ReadError("JSON nested too deeply", hint="split the file, or hand over the inner objects")
    except _MALFORMED as error:
        at = _AT_BYTE.search(str(error))
        problem = _problem(data, str(error), start + int(at[1]) if at else end)
    try:
        return msgspec.json.decode(_mended(data[start:end]))
    except _MALFORMED:
        raise problem from None


def _mended(part: bytes) -> bytes:
    """What other writers emit and the standard has not: lone surrogates, NaN, numbers beyond 64 bits."""
    part = _ESCAPE.sub(lambda m: b"\\ufffd" if len(m[0]) == 6 else m[0], same_length_utf8(part))
    part = _NOT_JSON.sub(lambda m: b"null".ljust(len(m[0])) if len(m[0]) > 3 else b"0  ", part)
    return _HUGE.sub(lambda m: m[0] if _fits(m[0]) else b"null".ljust(len(m[0])), part)


def _fits(number: bytes) -> bool:
    try:
        return abs(float(number)) < 9e18
    except ValueError:
        return False


def _problem(data: bytes, message: str, at: int) -> ReadError:
    document = Document("", data)
    line = document.line_of(at)
    column = at - document.line_starts()[line - 1] + 1
    what = _AT_BYTE.sub("", message).removeprefix("JSON is malformed: ").strip()
    cut = "Input data was truncated" in message
    what = "the JSON text is cut off" if cut else f"broken JSON: {what}"
    hint = "write it again; it was cut while being written" if cut else "mend the JSON, or write it again"
    return ReadError(f"{what} at line {line}, column {column}", hint=hint, line=line, column=column)


class Rest(NamedTuple):
    """Text that is no JSON, after the values, from `start` on."""

    start: int


def values(data: bytes) -> Iterator[Value | ReadError | Rest]:
    """Each value of a text: usually one; several when they are concatenated or one a line.

    A malformed value gives its ReadError, then what is whole inside it before the break. Other text after
    the values is a Rest.
    """
    start, end = skip_space(data, 0), len(data.rstrip())
    try:
        yield Value(decode(data, start, end), start, end)
    except ReadError as error:
        yield from _row(data, start, end, error)


def _row(data: bytes, start: int, end: int, whole: ReadError) -> Iterator[Value | ReadError | Rest]:
    """The values of a text that is not one value, for the reason of `whole`."""
    first = start
    while start < end:
        if start > first and data[start : start + 1] not in (b"{", b"["):
            yield Rest(start)
            return
        stop = value_end(data, start)
        if stop < 0:
            yield whole if start == first else _problem(data, "Input data was truncated", end)
            yield from salvage(data, start, end)
            return
        try:
            value = Value(decode(data, start, stop), start, stop)
        except ReadError as error:
            yield error
            yield from salvage(data, start, end)
            return
        yield value
        start = skip_space(data, stop)
        if data[start : start + 1] == b",":
            start = skip_space(data, start + 1)


def salvage(data: bytes, start: int, end: int) -> Iterator[Value]:
    """The whole objects inside a value that is cut off or broken further on."""
    broken = [(start, end, 0)]
    while broken:
        start, end, depth = broken.pop()
        entries, unfinished = scan_members(data, start, end)
        if unfinished >= 0 and depth < _SALVAGE_DEPTH and data[unfinished : unfinished + 1] in (b"{", b"["):
            broken.append((unfinished, end, depth + 1))
        for entry in entries:
            if data[entry.start : entry.start + 1] not in (b"{", b"["):
                continue
            try:
                yield Value(decode(data, entry.start, entry.end), entry.start, entry.end)
            except ReadError:
                if depth < _SALVAGE_DEPTH:
                    broken.append((entry.start, entry.end, depth + 1))
