"""The report as Markdown."""

import pytest
from markdown_it import MarkdownIt

from anyops.incident.render.markdown import render_markdown
from tests.unit.incident.golden import assert_golden
from tests.unit.incident.reports import HEALTHY, INCIDENT, INCONCLUSIVE, long

REPORTS = {"incident": INCIDENT, "healthy": HEALTHY, "inconclusive": INCONCLUSIVE}


@pytest.mark.parametrize("name", REPORTS)
def test_markdown_reads_as_its_golden_file(name):
    assert_golden(f"{name}.md", render_markdown(REPORTS[name], lint=True))


def test_headings_tables_and_blocks_are_what_a_parser_sees():
    tokens = MarkdownIt("commonmark").enable("table").parse(render_markdown(INCIDENT))
    types = [token.type for token in tokens]
    assert types.count("table_open") == 2
    assert [t.info for t in tokens if t.type == "fence"] == ["sh", "diff", "sh"]
    assert {t.tag for t in tokens if t.type == "heading_open"} == {"h2", "h3"}


def test_a_long_report_shows_three_causes_in_full_and_lists_the_others():
    text = render_markdown(long(), more="anyops incident show 7c1e")
    assert text.count("\n### ") == 3 + 1 + 1 + 1
    assert text.count("payment-gateway-worker") == 20
    assert text.endswith("All: `anyops incident show 7c1e`\n")
