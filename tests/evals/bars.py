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
            at_most = isinstance(bar, str)
            limit = float(str(bar).removeprefix("<="))
            value = found.get(key)
            held = value is not None and (value <= limit if at_most else value >= limit)
            missed += not held
            shown = "not run" if value is None else f"{value:.3f}"
            sign, end = "<=" if at_most else ">=", "ok" if held else "MISSED"
            print(f"{name + ': ' + key:<58} {shown:>8}  {sign} {limit:g}  {end}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
