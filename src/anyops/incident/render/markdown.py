"""A report as Markdown, for an issue, a merge request or a job's summary.

What was read stands in code spans and blocks only, where nothing of it acts (see `anyops.text.markdown`).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from anyops.incident.render import facts, quotes, unapplied
from anyops.text import code_block, code_span, markdown, plural, safe, shorten
from anyops.world.report import Cause, CauseChange, EvidenceItem, Finding, Report, UnreadItem

_EVIDENCE_ROWS = 12
_QUOTE = 400
_TITLES = {"incident": "✖ Incident", "healthy": "✔ Healthy", "inconclusive": "? Inconclusive"}


def render_markdown(report: Report, *, lint: bool = False, more: str = "") -> str:
    """The report as GitHub-flavoured Markdown with a newline at its end; `lint` adds the risks."""
    return "\n\n".join(_blocks(report, lint, more)) + "\n"


def _blocks(report: Report, lint: bool, more: str) -> Iterator[str]:
    yield f"## {_headline(report)}"
    yield " · ".join(code_span(part) for part in facts.scope(report))
    if report.question:
        yield f"Asked: {markdown(report.question)}"
    by_id = {item.id: item for item in report.evidence}
    for cause in report.causes[:3]:
        yield from _cause(cause, by_id, facts.report_day(report))
    yield from _listed("### Also", [_other(cause) for cause in report.causes[3:]])
    yield from _listed("### Recovered", [markdown(text) for text in report.healthy.recovered])
    out = [f"{markdown(r.what)}: {markdown(r.why)}{_ids(r.evidence)}" for r in report.ruled_out]
    yield from _listed("### Ruled out", out)
    yield from _listed("### Not read", [_unread(item) for item in report.unread])
    if lint or not report.scope.live:
        risks = [_finding(f) for f in report.findings if f.state == "risk"]
        yield from _listed("### Risks", risks or ["none"])
    if report.run.seen_before:
        yield f"Seen before: {', '.join(map(code_span, report.run.seen_before))}"
    if more:
        yield f"All: {code_span(more)}"


def _headline(report: Report) -> str:
    title = _TITLES[report.verdict]
    if report.verdict == "incident":
        return f"{title} ({report.severity}): {markdown(facts.impact(report))}"
    checked = f"{plural(report.healthy.checked, 'object')} checked"
    if report.verdict == "healthy" and not report.scope.live:
        return f"{unapplied.verdict_text(report).capitalize()}, {checked}"
    if report.verdict == "healthy":
        return f"{title}: nothing is wrong, {checked}"
    return f"{title}: nothing wrong was found, but not everything could be read, {checked}"


def _cause(cause: Cause, by_id: dict[str, EvidenceItem], day: date | None) -> Iterator[str]:
    yield f"### {cause.rank}. {markdown(facts.title(cause))} ({cause.certainty})"
    since = f" · since {code_span(facts.clock(cause.onset, day) + ' UTC')}" if cause.onset else ""
    yield f"{code_span(facts.named(cause.resource))} · {code_span(cause.cause)}{since}"
    if cause.statement:
        yield markdown(cause.statement)
    items = [by_id[id_] for id_ in cause.evidence if id_ in by_id]
    if items:
        yield _table(items, day)
    if cause.change:
        yield f"**Change** {_change(cause.change, day)}"
    if cause.fix.summary:
        yield f"**Fix** {markdown(cause.fix.summary)}"
    yield from _commands(cause.fix.commands)
    if cause.fix.patch:
        yield code_block(cause.fix.patch, "diff")
    if cause.check.commands:
        yield "**Check**"
        yield from _commands(cause.check.commands)


def _table(items: Sequence[EvidenceItem], day: date | None) -> str:
    rows = ["| | when | what | evidence |", "|---|---|---|---|"]
    for item in quotes.different(items, _EVIDENCE_ROWS):
        what = " ".join(code_span(part, table=True) for part in (item.about, item.place) if part)
        quote = code_span(shorten(safe(quotes.said(item)), _QUOTE), table=True)
        rows.append(f"| {markdown(item.id, table=True)} | {facts.clock(item.at, day)} | {what} | {quote} |")
    left = len(items) - len(rows) + 2
    return "\n".join(rows) + (f"\n\nand {left} more" if left else "")


def _change(change: CauseChange, day: date | None) -> str:
    where = f"{change.path}:{change.line}" if change.path and change.line else change.path
    parts = [
        code_span(change.commit[:7]),
        facts.clock(change.at, day),
        code_span(where),
        markdown(change.summary),
    ]
    return " · ".join(part for part in parts if part)


def _commands(commands: Sequence[str]) -> Iterator[str]:
    if commands:
        yield code_block("\n".join(map(safe, commands)), "sh")


def _other(cause: Cause) -> str:
    resource = code_span(facts.named(cause.resource))
    return (
        f"{cause.certainty}: {markdown(facts.title(cause))}, {resource}. {markdown(cause.statement)}".rstrip()
    )


def _finding(finding: Finding) -> str:
    told = ": ".join(markdown(text) for text in (finding.title, finding.detail) if text)
    return f"{finding.severity} · {code_span(facts.named(finding.resource))} · {told}{_ids(finding.evidence)}"


def _unread(item: UnreadItem) -> str:
    detail = f": {markdown(item.detail)}" if item.detail else ""
    return f"{code_span(item.source)} ({markdown(item.why)}){detail}"


def _ids(ids: Sequence[str]) -> str:
    return f" ({', '.join(map(markdown, ids))})" if ids else ""


def _listed(title: str, rows: Iterable[str]) -> Iterator[str]:
    listed = [f"- {row}" for row in rows]
    if listed:
        yield title
        yield "\n".join(listed)
