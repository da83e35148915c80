"""A live cluster as one World: what is asked for, read in two rounds."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from anyops.diagnose.selectors import Requirement, parse_selector
from anyops.diagnose.wanted import wanted
from anyops.environment import Environment, uncollected
from anyops.errors import UsageError
from anyops.incident.targets import Named, asked, require
from anyops.world.world import Wanted, World

if TYPE_CHECKING:
    from anyops.sources.kube.build import Builder


class Live(Struct, frozen=True, kw_only=True):
    """What is asked of a live cluster.

    `context` "" means the current one; no `namespaces` mean the context's own. `selector` is a label
    selector as kubectl takes it. `since` is in seconds, 0 for no bound; `tail` is in lines of each log;
    `timeout` is in seconds. With `objects_only` neither logs nor usage are read.
    """

    context: str = ""
    namespaces: tuple[str, ...] = ()
    all_namespaces: bool = False
    selector: str = ""
    objects: tuple[Named, ...] = ()
    since: int = 0
    tail: int = 200
    timeout: float = 60.0
    objects_only: bool = False

    def requirements(self) -> list[Requirement]:
        """The label selector's parts. Raises UsageError where it is none."""
        try:
            return parse_selector(self.selector)
        except ValueError as error:
            raise UsageError(
                f"-l {self.selector!r} is no label selector near {str(error)!r}",
                hint="write app=cart, tier!=web, 'env in (a,b)', app or !app, with commas between",
            ) from None


def _newer(world: World, seconds: int) -> World:
    """The World with the events of the last seconds only."""
    assert world.captured_at is not None
    first = world.captured_at - timedelta(seconds=seconds)
    return structs.replace(world, events=tuple(e for e in world.events if e.last is None or e.last >= first))


def _for_reading(timeout: float) -> float:
    """Seconds of the command's time that reading may take: the start and the answer take some too."""
    return timeout - min(1.2, timeout / 8)


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
    from anyops.sources.kube.loop import Loop

    requirements = live.requirements()
    connection = connect(here.variables, here.home, context=live.context)
    namespaces = () if live.all_namespaces else live.namespaces or (connection.namespace,)
    ask = Ask(namespaces=namespaces, timeout=_for_reading(live.timeout), tail=live.tail, since=live.since)
    source = shown_server(connection.server)
    into = make(source) if make else Builder(source, Redactor(installation_key(here.state_home)))
    for it in live.objects:
        into.show(it.name)

    # Secrets are not there before the second round.
    first = [it for it in live.objects if it.kind != "Secret"]

    def look(world: World) -> Wanted:
        require(world, namespaces)
        about = asked(world, first, requirements)
        return Wanted() if live.objects_only else wanted(world, about)

    reading = read_cluster(connection, ask, into, variables=here.variables, terminal=here.terminal, look=look)
    with uncollected():
        with asyncio.Runner(loop_factory=Loop) as runner:
            runner.run(reading)
        into.at = into.at or here.now()
        world = into.world()
    scope = structs.replace(world.scope, targets=asked(world, live.objects, requirements))
    world = structs.replace(world, scope=scope, question=question)
    return _newer(world, live.since) if live.since else world
