"""Figures that no scorer of a data folder prints: healthy cases, calibration, and equal bytes."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from evals.answers import Answer, Answers
from evals.report import Report
from evals.sets import ANALYZE, JSON, SETS

Figures = dict[str, float]
SAMPLE = 60
"""Cases that are run a second time, through the console script itself."""


def share(parts: list[bool]) -> float:
    """The share that is true; 1 of nothing."""
    return sum(parts) / len(parts) if parts else 1.0


def healthy(answers: Answers) -> Figures:
    """Cases in which nothing is wrong: said healthy, and nothing of state now at medium or above."""
    well = [a for a in answers.of("facts").values() if _is_well(a)]
    return {
        "healthy": share([a.told.report["verdict"] == "healthy" and not alarms(a.told.report) for a in well]),
        "n": float(len(well)),
    }


def alarms(report: Report) -> list[dict[str, Any]]:
    """Findings of state now at medium or above."""
    return [f for f in report["findings"] if f["state"] == "now" and f["severity"] != "low"]


def _is_well(answer: Answer) -> bool:
    expected = answer.case.get("expected")
    category = expected.get("root_cause_category") if isinstance(expected, dict) else None
    return category == "healthy" or answer.case.get("healthy") is True


def calibration(answers: Answers) -> Figures:
    """Of the causes said sure, the share that is right; of the right ones, the share said sure.

    Every cause of every report counts. It is right when the set's label names it (incidents), when its text
    holds all of the case's facts (first cause only, for the facts are of one), or when it stands at an object
    of which trouble is expected (unit-test objects). In a healthy case every cause is wrong.
    """
    judged = [row for name in _RIGHT for row in _judged(answers, name)]
    found: Figures = {}
    for name in ("", *_RIGHT):
        rows = [row for row in judged if name in ("", row.set)]
        found[f"{name} sure are right".strip()] = share([row.right for row in rows if row.sure])
        found[f"{name} right are sure".strip()] = share([row.sure for row in rows if row.right])
    for row in judged:
        if answers.misses and row.sure and not row.right:
            print(f"  sure and wrong: {row.case_id}: {row.cause}")
    return found


class Judged(NamedTuple):
    """One cause of one report, and whether it was right."""

    set: str
    case_id: str
    cause: str
    sure: bool
    right: bool


def _judged(answers: Answers, name: str) -> Iterator[Judged]:
    for case_id, answer in answers.of(name).items():
        for rank, cause in enumerate(answer.told.report["causes"]):
            right = _RIGHT[name](answer, cause, rank)
            if right is not None:
                at = cause["resource"]
                shown = f"#{rank + 1} {cause['cause']} {at['kind']} {at['namespace']}/{at['name']}"
                yield Judged(name, case_id, shown, cause["certainty"] == "sure", right)


def _right_incident(answer: Answer, cause: dict[str, Any], rank: int) -> bool | None:
    report = {**answer.told.report, "causes": [cause]}
    said = SETS["cloudopsbench"].adapter(answer.told._replace(report=report))["predictions"][0]
    expected = answer.case["expected"]
    return all(said[key] == expected[key] for key in ("fault_object", "root_cause"))


def _right_object(answer: Answer, cause: dict[str, Any], rank: int) -> bool | None:
    if not answer.case["expected"]:
        return None
    names = {expected["name"].split("/")[-1] for expected in answer.case["expected"]}
    explained = [f["resource"] for f in answer.told.report["findings"] if f["id"] in cause["explains"]]
    return any(at["name"] in names for at in [cause["resource"], *explained])


def _right_facts(answer: Answer, cause: dict[str, Any], rank: int) -> bool | None:
    if _is_well(answer):
        return False
    if rank:
        return None
    said = SETS["facts"].adapter(answer.told)
    facts = answer.case.get("expected_facts")
    if facts is None:
        return bool(said["category"] == answer.case["expected"]["root_cause_category"])
    return all(re.search(fact, said["top"], re.I) for fact in facts)


_RIGHT = {"cloudopsbench": _right_incident, "k8sgpt": _right_object, "facts": _right_facts}


def determinism(answers: Answers) -> Figures:
    """A second run by the real console script under another hash seed: the same bytes outside `run`."""
    every = [a for name in ("cloudopsbench", "k8sgpt", "facts") for a in answers.of(name).values()]
    some = every[:: max(1, len(every) // SAMPLE)]
    with ThreadPoolExecutor(answers.at_once) as pool:
        return {"same bytes": share(list(pool.map(lambda a: _same(answers, a), some))), "n": float(len(some))}


def _same(answers: Answers, answer: Answer) -> bool:
    folder = answers.scratch / "again" / re.sub(r"\W+", "_", answer.case["id"]) / "case"
    answers.data.write(answer.case, folder)
    script = Path(sys.executable).with_name("anyops")
    done = subprocess.run(
        [script, *ANALYZE, *JSON],
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(folder)
    return without_run(done.stdout) == without_run(answer.runs[0].out)


def without_run(said: str) -> str:
    """A report as text without what may differ; the order of keys and items stays."""
    try:
        read = json.loads(said)
    except ValueError:
        return said
    read.pop("run", None)
    return json.dumps(read)


MEASURES = {"healthy": healthy, "calibration": calibration, "determinism": determinism}
