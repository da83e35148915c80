"""A cluster that a server on loopback serves, read as a command reads it."""

import asyncio
from typing import Any

from anyops.sources.kube.build import Builder
from anyops.sources.kube.cluster import read_cluster
from anyops.sources.kube.collect import Ask
from anyops.sources.kube.config.connection import Connection
from anyops.world.world import Wanted, World
from tests.fakes.kube import CURRENT, KubeServer, Release

FIRST_KINDS = ("Pod", "Event", "Deployment", "Node", "Service", "ReplicaSet", "StatefulSet", "DaemonSet")
FEW = Release(
    "v1.34.1", tuple(row for row in CURRENT.kinds if row.kind in (*FIRST_KINDS, "Namespace", "Secret"))
)
"""A server with the kinds that are read of every one, for tests that read it again and again."""


def read(
    server: KubeServer,
    *namespaces: str,
    wants: Wanted = Wanted(),  # noqa: B008
    into: Builder | None = None,
    **ask: Any,
) -> World:
    """The World of these namespaces, of all where there is none; `wants` is what the second round reads."""
    into = into or Builder(server.address)
    here = Connection(context="fake", cluster="fake", server=server.url, user="alice", namespace="default")
    asked = Ask(namespaces=namespaces, **{"timeout": 10.0, **ask})
    asyncio.run(read_cluster(here, asked, into, variables={}, terminal=False, look=lambda world: wants))
    return into.world()


def missed(world: World) -> dict[str, str]:
    """What was not read, and in which words."""
    return {unread.source: unread.detail for unread in world.unread}
