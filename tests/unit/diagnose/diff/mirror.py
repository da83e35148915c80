"""A diff as it has to read when the sides are swapped."""

from typing import Any

from msgspec import structs

from anyops.diagnose.diff import Change, Diff, Hunk

_OTHER: dict[str, Any] = {"": "", "a": "b", "b": "a"}


def mirrored(diff: Diff) -> Diff:
    """The diff with A and B swapped."""
    return structs.replace(
        diff,
        a=diff.b,
        b=diff.a,
        namespace_map={b: a for a, b in diff.namespace_map.items()},
        totals=[structs.replace(t, a=t.b, b=t.a) for t in diff.totals],
        groups=[structs.replace(g, changes=[_change(c) for c in g.changes]) for g in diff.groups],
        not_compared=[structs.replace(e, side=_OTHER[e.side]) for e in diff.not_compared],
    )


def _change(change: Change) -> Change:
    return structs.replace(
        change, a=change.b, b=change.a, only=_OTHER[change.only], hunks=[_hunk(h) for h in change.hunks]
    )


def _hunk(hunk: Hunk) -> Hunk:
    return Hunk(
        a_line=hunk.b_line,
        b_line=hunk.a_line,
        removed=hunk.added,
        added=hunk.removed,
        more_removed=hunk.more_added,
        more_added=hunk.more_removed,
    )


def unordered(diff: Diff) -> Diff:
    """The diff with its lists in one order: A and B come in another one when they are swapped."""
    return structs.replace(
        diff,
        groups=[structs.replace(g, changes=sorted(g.changes, key=repr)) for g in diff.groups],
        not_compared=sorted(diff.not_compared, key=repr),
    )
