"""One analysis' reading of a live cluster: opened, read in two rounds, closed."""

from collections.abc import Callable, Iterable, Mapping

from anyops.sources.kube.build import Builder
from anyops.sources.kube.collect import Ask, Collector
from anyops.sources.kube.config.connection import Connection
from anyops.sources.kube.transport import opened
from anyops.world.world import Scope, Wanted, World

SECRETS_OF = 20
"""Namespaces whose secrets are listed where all namespaces are read: there is no table of all at once."""
_OF_ALL = 0.7
"""The part of all the time that one request may take, so that one kind that hangs leaves some for logs."""

Look = Callable[[World], Wanted]
"""What a first look at the World asks for."""


async def read_cluster(
    connection: Connection,
    ask: Ask,
    into: Builder,
    *,
    variables: Mapping[str, str],
    terminal: bool,
    look: Look,
    request_timeout: float = 15.0,
) -> None:
    """Read what is asked for into the builder; `look` says by the first round what the second reads.

    Raises UnreachableError, CredentialsError or TrustError where nothing could be read.
    """
    timeout = min(request_timeout, _OF_ALL * ask.timeout)
    asking = opened(
        connection,
        variables,
        terminal=terminal,
        timeout=timeout,
        within=ask.timeout,
        clean=into.said,
    )
    async with asking as api:
        collector = Collector(api, ask, into)
        await collector.lists()
        into.scope = _scope(connection, ask, into)
        into.at = api.now
        world = into.world()
        await collector.more(look(world), _with_secrets(ask, world))


def _scope(connection: Connection, ask: Ask, into: Builder) -> Scope:
    return Scope(
        source=into.source,
        context=connection.context,
        namespaces=ask.namespaces,
        user=connection.user,
    )


def _with_secrets(ask: Ask, world: World) -> Iterable[str]:
    """The namespaces whose secrets matter: those that are read, or of all those in trouble."""
    if ask.namespaces:
        return ask.namespaces
    unready = {pod.namespace for pod in world.of_kind("Pod") if _waits(pod.condition("Ready").text("status"))}
    return sorted(unready)[:SECRETS_OF]


def _waits(ready: str) -> bool:
    return ready != "True"
