"""`anyops incident`, and `anyops why`."""

import shlex
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anyops.cli.app import environment
from anyops.cli.options import (
    AllNamespaces,
    Context,
    Namespace,
    Selector,
    Since,
    Tail,
    Targets,
    Timeout,
    examples,
)
from anyops.cli.output import show, show_exact, show_json, show_lines, text_options
from anyops.cli.reading import Asked, ask
from anyops.text import safe

if TYPE_CHECKING:
    from anyops.environment import Environment
    from anyops.world.report import Report

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    epilog=examples("anyops incident analyze ./dump", "anyops incident analyze --demo"),
)


@app.callback()
def incident() -> None:
    """Find the cause of an incident."""


class Format(StrEnum):
    """`-o`: how the answer is written."""

    text = "text"
    wide = "wide"
    json = "json"
    yaml = "yaml"
    markdown = "markdown"
    name = "name"


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
    list[str] | None,
    typer.Option(
        "--accept-unread",
        metavar="KIND",
        help="Do not count this as unread: a kind, or a reason as `forbidden`.",
    ),
]


Lint = Annotated[bool, typer.Option("--lint", help="Name the risks too: what is not wrong yet.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing; the exit code is the answer.")]


@app.command(
    epilog=examples(
        "anyops incident analyze ./dump",
        "kubectl describe pod cart-7d9 -n shop | anyops incident analyze -",
        "anyops incident analyze dump.tar.gz -o json --fail-on critical",
    )
)
def analyze(
    target: Targets = None,
    namespace: Namespace = None,
    all_namespaces: AllNamespaces = False,
    selector: Selector = "",
    context: Context = "",
    since: Since = "",
    tail: Tail = 200,
    timeout: Timeout = "",
    output: Output = Format.text,
    question: Question = "",
    lint: Lint = False,
    demo: Demo = False,
    fail_on: FailOn = None,
    accept_unread: Accept = None,
    quiet: Quiet = False,
) -> None:
    """Read the cluster, or what was handed over; say what is wrong, why, with evidence, and what to do."""
    from anyops.data import demo_path
    from anyops.incident.analyze import analyze as analyze_world
    from anyops.incident.analyze import exit_code

    here = environment()
    given = [str(demo_path())] if demo else target
    asked = ask(here, given, Asked(namespace, all_namespaces, selector, context, since, tail, timeout))
    report = analyze_world(
        here,
        asked.paths,
        asked.live,
        question=question,
        accept_unread=accept_unread or (),
        called="the packaged demo" if demo else "",
    )
    if not quiet:
        again = ["--demo"] if demo else asked.again
        more = shlex.join(["anyops", "incident", "analyze", *again, "-o", "wide"])
        # What came by a pipe is gone.
        print_report(here, report, output, lint=lint, more="" if "-" in again else more)
    raise typer.Exit(exit_code(report, fail_on.value if fail_on else here.settings.analyze.fail_on))


def print_report(
    here: "Environment", report: "Report", output: Format, *, lint: bool, more: str = ""
) -> None:
    """Print the report in the format that was asked for; `more` is the command that shows everything."""
    if output in (Format.text, Format.wide):
        from anyops.incident.render.text import render_lines

        options = text_options(here, wide=output is Format.wide, lint=lint, more=more)
        show_lines(here, render_lines(report, options))
    elif output is Format.markdown:
        from anyops.incident.render.markdown import render_markdown

        show_exact(here, render_markdown(report, lint=lint))
    elif output is Format.name:
        show(here, "".join(f"{safe(c.cause)} {safe(str(c.resource))}\n" for c in report.causes))
    elif output is Format.yaml:
        from anyops.incident.render.yaml import render_yaml

        show_exact(here, render_yaml(report))
    else:
        show_json(here, report)


def why() -> Any:
    """`anyops why` as a command of its own."""
    alone = typer.Typer(rich_markup_mode=None, add_completion=False)
    alone.command(epilog=examples("anyops why ./dump", "anyops why dump.zip --question 'checkout is down'"))(
        analyze
    )
    return typer.main.get_command(alone)
