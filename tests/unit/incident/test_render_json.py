"""The report as JSON, and its schema."""

import json
import os
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import structs

from anyops.incident.render.json import render_json
from anyops.incident.render.schema import FILE, report_schema, schema_text, shipped_schema
from anyops.text import is_active
from anyops.world.report import Report, Run
from tests.unit.incident.golden import assert_golden
from tests.unit.incident.reports import HEALTHY, INCIDENT, INCONCLUSIVE, long

DATA = Path(__file__).parents[3] / "src" / "anyops" / "data"
REPORTS = (INCIDENT, HEALTHY, INCONCLUSIVE, long())
ORDER = (
    "schema verdict severity fingerprint question scope impact causes findings ruled_out timeline changes"
    " evidence healthy unread run"
)


@pytest.mark.parametrize("report", REPORTS, ids=lambda r: r.verdict)
def test_reports_hold_to_the_shipped_schema(report):
    jsonschema.validate(json.loads(render_json(report)), json.loads(shipped_schema()))


def test_the_shipped_schema_is_in_step_with_the_records():
    if os.environ.get("ANYOPS_GOLDEN") == "write":
        (DATA / FILE).write_text(schema_text(), "utf-8")
    assert shipped_schema() == schema_text(), "ANYOPS_GOLDEN=write pytest writes it anew"


def test_the_schema_itself_is_sound_and_refuses_other_versions():
    jsonschema.Draft202012Validator.check_schema(report_schema())
    other = json.loads(render_json(INCIDENT)) | {"schema": "anyops.report/2"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(other, report_schema())


def test_the_released_shape_stays():
    assert_golden("report-1.json", render_json(INCIDENT))
    assert list(json.loads(render_json(INCIDENT))) == ORDER.split()


def test_a_report_of_the_released_shape_still_reads():
    text = (Path(__file__).parents[2] / "golden" / "report-1.json").read_text("utf-8")
    assert msgspec.json.decode(text, type=Report) == INCIDENT


def test_only_run_differs_between_two_runs():
    first, second = (
        json.loads(render_json(structs.replace(INCIDENT, run=Run(id=id_, timings_ms={"total": ms}))))
        for id_, ms in (("a", 1.0), ("b", 2.0))
    )
    del first["run"], second["run"]
    assert first == second
    assert render_json(INCIDENT) == render_json(INCIDENT)


@given(st.text(st.characters(), max_size=60))
@example("\ud800 and \udfff")
@example("\U000e0041 \x9b \u202e")
def test_any_text_comes_back_exactly_and_acts_on_no_terminal(text):
    written = render_json(structs.replace(INCIDENT, question=text))
    assert not any(is_active(c) for c in written if c != "\n")
    assert json.loads(written)["question"] == text.encode("utf-16", "surrogatepass").decode(
        "utf-16", "replace"
    )
    msgspec.json.decode(written, type=Report)
