"""`anyops rules list` and `anyops explain CODE`."""

from difflib import get_close_matches
from typing import Annotated, Any

import typer

from anyops.cli.app import environment
from anyops.errors import UsageError

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@app.callback()
def rules() -> None:
    """The rules that analyse."""


@app.command("list", epilog="Example: anyops rules list -o json")
def list_rules(
    output: Annotated[str, typer.Option("-o", "--format", help="text or json")] = "text",
) -> None:
    """Every rule with the kinds it looks at."""
    import msgspec

    from anyops.diagnose.rules import load

    out = environment().stdout
    rows = [{"id": r.id, "kinds": list(r.kinds), "title": r.title} for r in load().values()]
    if output == "json":
        out.write(msgspec.json.format(msgspec.json.encode(rows)).decode() + "\n")
        return
    width = max((len(str(row["id"])) for row in rows), default=0)
    out.writelines(f"{row['id']!s:<{width}}  {row['title']}\n" for row in rows)


def explain() -> Any:
    """`anyops explain` as a command of its own."""
    alone = typer.Typer(rich_markup_mode=None, add_completion=False)
    alone.command(epilog="Example: anyops explain image.not_found")(_explain)
    return typer.main.get_command(alone)


def _explain(code: Annotated[str, typer.Argument(help="A cause code, as a report gives it.")]) -> None:
    """What a cause code means and how it is mended."""
    from anyops.diagnose.causes import CAUSES

    kind = CAUSES.get(code)
    if kind is None:
        near = get_close_matches(code, CAUSES, n=3)
        known = f"did you mean {' or '.join(near)}?" if near else "the codes stand in a report's `cause`"
        raise UsageError(f"there is no cause {code!r}", hint=known)
    environment().stdout.write(f"{kind.title}  ({kind.code}, {kind.layer})\n{kind.about}\n")
