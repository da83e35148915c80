"""`anyops doctor`."""

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from anyops.cli.app import environment
from anyops.cli.options import AsTable, Tabular, examples
from anyops.text import safe

if TYPE_CHECKING:
    from anyops.doctor import Check, Examination
    from anyops.environment import Environment

GLYPHS = {"ok": ("✓", "+"), "missing": ("–", "-"), "failed": ("✖", "x")}


def doctor() -> Any:
    """`anyops doctor` as a command of its own."""
    alone = typer.Typer(rich_markup_mode=None, add_completion=False)
    alone.command(epilog=examples("anyops doctor", "anyops doctor -o json"))(_doctor)
    return typer.main.get_command(alone)


def _doctor(output: AsTable = Tabular.text) -> None:
    """What is configured, reachable and missing, and the command that mends it."""
    import msgspec

    from anyops.doctor import examine

    here = environment(lenient=True)
    found = examine(here)
    if output is Tabular.json:
        here.stdout.write(msgspec.json.format(msgspec.json.encode(found)).decode() + "\n")
    else:
        here.stdout.writelines(f"{line}\n" for line in lines(found, here))
    raise typer.Exit(0 if found.ok else 3)


def lines(found: "Examination", here: "Environment") -> Iterator[str]:
    """One check a line, wrapped to the terminal; the command that mends it below, whole, in column 0."""
    for check in found.checks:
        yield from _check_lines(check, here)
    failed = [check.name for check in found.checks if check.state == "failed"]
    yield ""
    yield f"needs mending: {', '.join(failed)}" if failed else "everything that is needed is there"


def _check_lines(check: "Check", here: "Environment") -> Iterator[str]:
    glyph = GLYPHS[check.state][0 if here.unicode else 1]
    head = f"{glyph} {check.state:<8}{check.name:<12}"
    detail = safe(check.detail)
    if here.columns < 2 * len(head):
        yield head.rstrip()
        head = "  "
    yield from textwrap.wrap(
        detail,
        max(20, here.columns),
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
    )
    if check.mend:
        yield safe(check.mend)
