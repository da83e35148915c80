"""The project's checks. `nox` runs lint, types and tests; `nox -l` lists all.

Two environments serve every session: `dev` has the source tree and the tools, `installed` has the built wheel
with compiled bytecode and nothing else, and is what evaluations and benches run.
"""

import hashlib
import os
import shutil
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.reuse_existing_virtualenvs = True

HERE = Path(__file__).parent
ENVIRONMENTS = HERE / ".nox"
FIGURES = ENVIRONMENTS / "figures"
PROJECT = nox.project.load_toml(HERE / "pyproject.toml")


def uv() -> list[str]:
    """The command that runs uv, or nothing where it is not there."""
    if shutil.which("uv"):
        return ["uv"]
    beside = Path(sys.executable).with_name("uv")
    return [str(beside)] if beside.exists() else []


def pip(session: nox.Session, python: Path, *arguments: str) -> None:
    """Install into an environment, with uv where there is one."""
    fast = uv()
    if fast:
        session.run(*fast, "pip", "install", "-q", "--python", str(python), *arguments, external=True)
    else:
        session.run(str(python), "-m", "pip", "install", "-q", *arguments, external=True)


def environment(session: nox.Session, name: str, *requirements: str) -> Path:
    """The interpreter of `.nox/NAME` with these requirements; made once for each state of pyproject.toml."""
    folder = ENVIRONMENTS / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "made-for"
    state = hashlib.sha256(
        b"\0".join(
            [(HERE / "pyproject.toml").read_bytes(), sys.version.encode(), *map(str.encode, requirements)]
        )
    ).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text() == state:
        return python
    session.log(f"making {folder}")
    shutil.rmtree(folder, ignore_errors=True)
    maker = [*uv(), "venv", "-q", "--python"] if uv() else []
    session.run(
        *(maker or [sys.executable, "-m", "venv"]),
        *([sys.executable] if maker else []),
        str(folder),
        external=True,
    )
    pip(session, python, *requirements)
    stamp.write_text(state)
    return python


def developing(session: nox.Session) -> Path:
    """The environment of the source tree and its tools."""
    groups = nox.project.dependency_groups(PROJECT, "test", "lint", "types")
    return environment(session, "dev", "-e", str(HERE), *groups)


def installed(session: nox.Session) -> Path:
    """The environment of the built wheel; anyops itself is built and installed anew each time."""
    python = environment(session, "installed", *PROJECT["project"]["dependencies"])
    again = ["--reinstall-package", "anyops"] if uv() else ["--force-reinstall"]
    pip(session, python, "--no-deps", *again, str(HERE))
    session.run(
        str(python), "-m", "compileall", "-q", "-j0", str(python.parent.parent / "lib"), external=True
    )
    return python


def run(
    session: nox.Session, python: Path, *arguments: str, codes: tuple[int, ...] = (0,), **env: str
) -> int:
    """Run one of the environment's commands; the answer is its exit code."""
    command = python.with_name(arguments[0])
    try:
        session.run(
            str(command), *arguments[1:], external=True, env={"PYTHONPATH": None, **env}, success_codes=codes
        )
    except nox.command.CommandFailed:
        return 1
    return 0


def must(session: nox.Session, python: Path, *arguments: str, **env: str) -> None:
    """Run a command that has to succeed."""
    if run(session, python, *arguments, **env):
        session.error(f"{' '.join(arguments[:2])} failed")


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Formatting, ruff's rules, and that imports only go down."""
    python = developing(session)
    must(session, python, "ruff", "format", "--check", "-q", ".")
    must(session, python, "ruff", "check", "-q", ".")
    must(session, python, "lint-imports", "--no-cache")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """mypy --strict over the package."""
    must(session, developing(session), "mypy", *session.posargs)


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """The test suite; what stands after `--` goes to pytest."""
    must(session, developing(session), "pytest", "-n", "2", "-rs", *session.posargs)


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Start-up and speed of the installed package, as ratios; `-- --short` for the quick part."""
    must(session, installed(session), "python", "-m", "bench", *session.posargs, PYTHONPATH="tests")


@nox.session(venv_backend="none")
def evals(session: nox.Session) -> None:
    """Labelled cases through the installed command: `-- --data DIR --set NAME`; floors must hold."""
    must(session, installed(session), "python", "-m", "evals", *session.posargs, PYTHONPATH="tests")


@nox.session(venv_backend="none")
def completions(session: nox.Session) -> None:
    """Write completions/ for bash, zsh and fish."""
    must(session, developing(session), "python", "-m", "anyops.cli.completion", "completions")


@nox.session(venv_backend="none")
def full(session: nox.Session) -> None:
    """Everything, each bar at its written number, with one table at the end."""
    for check in (lint, types, tests):
        check(session)
    python = installed(session)
    shutil.rmtree(FIGURES, ignore_errors=True)
    run(
        session,
        python,
        "python",
        "-m",
        "evals",
        "--figures",
        str(FIGURES),
        *session.posargs,
        PYTHONPATH="tests",
    )
    run(session, python, "python", "-m", "bench", "--figures", str(FIGURES), PYTHONPATH="tests")
    must(session, python, "python", "-m", "evals.bars", str(FIGURES), PYTHONPATH="tests")


@nox.session(venv_backend="none")
def picture(session: nox.Session) -> None:
    """Draw the README's picture anew, from a real run of the demo."""
    must(session, developing(session), "python", "-m", "readme", "tests/readme/demo.svg", PYTHONPATH="tests")
