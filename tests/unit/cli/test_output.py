"""What a command prints, for the stream that it goes to."""

import io
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anyops.cli.incident import Format, print_report
from anyops.environment import Environment
from anyops.settings import Settings
from anyops.text import speaks_unicode
from anyops.world.report import Report
from tests.unit.incident.reports import INCIDENT, poisoned


def environment(
    encoding: str = "utf-8", variables: Mapping[str, str] = {}, *, terminal: bool = False, color: bool = False
) -> Environment:
    stdout = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict")
    return Environment(
        stdin=io.BytesIO(),
        stdout=stdout,
        stderr=io.StringIO(),
        variables=variables,
        cwd=Path(),
        home=Path(),
        now=lambda: datetime(2026, 3, 1, tzinfo=UTC),
        columns=100,
        terminal=terminal,
        color=color,
        unicode=speaks_unicode(encoding, variables),
        settings=Settings(),
        origins=(),
    )


def printed(report: Report, form: str, here: Environment, more: str = "") -> str:
    print_report(here, report, Format(form), lint=True, more=more)
    here.stdout.flush()
    return here.stdout.buffer.getvalue().decode(here.stdout.encoding)


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "cp1252"])
def test_every_form_can_be_written_to_every_stream(form, encoding):
    assert printed(poisoned("日本 ✖ \ud800 \u202e →"), form, environment(encoding))


def test_json_in_ascii_reads_back_the_same():
    assert json.loads(printed(poisoned("日👍"), "json", environment("ascii")))["question"] == "日👍"


def test_colour_only_where_the_environment_has_it():
    assert "\x1b[" not in printed(INCIDENT, "text", environment(terminal=True))
    assert "\x1b[1;31m✖ INCIDENT" in printed(INCIDENT, "text", environment(terminal=True, color=True))


def test_the_c_locale_gets_ascii():
    text = printed(INCIDENT, "text", environment(variables={"LANG": "C"}))
    assert text.isascii()
    assert "x INCIDENT critical" in text


def test_in_a_job_of_actions_the_text_stands_between_guards():
    here = environment(variables={"GITHUB_ACTIONS": "true"})
    first, *_, last = printed(poisoned("::error::x"), "text", here).splitlines()
    token = re.fullmatch(r"::stop-commands::([0-9a-f]{32})", first)
    assert token
    assert last == f"::{token[1]}::"


@pytest.mark.parametrize(("form", "start"), [("json", "{\n"), ("yaml", "schema: "), ("markdown", "## ")])
def test_what_another_program_reads_is_not_guarded(form, start):
    assert printed(INCIDENT, form, environment(variables={"GITHUB_ACTIONS": "true"})).startswith(start)


def test_a_file_in_a_job_of_actions_is_not_guarded(tmp_path):
    here = environment(variables={"GITHUB_ACTIONS": "true"})
    with (tmp_path / "answer.txt").open("w", encoding="utf-8") as file:
        to_file = Environment(
            **{name: getattr(here, name) for name in here.__struct_fields__} | {"stdout": file}
        )
        print_report(to_file, INCIDENT, Format.text, lint=False)
    assert (tmp_path / "answer.txt").read_text("utf-8").startswith("prod-eu")


def test_the_hint_names_the_command_unless_it_is_long():
    assert "all: anyops incident analyze ./x -o wide" in printed(
        INCIDENT, "text", environment(), "anyops incident analyze ./x -o wide"
    )
    assert "all: add -o wide" in printed(INCIDENT, "text", environment(), "anyops " + "x" * 100)
