"""Times whole commands, alternately, so that what else the machine does hits all alike."""

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

Command = Sequence[str]

PASS: Command = (sys.executable, "-c", "pass")
ANYOPS = str(Path(sys.executable).with_name("anyops"))


class Taken(NamedTuple):
    """Seconds on the wall, and of the processor (user and system)."""

    wall: float
    cpu: float


def taken_by(command: Command, cwd: Path, env: Mapping[str, str]) -> Taken:
    """One run, from start to exit. Raises RuntimeError when it does not give an answer."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1, 4):
        raise RuntimeError(f"{' '.join(command)}: exit {done.returncode}: {done.stderr.decode()[-300:]}")
    return Taken(wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def medians(
    commands: Mapping[str, tuple[Command, Path]], times: int, env: Mapping[str, str]
) -> dict[str, Taken]:
    """Each command's median seconds of `times` rounds that run each once; a first round does not count."""
    taken: dict[str, list[Taken]] = {name: [] for name in commands}
    for round_ in range(times + 1):
        for name, (command, cwd) in commands.items():
            took = taken_by(command, cwd, env)
            if round_:
                taken[name].append(took)
    return {
        name: Taken(*(statistics.median(column) for column in zip(*values, strict=True)))
        for name, values in taken.items()
    }
