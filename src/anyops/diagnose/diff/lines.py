"""Which lines differ in a text of several lines, the same from both sides."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from anyops.diagnose.diff.concealed import masked_lines
from anyops.diagnose.diff.record import Hunk

MOST_LINES = 12
MOST_HUNKS = 8
_LONGEST = 200
_MATCHED = 400_000
"""Pairs of lines up to which lines are matched; a larger middle is one hunk."""


def hunks(a: str, b: str) -> tuple[list[Hunk], int]:
    """The first hunks that differ, values that may be secret hidden, and how many more there are.

    Swapping the sides swaps what is removed and added, and nothing else.
    """
    lines_a, lines_b = a.splitlines(), b.splitlines()
    blocks = list(_blocks(lines_a, lines_b))
    shown_a, shown_b = masked_lines(lines_a), masked_lines(lines_b)
    found = [_hunk(block, shown_a, shown_b) for block in blocks[:MOST_HUNKS]]
    return found, len(blocks) - len(found)


_Block = tuple[int, int, int, int]


def _blocks(a: Sequence[str], b: Sequence[str]) -> Iterator[_Block]:
    """Where they differ, as ranges of both. `difflib` depends on the order: it gets one order always."""
    if list(a) > list(b):
        yield from ((c, d, e, f) for e, f, c, d in _blocks(b, a))
        return
    start = _common(a, b)
    end = _common(a[start:][::-1], b[start:][::-1])
    middle_a, middle_b = a[start : len(a) - end], b[start : len(b) - end]
    if len(middle_a) * len(middle_b) > _MATCHED:
        yield start, len(a) - end, start, len(b) - end
        return
    for tag, i, j, k, m in SequenceMatcher(None, middle_a, middle_b, autojunk=False).get_opcodes():
        if tag != "equal":
            yield i + start, j + start, k + start, m + start


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _hunk(block: _Block, a: Sequence[str], b: Sequence[str]) -> Hunk:
    i, j, k, m = block
    return Hunk(
        a_line=i + 1,
        b_line=k + 1,
        removed=[line[:_LONGEST] for line in a[i:j][:MOST_LINES]],
        added=[line[:_LONGEST] for line in b[k:m][:MOST_LINES]],
        more_removed=max(0, j - i - MOST_LINES),
        more_added=max(0, m - k - MOST_LINES),
    )
