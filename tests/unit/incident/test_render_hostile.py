"""Text by an attacker through every renderer: nothing of it acts."""

import json
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec import structs

from anyops.diagnose.finding import Rule
from anyops.incident.health import ObjectHealth
from anyops.incident.render.catalog import rule_rows, rules_lines
from anyops.incident.render.health import health_lines
from anyops.incident.render.json import render_json
from anyops.incident.render.lines import EXACT, ansi, cells, plain
from anyops.incident.render.markdown import render_markdown
from anyops.incident.render.options import TextOptions
from anyops.incident.render.text import render_lines, render_text
from anyops.incident.render.yaml import render_yaml
from anyops.text import is_active
from anyops.world.report import Report
from tests.unit.incident.reports import HEALTHY, INCONCLUSIVE, poisoned

HOSTILE = {
    "rich markup": "[/x][bold]loud[/bold][link=http://a.example]x[/link]",
    "rich emoji": ":skull: [blink]",
    "OSC 8 link": "\x1b]8;;http://a.example\x1b\\click\x1b]8;;\x1b\\",
    "OSC 52 clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "title and bell": "\x1b]0;owned\x07",
    "colour and cursor": "\x1b[31mred\x1b[0m\x1b[2J\x1b[1A",
    "C1 CSI": "\x9b2J\x9d52;c;eA==\x9c",
    "carriage return": "healthy\r✖ forged\b\b\b\x7f",
    "line feeds": "one\n::error::two\n\nthree\u2028four\u2029five\x0b\x0c\x85six",
    "Actions command": "::error::owned",
    "Actions output": "::set-output name=a::b",
    "old Actions and Azure command": "##[error]x ##vso[task.setvariable variable=a]b",
    "TeamCity command": "##teamcity[buildStatus status='SUCCESS']",
    "right to left": "exe\u202egpj.\u2066x\u2069\u200f\u061c",
    "zero width": "ad\u200bmin\u2060\ufeff\u00ad\u180e",
    "tag characters": "a\U000e0069\U000e0067\U000e006e",
    "lone surrogate": "\ud800 \udfff",
    "Markdown image": "![i](http://a.example/p.png) ![j][k]",
    "Markdown link": "[x](http://a.example) <http://a.example> [y]: http://a.example",
    "autolink": "http://a.example/x www.a.example ftp://a.example me@a.example",
    "HTML": "<img src=x onerror=alert(1)> <script>alert(1)</script> <!-- x --> &lt;b&gt;",
    "mention": "@team @org/team #12 org/repo#3 GH-7 /close",
    "table": "a | b |\n|---|---|\n| c",
    "code fences": "``` x `y` ``z`` ~~~\n```\n# out\n````",
    "headings and rules": "# h\n---\n===\n> q\n- l\n1. n\n    code",
    "math": "$\\href{http://a.example}{x}$",
    "long word": "x" * 1500,
    "long path": "/".join(["registry.example"] * 60) + ":tag",
    "wide": "日本語の長い文章" * 20,
    "emoji": "👩‍💻🏳️‍🌈👍🏽🇩🇪" * 12,
    "combining": "e\u0301" * 100 + "Z" + "\u0335" * 60,
    "nothing": "",
    "blanks": " \t \u00a0\u3000 ",
    "JSON": '"message": "\\u001b]52;c;eA==\\u0007\\ud800\\u202e"',
    "quotes": "\"'`\\\"'",
}
TEXTS = [
    *(TextOptions(columns=columns, terminal=True, lint=True) for columns in (40, 80, 100, 200)),
    *(TextOptions(columns=columns, ascii=True) for columns in (80, 200)),
    *(TextOptions(columns=columns, wide=True, lint=True) for columns in (40, 200)),
]
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def all_reports(text: str) -> list[Report]:
    report = poisoned(text)
    kept = {
        name: getattr(report, name) for name in ("scope", "healthy", "unread", "findings", "run", "question")
    }
    manifests = kept | {"scope": structs.replace(report.scope, live=False), "evidence": report.evidence}
    return [
        report,
        structs.replace(HEALTHY, **kept),
        structs.replace(INCONCLUSIVE, **kept),
        structs.replace(INCONCLUSIVE, **manifests),
    ]


def assert_inert(printed: str) -> None:
    assert not {c for c in printed if is_active(c)} - {"\n"}
    for row in printed.split("\n"):
        assert not row.lstrip().startswith("::")
        assert not re.search(r"##[A-Za-z]*\[", row)
    printed.encode()


@pytest.mark.parametrize("name", HOSTILE)
def test_text_prints_nothing_that_acts(name):
    for report in all_reports(HOSTILE[name]):
        for options in TEXTS:
            printed = render_text(report, options)
            assert_inert(printed)
            assert printed.isascii() or not options.ascii


@pytest.mark.parametrize("name", HOSTILE)
def test_colour_is_ours_alone(name):
    for report in all_reports(HOSTILE[name]):
        lines = render_lines(report, TextOptions(columns=80, terminal=True))
        bare = COLOURS.sub("", ansi(lines))
        assert [row.rstrip() for row in bare.split("\n")] == plain(lines).split("\n")
        assert_inert(bare)


def test_markup_of_rich_is_printed_as_it_stands():
    lines = render_lines(poisoned(HOSTILE["rich markup"]), TextOptions())
    assert HOSTILE["rich markup"] in COLOURS.sub("", ansi(lines))


@pytest.mark.parametrize("name", HOSTILE)
def test_json_is_json_and_harmless_to_print(name):
    for report in all_reports(HOSTILE[name]):
        written = render_json(report)
        assert_inert(written)
        assert json.loads(written)["verdict"] == report.verdict


@pytest.mark.parametrize("name", HOSTILE)
def test_markdown_holds_no_link_image_html_or_mention(name):
    for report in all_reports(HOSTILE[name]):
        written = render_markdown(report, lint=True, more=HOSTILE[name])
        assert not {c for c in written if is_active(c)} - {"\n", "\t"}
        assert not re.search(r"(?m)^\s*::|##[A-Za-z]+\[", written)
        assert_quiet_markdown(written, report)


def assert_quiet_markdown(written: str, report: Report) -> None:
    tokens = [t for block in MARKDOWN.parse(written) for t in (block, *(block.children or ()))]
    assert not {t.type for t in tokens} & {
        "link_open", "image", "html_inline", "html_block", "blockquote_open", "hr", "ordered_list_open",
        "code_block", "em_open", "s_open", "definition",
    }  # fmt: skip
    for token in tokens:
        if token.type == "text":
            assert not re.search(r"://|www\.|@\w|#\d|GH-\d|:\w*[a-z]\w*:|[$<>]", token.content), token.content
    headings = sum(t.type == "heading_open" for t in tokens)
    assert headings <= 1 + 3 + 5
    assert sum(t.type == "table_open" for t in tokens) == min(len(report.causes), 3)
    rows = [t for t in tokens if t.type == "td_open"]
    assert len(rows) % 4 == 0


@pytest.mark.parametrize("name", HOSTILE)
def test_the_catalog_too(name):
    text = HOSTILE[name]
    rules = [Rule(f"a.{text}", text, (text, "Pod"), lambda world: ())]
    for columns in (40, 100):
        assert_inert("".join(p.text for li in rules_lines(rules, TextOptions(columns=columns)) for p in li))
    assert_inert(render_json(rule_rows(rules)))


@pytest.mark.parametrize("name", HOSTILE)
def test_yaml_and_the_health_of_objects_too(name):
    text = HOSTILE[name]
    unwell = ObjectHealth(
        kind=text, namespace=text, name=text, api_version="v1", status="Degraded", message=text
    )
    written = render_yaml(poisoned(text))
    assert_inert(written)
    assert yaml.safe_load(written) == json.loads(render_json(poisoned(text)))
    assert_inert("\n".join(health_lines([unwell], 80)))


@given(st.text(st.characters(), max_size=40), st.sampled_from(TEXTS))
@settings(max_examples=60, deadline=None)
def test_any_text_is_inert_in_any_form(text, options):
    report = poisoned(text)
    assert_inert(render_text(report, options))
    assert_quiet_markdown(render_markdown(report, lint=True), report)


@pytest.mark.parametrize("name", HOSTILE)
def test_lines_fit_a_terminal_whatever_they_hold(name):
    for columns in (40, 80, 100, 200):
        lines = render_lines(poisoned(HOSTILE[name]), TextOptions(columns=columns, terminal=True))
        for parts in lines:
            assert {p.style for p in parts} & EXACT or cells(parts) <= columns
