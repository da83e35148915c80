"""Everything a report holds, as text: `-o wide`, and the risks of `--lint`."""

from collections.abc import Iterable, Iterator

from anyops.incident.render import facts, parts, quotes
from anyops.incident.render.lines import Line, Segment, cut, hanging, line
from anyops.incident.render.options import TextOptions
from anyops.text import width
from anyops.world.report import SEVERITIES, Finding, Report

_STATES = (("now", "findings"), ("past", "past"))


def everything(report: Report, options: TextOptions) -> Iterator[Line]:
    """All causes in full, all evidence, findings, timeline; of any length."""
    yield from parts.header(report, options)
    yield from parts.verdict(report, options)
    if report.question:
        yield from parts.note("question", report.question, options)
    yield from _workloads(report, options)
    yield from _causes(report, options)
    for state, name in _STATES:
        yield from _section(name, (f for f in report.findings if f.state == state), options)
    if options.lint:
        yield from risks(report, options)
    yield from _timeline(report, options)
    yield from _rest(report, options)


def risks(report: Report, options: TextOptions) -> Iterator[Line]:
    """What is not broken and may become so: hygiene."""
    found = [f for f in report.findings if f.state == "risk"]
    yield from _section("risks", found, options)
    if not found:
        yield from parts.note("risks", "none", options)


def _workloads(report: Report, options: TextOptions) -> Iterator[Line]:
    for short in report.impact.workloads:
        ready = f"{short.ready} of {short.wanted} ready"
        yield cut(
            line("  ", (ready.ljust(16), ""), facts.named(short.resource)),
            options.prose,
            options.glyphs.ellipsis,
        )


def _causes(report: Report, options: TextOptions) -> Iterator[Line]:
    heads, day = parts.Heads(report.causes, options), facts.report_day(report)
    by_id = {item.id: item for item in report.evidence}
    for cause in report.causes:
        yield ()
        yield from heads.of(cause)
        yield from parts.statement(cause, options)
        yield from quotes.whole([by_id[i] for i in cause.evidence if i in by_id], day, options)
        if cause.onset:
            yield from parts.labelled("since", f"{facts.clock(cause.onset, day)} UTC", options)
        yield from parts.labelled("covers", " ".join(cause.explains), options)
        yield from parts.mending(cause, day, options, parts.ALL)


def _section(name: str, findings: Iterable[Finding], options: TextOptions) -> Iterator[Line]:
    """Findings, the worst first: severity, where, what; the detail below when it says more."""
    listed = sorted(findings, key=lambda f: SEVERITIES.index(f.severity))
    if not listed:
        return
    yield ()
    yield line((f"{name} ({len(listed)})", "title"))
    where = min(max(width(facts.named(f.resource)) for f in listed), options.prose * 4 // 10)
    for finding in listed:
        yield from _finding(finding, where, options)


def _finding(finding: Finding, where: int, options: TextOptions) -> Iterator[Line]:
    told = f"{finding.title}  {' '.join(finding.evidence[:6])}"
    resource, indent = facts.named(finding.resource), 15 if options.columns >= 60 else 4
    head = line((f"  {finding.id:<4}", "id"), (f"{finding.severity:<9}", "quiet"), resource)
    if width(resource) <= where and indent == 15:
        yield from hanging(
            (*head, Segment(" " * (where - width(resource) + 2))), told, options.prose, indent=indent
        )
    else:
        yield cut(head, options.prose, options.glyphs.ellipsis)
        yield from hanging(line(" " * indent), told, options.prose)
    if finding.detail and finding.detail != finding.title:
        yield from hanging(line(" " * indent), finding.detail, options.prose, "quiet")


def _timeline(report: Report, options: TextOptions) -> Iterator[Line]:
    if not report.timeline:
        return
    day = facts.report_day(report)
    clocks = [facts.clock(entry.at, day) for entry in report.timeline]
    yield ()
    yield line(("timeline (UTC)", "title"))
    for entry, clock in zip(report.timeline, clocks, strict=True):
        lead = line(
            "  ", (clock.ljust(max(map(len, clocks)) + 1), "quiet"), (entry.evidence.ljust(4) + " ", "id")
        )
        yield from hanging(lead, entry.what, options.evidence)


def _rest(report: Report, options: TextOptions) -> Iterator[Line]:
    out = [f"{r.what}: {r.why}  {' '.join(r.evidence)}" for r in report.ruled_out]
    unread = [f"{u.source} ({u.why}){f': {u.detail}' if u.detail else ''}" for u in report.unread]
    yield ()
    yield from _notes("recovered", report.healthy.recovered, options)
    yield from _notes("ruled out", out, options)
    yield from _notes("not read", unread, options)
    yield from _notes(
        "seen", [f"before as {', '.join(report.run.seen_before)}"][: len(report.run.seen_before)], options
    )


def _notes(label: str, texts: Iterable[str], options: TextOptions) -> Iterator[Line]:
    for number, text in enumerate(texts):
        yield from parts.note("" if number else label, text, options)
