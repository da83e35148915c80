"""`anyops cluster health` and `anyops cluster snapshot`."""

from pathlib import Path
from typing import Annotated

import typer

from anyops.cli.app import environment
from anyops.cli.options import (
    AllNamespaces,
    AsTable,
    Context,
    Namespace,
    Selector,
    Since,
    Tabular,
    Tail,
    Targets,
    Timeout,
    examples,
)
from anyops.cli.output import show, show_json
from anyops.cli.reading import Asked, ask

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    epilog=examples("anyops cluster health", "anyops cluster snapshot ./prod.tar.gz"),
)


@app.callback()
def cluster() -> None:
    """Health of what a cluster holds, and a snapshot of it."""


@app.command(
    epilog=examples(
        "kubectl get all,hpa,pvc -A -o yaml | anyops cluster health -",
        "anyops cluster health ./dump -o json",
    )
)
def health(
    target: Targets = None,
    namespace: Namespace = None,
    all_namespaces: AllNamespaces = False,
    selector: Selector = "",
    context: Context = "",
    timeout: Timeout = "",
    output: AsTable = Tabular.text,
) -> None:
    """The health of every object: Healthy, Progressing, Degraded, Suspended, Missing or Unknown.

    Exit 4 when all that was read is well, and something could not be read.
    """
    from anyops.incident.health import assess_world, exit_code, hidden
    from anyops.incident.render.health import health_lines, hidden_lines
    from anyops.incident.world import read_world

    here = environment()
    asked = ask(here, target, Asked(namespace, all_namespaces, selector, context, timeout=timeout))
    world = read_world(here, asked.paths, asked.live)
    rows, unknown = assess_world(world), hidden(world)
    if output is Tabular.json:
        show_json(here, rows)
    else:
        lines = [*health_lines(rows, here.columns), *hidden_lines(unknown, here.columns)]
        show(here, "".join(f"{line}\n" for line in lines))
    raise typer.Exit(exit_code(rows, unknown))


@app.command(
    epilog=examples(
        "anyops cluster snapshot ./prod-eu.tar.gz -n shop",
        "anyops cluster snapshot ./all -A",
        "anyops incident analyze ./prod-eu.tar.gz",
    )
)
def snapshot(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="A new folder, or a name.tar.gz.")],
    namespace: Namespace = None,
    all_namespaces: AllNamespaces = False,
    context: Context = "",
    since: Since = "",
    tail: Tail = 200,
    timeout: Timeout = "",
    output: AsTable = Tabular.text,
) -> None:
    """Keep what an analysis reads of the cluster, redacted, secrets by name only, to be read later."""
    from anyops.incident.render.snapshot import snapshot_lines
    from anyops.incident.snapshot import take

    here = environment()
    given = Asked(namespace, all_namespaces, "", context, since, tail, timeout)
    live = ask(here, [], given).live
    assert live is not None
    manifest = take(here, live, destination)
    if output is Tabular.json:
        show_json(here, manifest)
    else:
        show(here, "".join(f"{line}\n" for line in snapshot_lines(manifest, str(destination))))
