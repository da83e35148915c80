"""Times whole commands, alternately, so that what else the machine does hits all alike."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

Command = Sequence[str]

PASS: Command = (sys.executable, "-c", "pass")
ANYOPS = str(Path(sys.executable).with_name("anyops"))


class Taken(NamedTuple):
    """Seconds on the wall, and of the processor (user and system); the most memory in MB."""

    wall: float
    cpu: float
    peak: float


def taken_by(command: Command, cwd: Path, env: Mapping[str, str]) -> Taken:
    """One run, from start to exit. Raises RuntimeError when it does not give an answer."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1, 4):
            errors.seek(0)
            said = errors.read()[-300:].decode()
            raise RuntimeError(f"{' '.join(command)}: exit {process.returncode}: {said}")
    return Taken(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def medians(
    commands: Mapping[str, tuple[Command, Path]], times: int, env: Mapping[str, str]
) -> dict[str, Taken]:
    """Each command's medians of `times` rounds that run each once; a first round does not count."""
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
