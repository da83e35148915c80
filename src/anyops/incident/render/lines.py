"""Lines of styled text: laid out here, printed plain or with colour."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from anyops.text import first_cells, inert_line, safe, shorten, uncolored, width

if TYPE_CHECKING:
    from rich.text import Text

STYLES = {
    "bad": "bold red",
    "good": "bold green",
    "unsure": "bold yellow",
    "title": "bold",
    "quiet": "dim",
    "id": "cyan",
    "command": "cyan",
    "sure": "bold",
    "likely": "yellow",
    "maybe": "dim",
    "added": "green",
    "removed": "red",
    "context": "",
}
"""What a style's name looks like, in rich's words."""


EXACT = frozenset({"command", "added", "removed", "context"})
"""Styles of what is copied: such a line is never cut."""


class Segment(NamedTuple):
    """A piece of a line with the name of its style."""

    text: str
    style: str = ""


Line = tuple[Segment, ...]


def line(*parts: str | tuple[str, str]) -> Line:
    """A line of texts and (text, style) pairs; whatever could act in them is written out."""
    pairs = (Segment(p) if isinstance(p, str) else Segment(*p) for p in parts)
    return tuple(Segment(safe(uncolored(s.text)), s.style) for s in pairs if s.text)


def cells(parts: Iterable[Segment]) -> int:
    """How many terminal cells a line takes."""
    return sum(width(part.text) for part in parts)


def cut(whole: Line, columns: int, ellipsis: str) -> Line:
    """The line in at most `columns` cells."""
    kept: list[Segment] = []
    for part in whole:
        room = columns - cells(kept)
        kept.append(Segment(shorten(part.text, room, ellipsis=ellipsis), part.style))
        if width(part.text) > room:
            break
    return tuple(kept)


def wrap(text: str, first: int, rest: int) -> list[str]:
    """The words in rows of at most `first`, then `rest` cells; a word longer than a row is broken."""
    rows, row, room = list[str](), "", first
    for word in text.split():
        if row and width(row) + 1 + width(word) <= room:
            row += f" {word}"
            continue
        if row:
            rows.append(row)
            room = rest
        while len(piece := first_cells(word, max(room, 1)) or word[0]) < len(word):
            rows.append(piece)
            word, room = word[len(piece) :], rest
        row = word
    return [*rows, row] if row else rows


def hanging(
    lead: Line,
    text: str,
    columns: int,
    style: str = "",
    *,
    indent: int | None = None,
    most: int = 0,
    ellipsis: str = "…",
) -> list[Line]:
    """`lead`, then the text; its further rows stand under its first one. `most` rows, when above 0."""
    indent = cells(lead) if indent is None else indent
    rows = wrap(safe(uncolored(text)), columns - cells(lead), columns - indent) or [""]
    if most and len(rows) > most:
        room = columns - (indent if most > 1 else cells(lead))
        rows = [*rows[: most - 1], shorten(" ".join(rows[most - 1 :]), room, ellipsis=ellipsis)]
    first = (*lead, Segment(rows[0], style))
    return [first, *((Segment(" " * indent), Segment(row, style)) for row in rows[1:])]


def joined(parts: Sequence[str], dot: str, columns: int, style: str = "", indent: int = 0) -> list[Line]:
    """Parts with a dot between them, over as many rows as they need, each part whole where it fits."""
    rows, row = list[str](), ""
    for part in map(safe, parts):
        longer = f"{row} {dot} {part}" if row else part
        if row and width(longer) > columns - indent:
            rows.append(row)
            longer = part
        row = longer
    return [
        (Segment(" " * indent + piece, style),) for r in [*rows, row] for piece in wrap(r, columns, columns)
    ]


def plain(lines: Iterable[Line]) -> str:
    """The lines without styles, each with its line end."""
    return "".join("".join(part.text for part in _inert(parts)).rstrip() + "\n" for parts in lines)


def colored(lines: Iterable[Line]) -> "Text":
    """The lines as a rich text (never as markup)."""
    from rich.text import Text

    text = Text(no_wrap=True)
    for parts in lines:
        for part in _inert(parts):
            text.append(part.text, style=STYLES.get(part.style, ""))
        text.append("\n")
    return text


def ansi(lines: Iterable[Line]) -> str:
    """The lines with escape sequences for the colours that every terminal's theme defines."""
    from io import StringIO

    from rich.console import Console

    out = StringIO()
    console = Console(
        file=out, force_terminal=True, color_system="standard", no_color=False, legacy_windows=False
    )
    console.print(colored(lines), soft_wrap=True, end="")
    return out.getvalue()


def _inert(parts: Line) -> Line:
    """The line so that GitHub Actions, which looks at a line's beginning, does not obey it."""
    start = next((n for n, part in enumerate(parts) if part.text.strip()), 0)
    return tuple(Segment(inert_line(p.text), p.style) if n == start else p for n, p in enumerate(parts))
