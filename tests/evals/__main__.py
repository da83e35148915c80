"""Score the installed command: `nox -s evals -- --data DIR --set NAME`.

Writes `preds-NAME.jsonl`, prints what the folder's own scorers print, and compares with floors.toml. Without
--data the folder is $ANYOPS_EVALS, and the floors must hold.
"""

import argparse
import json
import os
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from evals.answers import Answer, Answers
from evals.command import load_package, quiet_home
from evals.data import Data
from evals.figures import figures
from evals.measures import MEASURES
from evals.sets import SETS

HERE = Path(__file__).parent
Figures = dict[str, float]


def main() -> int:
    """0: every figure at or above its floor; 1: one is below or a run failed; 2: no data."""
    asked = _arguments()
    given = asked.data or os.environ.get("ANYOPS_EVALS")
    if not given or not (Path(given) / "evalio.py").exists():
        print("no data: give --data DIR or set ANYOPS_EVALS to a folder with evalio.py", file=sys.stderr)
        return 2
    floors = tomllib.loads((HERE / "floors.toml").read_text())
    out, data = Path(asked.out).resolve(), Data(Path(given))
    figures_to = Path(asked.figures).resolve() if asked.figures else None
    below = 0
    with tempfile.TemporaryDirectory(prefix="anyops-evals-") as scratch:
        quiet_home(Path(scratch) / "home")
        print(load_package())
        answers = Answers(data, Path(scratch), asked.only, asked.jobs, misses=asked.misses)
        for name in asked.set or [*SETS, *MEASURES]:
            found = _score(answers, name, out)
            if figures_to:
                _keep(figures_to, name, found)
            below += _compare(name, found, {} if asked.data or asked.only else floors.get(name, {}))
    return 1 if below else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s evals --", description=__doc__)
    parser.add_argument("--data", help="folder with cases, evalio.py, materialize.py and score_*.py")
    parser.add_argument(
        "--set", action="append", choices=[*SETS, *MEASURES], help="may be repeated; all by default"
    )
    parser.add_argument("--only", default="", help="cases whose id contains this")
    parser.add_argument("--misses", action="store_true", help="show each case that was missed")
    parser.add_argument("--out", default=".", help="where preds-NAME.jsonl go")
    parser.add_argument("--figures", help="folder for the figures as JSON")
    parser.add_argument("--jobs", type=int, default=2, help="cases at once")
    return parser.parse_args()


def _score(answers: Answers, name: str, out: Path) -> Figures:
    start = time.monotonic()
    print(f"\n== {name}", flush=True)
    if name in MEASURES:
        found = MEASURES[name](answers)
    else:
        told = answers.of(name)
        found = {**_scored(answers, name, out), "failed runs": float(sum(a.failed for a in told.values()))}
        _show_failures(told)
        if answers.misses:
            _show_misses(name, told)
        _show_seconds(told)
    print(f"{time.monotonic() - start:.1f} s")
    return found


def _scored(answers: Answers, name: str, out: Path) -> Figures:
    kind, file = SETS[name], out / f"preds-{name}.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for case_id, answer in answers.of(name).items():
            lines.write(json.dumps({"id": case_id, **kind.adapter(answer.told)}) + "\n")
    printed = answers.data.score(kind.scorer, str(file))
    print(printed, end="")
    return figures(printed)


def _show_failures(told: dict[str, Answer]) -> None:
    for case_id, answer in told.items():
        for said in answer.runs:
            if answer.failed:
                last = (said.err.strip().splitlines() or ["no message"])[-1]
                print(f"  failed: {case_id}: exit {said.code}: {last[:200]}")


def _show_misses(name: str, told: dict[str, Answer]) -> None:
    for case_id, answer in told.items():
        case, said = answer.case, SETS[name].adapter(answer.told)
        if SETS[name].hit(case, said):
            continue
        wanted = json.dumps(case.get("expected") or case.get("expected_facts") or "healthy")
        print(f"  missed: {case_id}\n    expected {wanted[:600]}\n    said     {json.dumps(said)[:900]}")


def _show_seconds(told: dict[str, Answer]) -> None:
    taken = sorted(said.seconds for answer in told.values() for said in answer.runs)
    if taken:
        print(f"seconds a run: median {taken[len(taken) // 2]:.2f}, longest {taken[-1]:.2f}")


def _keep(folder: Path, name: str, found: Figures) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(found, indent=1))


def _compare(name: str, found: Figures, floors: Figures) -> int:
    below = 0
    for key, floor in floors.items():
        value = found.get(key, float("nan"))
        held = value <= floor if key == "failed runs" else value >= floor
        below += not held
        print(f"{'ok   ' if held else 'BELOW'} {name}: {key} {value:.3f} (floor {floor:.3f})")
    if name in MEASURES:
        for key, value in found.items():
            print(f"      {key} {value:.3f}")
    return below


if __name__ == "__main__":
    sys.exit(main())
