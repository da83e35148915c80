"""A live cluster as one World: what is asked for, read in two rounds."""

import asyncio
import gc
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from anyops.diagnose.selectors import Requirement, parse_selector
from anyops.diagnose.wanted import logs_wanted, usage_wanted
from anyops.environment import Environment
from anyops.errors import UsageError
from anyops.incident.targets import Named, asked, require
from anyops.world.world import LogWanted, World

if TYPE_CHECKING:
    from anyops.sources.kube.build import Builder


class Live(Struct, frozen=True, kw_only=True):
    """What is asked of a live cluster.

    `context` "" means the current one; no `namespaces` mean the context's own. `selector` is a label
    selector as kubectl takes it. `since` is in seconds, 0 for no bound; `tail` is in lines of each log;
    `timeout` is in seconds.
    """

    context: str = ""
    namespaces: tuple[str, ...] = ()
    all_namespaces: bool = False
    selector: str = ""
    objects: tuple[Named, ...] = ()
    since: int = 0
    tail: int = 200
    timeout: float = 60.0

    def requirements(self) -> list[Requirement]:
        """The label selector's parts. Raises UsageError where it is none."""
        try:
            return parse_selector(self.selector)
        except ValueError as error:
            raise UsageError(
                f"-l {self.selector!r} is no label selector near {str(error)!r}",
                hint="write app=cart, tier!=web, 'env in (a,b)', app or !app, with commas between",
            ) from None


Make = Callable[[str], "Builder"]
"""Makes what takes the reading; it is told how the server is called."""


def read_live(here: Environment, live: Live, *, question: str = "", make: Make | None = None) -> World:
    """The World of the live cluster; `make` gives another builder than the usual one.

    Raises ConfigError, UnreachableError and the like where nothing can be read, UsageError for a namespace or
    a target that is not there.
    """
    from anyops.redact import Redactor, installation_key
    from anyops.sources.kube.build import Builder
    from anyops.sources.kube.cluster import read_cluster
    from anyops.sources.kube.collect import Ask
    from anyops.sources.kube.config.address import shown_server
    from anyops.sources.kube.config.kubeconfig import connect

    requirements = live.requirements()
    connection = connect(here.variables, here.home, context=live.context)
    namespaces = () if live.all_namespaces else live.namespaces or (connection.namespace,)
    ask = Ask(namespaces=namespaces, timeout=live.timeout, tail=live.tail, since=live.since)
    source = shown_server(connection.server)
    into = make(source) if make else Builder(source, Redactor(installation_key(here.state_home)))
    for it in live.objects:
        into.show(it.name)

    # Secrets are not there before the second round.
    first = [it for it in live.objects if it.kind != "Secret"]

    def wanted(world: World) -> tuple[list[LogWanted], bool]:
        require(world, namespaces)
        about = asked(world, first, requirements)
        return logs_wanted(world, about), usage_wanted(world)

    reading = read_cluster(
        connection, ask, into, variables=here.variables, terminal=here.terminal, wanted=wanted
    )
    gc.disable()  # nothing that is read becomes garbage, and the search for it costs a third
    try:
        asyncio.run(reading)
        into.at = into.at or here.now()
        world = into.world()
    finally:
        gc.enable()
    scope = structs.replace(world.scope, targets=asked(world, live.objects, requirements))
    return structs.replace(world, scope=scope, question=question)
