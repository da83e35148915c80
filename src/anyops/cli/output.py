"""How every command prints: colour only where it is wanted, nothing that a terminal or CI would obey."""

import os
import secrets
import stat
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from anyops.environment import Environment
from anyops.text import actions_guard, encodable

if TYPE_CHECKING:
    from anyops.incident.render.lines import Line
    from anyops.incident.render.options import TextOptions


_HINT = 70
"""Characters of a command up to which it is worth naming in full."""


def text_options(
    here: Environment, *, wide: bool = False, lint: bool = False, more: str = ""
) -> "TextOptions":
    """What the renderers need to know of where they print; `more` is the command that shows everything."""
    from anyops.incident.render.options import TextOptions

    return TextOptions(
        columns=here.columns,
        terminal=here.terminal,
        ascii=not here.unicode,
        wide=wide,
        lint=lint,
        more=more if 0 < len(more) <= _HINT else "add -o wide",
    )


def show_lines(here: Environment, lines: Sequence["Line"]) -> None:
    """Print styled lines."""
    from anyops.incident.render.lines import ansi, plain

    show(here, ansi(lines) if here.color else plain(lines))


def show(here: Environment, text: str) -> None:
    """Print text; in a job's log of GitHub Actions nothing in it is taken for a workflow command."""
    if _is_job_log(here):
        text = actions_guard(text, secrets.token_hex(16))
    show_exact(here, text)


def show_exact(here: Environment, text: str) -> None:
    """Print what another program reads, Markdown or YAML: not a byte more."""
    here.stdout.write(encodable(text, here.stdout.encoding or "utf-8"))


def show_json(here: Environment, record: Any) -> None:
    """Print a record as JSON, in ASCII where the stream holds no more."""
    from anyops.incident.render.json import render_json

    here.stdout.write(render_json(record, ascii="utf" not in (here.stdout.encoding or "").lower()))


def _is_job_log(here: Environment) -> bool:
    """Whether GitHub Actions reads these lines; it does not read a file that the output is sent to."""
    if here.variables.get("GITHUB_ACTIONS") != "true":
        return False
    try:
        return not stat.S_ISREG(os.fstat(here.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return True
