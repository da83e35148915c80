"""The start path stays light: what a bare import may load, and that every command can still show its help."""

import subprocess
import sys

import pytest

from anyops.cli.app import COMMANDS, build

HEAVY = {
    "httpx",
    "pydantic",
    "rich",
    "sqlite_utils",
    "structlog",
    "kubernetes",
    "git",
    "notion_client",
    "crewai",
}
START = {"yaml", "typer", "msgspec"}
"""Not needed either to find out which command is meant."""


def loaded_by(code: str) -> set[str]:
    said = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in said.stdout.split()}


def test_the_start_path_loads_nothing_heavy() -> None:
    assert not loaded_by("import anyops.cli.app") & (HEAVY | START)


def test_showing_help_loads_nothing_heavy_and_no_command() -> None:
    code = (
        "import contextlib, io\nfrom anyops.cli.app import run\n"
        "with contextlib.redirect_stdout(io.StringIO()): run(['--help'])"
    )
    assert not loaded_by(code) & HEAVY
    modules = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert {m for m in modules if m.startswith("anyops.cli.")} == {"anyops.cli.app", "anyops.cli.options"}


def commands(group: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path]
    for name in getattr(group, "commands", {}):
        found += commands(group.commands[name], (*path, name))  # type: ignore[attr-defined]
    return found


def every_command() -> list[tuple[str, ...]]:
    import typer

    found: list[tuple[str, ...]] = [()]
    root = build()
    context = typer.Context(root, info_name="anyops")
    for name in COMMANDS:
        found += commands(root.get_command(context, name), (name,))
    return found


@pytest.mark.parametrize("command", every_command(), ids=" ".join)
def test_every_command_shows_its_help_with_an_example(command: tuple[str, ...]) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "anyops", *command, "--help"], capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stderr) == (0, "")
    shown = said.stdout.partition("Examples:\n")[2].splitlines()
    assert any(f"anyops {' '.join(command)}".strip() in line for line in shown)
