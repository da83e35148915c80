"""A production-like cluster of any size, the same each time for one `now`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from .events import events
from .identity import Object
from .metrics import node_usage, pod_usage
from .namespaces import namespaces, settings
from .network import network
from .nodes import nodes
from .places import name_of
from .plan import Plan, Trouble, plan
from .pods import pods
from .system import system
from .workloads import workloads

__all__ = ["Plan", "Trouble", "logs", "objects", "plan", "production"]


def production(count: int, now: datetime) -> Iterator[Object]:
    """All objects of a cluster of `count` pods (at least 100) at a moment."""
    return objects(plan(count, now))


def objects(planned: Plan) -> Iterator[Object]:
    """All objects of a planned cluster."""
    yield from namespaces(planned)
    yield from nodes(planned)
    yield from node_usage(planned)
    yield from system(planned)
    for app in planned.apps:
        yield from settings(app, planned)
        yield from workloads(app, planned)
        yield from network(app, planned)
        yield from events(app, planned)
        yield from pods(app, planned)
        yield from pod_usage(app, planned)


_SAID = {
    Trouble.CRASH: """INFO starting
INFO reading settings
panic: parse "LEDGER_URL": empty url

goroutine 1 [running]:
main.main()
\t/src/main.go:41 +0x1d
exit status 2
""",
    Trouble.OOM: """INFO starting
INFO loading the whole index into memory
""",
}


def logs(planned: Plan) -> dict[str, str]:
    """What the containers that crash have written last, by `namespace/pod`."""
    return {
        f"{app.namespace}/{name_of(app, number)}": _SAID[app.trouble]
        for app in planned.apps
        if app.trouble in _SAID
        for number in range(app.replicas)
    }
