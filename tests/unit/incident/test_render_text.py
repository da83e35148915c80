"""The answer as a person reads it."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from anyops.incident.render.lines import EXACT, cells, hanging, line, wrap
from anyops.incident.render.options import TextOptions
from anyops.incident.render.text import render_lines, render_text
from anyops.text import width
from anyops.world.report import Healthy, Run
from tests.unit.incident.golden import assert_golden
from tests.unit.incident.reports import HEALTHY, INCIDENT, INCONCLUSIVE, MANIFESTS, RISKS, long

MORE = "anyops incident show 7c1e --all"
TERMINAL = TextOptions(columns=100, terminal=True, more=MORE)
LOOKS = {
    "terminal": TERMINAL,
    "narrow": TextOptions(columns=40, terminal=True),
    "file": TextOptions(),
    "wide": TextOptions(columns=80, wide=True, lint=True),
    "ascii": TextOptions(columns=80, terminal=True, ascii=True, lint=True),
}
REPORTS = {
    "incident": INCIDENT,
    "healthy": HEALTHY,
    "inconclusive": INCONCLUSIVE,
    "long": long(),
    "manifests": MANIFESTS,
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", REPORTS)
def test_the_answer_reads_as_its_golden_file(name, look):
    if (name, look) != ("long", "wide"):
        assert_golden(f"{name}-{look}.txt", render_text(REPORTS[name], LOOKS[look]))


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("columns", [80, 100, 120, 200])
def test_a_terminal_of_24_lines_holds_the_answer(name, columns):
    lines = render_lines(REPORTS[name], structs.replace(TERMINAL, columns=columns))
    assert len(lines) <= 24


@pytest.mark.parametrize("name", REPORTS)
def test_a_file_gets_at_most_40_lines_of_200_characters(name):
    rows = render_text(REPORTS[name], TextOptions()).splitlines()
    assert len(rows) <= 40
    assert max(map(len, rows)) <= 200


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("columns", [20, 40, 60, 80, 100, 200])
@pytest.mark.parametrize("wide", [False, True])
def test_only_commands_and_patches_are_wider_than_the_terminal(name, columns, wide):
    for parts in render_lines(REPORTS[name], TextOptions(columns=columns, terminal=True, wide=wide)):
        assert {part.style for part in parts} & EXACT or cells(parts) <= columns, parts


def test_commands_stand_whole_in_column_0():
    rows = render_text(INCIDENT, TextOptions(columns=20, terminal=True)).splitlines()
    cause = INCIDENT.causes[0]
    assert set(cause.fix.commands + cause.check.commands) <= set(rows)


def test_the_verdict_reads_without_colour_and_without_unicode():
    for report, words in ((INCIDENT, "INCIDENT critical"), (HEALTHY, "healthy: nothing is wrong")):
        assert words in render_text(report, TERMINAL).splitlines()[1]
    assert "inconclusive: nothing wrong was found" in render_text(INCONCLUSIVE, TERMINAL)
    for report in REPORTS.values():
        assert render_text(report, structs.replace(TERMINAL, ascii=True)).isascii()


def test_health_says_what_was_checked_and_what_recovered():
    text = render_text(HEALTHY, TERMINAL)
    assert "214 objects checked" in text
    assert "restarted 3 times, ready again" in text
    many = structs.replace(
        HEALTHY, healthy=Healthy(checked=9, recovered=[f"Pod/a/{n}: restarted" for n in range(20)])
    )
    assert "and 14 more" in render_text(many, TERMINAL)


def test_inconclusive_says_what_to_do():
    text = render_text(INCONCLUSIVE, TERMINAL)
    assert "--accept-unread" in text
    assert "line 12, column 3" in text


def test_every_other_cause_has_its_line_and_those_left_out_are_counted():
    text = render_text(REPORTS["long"], TERMINAL)
    shown = sum(row.lstrip()[:1].isdigit() and "likely" in row for row in text.splitlines())
    assert shown >= 3
    assert f"and {20 - shown} more causes" in text


def test_a_file_shows_the_whole_evidence_of_each_cause():
    text = render_text(INCIDENT, TextOptions())
    assert "manifest unknown: not found" in text
    assert "unable to get metrics for resource cpu" in text
    assert "+++ b/charts/cart/values.yaml" in text


def test_lint_adds_the_risks_and_only_then_are_they_shown():
    assert "run as root" not in render_text(INCIDENT, TERMINAL)
    assert "run as root" in render_text(INCIDENT, structs.replace(TERMINAL, lint=True))
    none = structs.replace(INCIDENT, findings=[])
    assert "risks" in render_text(none, structs.replace(TERMINAL, lint=True))


def test_an_older_capture_gives_its_date():
    older = structs.replace(INCIDENT, run=Run(at="2026-03-09T10:00:00Z"))
    assert "2026-03-01 02:51 UTC" in render_text(older, TERMINAL).splitlines()[0]


def test_plain_rendering_needs_no_rich():
    code = (
        "import sys; from tests.unit.incident.reports import INCIDENT\n"
        "from anyops.incident.render.text import render_text\n"
        "from anyops.incident.render.options import TextOptions\n"
        "render_text(INCIDENT, TextOptions()); assert not {'rich', 'yaml', 'pydantic'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": "src:."})


def test_colour_is_in_styles_and_never_in_markup():
    from rich.console import Console

    from anyops.incident.render.lines import colored

    console = Console(force_terminal=True, color_system="standard", width=60, no_color=False)
    with console.capture() as written:
        console.print(colored(render_lines(INCIDENT, TERMINAL)), soft_wrap=True, end="")
    assert "\x1b[1;31m✖ INCIDENT critical" in written.get()
    assert colored(render_lines(INCIDENT, TERMINAL)).plain.startswith("prod-eu · ")


@given(st.text(max_size=200), st.integers(2, 60), st.integers(2, 60))
def test_wrapped_rows_fit_and_lose_no_word(text, first, rest):
    rows = wrap(text, first, rest)
    assert all(width(row) <= (rest if n else first) for n, row in enumerate(rows))
    assert "".join("".join(rows).split()) == "".join(text.split())


@given(st.text(max_size=200), st.integers(20, 60), st.integers(1, 3))
def test_a_hanging_text_takes_no_more_rows_than_it_may(text, columns, most):
    lines = hanging(line("  lead  "), text, columns, most=most)
    assert len(lines) <= most
    assert all(cells(parts) <= columns for parts in lines)


def test_of_manifests_alone_the_risks_are_the_answer():
    text = render_text(MANIFESTS, TERMINAL)
    assert "no running state was read; 1 risk in the manifests" in text
    assert "nothing is wrong" not in text
    assert "Needs nodes with 2 nvidia.com/gpu" in text
    assert "1 of style" in text
    assert "nvidia.com/gpu: 2" in render_text(MANIFESTS, TextOptions())


def test_many_risks_stay_within_the_lines_of_the_answer():
    many = structs.replace(MANIFESTS, findings=[structs.replace(RISKS[1], id=f"F{n}") for n in range(90)])
    assert len(render_lines(many, TERMINAL)) <= 24
    assert len(render_lines(many, TextOptions())) <= 40
    assert "more risks (--lint)" in render_text(many, TERMINAL)


def test_risks_of_what_the_question_names_come_first_among_equals():
    other = structs.replace(
        RISKS[1], resource=structs.replace(RISKS[1].resource, name="queue"), title="Of the queue"
    )
    asked = structs.replace(MANIFESTS, question="what is wrong with queue?", findings=[RISKS[1], other])
    text = render_text(asked, TERMINAL)
    assert text.index("Of the queue") < text.index("Needs nodes")


def test_of_a_long_log_entry_the_end_is_shown():
    trace = "Traceback (most recent call last):\n" + "  File x\n" * 100 + "KeyError: 'cart'"
    log = structs.replace(INCIDENT.evidence[0], id="E9", text=trace, about="")
    cause = structs.replace(INCIDENT.causes[0], evidence=["E9"])
    report = structs.replace(INCIDENT, causes=[cause], evidence=[log])
    for options in (TERMINAL, TextOptions()):
        rows = [row for row in render_text(report, options).splitlines() if row.endswith("KeyError: 'cart'")]
        assert len(rows) == 1


def test_many_unread_sources_are_counted():
    assert "secrets/0, secrets/1 and 28 more (forbidden)" in render_text(REPORTS["long"], TERMINAL)


def test_how_long_it_lasts_stands_beside_the_time():
    summary = "0 of 3 cart pods ready since 02:44, 2 more workloads short of pods"
    report = structs.replace(INCIDENT, impact=structs.replace(INCIDENT.impact, summary=summary))
    assert "since 02:44 (7 min), 2 more workloads" in render_text(report, TERMINAL)


def test_the_same_message_of_several_pods_is_shown_once():
    other = structs.replace(
        INCIDENT.evidence[0], id="E9", text=INCIDENT.evidence[0].text.replace("x41", "x5")
    )
    cause = structs.replace(INCIDENT.causes[0], evidence=["E1", "E9", "E2"])
    report = structs.replace(INCIDENT, causes=[cause], evidence=[*INCIDENT.evidence, other])
    assert render_text(report, TERMINAL).count("Failed to pull image") == 1
