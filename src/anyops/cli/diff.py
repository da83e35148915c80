"""`anyops diff A B`."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from anyops.cli.app import environment
from anyops.cli.options import examples
from anyops.cli.output import show, show_json, show_lines, text_options
from anyops.errors import UsageError


class Shape(StrEnum):
    """`-o`: how the answer is written."""

    text = "text"
    json = "json"
    name = "name"


_A = Annotated[str, typer.Argument(metavar="A", help="A path, file:PATH or ctx:NAME (a kube context).")]
_B = Annotated[str, typer.Argument(metavar="B", help="The other side, in the same forms.")]
_Output = Annotated[Shape, typer.Option("-o", "--format", help="How to write the answer.")]
_Namespaces = Annotated[
    str, typer.Option("-n", "--namespace", metavar="NS,NS", help="Only these namespaces of both sides.")
]
_All = Annotated[bool, typer.Option("-A", "--all-namespaces", help="All namespaces of a live context.")]
_Map = Annotated[
    list[str] | None,
    typer.Option("--namespace-map", metavar="A=B", help="Compare namespace A of A with namespace B of B."),
]
_Kinds = Annotated[
    list[str] | None, typer.Option("--kind", metavar="KIND", help="Only this kind, as kubectl names it.")
]
_Accept = Annotated[
    list[str] | None, typer.Option("--accept-unread", metavar="KIND", help="Do not count this as unread.")
]
_Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing; the exit code is the answer.")]


def diff() -> Any:
    """`anyops diff` as a command of its own."""
    alone = typer.Typer(rich_markup_mode=None, add_completion=False)
    alone.command(
        epilog=examples(
            "anyops diff ./before ./after",
            "anyops diff ctx:staging ctx:production -n shop",
            "anyops diff before.tar.gz ctx:production --namespace-map shop=shop-eu -o json",
        )
    )(_diff)
    return typer.main.get_command(alone)


def _diff(
    a: _A,
    b: _B,
    output: _Output = Shape.text,
    namespaces: _Namespaces = "",
    all_namespaces: _All = False,
    namespace_map: _Map = None,
    kind: _Kinds = None,
    accept_unread: _Accept = None,
    quiet: _Quiet = False,
) -> None:
    """What differs between two clusters, snapshots or folders.

    Exit 0 when nothing differs, 1 when something does, 2 or more on errors; 4 when nothing differs in what
    could be compared, and something could not be. Status, server defaults, hashes and what controllers make
    are left out; values that may be secret are not shown.
    """
    from anyops.incident.compare import compare_targets, exit_code, selection

    here = environment()
    if all_namespaces and namespaces:
        raise UsageError("-n and -A exclude each other", hint="give one of them")
    chosen = selection(namespaces, namespace_map or (), kind or ())
    answer = compare_targets(here, a, b, chosen, all_namespaces=all_namespaces)
    if not quiet:
        _print(here, answer, output)
    raise typer.Exit(exit_code(answer, accept_unread or ()))


def _print(here: Any, answer: Any, output: Shape) -> None:
    from anyops.incident.render.diff import diff_lines, name_lines

    if output is Shape.json:
        show_json(here, answer)
    elif output is Shape.name:
        show(here, "".join(f"{name}\n" for name in name_lines(answer)))
    else:
        show_lines(here, diff_lines(answer, text_options(here)))
