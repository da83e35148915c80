"""Times whole commands, alternately, so that what else the machine does hits all alike."""

import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

Command = Sequence[str]

PASS: Command = (sys.executable, "-c", "pass")
ANYOPS = str(Path(sys.executable).with_name("anyops"))


def seconds(command: Command, cwd: Path, env: Mapping[str, str]) -> float:
    """Wall time of one run, from start to exit. Raises RuntimeError when it does not give an answer."""
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    taken = time.perf_counter() - start
    if done.returncode not in (0, 1, 4):
        raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}: {done.stderr.decode()[-300:]}")
    return taken


def medians(
    commands: Mapping[str, tuple[Command, Path]], times: int, env: Mapping[str, str]
) -> dict[str, float]:
    """Each command's median seconds of `times` rounds that run each once; a first round does not count."""
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for round_ in range(times + 1):
        for name, (command, cwd) in commands.items():
            took = seconds(command, cwd, env)
            if round_:
                taken[name].append(took)
    return {name: statistics.median(values) for name, values in taken.items()}
