"""What an adapter gets: the command's JSON, and its default text where a set is scored on text."""

from typing import Any, NamedTuple

Report = dict[str, Any]

NOTHING: Report = {
    "verdict": "",
    "causes": [],
    "findings": [],
    "evidence": [],
    "impact": {"summary": "", "workloads": []},
    "objects": [],
}
"""Stands for the report of a run that gave none."""


class Told(NamedTuple):
    """One case's answer."""

    report: Report
    text: str = ""
