"""How every command prints: colour only where it is wanted, nothing that a terminal or CI would obey."""

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from anyops.environment import Environment
from anyops.text import actions_guard, encodable

if TYPE_CHECKING:
    from anyops.incident.render.lines import Line
    from anyops.incident.render.options import TextOptions


def text_options(here: Environment, *, wide: bool = False, lint: bool = False) -> "TextOptions":
    """What the renderers need to know of where they print."""
    from anyops.incident.render.options import TextOptions

    return TextOptions(
        columns=here.columns,
        terminal=here.terminal,
        ascii=not here.unicode,
        wide=wide,
        lint=lint,
    )


def show_lines(here: Environment, lines: Sequence["Line"]) -> None:
    """Print styled lines."""
    from anyops.incident.render.lines import colored, plain

    if not here.color:
        return show(here, plain(lines))
    from rich.console import Console

    console = Console(file=here.stdout, force_terminal=True, width=here.columns, highlight=False, emoji=False)
    console.print(colored(lines), end="", soft_wrap=True)
    return None


def show(here: Environment, text: str) -> None:
    """Print text; under GitHub Actions nothing in it is taken for a workflow command."""
    if here.variables.get("GITHUB_ACTIONS") == "true":
        text = actions_guard(text, secrets.token_hex(16))
    show_exact(here, text)


def show_exact(here: Environment, text: str) -> None:
    """Print what another program reads, JSON or YAML: not a byte more."""
    here.stdout.write(encodable(text, here.stdout.encoding or "utf-8"))
