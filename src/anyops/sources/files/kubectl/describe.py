"""`kubectl describe` of any kind: objects in the shape of the API, and the events below each.

Source of the format: the describers of kubectl, https://github.com/kubernetes/kubectl/tree/master/pkg/describe
(1.16 to 1.34). Several objects follow each other with blank lines between.
"""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from anyops.sources.files.kubectl import describe_nodes as nodes
from anyops.sources.files.kubectl import describe_pods as pods
from anyops.sources.files.kubectl import describe_services as services
from anyops.sources.files.kubectl import describe_workloads as workloads
from anyops.sources.files.kubectl.command import Hint
from anyops.sources.files.kubectl.events import describe_events
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.kubectl.tree import Node, read_tree
from anyops.sources.files.reading import Reading
from anyops.world.resource import Resource

Reader = Callable[[Node, Sketch], None]


class Describer(Struct, frozen=True):
    """How a kind is recognised, by keys in the first column that all stand there, and read."""

    kind: str
    keys: tuple[str, ...]
    read: Reader


DESCRIBERS = (
    Describer("Pod", ("Containers",), pods.read_pod),
    Describer("Pod", ("Init Containers",), pods.read_pod),
    Describer("Deployment", ("StrategyType",), workloads.read_deployment),
    Describer("Deployment", ("NewReplicaSet",), workloads.read_deployment),
    Describer("DaemonSet", ("Desired Number of Nodes Scheduled",), workloads.read_daemon_set),
    Describer("StatefulSet", ("Volume Claims",), workloads.read_stateful_set),
    Describer("StatefulSet", ("Update Strategy", "Pod Template"), workloads.read_stateful_set),
    Describer("CronJob", ("Schedule", "Concurrency Policy"), workloads.read_cron_job),
    Describer("Job", ("Pods Statuses",), workloads.read_job),
    Describer("ReplicaSet", ("Replicas", "Pods Status"), workloads.read_replica_set),
    Describer("Node", ("Allocatable",), nodes.read_node),
    Describer("Node", ("System Info",), nodes.read_node),
    Describer("Service", ("Session Affinity",), services.read_service),
    Describer("Service", ("TargetPort",), services.read_service),
    Describer("Endpoints", ("Subsets",), services.read_endpoints),
    Describer("EndpointSlice", ("AddressType",), services.read_endpoint_slice),
)
_ALIKE = {"ReplicaSet": ("ReplicationController",)}
"""Kinds whose descriptions look the same: there the command decides."""
_SECOND = re.compile(r"(?:[A-Z][A-Za-z -]{1,40}:(?:\s|$)|Resource\s|Type\s\s|Field\s)")


def read_descriptions(text: Text, first: int, last: int, hint: Hint, into: Reading) -> bool:
    """Read every description in lines `first` to `last` (exclusive); False when there is none."""
    found = False
    for start, end in _objects(text, first, last):
        found = _read_object(text, start, end, hint, into) or found
    return found


def _objects(text: Text, first: int, last: int) -> Iterator[tuple[int, int]]:
    starts = [
        n for n in range(first, last) if text.lines[n].startswith("Name:") and _begins(text.lines, n, last)
    ]
    yield from zip(starts, [*starts[1:], last], strict=True) if starts else ()


def _begins(lines: list[str], number: int, last: int) -> bool:
    """Whether a line `Name:` begins an object: the next line that is not empty is a key, too."""
    if lines[number][5:6] not in ("", " "):
        return False
    following = next((lines[n] for n in range(number + 1, min(last, number + 4)) if lines[n].strip()), "")
    return _SECOND.match(following) is not None


def _read_object(text: Text, first: int, last: int, hint: Hint, into: Reading) -> bool:
    events = next((n for n in range(last - 1, first, -1) if text.lines[n].startswith("Events:")), last)
    is_pod = any(text.lines[n].startswith("Node:") for n in range(first, min(events, first + 12)))
    root = read_tree(text, first, events, is_pod=is_pod)
    sketch = Sketch(text, into.times)
    resource = _resource(root, sketch, hint)
    if resource is None:
        return False
    into.resources.append(resource)
    into.aged_events.extend(describe_events(text, events + 1, last, resource.ref))
    return True


def _resource(root: Node, sketch: Sketch, hint: Hint) -> Resource | None:
    keys = {child.key for child in root.children}
    for describer in DESCRIBERS:
        if keys.issuperset(describer.keys):
            describer.read(root, sketch)
            alike = _ALIKE.get(describer.kind, ())
            return sketch.resource(hint.kind if hint.kind in alike else describer.kind)
    return None
