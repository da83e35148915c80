"""The tree that kube-lineage and kubectl-tree draw: who owns whom, with readiness and events."""

import re
from collections.abc import Mapping
from datetime import timedelta

from anyops.sources.files.kubectl.command import Hint
from anyops.sources.files.kubectl.kinds import find_kind, is_namespaced, known_kind
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.table_columns import put_age, ratio
from anyops.sources.files.kubectl.table_pods import read_pod
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.reading import AgedEvent, Reading
from anyops.world.quantity import parse_duration
from anyops.world.resource import Ref
from anyops.world.world import Event

Row = Mapping[str, str]
_NAME = re.compile(r"([\s│|]*(?:[├└][─-]+\s?)?)([A-Za-z][A-Za-z0-9.]*)/(\S+)\Z")
_OWNERS = {
    "Pod": ("ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController", "Node"),
    "ReplicaSet": ("Deployment", "Rollout"),
    "Job": ("CronJob",),
    "EndpointSlice": ("Service",),
}
"""Below a pod the tree also shows what selects or uses it: only these are owners."""
_WARNING = re.compile(r"(?:Fail|BackOff|Unhealthy|Error|Evict|OOM|Killing|Inspect|Invalid)")


def read_lineage(text: Text, rows: list[tuple[int, Row]], hint: Hint, into: Reading) -> bool:
    """Read the rows of such a tree. An event shows no type there: its reason tells it."""
    above: list[tuple[int, Ref]] = []
    for line, row in rows:
        match = _NAME.match(row.get("NAME", ""))
        if match is None:
            continue
        depth = text.lines[line].find(f"{match[2]}/")
        kind, name = _kind(match[2]), match[3]
        while above and above[-1][0] >= depth:
            above.pop()
        namespace = row.get("NAMESPACE") or hint.namespace
        owner = above[-1][1] if above else None
        if kind == "Event":
            _read_event(text, line, row, owner, into)
            continue
        ref = Ref(kind, namespace if is_namespaced(kind) else "", name)
        above.append((depth, ref))
        _read_object(text, line, row, ref, owner, into)
    return bool(above)


def _kind(text: str) -> str:
    info = known_kind(text) or find_kind(text)
    return info.kind if info else text


def _read_object(text: Text, line: int, row: Row, ref: Ref, owner: Ref | None, into: Reading) -> None:
    sketch = Sketch(text, into.times)
    sketch.put(ref.name, line, "metadata", "name")
    if ref.namespace:
        sketch.put(ref.namespace, line, "metadata", "namespace")
    if owner is not None and owner.kind in _OWNERS.get(ref.kind, ()) and owner.kind != "Node":
        reference = {"kind": owner.kind, "name": owner.name, "controller": True}
        sketch.put(reference, line, "metadata", "ownerReferences", 0)
    put_age(row, line, sketch)
    if ref.kind == "Pod":
        read_pod(row, line, sketch)
    else:
        ratio((("status", "readyReplicas"), ("spec", "replicas")), row.get("READY", ""), line, sketch)
    into.resources.append(sketch.resource(ref.kind))


def _read_event(text: Text, line: int, row: Row, about: Ref | None, into: Reading) -> None:
    reason, colon, message = row.get("STATUS", "").partition(": ")
    if about is None or not colon or " " in reason:
        return
    age: timedelta | None = parse_duration(row.get("AGE", ""))
    warning = _WARNING.match(reason) is not None
    event = Event(about, reason, message, warning, source=text.span(line, line))
    into.aged_events.append(AgedEvent(event=event, first=age, last=age))
