"""The rules and the causes, as `anyops rules list` and `anyops explain` show them."""

from collections.abc import Iterable
from typing import Any

from anyops.diagnose.causes import CauseKind
from anyops.diagnose.finding import Rule
from anyops.incident.render.lines import Line, hanging, line
from anyops.incident.render.options import TextOptions
from anyops.text import width


def rule_rows(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """Each rule's id, the kinds it looks at, and its title."""
    return [{"id": rule.id, "kinds": list(rule.kinds), "title": rule.title} for rule in rules]


def rules_lines(rules: Iterable[Rule], options: TextOptions) -> list[Line]:
    """A table of ids, titles and kinds; where that is too wide, each rule takes two lines."""
    rows = rule_rows(rules)
    ids = max((width(row["id"]) for row in rows), default=0)
    titles = max((width(row["title"]) for row in rows), default=0)
    lines = list[Line]()
    for row in rows:
        kinds = ", ".join(row["kinds"]) or "everything"
        if options.prose < ids + 40:
            lines += [
                line((row["id"], "id")),
                *hanging(line("  "), f"{row['title']} ({kinds})", options.prose),
            ]
            continue
        lead = line((row["id"].ljust(ids + 2), "id"))
        if ids + titles + 20 <= options.prose:
            lines += hanging((*lead, *line(row["title"].ljust(titles + 2))), kinds, options.prose, "quiet")
        else:
            lines += hanging(lead, f"{row['title']} ({kinds})", options.prose)
    return lines


def cause_lines(kind: CauseKind, options: TextOptions) -> list[Line]:
    """What a cause code means and how it is mended."""
    head = line((kind.title, "title"), "   ", (f"{kind.code} {options.glyphs.dot} {kind.layer}", "quiet"))
    return [head, *hanging(line("  "), kind.about, options.prose)]
