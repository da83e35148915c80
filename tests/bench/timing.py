"""Times whole commands, alternately, so that what else the machine does hits all alike."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

Command = Sequence[str]

PASS: Command = (sys.executable, "-c", "pass")
ANYOPS = str(Path(sys.executable).with_name("anyops"))


STARTER = """\
import json, os, sys, time
answer, *command = sys.argv[1:]
files = [
    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, answer, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
]
start = time.perf_counter()
pid = os.posix_spawnp(command[0], command, os.environ, file_actions=files)
_, status, used = os.wait4(pid, 0)
wall = time.perf_counter() - start
print(json.dumps([os.waitstatus_to_exitcode(status), wall, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""
"""Runs a command from a small process: Linux counts in a process's peak what its parent held."""


class Taken(NamedTuple):
    """Seconds on the wall, and of the processor (user and system); the most memory in MB."""

    wall: float
    cpu: float
    peak: float


def taken_by(command: Command, cwd: Path, env: Mapping[str, str], answer: str = os.devnull) -> Taken:
    """One run, its output in the file `answer`. Raises RuntimeError where it gives none."""
    with tempfile.TemporaryFile() as errors:
        starter = [sys.executable, "-I", "-S", "-c", STARTER, answer, *command]
        done = subprocess.run(starter, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=errors, check=True)
        code, wall, cpu, peak = json.loads(done.stdout)
        if code not in (0, 1, 4):
            errors.seek(0)
            said = errors.read()[-300:].decode()
            raise RuntimeError(f"{' '.join(command)}: exit {code}: {said}")
    return Taken(wall, cpu, peak / 1024)


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
