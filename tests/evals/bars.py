"""The table of every bar, from the figures in a folder: `python -m evals.bars FOLDER`."""

import json
import sys
import tomllib
from pathlib import Path


def main(folder: Path) -> int:
    """Print the table; the answer is the exit code."""
    bars = tomllib.loads((Path(__file__).parent / "bars.toml").read_text())
    missed = 0
    print(f"{'what':<58} {'figure':>8}  bar")
    for name, wanted in bars.items():
        file = folder / f"{name}.json"
        found = json.loads(file.read_text()) if file.exists() else {}
        for key, bar in wanted.items():
            value = found.get(key)
            held = value is not None and holds(value, bar)
            missed += not held
            shown = "not run" if value is None else f"{value:.3f}"
            limit = bar if isinstance(bar, str) else f">= {bar:g}"
            print(f"{name + ': ' + key:<58} {shown:>8}  {limit}  {'ok' if held else 'MISSED'}")
    return 1 if missed else 0


def holds(value: float, bar: float | str, slack: float = 0.0) -> bool:
    """Whether the value is at least the bar, or at most one written `<= 7`; `slack` is a part of the bar."""
    if isinstance(bar, str):
        return value <= float(bar.removeprefix("<=")) * (1 + slack)
    return value >= bar * (1 - slack)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
