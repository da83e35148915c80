"""`anyops rules list` and `anyops explain CODE`."""

from difflib import get_close_matches
from typing import Annotated, Any

import typer

from anyops.cli.app import environment
from anyops.cli.options import AsTable, Tabular, examples
from anyops.cli.output import show_json, show_lines, text_options
from anyops.errors import UsageError

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    epilog=examples("anyops rules list", "anyops rules list -o json"),
)


@app.callback()
def rules() -> None:
    """The rules that analyse."""


@app.command("list", epilog=examples("anyops rules list", "anyops rules list -o json"))
def list_rules(output: AsTable = Tabular.text) -> None:
    """Every rule with the kinds it looks at."""
    from anyops.diagnose.rules import load
    from anyops.incident.render.catalog import rule_rows, rules_lines

    here = environment()
    if output is Tabular.json:
        show_json(here, rule_rows(load().values()))
    else:
        show_lines(here, rules_lines(load().values(), text_options(here)))


def explain() -> Any:
    """`anyops explain` as a command of its own."""
    alone = typer.Typer(rich_markup_mode=None, add_completion=False)
    alone.command(epilog=examples("anyops explain image.not_found", "anyops explain scheduling.cpu -o json"))(
        _explain
    )
    return typer.main.get_command(alone)


def _explain(
    code: Annotated[str, typer.Argument(help="A cause code, as a report gives it.")],
    output: AsTable = Tabular.text,
) -> None:
    """What a cause code means and how it is mended."""
    from anyops.diagnose.causes import CAUSES
    from anyops.incident.render.catalog import cause_lines

    kind = CAUSES.get(code)
    if kind is None:
        near = get_close_matches(code, CAUSES, n=3)
        known = f"did you mean {' or '.join(near)}?" if near else "the codes stand in a report's `cause`"
        raise UsageError(f"there is no cause {code!r}", hint=known)
    here = environment()
    if output is Tabular.json:
        show_json(here, kind)
    else:
        show_lines(here, cause_lines(kind, text_options(here)))
