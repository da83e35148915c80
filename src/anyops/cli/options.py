"""Options that several commands share, spelled and explained once."""

from enum import StrEnum
from typing import Annotated

import typer

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        help="A folder, an archive, files, - for standard input, or KIND/NAME in the cluster; "
        "nothing is the current context.",
        metavar="TARGET...",
    ),
]
Context = Annotated[str, typer.Option("--context", metavar="NAME", help="A context of the kubeconfig.")]
Namespace = Annotated[
    list[str] | None,
    typer.Option("-n", "--namespace", metavar="NS[,NS]", help="Namespaces; the context's own by default."),
]
AllNamespaces = Annotated[bool, typer.Option("-A", "--all-namespaces", help="Look in every namespace.")]
Selector = Annotated[
    str, typer.Option("-l", "--selector", metavar="LABELS", help="Only what has these labels.")
]
Since = Annotated[
    str, typer.Option("--since", metavar="AGE", help="Logs and events not older than that: 30m, 2h.")
]
Tail = Annotated[int, typer.Option("--tail", min=1, max=100_000, help="Lines of each log.")]
Timeout = Annotated[
    str, typer.Option("--timeout", metavar="TIME", help="How long reading may take in all: 10, 90s, 2m.")
]


def examples(*lines: str) -> str:
    """The end of a command's help: real command lines, one a line (`\\b` keeps them unwrapped)."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


class Tabular(StrEnum):
    """How a list is written."""

    text = "text"
    json = "json"


AsTable = Annotated[Tabular, typer.Option("-o", "--format", help="How to write the answer.")]


def seconds(text: str, option: str) -> float:
    """`90`, `90s`, `2m` in seconds; "" is 0. Raises UsageError for what is no time above zero."""
    from anyops.errors import UsageError
    from anyops.world.quantity import parse_duration

    if not text:
        return 0.0
    lasts = parse_duration(f"{text}s" if text.replace(".", "", 1).isdigit() else text)
    if lasts is None or not 0 < lasts.total_seconds() < 1e8:
        raise UsageError(f"{option} {text!r} is no time", hint="write 30s, 15m or 2h")
    return lasts.total_seconds()


def namespaces(given: list[str] | None) -> tuple[str, ...]:
    """`-n a,b -n c` as a, b, c. Raises UsageError for a name that no namespace can have."""
    import re

    from anyops.errors import UsageError

    names = [name.strip() for text in given or () for name in text.split(",")]
    for name in names:
        if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", name):
            raise UsageError(
                f"-n {name!r} is no namespace", hint="names are small letters, digits and dashes"
            )
    return tuple(dict.fromkeys(names))
