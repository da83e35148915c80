"""What differs between A and B as lines of text: both sides, sums, changes by meaning."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from anyops.diagnose.diff import Change, Diff, Group, Hunk, NotCompared, Side, Total
from anyops.incident.render.lines import Line, cut, hanging, joined, line
from anyops.incident.render.options import TextOptions
from anyops.text import plural, safe, shorten, width

_MOST_OF_OBJECT = 15
"""Lines of one object in one group."""
_LISTED_ALONE = 5
"""Objects of a kind and namespace with the same change, up to which each has its own line."""
_SIZES = (("Ti", 2.0**40), ("Gi", 2.0**30), ("Mi", 2.0**20), ("Ki", 2.0**10))
_ROWS, _MOST_ROWS = 3, 6


def diff_lines(diff: Diff, options: TextOptions) -> list[Line]:
    """The whole answer, in at most 100 columns."""
    lines = [*_side("A", diff.a, options), *_side("B", diff.b, options)]
    if diff.namespace_map:
        said = ", ".join(f"{a} of A with {b} of B" for a, b in sorted(diff.namespace_map.items()))
        lines += hanging(line("   "), f"namespaces compared: {said}", options.prose)
    lines.append(line((_verdict(diff), "title")))
    lines += _totals(diff.totals, options)
    for group in diff.groups:
        lines += [(), line((group.title, "title")), *_group(group, options)]
    if diff.not_compared:
        lines += [(), *_not_compared(diff.not_compared, options)]
    return [cut(whole, options.prose, options.glyphs.ellipsis) for whole in lines]


def name_lines(diff: Diff) -> list[str]:
    """`Kind/namespace/name` of each object that differs."""
    return sorted({safe("/".join(filter(None, (c.kind, c.namespace, c.name)))) for c in diff.changes})


def _side(letter: str, side: Side, options: TextOptions) -> list[Line]:
    said = [side.target or side.source or "-"]
    if side.context and side.context not in said[0]:
        said.append(f"context {side.context}")
    if side.user:
        said.append(side.user)
    shown = side.namespaces[:6]
    more = f" and {len(side.namespaces) - 6} more" if len(side.namespaces) > 6 else ""
    said.append(f"ns {', '.join(shown)}{more}" if shown else "no namespace")
    if side.captured_at:
        said.append(side.captured_at)
    said.append(plural(side.objects, "object"))
    rows = joined(said, options.glyphs.dot, options.prose - 3)
    return [(*line((f"{letter if n == 0 else ' '}  ", "id")), *row) for n, row in enumerate(rows)]


def _verdict(diff: Diff) -> str:
    if diff.differs:
        objects = len({(c.kind, c.namespace, c.name) for c in diff.changes})
        said = f"{plural(len(diff.changes), 'difference')} at {plural(objects, 'object')}"
        return said if diff.changes else plural(len(diff.totals), "sum") + " differ"
    return "nothing differs in what could be compared" if diff.not_compared else "nothing differs"


def _totals(totals: Sequence[Total], options: TextOptions) -> Iterator[Line]:
    if not totals:
        return
    yield ()
    yield line(("totals", "title"))
    rows = [
        (
            safe(f"{t.kind} {t.namespace}".strip()),
            t.measure,
            f"{_amount(t.a, t.unit)} {options.glyphs.arrow} {_amount(t.b, t.unit)}",
            f"{'+' if t.b > t.a else '-'}{_amount(abs(t.b - t.a), t.unit)}",
        )
        for t in totals
    ]
    widths = [max(width(row[n]) for row in rows) for n in range(4)]
    widths[0] = min(widths[0], 44)
    for subject, measure, said, by in rows:
        subject = _padded(shorten(subject, widths[0], ellipsis=options.glyphs.ellipsis), widths[0])
        text = f"  {subject}  {_padded(measure, widths[1])}  {_padded(said, widths[2])}  {by:>{widths[3]}}"
        yield cut(line(text), options.prose, options.glyphs.ellipsis)


def _padded(text: str, cells: int) -> str:
    return text + " " * (cells - width(text))


def _amount(value: float, unit: str) -> str:
    """`1.5`, `250m` of cores; `1.5Gi` of bytes; `1,214` of anything else."""
    if unit == "cores":
        return f"{value:g}" if value >= 1 or not value else f"{value * 1000:g}m"
    if unit == "bytes":
        for suffix, size in _SIZES:
            if value >= size:
                return f"{round(value / size, 2):g}{suffix}"
    return f"{value:,.0f}"


def _group(group: Group, options: TextOptions) -> Iterator[Line]:
    alone, together = _split(group.changes)
    subject_width = min(max((width(safe(_subject(c))) for c in alone), default=0), 40)
    part_width = min(max((width(safe(c.part)) for c in alone), default=0), 20)
    for _, changes in groupby(alone, key=lambda c: (c.kind, c.namespace, c.name)):
        of_object = list(changes)
        for change in of_object[:_MOST_OF_OBJECT]:
            yield from _change(change, subject_width, part_width, options)
        left = len(of_object) - _MOST_OF_OBJECT
        if left > 0:
            said = f"{plural(left, 'more difference')} at {_subject(of_object[0])}: all with -o json"
            yield from hanging(line("  "), said, options.prose, "quiet")
    for same in together:
        yield from _at_many(same, options)


_Same = tuple[str, ...]


def _split(changes: Iterable[Change]) -> tuple[list[Change], list[list[Change]]]:
    """Changes with a line each, and those that are the same at many objects."""
    by_same: dict[_Same, list[Change]] = defaultdict(list)
    for change in changes:
        by_same[_sameness(change)].append(change)
    alone = [c for same in by_same.values() if len(same) <= _LISTED_ALONE for c in same]
    together = [same for same in by_same.values() if len(same) > _LISTED_ALONE]
    return sorted(alone, key=lambda c: (c.kind, c.namespace, c.name)), together


def _sameness(change: Change) -> _Same:
    """What is the same where it happens at many objects; files are never, objects as a whole always."""
    where = (change.kind, change.namespace, change.only)
    if not (change.field or change.part):
        return where
    own = change.name if change.hunks or change.hidden else ""
    return (*where, own, change.part, change.field, change.a or "", change.b or "")


def _at_many(same: Sequence[Change], options: TextOptions) -> Iterator[Line]:
    first = same[0]
    names = ", ".join(change.name for change in same)
    kind = f"{first.kind} {first.namespace}".strip()
    if not (first.field or first.part):
        said, lead = names, f"  {kind}  {len(same)} only in {first.only.upper()}: "
    else:
        said = f"{_said(first, options)} at {len(same)}: {names}"
        lead = "  " + "".join(f"{part}  " for part in (kind, first.part, first.field) if part)
    yield from hanging(
        line(lead), said, options.prose, indent=6, most=_MOST_ROWS, ellipsis=options.glyphs.ellipsis
    )


def _subject(change: Change) -> str:
    return f"{change.kind} {change.namespace + '/' if change.namespace else ''}{change.name}"


def _change(change: Change, subject: int, part: int, options: TextOptions) -> Iterator[Line]:
    lead = "  " + _padded(safe(_subject(change)), subject) + "  "
    if part:
        lead += _padded(safe(change.part), part) + "  "
    if change.field:
        lead += safe(change.field) + "  "
    if width(lead) > options.prose * 3 // 4:
        yield cut(line(lead.rstrip()), options.prose, options.glyphs.ellipsis)
        lead = "      "
    said = _said(change, options)
    yield from hanging(
        line(lead), said, options.prose, indent=6, most=_ROWS, ellipsis=options.glyphs.ellipsis
    )
    for hunk in change.hunks:
        yield from _hunk(hunk, options)
    if change.more_hunks:
        yield line((f"      {plural(change.more_hunks, 'more place')} differ", "quiet"))


def _said(change: Change, options: TextOptions) -> str:
    """`1.4.1 → 1.4.2`, `only in B: debug`, `changed (value hidden)`."""
    if change.only:
        value = change.a if change.only == "a" else change.b
        told = "(value hidden)" if change.hidden else value
        return f"only in {change.only.upper()}" + (f": {told}" if told else "")
    if change.hidden:
        return "changed (value hidden)"
    if change.hunks and change.a == change.b:
        return change.a or ""
    a, b = _without_common(change, options)
    if a == b:
        return "differs in white space alone"
    return f"{a or '(empty)'} {options.glyphs.arrow} {b or '(empty)'}"


def _without_common(change: Change, options: TextOptions) -> tuple[str, str]:
    """Both values; of one image the tags alone, of long texts what comes before the difference cut."""
    a, b = change.a or "", change.b or ""
    if change.field == "image":
        (name_a, tag_a), (name_b, tag_b) = _image(a), _image(b)
        return (tag_a, tag_b) if name_a == name_b and tag_a and tag_b else (a, b)
    if width(a) + width(b) <= options.prose:
        return a, b
    same = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    start, mark = max(0, same - 16), options.glyphs.ellipsis
    cut_a, cut_b = (f"{mark}{value[start:]}" if start else value for value in (a, b))
    return shorten(cut_a, options.prose, ellipsis=mark), shorten(cut_b, options.prose, ellipsis=mark)


def _image(image: str) -> tuple[str, str]:
    """Repository and what stands behind it: a tag, a digest or both."""
    name, at, digest = image.partition("@")
    path, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        path, tag = name, ""
    return path, f"{tag}{at}{digest}"


def _hunk(hunk: Hunk, options: TextOptions) -> Iterator[Line]:
    where = f"{hunk.a_line}" if hunk.a_line == hunk.b_line else f"{hunk.a_line} of A, {hunk.b_line} of B"
    yield line((f"      line {where}", "quiet"))
    for sign, style, texts, more in (
        ("-", "removed", hunk.removed, hunk.more_removed),
        ("+", "added", hunk.added, hunk.more_added),
    ):
        for text in texts:
            yield cut(line((f"      {sign} {text}", style)), options.prose, options.glyphs.ellipsis)
        if more:
            yield line((f"      {sign} {plural(more, 'more line')}", "quiet"))


def _not_compared(entries: Sequence[NotCompared], options: TextOptions) -> Iterator[Line]:
    by_reason: dict[tuple[str, str], list[NotCompared]] = defaultdict(list)
    for entry in entries:
        if entry.kind:
            by_reason[entry.side, entry.why].append(entry)
    for (side, why), found in by_reason.items():
        kinds = ", ".join(
            f"{e.kind} ({e.objects})" if e.objects and why == "absent" else e.kind for e in found
        )
        letter = side.upper()
        reason = f"{letter} holds no list of them" if why == "absent" else f"{why} in {letter}"
        yield from hanging(line(("not compared: ", "unsure")), f"{kinds} ({reason})", options.prose, indent=2)
    for entry in entries:
        if not entry.kind:
            said = f"{entry.source} ({entry.why}{': ' + entry.detail if entry.detail else ''})"
            lead = line((f"not read in {entry.side.upper()}: ", "unsure"))
            yield from hanging(lead, said, options.prose, indent=2, most=2, ellipsis=options.glyphs.ellipsis)
