"""The parts of an answer: where it looked, the verdict, a cause, its evidence, what was not read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from anyops.incident.render import facts, unapplied
from anyops.incident.render.lines import Line, Segment, cells, cut, hanging, joined, line
from anyops.incident.render.options import TextOptions
from anyops.text import plural, safe, shorten, width
from anyops.world.report import Cause, CauseChange, Report


class Measure(NamedTuple):
    """How much of each part is shown; 0 lines of sentences or of a patch mean all of it."""

    evidence: int
    quote: int
    sentences: int
    commands: int
    others: int
    others_evidence: int
    notes: int
    patch: int


ALL = Measure(10**6, 0, 0, 10**6, 10**6, 10**6, 0, 0)
"""Everything."""


def header(report: Report, options: TextOptions) -> list[Line]:
    """Where was looked, and how much was read."""
    return joined(facts.scope(report, options.glyphs.ellipsis), options.glyphs.dot, options.prose, "quiet")


def verdict(report: Report, options: TextOptions) -> list[Line]:
    """Sign and word together, so that it reads without colour; then who suffers."""
    signs = options.glyphs
    if report.verdict == "incident":
        lead = line((f"{signs.bad} INCIDENT {report.severity}", "bad"), "   ")
        return hanging(lead, facts.impact(report), options.prose, "title", indent=2)
    checked = f"{plural(report.healthy.checked, 'object')} checked"
    if report.verdict == "healthy" and not report.scope.live:
        said = f"{unapplied.verdict_text(report)}; {checked}"
        return hanging(line((f"{signs.unsure} ", "unsure")), said, options.prose, "unsure")
    if report.verdict == "healthy":
        lead = line((f"{signs.good} healthy: nothing is wrong", "good"), "   ")
        return hanging(lead, checked, options.prose, "quiet", indent=2)
    said = f"nothing wrong was found, but not everything could be read; {checked}"
    if not report.healthy.checked and report.scope.user:
        said = "nothing could be read"
    return hanging(line((f"{signs.unsure} inconclusive: ", "unsure")), said, options.prose, indent=2)


class Heads:
    """The first lines of causes: rank, certainty, title, and at right what it is and where, in one column."""

    def __init__(self, causes: Sequence[Cause], options: TextOptions) -> None:
        self.options = options
        self.rank = max((width(str(c.rank)) for c in causes), default=1)
        lefts = [cells(self._left(c)) for c in causes]
        rights = [width(self._right(c)) for c in causes]
        self.column = min(max(lefts, default=0) + 3, max(options.prose - max(rights, default=0), 0))

    def of(self, cause: Cause) -> list[Line]:
        """In full, on a second line where the first is too short."""
        left, right = self._left(cause), self._right(cause)
        if cells(left) + 2 + width(right) > self.options.prose:
            indent = self.rank + 8
            left = cut(left, self.options.prose, self.options.glyphs.ellipsis)
            return [left, *hanging(line(" " * indent), right, self.options.prose, "quiet")]
        return [(*left, Segment(" " * max(2, self.column - cells(left))), *line((right, "quiet")))]

    def short(self, cause: Cause) -> Line:
        """In one line: without the code where there is no room for it."""
        left, resource = self._left(cause), facts.named(cause.resource)
        room = self.options.prose - 2 - cells(left)
        right = self._right(cause) if width(self._right(cause)) <= room else resource
        if width(right) > room:
            whole = (*left, *line((f": {resource}", "quiet")))
            return cut(whole, self.options.prose, self.options.glyphs.ellipsis)
        gap = self.column - cells(left)
        gap = gap if gap >= 2 and gap + width(right) <= room + 2 else 2
        return (*left, Segment(" " * gap), *line((right, "quiet")))

    def _left(self, cause: Cause) -> Line:
        rank = f"{cause.rank:>{self.rank}} "
        titled = "title" if cause.rank == 1 else ""
        return line((rank, titled), (f"{cause.certainty:<6} ", cause.certainty), (facts.title(cause), titled))

    def _right(self, cause: Cause) -> str:
        return f"{facts.named(cause.resource)} {self.options.glyphs.dot} {cause.cause}"


def statement(cause: Cause, options: TextOptions, most: int = 0) -> list[Line]:
    """What is wrong, in sentences."""
    ellipsis = options.glyphs.ellipsis
    return (
        hanging(line("  "), cause.statement, options.prose, most=most, ellipsis=ellipsis)
        if cause.statement
        else []
    )


def labelled(label: str, text: str, options: TextOptions, most: int = 0, column: int = 10) -> list[Line]:
    """`  fix     text`, further rows under the first; in a narrow terminal nearer to the edge."""
    lead = line(("  " + (label.ljust(column - 2) if text else label), "quiet"))
    indent = None if options.columns >= 60 else 4
    return hanging(lead, text, options.prose, indent=indent, most=most, ellipsis=options.glyphs.ellipsis)


def note(label: str, text: str, options: TextOptions, most: int = 0) -> list[Line]:
    """A labelled line that belongs to the whole answer (`  ruled out  text`)."""
    return labelled(label, text, options, most, column=13)


def change(behind: CauseChange, day: date | None, options: TextOptions) -> list[Line]:
    """The change behind a cause: commit and time, place, summary."""
    where = f"{behind.path}:{behind.line}" if behind.path and behind.line else behind.path
    first = " ".join(part for part in (behind.commit[:7], facts.clock(behind.at, day)) if part)
    told = f" {options.glyphs.dot} ".join(part for part in (first, where, behind.summary) if part)
    return labelled("change", told, options, most=2)


def commands(texts: Iterable[str]) -> Iterator[Line]:
    """In column 0 and never wrapped, ready to be copied."""
    for text in texts:
        yield line((text, "command"))


def patch(text: str, options: TextOptions, most: int = 0) -> Iterator[Line]:
    """A unified diff in column 0; when it has more than `most` lines (above 0), only how long it is."""
    rows = text.splitlines()
    if rows and most and len(rows) > most:
        yield from labelled("patch", f"{plural(len(rows), 'line')} (-o wide)", options)
    elif rows:
        yield from labelled("patch", "", options)
        for row in rows:
            style = "context" if row.startswith(_PATCH_HEADS) else _PATCH.get(row[:1], "context")
            yield line((row.expandtabs(4), style))


_PATCH = {"+": "added", "-": "removed"}
_PATCH_HEADS = ("+++ ", "--- ")


def mending(cause: Cause, day: date | None, options: TextOptions, measure: Measure) -> Iterator[Line]:
    """Change, fix, patch and check of a cause, as much of each as `measure` allows."""
    if cause.change:
        yield from change(cause.change, day, options)
    if cause.fix.summary or cause.fix.commands:
        yield from labelled("fix", cause.fix.summary, options, measure.sentences)
        yield from commands(cause.fix.commands[: measure.commands])
    yield from patch(cause.fix.patch or "", options, measure.patch)
    if cause.check.commands:
        yield from labelled("check", "", options)
        yield from commands(cause.check.commands[: measure.commands])


def unread(report: Report, options: TextOptions, most: int = 0) -> list[Line]:
    """What was not read, by reason; what was read and is empty is of no interest here."""
    by_why: dict[str, list[str]] = {}
    for item in (u for u in report.unread if u.why != "empty"):
        source = shorten(safe(item.source), 40, keep="ends", ellipsis=options.glyphs.ellipsis)
        by_why.setdefault(item.why, []).append(source)
    groups = [f"{_first(list(dict.fromkeys(sources)))} ({why})" for why, sources in by_why.items()]
    return note("not read", f" {options.glyphs.dot} ".join(groups), options, most) if groups else []


def _first(names: Sequence[str]) -> str:
    """`a, b, c`, or `a, b and 5 more`."""
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:2])} and {len(names) - 2} more"


def ruled_out(report: Report, options: TextOptions, most: int = 0) -> list[Line]:
    """What one would think of, and why it is not so."""
    groups = [f"{r.what} ({r.why})" if len(r.why) <= 60 else r.what for r in report.ruled_out]
    return note("ruled out", f" {options.glyphs.dot} ".join(groups), options, most) if groups else []


def closing(report: Report, options: TextOptions) -> list[Line]:
    """Whether it was seen before, and how to see everything."""
    before = ", ".join(report.run.seen_before[:3])
    texts = [f"seen before: {before}" if before else "", f"all: {options.more}"]
    shown = "     ".join(text for text in texts if text)
    rows = [shown] if width(shown) <= options.prose else [text for text in texts if text]
    return [line((text, "quiet")) for text in rows]
