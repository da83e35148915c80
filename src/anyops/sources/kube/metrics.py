"""What pods and nodes use now, as metrics.k8s.io says: the source of `kubectl top`.

https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/#metrics-api
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from anyops.sources.kube.views import LiveView
from anyops.world.quantity import parse_quantity
from anyops.world.resource import Ref
from anyops.world.world import Sample, Series

GROUP = "metrics.k8s.io"
_UNITS = {"cpu": "cores", "memory": "bytes"}


def read_metrics(source: str, raw: bytes) -> Iterator[Series]:
    """The series `cpu` (cores) and `memory` (bytes) of one PodMetrics, by container, or NodeMetrics.

    They carry no time: they are of the moment of the capture. Raises msgspec.MsgspecError.
    """
    body = msgspec.json.decode(raw)
    metadata = _object(_object(body).get("metadata"))
    name, namespace = str(metadata.get("name") or ""), str(metadata.get("namespace") or "")
    if not name:
        return
    kind = "Pod" if "containers" in body else "Node"
    about = Ref(kind, namespace if kind == "Pod" else "", name)
    place = f"{kind}Metrics/{namespace}/{name}" if namespace else f"{kind}Metrics/{name}"
    view = LiveView(source, place, body)
    labels = {"namespace": namespace, "pod": name} if kind == "Pod" else {"node": name}
    if kind == "Node":
        yield from _series(view, about, labels, ("usage",), _object(body.get("usage")))
    containers = body.get("containers")
    for index, container in enumerate(containers if isinstance(containers, list) else ()):
        named = {**labels, "container": str(_object(container).get("name") or "")}
        usage = _object(_object(container).get("usage"))
        yield from _series(view, about, named, ("containers", index, "usage"), usage)


def _series(
    view: LiveView,
    about: Ref,
    labels: Mapping[str, str],
    path: tuple[str | int, ...],
    usage: Mapping[str, Any],
) -> Iterator[Series]:
    for metric, unit in _UNITS.items():
        value = parse_quantity(usage.get(metric))
        if value is not None:
            sample = (Sample(at=None, value=value),)
            yield Series(metric, labels, sample, about, unit, view=view, path=(*path, metric))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
