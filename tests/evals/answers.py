"""Runs a set's cases through the command and keeps what it said."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evals.command import Job, Said, run_all
from evals.data import Case, Data
from evals.report import NOTHING, Report, Told
from evals.sets import JSON, SETS, Set

ANSWERS = (0, 1, 4)
"""Exit codes of a run that gave an answer."""


class Answer(NamedTuple):
    """One case, what was said of it, and the runs behind that, the one with JSON first."""

    case: Case
    told: Told
    runs: tuple[Said, ...]

    @property
    def failed(self) -> bool:
        """Whether a run ended otherwise than with an answer."""
        return any(said.code not in ANSWERS for said in self.runs)


class Answers:
    """Every set's answers, each set run once."""

    def __init__(
        self, data: Data, scratch: Path, only: str = "", at_once: int = 2, *, misses: bool = False
    ) -> None:
        self.data, self.scratch, self.only, self.at_once, self.misses = data, scratch, only, at_once, misses
        self._kept: dict[str, dict[str, Answer]] = {}

    def cases(self, kind: Set) -> list[Case]:
        """The set's cases, in the order of its files."""
        return [case for glob in kind.globs for case in self.data.cases(glob) if self.only in case["id"]]

    def of(self, name: str) -> dict[str, Answer]:
        """Each case's answer by its id."""
        if name not in self._kept:
            kind = SETS[name]
            cases = {case["id"]: case for case in self.cases(kind)}
            said: dict[str, dict[str, Said]] = {case_id: {} for case_id in cases}
            for job, result in run_all(self._jobs(kind, cases), self.scratch, self.at_once):
                case_id, _, form = job.key.rpartition("|")
                said[case_id][form] = result
                if len(said[case_id]) == 1 + kind.text:
                    shutil.rmtree(job.cwd)
            self._kept[name] = {key: _answer(case, said[key]) for key, case in cases.items()}
        return self._kept[name]

    def _jobs(self, kind: Set, cases: dict[str, Case]) -> Iterator[Job]:
        for number, (case_id, case) in enumerate(cases.items()):
            folder = self.scratch / f"case-{number}"
            self.data.write(case, folder)
            yield Job(f"{case_id}|json", (*kind.command, *JSON), folder)
            if kind.text:
                yield Job(f"{case_id}|text", kind.command, folder)


def _answer(case: Case, said: dict[str, Said]) -> Answer:
    text = said["text"].out if "text" in said else ""
    return Answer(case, Told(_report(said["json"]), text), tuple(said[form] for form in sorted(said)))


def _report(said: Said) -> Report:
    try:
        read = json.loads(said.out)
    except ValueError:
        return dict(NOTHING)
    return {**NOTHING, **(read if isinstance(read, dict) else {"objects": read})}
