"""The README's commands do what it says: each line of its shell blocks is run, or at least parsed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from anyops.data import demo_path

README = Path(__file__).parents[2] / "README.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README.read_text("utf-8"), re.M | re.S)
LINES = [line for block in BLOCKS for line in block.splitlines() if line.strip()]
RUN = [line for line in LINES if line.startswith(("anyops ", "kubectl "))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as the README has it: dumps, an archive of them, and kubectl, which prints one of them."""
    shutil.copytree(demo_path(), tmp_path / "work" / "dump")
    shutil.make_archive(str(tmp_path / "work" / "dump"), "gztar", tmp_path / "work" / "dump")
    shutil.copytree(demo_path(), tmp_path / "work" / "before")
    shutil.copytree(demo_path(), tmp_path / "work" / "after")
    shutil.make_archive(str(tmp_path / "work" / "before"), "gztar", tmp_path / "work" / "before")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "anyops").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m anyops "$@"\n')
    (programs / "kubectl").write_text(f"#!/bin/sh\ncat '{demo_path()}/describe-pod-cart.txt'\n")
    for program in programs.iterdir():
        program.chmod(0o755)
    return tmp_path


def test_the_blocks_were_found() -> None:
    assert len(RUN) >= 10


@pytest.mark.parametrize("line", RUN)
def test_a_command_answers(folder: Path, line: str) -> None:
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=folder / "work",
        env={**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode in ((0, 1) if "analyze" in line or "why" in line else (0,)), done.stderr
    assert done.stdout or "config set" in line
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("line", [line for line in LINES if line not in RUN])
def test_what_installs_is_one_line_that_a_shell_takes(line: str) -> None:
    assert subprocess.run(["bash", "-n", "-c", line], capture_output=True).returncode == 0


def test_every_file_that_is_linked_exists() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README.read_text("utf-8")):
        assert target.startswith("http") or (README.parent / target).exists(), target
