"""`anyops config`: show, set, path."""

import json
from typing import Annotated

import typer

from anyops.cli.app import environment
from anyops.cli.options import AsTable, Tabular, examples
from anyops.text import safe

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    epilog=examples("anyops config show", "anyops config set analyze.fail_on critical"),
)


@app.callback()
def config() -> None:
    """Settings: show them, set them, where they are."""


@app.command(epilog=examples("anyops config show", "anyops config show -o json"))
def show(output: AsTable = Tabular.text) -> None:
    """Every setting with its value and where that comes from."""
    here = environment()
    if output is Tabular.json:
        rows = [{"key": s.key, "value": s.value, "origin": s.origin} for s in here.origins]
        found = {"schema": "anyops.config/1", "file": str(here.config_file), "settings": rows}
        here.stdout.write(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
        return
    shown = [(f"{s.key} = {safe(json.dumps(s.value, ensure_ascii=False))}", s.origin) for s in here.origins]
    width = max(len(value) for value, _ in shown)
    here.stdout.writelines(f"{value:<{width}}  # {origin}\n" for value, origin in shown)


@app.command(
    "set",
    epilog=examples("anyops config set analyze.fail_on critical", "anyops config set output.color never"),
)
def set_value(
    key: Annotated[str, typer.Argument(help="A setting, as `anyops config show` names it.")],
    value: Annotated[str, typer.Argument(help="Its new value.")],
) -> None:
    """Write one setting into the settings file."""
    from anyops.settings import variable
    from anyops.settingsfile import store

    here = environment(lenient=True)
    stored = store(here.config_file, key, value)
    here.stderr.write(f"{key} = {safe(json.dumps(stored, ensure_ascii=False))} in {here.config_file}\n")
    if here.variables.get(variable(key)):
        here.stderr.write(f"note: {variable(key)} is set and comes before the file\n")


@app.command(epilog=examples("anyops config path", 'cat "$(anyops config path)"'))
def path() -> None:
    """Where the settings file is, or would be."""
    here = environment(lenient=True)
    here.stdout.write(f"{here.config_file}\n")
