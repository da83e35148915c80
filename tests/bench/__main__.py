"""Start-up against `python -c pass` in the same run, and whole analyses: `nox -s bench`, `-- --short` for CI.

Prints seconds and ratios; exits 1 when a bar of tests/evals/bars.toml is missed.
"""

import argparse
import json
import os
import sys
import tempfile
import tomllib
from pathlib import Path

import evals
from bench.folders import largest, synthetic
from bench.live import live
from bench.timing import ANYOPS, PASS, medians
from evals.bars import holds
from evals.data import Data

Figures = dict[str, float]

SLACK = {"official client times ours": 0.2}
"""The part by which a short round may miss a bar: what two programs cost beside each other is not the same on
every machine. The full round may not."""


def main() -> int:
    """0 when every bar holds."""
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer rounds, and no very large folder")
    parser.add_argument("--figures", help="folder for the figures as JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="anyops-bench-") as scratch:
        env = clean(Path(scratch) / "home")
        found = startup(Path(scratch), 9 if asked.short else 25, env)
        found |= folders(Path(scratch), 3 if asked.short else 7, env, short=asked.short)
        found |= live(Path(scratch), env, short=asked.short)
    if asked.figures:
        Path(asked.figures).mkdir(parents=True, exist_ok=True)
        (Path(asked.figures) / "bench.json").write_text(json.dumps(found, indent=1))
    return 1 if missed(found, SLACK if asked.short else {}) else 0


def clean(home: Path) -> dict[str, str]:
    """An environment in which nothing of this machine's is found."""
    home.mkdir()
    dropped = ("ANYOPS_", "XDG_", "KUBE", "PYTHON", "COLUMNS")
    return {k: v for k, v in os.environ.items() if not k.startswith(dropped)} | {"HOME": str(home)}


def startup(scratch: Path, times: int, env: dict[str, str]) -> Figures:
    """Start-up as a multiple of the interpreter's own."""
    commands = {
        "pass": (PASS, scratch),
        "--version": ((ANYOPS, "--version"), scratch),
        "--help": ((ANYOPS, "--help"), scratch),
        "incident analyze --help": ((ANYOPS, "incident", "analyze", "--help"), scratch),
    }
    taken = medians(commands, times, env)
    print(f"python -c pass: {taken['pass'].wall * 1000:.0f} ms (median of {times})")
    for name in list(commands)[1:]:
        print(
            f"  {name:<26} {taken[name].wall * 1000:5.0f} ms  {taken[name].wall / taken['pass'].wall:5.1f}x"
        )
    return {f"{name} times pass": taken[name].wall / taken["pass"].wall for name in list(commands)[1:]}


def folders(scratch: Path, times: int, env: dict[str, str], *, short: bool) -> Figures:
    """Whole analyses, from start to exit."""
    analyze = (ANYOPS, "incident", "analyze", ".")
    sizes = (100, 400) if short else (500, 2000)
    where = {f"{n} pods": synthetic(scratch / f"pods-{n}", n) for n in sizes}
    given = os.environ.get("ANYOPS_EVALS")
    if given:
        where["largest folder"] = largest(Data(Path(given)), scratch / "largest")
    commands = {name: (analyze, folder) for name, folder in where.items()}
    taken = medians({"pass": (PASS, scratch), **commands}, times, env)
    for name, folder in where.items():
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
        wall, cpu, _ = taken[name]
        ratio = wall / taken["pass"].wall
        print(f"  {name:<16} {size:6.1f} MB  {wall:6.2f} s ({cpu:.2f} cpu)  {ratio:6.1f}x pass")
    small, large = (taken[f"{n} pods"].wall for n in sizes)
    print(f"  4 times the pods take {large / small:.1f} times as long")
    found = {"4 times the pods": large / small}
    return found | ({"largest folder seconds": taken["largest folder"].wall} if given else {})


def missed(found: Figures, slack: Figures) -> list[str]:
    """The bars that do not hold, each printed; a figure that was not measured is no miss here."""
    file = Path(evals.__file__).parent / "bars.toml"
    bars = tomllib.loads(file.read_text())["bench"]
    measured = {key: bar for key, bar in bars.items() if key in found}
    missed = [k for k, bar in measured.items() if not holds(found[k], bar, slack.get(k, 0.0))]
    for key in missed:
        print(f"MISSED {key}: {found[key]:.2f}, the bar is {bars[key]}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
