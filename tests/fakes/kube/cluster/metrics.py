"""What metrics-server measured: usage of nodes and of containers that run."""

from __future__ import annotations

from collections.abc import Iterator

from .identity import Object, before, digest
from .places import name_of, node_name
from .plan import App, Plan, Trouble

_VERSION = "metrics.k8s.io/v1beta1"


def node_usage(plan: Plan) -> Iterator[Object]:
    """One NodeMetrics a node."""
    for number in range(plan.nodes):
        used = digest("usage", number)
        usage = {"cpu": f"{5000 + used[0] * 10}m", "memory": f"{20_000_000 + used[1] * 20_000}Ki"}
        known = {"name": node_name(number), "creationTimestamp": before(plan.now, seconds=1)}
        yield {**_measured("NodeMetrics", plan), "metadata": known, "usage": usage}


def pod_usage(app: App, plan: Plan) -> Iterator[Object]:
    """One PodMetrics for each of an application's pods that run."""
    if app.trouble is not Trouble.NONE:
        return
    for number in range(app.replicas):
        used = digest("usage", app.namespace, app.name, number)
        usage = {"cpu": f"{30 + used[0] // 6}m", "memory": f"{90_000 + used[1] * 100}Ki"}
        known = {
            "name": name_of(app, number),
            "namespace": app.namespace,
            "creationTimestamp": before(plan.now, seconds=1),
            "labels": {**app.labels, "pod-template-hash": app.template_hash(app.revision)},
        }
        containers = [{"name": "main", "usage": usage}]
        yield {**_measured("PodMetrics", plan), "metadata": known, "containers": containers}


def _measured(kind: str, plan: Plan) -> Object:
    time = before(plan.now, seconds=17)
    return {"apiVersion": _VERSION, "kind": kind, "timestamp": time, "window": "20.1s"}
