"""The sums of each side that differ: objects, replicas, requests and limits, the nodes' capacity."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from anyops.diagnose.diff.defaults import requests
from anyops.diagnose.diff.facts import mapping, meant
from anyops.diagnose.diff.noise import is_of_every_cluster
from anyops.diagnose.diff.record import Total
from anyops.diagnose.workloads import containers, pod_spec, replicas_ready, replicas_wanted
from anyops.world.quantity import parse_quantity
from anyops.world.resource import Field, Ref, Resource

Sums = dict[tuple[str, str, str, str], float | None]
"""A sum by kind, namespace, measure and unit; None where one of its parts is not known."""

_SCALED = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController")
_MEASURES = ("objects", "replicas", "ready", "cpu requests", "cpu limits", "memory requests", "memory limits",
             "cpu capacity", "memory capacity")  # fmt: skip
_UNITS = {"cpu": "cores", "memory": "bytes"}


def totals(
    a: Iterable[tuple[Ref, Resource]], b: Iterable[tuple[Ref, Resource]], told: Callable[[str, str], bool]
) -> list[Total]:
    """The sums that both sides know and that differ; `told(kind, namespace)`: whether both listed them."""
    left, right = _sums(a), _sums(b)
    found = []
    for key in left.keys() | right.keys():
        kind, namespace, measure, unit = key
        x, y = _known(left, key), _known(right, key)
        if x is not None and y is not None and x != y and told(kind, namespace):
            found.append(Total(kind=kind, namespace=namespace, measure=measure, unit=unit, a=x, b=y))
    return sorted(
        found, key=lambda t: (t.measure != "objects", t.namespace, t.kind, _MEASURES.index(t.measure))
    )


def _known(sums: Sums, key: tuple[str, str, str, str]) -> float | None:
    """The sum; 0 where there is no such workload at all."""
    value = sums.get(key, 0.0)
    return None if value is None else float(f"{value:.12g}")


def _sums(objects: Iterable[tuple[Ref, Resource]]) -> Sums:
    sums: Sums = defaultdict(float)
    for ref, resource in objects:
        if not is_of_every_cluster(resource):
            sums[ref.kind, "", "objects", ""] = (sums[ref.kind, "", "objects", ""] or 0) + 1
        for measure, unit, value in _measured(resource):
            key = (ref.kind, ref.namespace, measure, unit)
            before = sums[key]
            sums[key] = None if value is None or before is None else before + value
    return dict(sums)


def _measured(resource: Resource) -> Iterator[tuple[str, str, float | None]]:
    if resource.kind == "Node":
        for name, unit in _UNITS.items():
            yield f"{name} capacity", unit, parse_quantity(resource.at("status", "capacity", name).value)
    if resource.kind not in _SCALED:
        return
    wanted = replicas_wanted(resource)
    yield "replicas", "", wanted
    yield "ready", "", replicas_ready(resource)
    for what in ("requests", "limits"):
        for name, unit in _UNITS.items():
            each = _of_pod(resource, what, name)
            yield f"{name} {what}", unit, None if wanted is None or each is None else wanted * each


def _of_pod(resource: Resource, what: str, name: str) -> float | None:
    """What one pod asks for: its containers and sidecars, or its greediest init container, and the overhead.

    https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
    """
    spec = pod_spec(resource)
    every = list(containers(resource))
    if not every or (not resource.complete and not any(c.present("resources") for c in every)):
        return None
    once = [c for c in spec.each("initContainers") if c.text("restartPolicy") != "Always"]
    starting = {c.path for c in once}
    running = sum(_amount(c, what, name, resource.complete) for c in every if c.path not in starting)
    peak = max((_amount(c, what, name, resource.complete) for c in once), default=0.0)
    overhead = spec.quantity("overhead", name) or 0.0
    return max(running, peak) + (overhead if what == "requests" else 0.0)


def _amount(container: Field, what: str, name: str, complete: bool) -> float:
    said = container.at("resources").value
    amounts = requests(said, complete) if what == "requests" else meant(mapping(said).get("limits"))
    return parse_quantity(amounts.get(name)) or 0.0
