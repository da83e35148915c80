"""Flat summaries of Kubernetes objects, as dashboards and cloud APIs give them, told by their list's key.

Such a summary says less than the object: the resource is not `complete`.
"""

from typing import Any

from anyops.sources.files.casing import camel, camelled
from anyops.sources.files.events import event_of
from anyops.sources.files.kinds import kind_of_path, kind_of_word
from anyops.sources.files.kubectl.kinds import api_version_of
from anyops.sources.files.observations.outline import Outline
from anyops.sources.files.shapes import Found
from anyops.world.evidence import Path

_METADATA: tuple[tuple[Path, tuple[str, ...]], ...] = (
    (("metadata", "name"), ("name",)),
    (("metadata", "namespace"), ("namespace", "kubeNamespace")),
    (("metadata", "labels"), ("labels",)),
    (("metadata", "annotations"), ("annotations",)),
    (("metadata", "creationTimestamp"), ("creationTimestamp", "createdAt", "created")),
    (("metadata", "deletionTimestamp"), ("deletionTimestamp",)),
    (("metadata", "age"), ("age",)),
    (("metadata", "uid"), ("uid",)),
)
_REPLICAS: tuple[tuple[Path, tuple[str, ...]], ...] = (
    (("spec", "replicas"), ("desired", "desiredReplicas", "specReplicas", "replicas")),
    (("spec", "selector", "matchLabels"), ("selector", "matchLabels")),
    (("status", "replicas"), ("current", "currentReplicas", "statusReplicas")),
    (("status", "readyReplicas"), ("ready", "readyReplicas")),
    (("status", "availableReplicas"), ("available", "availableReplicas")),
    (("status", "unavailableReplicas"), ("unavailable", "unavailableReplicas")),
    (("status", "updatedReplicas"), ("updated", "upToDate", "updatedReplicas")),
    (("status", "conditions"), ("conditions",)),
)
_FIELDS: dict[str, tuple[tuple[Path, tuple[str, ...]], ...]] = {
    "Pod": (
        (("spec", "nodeName"), ("nodeName", "node")),
        (("spec", "serviceAccountName"), ("serviceAccountName", "serviceAccount")),
        (("status", "startTime"), ("startTime", "startedAt")),
        (("status", "podIP"), ("podIP", "ip")),
        (("status", "reason"), ("reason",)),
        (("status", "message"), ("message",)),
        (("status", "conditions"), ("conditions",)),
    ),
    "Deployment": _REPLICAS,
    "StatefulSet": _REPLICAS,
    "ReplicaSet": _REPLICAS,
    "ReplicationController": _REPLICAS,
    "DaemonSet": (
        (("status", "desiredNumberScheduled"), ("desired", "desiredNumberScheduled")),
        (("status", "currentNumberScheduled"), ("current", "currentNumberScheduled")),
        (("status", "numberReady"), ("ready", "numberReady")),
        (("status", "numberAvailable"), ("available", "numberAvailable")),
        (("status", "numberUnavailable"), ("unavailable", "numberUnavailable")),
    ),
    "Service": (
        (("spec", "type"), ("type",)),
        (("spec", "clusterIP"), ("clusterIP",)),
        (("spec", "selector"), ("selector",)),
        (("spec", "ports"), ("ports",)),
    ),
    "PersistentVolumeClaim": (
        (("status", "phase"), ("phase", "status")),
        (("spec", "storageClassName"), ("storageClassName", "storageClass")),
        (("spec", "volumeName"), ("volumeName", "volume")),
    ),
    "PersistentVolume": ((("status", "phase"), ("phase", "status")),),
    "Namespace": ((("status", "phase"), ("phase", "status")),),
    "Job": (
        (("status", "succeeded"), ("succeeded",)),
        (("status", "failed"), ("failed",)),
        (("status", "active"), ("active",)),
        (("spec", "completions"), ("completions",)),
        (("status", "conditions"), ("conditions",)),
    ),
    "HorizontalPodAutoscaler": (
        (("spec", "minReplicas"), ("minReplicas", "min")),
        (("spec", "maxReplicas"), ("maxReplicas", "max")),
        (("status", "currentReplicas"), ("currentReplicas", "current", "replicas")),
        (("status", "desiredReplicas"), ("desiredReplicas", "desired")),
        (("status", "conditions"), ("conditions",)),
    ),
    "ResourceQuota": ((("status", "hard"), ("hard",)), (("status", "used"), ("used",))),
}
_TELLING: dict[str, frozenset[str]] = {
    kind: frozenset(key for _, keys in fields for key in keys) for kind, fields in _FIELDS.items()
} | {
    "Pod": frozenset(
        {"phase", "containers", "containerStatuses", "conditions", "nodeName", "podIP", "status"}
    ),
    "Service": frozenset({"clusterIP", "selector"}),
    "Job": frozenset({"succeeded", "failed", "active", "completions"}),
    "Node": frozenset(
        {"ready", "memoryPressure", "capacity", "allocatable", "allocatableResources", "taints"}
    ),
}
"""Keys of which a summary must have one: other things are called jobs and services, too."""
_NODE = (
    (("status", "capacity"), ("capacity", "capacityResources")),
    (("status", "allocatable"), ("allocatable", "allocatableResources")),
    (("status", "capacity", "cpu"), ("capacityCpu",)),
    (("status", "capacity", "memory"), ("capacityMemory",)),
    (("status", "allocatable", "cpu"), ("allocatableCpu",)),
    (("status", "allocatable", "memory"), ("allocatableMemory",)),
    (("spec", "unschedulable"), ("unschedulable", "cordoned")),
)
_EVENT_TIMES = {
    "firstTimestamp": ("firstTime", "firstSeen"),
    "lastTimestamp": ("lastTime", "lastSeen", "timestamp", "time"),
}
_PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")
_CONTAINER_SPEC: tuple[str, ...] = ("name", "image", "resources", "ports", "env")
_CONTAINER_STATUS: tuple[str, ...] = ("name", "image", "ready", "restartCount")
_PRESSURES = {
    "ready": "Ready", "memoryPressure": "MemoryPressure", "diskPressure": "DiskPressure",
    "pidPressure": "PIDPressure", "networkUnavailable": "NetworkUnavailable",
}  # fmt: skip


def recognize_summary(found: Found) -> bool:
    """One entry of a list whose key names a kind: `{"pods": [{"name": ..., "phase": ...}]}`."""
    kind = _kind(found)
    if not kind:
        return False
    if kind == "Event":
        return _event(found)
    if not found.field.text("name") or not any(camel(key) in _TELLING.get(kind, ()) for key in found.value):
        return False
    outline = Outline(found)
    for target, keys in (*_METADATA, *_FIELDS.get(kind, ())):
        outline.take(target, *keys)
    if kind == "Pod":
        _pod(outline)
    elif kind == "Node":
        _node(outline)
    resource = outline.resource(api_version_of(kind), kind)
    if resource is not None:
        found.reading.resources.append(resource)
    return resource is not None


def _kind(found: Found) -> str:
    """The kind that the list's key, or else the file's name, tells."""
    if not found.path or isinstance(found.path[-1], str):
        return ""
    return kind_of_word(found.key) if found.key else kind_of_path(found.name)


def _pod(outline: Outline) -> None:
    for key in ("phase", "status", "state"):
        value = outline.given.get(key)
        if isinstance(value, dict):
            outline.put(("status",), value, (key,))
            return
        if isinstance(value, str) and value:
            target = ("status", "phase") if value in _PHASES else ("status", "word")
            outline.put(target, value, (key,))
    containers = outline.given.get("containers", outline.given.get("containerStatuses"))
    key = "containers" if "containers" in outline.given else "containerStatuses"
    for index, container in enumerate(containers if isinstance(containers, list) else ()):
        if isinstance(container, dict):
            _container(outline, container, index, key)


def _container(outline: Outline, container: dict[str, Any], index: int, key: str) -> None:
    spec = {name: container[name] for name in _CONTAINER_SPEC if name in container}
    status = {name: container[name] for name in _CONTAINER_STATUS if name in container}
    for name in ("state", "lastState"):
        if name in container:
            status[name] = _state(container[name], container)
    outline.put(("spec", "containers", index), spec, (key, index))
    outline.put(("status", "containerStatuses", index), status, (key, index))
    for name in ("running", "waiting", "terminated"):
        for state in ("state", "lastState"):
            for detail in ("reason", "message", "exitCode", "startedAt", "finishedAt"):
                target = ("status", "containerStatuses", index, state, name, detail)
                outline.renamed[target] = (key, index, state, detail)


def _state(state: Any, container: dict[str, Any]) -> dict[str, Any]:
    """`{"waiting": true, "reason": ...}` or `"waiting"` → `{"waiting": {"reason": ...}}`."""
    if isinstance(state, str):
        reason = container.get("reason", container.get("stateReason"))
        return {state.lower(): {"reason": reason} if isinstance(reason, str) else {}}
    if not isinstance(state, dict):
        return {}
    for name in ("running", "waiting", "terminated"):
        if state.get(name) is True:
            return {name: {key: value for key, value in state.items() if key != name}}
    return state


def _node(outline: Outline) -> None:
    for target, keys in _NODE:
        outline.take(target, *keys)
    conditions: list[tuple[str, Any, Path]] = [
        (type_, outline.given[key], (key,)) for key, type_ in _PRESSURES.items() if key in outline.given
    ]
    given = outline.given.get("conditions")
    if isinstance(given, dict):
        conditions += [(str(key), value, ("conditions", key)) for key, value in given.items()]
    elif isinstance(given, list):
        outline.put(("status", "conditions"), given, ("conditions",))
        return
    status = outline.given.get("status")
    if isinstance(status, str) and status:
        words = status.split(",")
        conditions.append(("Ready", "True" if "Ready" in words else "False", ("status",)))
        if "SchedulingDisabled" in words:
            outline.put(("spec", "unschedulable"), True, ("status",))
    for index, (type_, value, source) in enumerate(conditions):
        text = str(value) if isinstance(value, bool | str) else "Unknown"
        outline.put(("status", "conditions", index), {"type": type_, "status": text}, source)
        outline.renamed[("status", "conditions", index, "status")] = source
    _taints(outline)


def _taints(outline: Outline) -> None:
    taints = outline.given.get("taints")
    for index, taint in enumerate(taints if isinstance(taints, list) else ()):
        if isinstance(taint, str):
            left, _, effect = taint.rpartition(":")
            key, _, value = left.partition("=")
            taint = (
                {"key": key, "value": value, "effect": effect} if value else {"key": key, "effect": effect}
            )
        outline.put(("spec", "taints", index), taint, ("taints", index))


def _event(found: Found) -> bool:
    """`{"reason", "message", "involved_object": "Pod/x" | {...}, "count", "first_time", "last_time"}`."""
    body = camelled(found.value)
    about = next((body[k] for k in ("involvedObject", "regarding", "object", "resource") if k in body), None)
    if isinstance(about, str) and "/" in about:
        kind, _, name = about.partition("/")
        about = {"kind": kind_of_word(kind) or kind, "name": name.rpartition("/")[2]}
    if not isinstance(about, dict) or not body.get("reason"):
        return False
    namespace = body.get("namespace")
    metadata = body.get("metadata") or {"namespace": namespace if isinstance(namespace, str) else ""}
    whole = {**body, "involvedObject": {"namespace": namespace, **about}, "metadata": metadata}
    for target, keys in _EVENT_TIMES.items():
        whole.setdefault(target, next((body[key] for key in keys if key in body), None))
    event = event_of(whole, found.source.view(found.path))
    if event is not None:
        found.reading.events.append(event)
    return event is not None
