"""The answer as a person reads it: 24 lines on a terminal, 40 in a file."""

from collections.abc import Iterator

from anyops.incident.render import facts, parts, quotes, unapplied
from anyops.incident.render.lines import EXACT, Line, Segment, cells, cut, line, plain
from anyops.incident.render.options import TextOptions
from anyops.incident.render.parts import Measure
from anyops.incident.render.wide import everything, risks
from anyops.text import plural, safe
from anyops.world.report import Cause, Report, UnreadItem

_MEASURES = (
    Measure(evidence=10, quote=2, sentences=6, commands=4, others=12, others_evidence=2, notes=3, patch=16),
    Measure(evidence=8, quote=2, sentences=5, commands=4, others=9, others_evidence=1, notes=3, patch=12),
    Measure(evidence=6, quote=1, sentences=4, commands=3, others=6, others_evidence=1, notes=2, patch=1),
    Measure(evidence=4, quote=1, sentences=3, commands=3, others=5, others_evidence=0, notes=2, patch=1),
    Measure(evidence=4, quote=1, sentences=3, commands=2, others=4, others_evidence=0, notes=1, patch=1),
    Measure(evidence=3, quote=1, sentences=2, commands=2, others=3, others_evidence=0, notes=1, patch=1),
    Measure(evidence=2, quote=1, sentences=1, commands=1, others=1, others_evidence=0, notes=1, patch=1),
)
"""From generous to terse; the first that fits is taken. A terminal's answer begins at the fourth."""


def render_text(report: Report, options: TextOptions) -> str:
    """The answer without colour. It needs nothing but the standard library and msgspec."""
    return plain(render_lines(report, options))


def render_lines(report: Report, options: TextOptions) -> list[Line]:
    """The answer as styled lines, in at most `options.rows` of them unless all was asked for."""
    report = facts.in_ascii(report) if options.ascii else report
    if options.wide:
        return [fitting(parts, options) for parts in everything(report, options)]
    for measure in _MEASURES[3 if options.terminal else 0 :]:
        lines = list(_answer(report, options, measure))
        if len(lines) <= options.rows:
            break
    if options.lint:
        lines[-1:-1] = risks(report, options)
    return [fitting(parts, options) for parts in lines]


def fitting(parts: Line, options: TextOptions) -> Line:
    """The line cut to the terminal, unless it is one that has to stay whole."""
    if any(part.style in EXACT for part in parts):
        return parts
    return cut(parts, options.evidence, options.glyphs.ellipsis)


def _answer(report: Report, options: TextOptions, measure: Measure) -> Iterator[Line]:
    yield from parts.header(report, options)
    yield from parts.verdict(report, options)
    if report.causes:
        yield from _causes(report, options, measure)
    elif report.verdict == "inconclusive":
        yield from _what_to_do(report, options)
    else:
        yield from _healthy(report, options)
        yield from parts.unread(report, options, measure.notes)
    if not report.scope.live and not options.lint:
        yield from unapplied.risks(report, options, measure.others)
    yield from parts.closing(report, options)


def _causes(report: Report, options: TextOptions, measure: Measure) -> Iterator[Line]:
    shown = report.causes[: measure.others + 1]
    heads, first = parts.Heads(shown, options), report.causes[0]
    yield ()
    yield from heads.of(first)
    yield from _first(report, first, options, measure)
    yield ()
    for other in shown[1:]:
        yield _with_statement(heads.short(other), other, options)
        yield from _proof(report, other, options, measure.others_evidence)
    if len(report.causes) > len(shown):
        yield line((f"  and {plural(len(report.causes) - len(shown), 'more cause')}", "quiet"))
    yield from parts.ruled_out(report, options, measure.notes)
    yield from parts.unread(report, options, measure.notes)


def _first(report: Report, cause: Cause, options: TextOptions, measure: Measure) -> Iterator[Line]:
    yield from parts.statement(cause, options, measure.sentences)
    yield from _proof(report, cause, options, measure.evidence, measure.quote)
    yield from parts.mending(cause, facts.report_day(report), options, measure)


def _proof(report: Report, cause: Cause, options: TextOptions, most: int, each: int = 1) -> Iterator[Line]:
    by_id = {item.id: item for item in report.evidence}
    items = (by_id[id_] for id_ in cause.evidence if id_ in by_id)
    yield from quotes.rows(
        quotes.different(items, most), facts.report_day(report), options, cause.resource, each=each
    )


def _with_statement(head: Line, cause: Cause, options: TextOptions) -> Line:
    """Where there is room beside the head, as in a file, the statement stands there."""
    if options.evidence - cells(head) < 40:
        return head
    return cut((*head, Segment("   "), *line(cause.statement)), options.evidence, options.glyphs.ellipsis)


def _healthy(report: Report, options: TextOptions) -> Iterator[Line]:
    label = "recovered"
    for text in report.healthy.recovered[:6]:
        yield from parts.note(label, text, options, most=2)
        label = ""
    if len(report.healthy.recovered) > 6:
        yield from parts.note("", f"and {len(report.healthy.recovered) - 6} more", options)
    minor = sum(finding.state == "now" for finding in report.findings)
    if minor:
        yield from parts.note("minor", plural(minor, "finding") + " of low severity", options)


_CURES = {
    "forbidden": "get read access to it, or go without: --accept-unread KIND",
    "redacted": "collect it with its values, or go without: --accept-unread KIND",
    "failed": "collect it again, or leave it out",
    "absent": "collect it too",
}
"""What to do about something unread, by its reason."""
_DENIED_LINES = 15


def _denied(report: Report) -> tuple[list[str], list[UnreadItem]]:
    """What the cluster's user may not read, a text for each namespace; and what else was not read."""
    matters = [item for item in report.unread if item.why != "empty"]
    if not report.scope.user:
        return [], matters
    by_place: dict[str, list[str]] = {}
    for item in (u for u in matters if u.why == "forbidden"):
        namespace, slash, name = item.source.partition("/")
        is_list = slash and " " not in namespace and "/" not in name
        by_place.setdefault(namespace if is_list else "", []).append(name if is_list else item.source)
    texts = []
    for namespace, names in sorted(by_place.items()):
        plainest = sorted(names, key=lambda name: (name.count("."), name))
        texts.append((f"in {safe(namespace)}: " if namespace else "") + safe(", ".join(plainest)))
    return texts, [u for u in matters if u.why != "forbidden"]


def _what_to_do(report: Report, options: TextOptions) -> Iterator[Line]:
    label = "not read"
    matters = [item for item in report.unread if item.why != "empty"]
    denied, others = _denied(report)
    if denied:
        apart = f" {options.glyphs.dot} "
        names = f"{safe(report.scope.user)} may not read {apart.join(denied)}"
        yield from parts.note(label, names, options, most=_DENIED_LINES)
        label = ""
    for item in others[:8]:
        detail = f": {item.detail}" if item.detail else ""
        yield from parts.note(label, f"{item.source} ({item.why}){detail}", options, most=2)
        label = ""
    if len(others) > 8:
        yield from parts.note("", f"and {len(others) - 8} more", options)
    label = "to do"
    for why in dict.fromkeys(item.why for item in matters):
        if why in _CURES:
            yield from parts.note(label, f"{why}: {_CURES[why]}", options)
            label = ""
