"""Lists as tables and as bare metadata, as `kubectl get` and controllers ask for them.

Source: k8s.io/apimachinery meta/v1 Table and k8s.io/kubernetes/pkg/printers/internalversion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from .kinds import KindRow
from .store import Object, Stored

Cell = Callable[[Object], Any]
META = "meta.k8s.io/v1"


def _at(path: str, default: Any = "") -> Cell:
    def cell(item: Object) -> Any:
        value: Any = item
        for key in path.split("."):
            value = (value or {}).get(key)
        return default if value is None else value

    return cell


def _age(item: Object) -> str:
    created = item["metadata"].get("creationTimestamp")
    if not created:
        return "<unknown>"
    seconds = int((datetime.now(UTC) - datetime.fromisoformat(created)).total_seconds())
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= 2 * size:
            return f"{seconds // size}{unit}"
    return f"{max(seconds, 0)}s"


def _ready(item: Object) -> str:
    statuses = item.get("status", {}).get("containerStatuses") or []
    return f"{sum(bool(s.get('ready')) for s in statuses)}/{len(item['spec']['containers'])}"


def _pod_status(item: Object) -> str:
    status = item.get("status", {})
    for container in status.get("containerStatuses") or []:
        for state in ("waiting", "terminated"):
            if reason := container.get("state", {}).get(state, {}).get("reason"):
                return str(reason)
    return str(status.get("reason") or status.get("phase") or "Unknown")


def _restarts(item: Object) -> str:
    return str(sum(s.get("restartCount", 0) for s in item.get("status", {}).get("containerStatuses") or []))


def _node_status(item: Object) -> str:
    conditions = item.get("status", {}).get("conditions") or []
    ready = any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)
    cordoned = ",SchedulingDisabled" if item.get("spec", {}).get("unschedulable") else ""
    return ("Ready" if ready else "NotReady") + cordoned


def _keys(item: Object) -> int:
    return len(item.get("data") or {}) + len(item.get("binaryData") or {})


def _involved(item: Object) -> str:
    about = item.get("involvedObject") or item.get("regarding") or {}
    return f"{about.get('kind', '').lower()}/{about.get('name', '')}"


_NAME = ("Name", "string", _at("metadata.name"))
_AGE = ("Age", "string", _age)
_COLUMNS: Mapping[str, Sequence[tuple[str, str, Cell]]] = {
    "Pod": (
        _NAME,
        ("Ready", "string", _ready),
        ("Status", "string", _pod_status),
        ("Restarts", "string", _restarts),
        _AGE,
    ),
    "Secret": (_NAME, ("Type", "string", _at("type")), ("Data", "integer", _keys), _AGE),
    "ConfigMap": (_NAME, ("Data", "integer", _keys), _AGE),
    "Node": (
        _NAME,
        ("Status", "string", _node_status),
        _AGE,
        ("Version", "string", _at("status.nodeInfo.kubeletVersion")),
    ),
    "Namespace": (_NAME, ("Status", "string", _at("status.phase")), _AGE),
    "Event": (
        ("Last Seen", "string", _age),
        ("Type", "string", _at("type")),
        ("Reason", "string", _at("reason")),
        ("Object", "string", _involved),
        ("Message", "string", _at("message")),
    ),
}


def table(row: KindRow, items: Sequence[Stored], metadata: Mapping[str, Any], include: str) -> Object:
    """A Table; `include` is None, Metadata or Object, and says what each row carries beside its cells."""
    columns = _COLUMNS.get(row.kind, (_NAME, _AGE))
    definitions = [
        {
            "name": name,
            "type": type_,
            "format": "name" if name == "Name" else "",
            "description": f"{name} of the {row.kind}",
            "priority": 0,
        }
        for name, type_, _ in columns
    ]
    decoded = [stored.decoded() for stored in items]
    rows = [
        {"cells": [cell(item) for _, _, cell in columns], "object": _carried(row, item, include)}
        for item in decoded
    ]
    return {
        "kind": "Table",
        "apiVersion": META,
        "metadata": dict(metadata),
        "columnDefinitions": definitions,
        "rows": rows,
    }


def _carried(row: KindRow, item: Object, include: str) -> Object | None:
    if include == "None":
        return None
    return full(row, item) if include == "Object" else partial(item)


def full(row: KindRow, item: Object) -> Object:
    """The object as a single answer, with its kind."""
    return {"kind": row.kind, "apiVersion": row.group_version, **item}


def partial(item: Object) -> Object:
    """The object's metadata alone."""
    return {"kind": "PartialObjectMetadata", "apiVersion": META, "metadata": item["metadata"]}


def partial_list(items: Sequence[Stored], metadata: Mapping[str, Any]) -> Object:
    """A PartialObjectMetadataList."""
    listed = [partial(stored.decoded()) for stored in items]
    return {
        "kind": "PartialObjectMetadataList",
        "apiVersion": META,
        "metadata": dict(metadata),
        "items": listed,
    }
