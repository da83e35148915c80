"""Completion as a shell asks for it, and the shipped scripts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from anyops.cli.completion import SHELLS, script

SCRIPTS = Path(__file__).parents[2] / "completions"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shipped_script_is_what_the_program_writes(shell: str) -> None:
    assert (SCRIPTS / SHELLS[shell]).read_text() == script(shell), "run `nox -s completions`"


def ask(shell: str, line: str) -> str:
    words = line.split(" ")
    asked = {
        "bash": {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": line},
        "fish": {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    done = subprocess.run(
        [sys.executable, "-m", "anyops"],
        env={**os.environ, **asked, "_ANYOPS_COMPLETE": f"complete_{shell}"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("anyops inc", "incident"),
        ("anyops incident ", "analyze"),
        ("anyops doctor -o ", "json"),
        ("anyops expl", "explain"),
    ],
)
def test_commands_options_and_values_are_offered(shell: str, line: str, offered: str) -> None:
    assert offered in ask(shell, line)


def test_what_comes_before_may_be_wrong() -> None:
    assert "Traceback" not in ask("bash", "anyops nonsense --x ")


def test_bash_completes_with_the_shipped_script(tmp_path: Path) -> None:
    program = tmp_path / "anyops"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m anyops "$@"\n')
    program.chmod(0o755)
    asked = "COMP_WORDS=(anyops conf); COMP_CWORD=1; _anyops_completion anyops; echo ${COMPREPLY[@]}"
    lines = f"source '{SCRIPTS / SHELLS['bash']}'; {asked}"
    done = subprocess.run(
        ["bash", "-c", lines],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split() == ["config"]
