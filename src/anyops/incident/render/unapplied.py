"""What is said of manifests that nobody has run yet: their risks, each with its evidence."""

import re
from collections.abc import Iterator

from anyops.incident.render import facts, quotes
from anyops.incident.render.lines import Line, cells, cut, hanging, line
from anyops.incident.render.options import TextOptions
from anyops.text import plural
from anyops.world.report import SEVERITIES, Finding, Report

_STYLE = ("hygiene.", "security.", "configmap.")
"""Rules that find in nearly every manifest something of low severity: told by their number alone."""


def risks_of(report: Report) -> tuple[list[Finding], int]:
    """What may go wrong, the worst first, of equally bad ones those at what the question names; how many
    findings of style there are beside."""
    asked = frozenset(re.findall(r"[a-z0-9][a-z0-9.-]+", report.question.lower()))

    def order(finding: Finding) -> tuple[int, bool]:
        return SEVERITIES.index(finding.severity), finding.resource.name not in asked

    found = [f for f in report.findings if f.state == "risk"]
    kept = [f for f in found if f.severity != "low" or not f.rule.startswith(_STYLE)]
    return sorted(kept, key=order), len(found) - len(kept)


def verdict_text(report: Report) -> str:
    """`no running state was read; 3 risks in the manifests`."""
    found, _ = risks_of(report)
    return f"no running state was read; {plural(len(found), 'risk') if found else 'no risk'} in the manifests"


def risks(report: Report, options: TextOptions, most: int) -> Iterator[Line]:
    """At most `most` risks: where and what, the detail, and a line of proof."""
    found, style = risks_of(report)
    if report.causes and found:
        yield ()
        yield line((f"also in the manifests ({plural(len(found), 'risk')})", "title"))
    for finding in found[:most]:
        yield from _risk(report, finding, options)
    more = [plural(len(found) - most, "more risk")] if len(found) > most else []
    more += [f"{style} of style"] if style else []
    if more:
        yield line((f"  and {', '.join(more)} (--lint)", "quiet"))


def _risk(report: Report, finding: Finding, options: TextOptions) -> Iterator[Line]:
    lead = line((f"  {finding.severity:<8} ", "quiet"), facts.named(finding.resource), "  ")
    told = f"{finding.title}: {finding.detail}" if finding.detail else finding.title
    columns, ellipsis = options.evidence, options.glyphs.ellipsis
    if cells(lead) > columns // 2:
        yield cut(lead, columns, ellipsis)
        lead = line(" " * min(11, columns // 9))
    yield from hanging(lead, told, columns, indent=min(11, columns // 9), most=2, ellipsis=ellipsis)
    items = [item for item in report.evidence if item.id in finding.evidence]
    yield from quotes.rows(quotes.different(items, 1), None, options)
