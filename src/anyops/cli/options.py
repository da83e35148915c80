"""Options that several commands share, spelled and explained once."""

from enum import StrEnum
from typing import Annotated

import typer

Targets = Annotated[
    list[str] | None,
    typer.Argument(help="A folder, an archive, files, or - for standard input.", metavar="TARGET..."),
]


def examples(*lines: str) -> str:
    """The end of a command's help: real command lines, one a line (`\\b` keeps them unwrapped)."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


class Tabular(StrEnum):
    """How a list is written."""

    text = "text"
    json = "json"


AsTable = Annotated[Tabular, typer.Option("-o", "--format", help="How to write the answer.")]


def paths(targets: list[str] | None) -> list[str]:
    """What to read. Raises UsageError when nothing was given."""
    from anyops.errors import UsageError

    if not targets:
        raise UsageError(
            "nothing to read", hint="give a folder, an archive or files; `-` reads standard input"
        )
    if not all(targets):
        raise UsageError("a target is an empty text", hint="a variable may be unset; `.` is this folder")
    return targets
