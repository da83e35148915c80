"""`anyops incident`, and `anyops why`."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from anyops.cli.app import environment
from anyops.cli.options import Targets, paths

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.callback()
def incident() -> None:
    """Find the cause of an incident."""


class Format(StrEnum):
    """`-o`: how the answer is written."""

    json = "json"


class Level(StrEnum):
    """A severity."""

    critical = "critical"
    high = "high"
    medium = "medium"
    low = "low"


Output = Annotated[Format, typer.Option("-o", "--format", help="How to write the answer.")]
Question = Annotated[str, typer.Option("--question", help="What is asked, in words; it steers the ranking.")]
Demo = Annotated[bool, typer.Option("--demo", help="Analyse the incident that ships with anyops.")]
FailOn = Annotated[
    Level | None, typer.Option("--fail-on", help="Exit 1 at this severity and above; high by default.")
]
Accept = Annotated[
    list[str] | None, typer.Option("--accept-unread", metavar="KIND", help="Do not count this as unread.")
]


@app.command(
    epilog="Example: anyops incident analyze ./dump   kubectl describe pod x | anyops incident analyze -"
)
def analyze(
    target: Targets = None,
    output: Output = Format.json,
    question: Question = "",
    demo: Demo = False,
    fail_on: FailOn = None,
    accept_unread: Accept = None,
) -> None:
    """Read what was handed over; say what is wrong, why, with evidence, and what to do."""
    from anyops.data import demo_path
    from anyops.incident.analyze import analyze_files, exit_code
    from anyops.incident.render.json import render_json

    del output
    here = environment()
    if demo:
        target = [str(demo_path())]
    report = analyze_files(here, paths(target), question=question, accept_unread=accept_unread or ())
    here.stdout.write(render_json(report))
    raise typer.Exit(exit_code(report, fail_on.value if fail_on else here.settings.analyze.fail_on))


def why() -> Any:
    """`anyops why` as a command of its own."""
    alone = typer.Typer(rich_markup_mode=None, add_completion=False)
    alone.command(epilog="Example: anyops why ./dump")(analyze)
    return typer.main.get_command(alone)
