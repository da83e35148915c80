"""Completion in the shell: the scripts for bash, zsh and fish, and the answers they ask for.

`python -m anyops.cli.completion DIR` writes the scripts. They ask `anyops` through a variable (typer's way),
so they never age; only the command that is being completed is imported.
"""

import os
import sys
from pathlib import Path

from anyops.cli.app import COMPLETE, build

SHELLS = {"bash": "anyops.bash", "zsh": "_anyops", "fish": "anyops.fish"}
"""Each shell with the file name under which it looks for a script."""


def answer() -> int:
    """Print what the shell asks for; the exit code says whether there is anything."""
    from typer._completion_classes import completion_init
    from typer.completion import shell_complete

    completion_init()
    return int(shell_complete(build(), {}, "anyops", COMPLETE, os.environ[COMPLETE]))


def script(shell: str) -> str:
    """The script that a shell sources."""
    from typer._completion_shared import get_completion_script

    return get_completion_script(prog_name="anyops", complete_var=COMPLETE, shell=shell).strip() + "\n"


def write(folder: Path) -> None:
    """Write every shell's script into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for shell, name in SHELLS.items():
        (folder / name).write_text(script(shell), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
