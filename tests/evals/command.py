"""Runs the installed command on many folders, two at a time.

A case is one fresh process: this process imports the package once and forks for each case, and the child
calls the console script's own `main` with its streams on files. What is spared is only the start of the
interpreter and the imports; no state passes from one case to the next. The determinism set runs the real
console script as well and compares, so a difference between the two ways would show.
"""

import gc
import importlib
import io
import os
import pkgutil
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

TIME_LIMIT = 60.0
"""Seconds a case may take before it is killed and counts as failed."""


class Job(NamedTuple):
    """One run of the command: `arguments` without the program's name, in the folder `cwd`."""

    key: str
    arguments: tuple[str, ...]
    cwd: Path


class Said(NamedTuple):
    """What a run left: exit code (negative: killed by that signal), stdout, stderr, seconds."""

    code: int
    out: str
    err: str
    seconds: float


def load_package() -> str:
    """Import every module of the installed package; the answer says which copy it is."""
    package = importlib.import_module("anyops")
    for module in pkgutil.walk_packages(package.__path__, "anyops."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.freeze()
    return f"anyops {package.__version__} in {Path(package.__path__[0]).parent}"


def _become(job: Job, streams: Path) -> None:
    """In the child: the streams on files, the home empty, then the console script's entry."""
    os.chdir(job.cwd)
    for number, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, str(streams / "out"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, str(streams / "err"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        os.dup2(os.open(name, flags), number)
    sys.stdin, sys.stdout, sys.stderr = (
        io.TextIOWrapper(io.FileIO(number, mode, closefd=False), encoding="utf-8")
        for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )
    sys.argv = ["anyops", *job.arguments]
    code: object = 70
    try:
        code = importlib.import_module("anyops.cli.app").main()
    except SystemExit as stop:
        code = stop.code
    except BaseException:  # noqa: BLE001 - the parent counts whatever ended the child
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0 if code is None else 1)


def run_all(jobs: Iterable[Job], scratch: Path, at_once: int = 2) -> Iterator[tuple[Job, Said]]:
    """Each job with what it left, in the order in which they end."""
    running: dict[int, tuple[Job, Path, float]] = {}
    for number, job in enumerate(jobs):
        while len(running) >= at_once:
            yield _next_end(running)
        streams = scratch / f"streams-{number}"
        streams.mkdir(parents=True, exist_ok=True)
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _become(job, streams)
        running[child] = (job, streams, time.monotonic())
    while running:
        yield _next_end(running)


def _next_end(running: dict[int, tuple[Job, Path, float]]) -> tuple[Job, Said]:
    while True:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child in running:
            break
        for late, (_, _, start) in running.items():
            if time.monotonic() - start > TIME_LIMIT:
                os.kill(late, signal.SIGKILL)
        time.sleep(0.002)
    job, streams, start = running.pop(child)
    out, err = ((streams / name).read_bytes().decode("utf-8", "replace") for name in ("out", "err"))
    shutil.rmtree(streams)
    return job, Said(os.waitstatus_to_exitcode(status), out, err, time.monotonic() - start)


def quiet_home(folder: Path) -> None:
    """Point every place where a command could find or leave something at an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in [n for n in os.environ if n.startswith(("ANYOPS_", "XDG_", "KUBE")) or n == "COLUMNS"]:
        del os.environ[name]
    os.environ.update(HOME=str(folder), PYTHONUTF8="1", LC_ALL="C.UTF-8", NO_COLOR="1")
