"""`anyops cluster health`."""

import typer

from anyops.cli.app import environment
from anyops.cli.options import (
    AllNamespaces,
    AsTable,
    Context,
    Namespace,
    Selector,
    Tabular,
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
    epilog=examples("anyops cluster health ./dump"),
)


@app.callback()
def cluster() -> None:
    """Health of what a cluster holds."""


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
    """The health of every object: Healthy, Progressing, Degraded, Suspended, Missing or Unknown."""
    from anyops.incident.health import assess_world
    from anyops.incident.render.health import health_lines
    from anyops.incident.world import read_world

    here = environment()
    asked = ask(here, target, Asked(namespace, all_namespaces, selector, context, timeout=timeout))
    rows = assess_world(read_world(here, asked.paths, asked.live))
    if output is Tabular.json:
        show_json(here, rows)
    else:
        show(here, "".join(f"{line}\n" for line in health_lines(rows, here.columns)))
