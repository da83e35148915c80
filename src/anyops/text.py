"""Safe printing of untrusted text: on a terminal, in Markdown, under GitHub Actions."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Literal

from msgspec import Struct

# Printable by Unicode's table, and yet nothing is to be seen of them: fillers, joiners, variation selectors.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0e\uffa0\U000e0100-\U000e01ef]"
)
# Azure Pipelines, TeamCity and the first form of GitHub's commands act on this anywhere in a line.
_LOG_COMMAND = re.compile(r"##(?=[A-Za-z]*\[)")
_NAMED = {"\n": "\\n", "\r": "\\r"}
_SGR = re.compile(r"\x1b\[[0-9;:]{0,40}m")


def is_active(character: str) -> bool:
    """Whether a terminal or a reader could be misled by it: control, format, bidi, unassigned, invisible."""
    if character.isprintable():
        return _INVISIBLE.match(character) is not None
    return unicodedata.category(character) != "Zs"


def safe(text: str) -> str:
    r"""One line in which everything active is written out, `\x1b` or `\u202e`; tabs become spaces."""
    return _written_out(text.replace("\t", " "), "")


def safe_block(text: str) -> str:
    r"""Lines in which everything active is written out; line ends (`\r\n` too) and tabs stay."""
    return _written_out(text.replace("\r\n", "\n"), "\n\t")


def _written_out(text: str, kept: str) -> str:
    if not text.isprintable() or (not text.isascii() and _INVISIBLE.search(text)):
        text = "".join(c if c in kept or not is_active(c) else _escape(c) for c in text)
    return _LOG_COMMAND.sub(r"#\\x23", text) if "##" in text else text


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return _NAMED.get(character, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def uncolored(text: str) -> str:
    """The text without colour sequences, which logs are full of; other sequences stay, for `safe`."""
    return _SGR.sub("", text) if "\x1b" in text else text


def encodable(text: str, encoding: str) -> str:
    """The text with every character that the encoding lacks written out."""
    return text if text.isascii() else text.encode(encoding, "backslashreplace").decode(encoding)


class Glyphs(Struct, frozen=True):
    """The few signs that stand beside words."""

    bad: str
    good: str
    unsure: str
    dot: str
    ellipsis: str
    arrow: str
    times: str


UNICODE = Glyphs(bad="✖", good="✔", unsure="?", dot="·", ellipsis="…", arrow="→", times="×")
ASCII = Glyphs(bad="x", good="+", unsure="?", dot="-", ellipsis="...", arrow="->", times="x")


def speaks_unicode(encoding: str, variables: Mapping[str, str]) -> bool:
    """Whether signs beyond ASCII may be written.

    Python turns the C locale into UTF-8 (PEP 538, PEP 540), so the stream's encoding alone does not tell:
    a person who sets LC_ALL or LANG to C or POSIX asks for ASCII.
    """
    asked = variables.get("LC_ALL") or variables.get("LANG") or ""
    return "utf" in encoding.lower() and asked not in ("C", "POSIX")


def glyphs(encoding: str, variables: Mapping[str, str] | None = None) -> Glyphs:
    """The signs for a stream of this encoding, in ASCII where the locale asks."""
    return UNICODE if speaks_unicode(encoding, variables or {}) else ASCII


def width(text: str) -> int:
    """How many terminal cells the text takes: wide characters two, combining ones none.

    Source: https://www.unicode.org/reports/tr11/ (East Asian Width).
    """
    return len(text) if text.isascii() else sum(map(_cells, text))


@lru_cache(4096)
def _cells(character: str) -> int:
    if character < "\u0300":
        return 1
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shorten(
    text: str, cells: int, *, keep: Literal["start", "end", "ends"] = "start", ellipsis: str = "…"
) -> str:
    """The text in at most `cells` terminal cells. `ends` cuts out the middle, as suits paths and images."""
    if width(text) <= cells:
        return text
    room = cells - width(ellipsis)
    if room <= 0:
        return first_cells(text, cells)
    if keep == "start":
        return first_cells(text, room).rstrip() + ellipsis
    head = room // 3 if keep == "ends" else 0
    tail = first_cells(text[::-1], room - head)[::-1]
    return first_cells(text, head) + ellipsis + tail


def squeeze(text: str, cells: int, ellipsis: str = "…") -> str:
    """The text in at most `cells` cells; long paths and images lose their beginning before the end is cut."""
    if width(text) > cells:
        text = _LONG_PATH.sub(lambda m: f"{m[1]}{ellipsis}/{m[2]}", text)
    return shorten(text, cells, ellipsis=ellipsis)


def first_cells(text: str, cells: int) -> str:
    """As much of the text's start as fits."""
    if text.isascii():
        return text[: max(cells, 0)]
    taken = 0
    for index, character in enumerate(text):
        taken += _cells(character)
        if taken > cells:
            return text[:index]
    return text


_LONG_PATH = re.compile(r"(^|[\s\"'(=])[^\s\"'(=]{12,}/([^\s/]+)")


def plural(count: int, noun: str, nouns: str = "") -> str:
    """`1 pod`, `3 pods`, `1,214 objects`; `nouns` where an s does not do."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def ago(delta: timedelta) -> str:
    """A span of time in one unit: `41 s`, `7 min`, `5 h`, `9 days`. Negative reads as none."""
    seconds = max(0, int(delta.total_seconds()))
    for limit, size, unit in ((90, 1, "s"), (5400, 60, "min"), (172800, 3600, "h")):
        if seconds < limit:
            return f"{seconds // size} {unit}"
    return plural(seconds // 86400, "day")


def duration(delta: timedelta) -> str:
    """A measured time in up to two units: `350 ms`, `1.1 s`, `7 min 30 s`, `1 h 12 min`, `3 days 4 h`."""
    seconds = max(0.0, delta.total_seconds())
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.3g} s"
    whole = int(seconds)
    for size, unit, below, smaller in (
        (86400, "day", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // below
            first = plural(whole // size, unit) if unit == "day" else f"{whole // size} {unit}"
            return f"{first} {rest} {smaller}" if rest else first
    return f"{whole} s"


_QUIET_WORD = re.compile(r"(?:[^\W_]|['’,;.:%+=?/…→·×✖✔()\"“”-])*!?")
# Links, bare hosts, quick actions, emoji names, issue numbers.
_LIVELY = re.compile(r"://|\bwww\.|^/\w|\w\.[a-z]{2}|:(?:[a-z_+-]|\d{3}|\w{1,40}[a-z])|^GH-\d", re.IGNORECASE)
_BLOCK_START = re.compile(r"\d{1,9}[.)]|[-+=]+|::.*")


def markdown(text: str, *, table: bool = False) -> str:
    """The text as a line of Markdown in which nothing acts.

    Plain words stay as they are. A word that could be a link, an image, HTML, emphasis, a mention, an issue
    number or a GitLab quick action becomes a code span, where neither CommonMark nor GitHub's or GitLab's
    filters look (backslashes do not stop those filters). `table` is for a cell of a table.
    Source: https://github.github.com/gfm/
    """
    words = safe(text).split()
    return " ".join(_markdown_word(word, table, first=n == 0) for n, word in enumerate(words))


def _markdown_word(word: str, table: bool, first: bool) -> str:
    core = word.lstrip("\"'“(").rstrip("\"'”),.;:?")
    lively = not _QUIET_WORD.fullmatch(core) or _LIVELY.search(word)
    if not lively and not (first and _BLOCK_START.fullmatch(word)):
        return word
    if not core or core not in word:
        return code_span(word, table=table)
    before, after = word.split(core, 1)
    return before + code_span(core, table=table) + after


def code_span(text: str, *, table: bool = False) -> str:
    """The text as a code span, with as many backticks as it needs; "" for an empty one."""
    text = " ".join(safe(text).split())
    if not text:
        return ""
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{pad}{text.replace('|', chr(92) + '|') if table else text}{pad}{fence}"


def code_block(text: str, language: str = "") -> str:
    """The lines as a fenced block, with a fence that nothing in them can close."""
    text = _COMMAND_LINE.sub(r"\1:\\x3a", safe_block(text))
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text.rstrip(chr(10))}\n{fence}"


def inert_line(text: str) -> str:
    """The line, written so that GitHub Actions does not take it for a command (`::error::`)."""
    return _COMMAND_LINE.sub(r"\1:\\x3a", text)


_COMMAND_LINE = re.compile(r"^([^\S\n]*)::", re.MULTILINE)


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def actions_guard(text: str, token: str) -> str:
    """The text so that GitHub Actions takes no line of it for a command.

    `token` has to be random for each run; raises ValueError when the text holds it. Source:
    https://docs.github.com/actions/reference/workflow-commands-for-github-actions#stopping-and-starting-workflow-commands
    """
    if len(token) < 16 or token in text:
        raise ValueError("the token must be random and of 16 characters or more")
    end = "" if text.endswith("\n") or not text else "\n"
    return f"::stop-commands::{token}\n{text}{end}::{token}::\n"
