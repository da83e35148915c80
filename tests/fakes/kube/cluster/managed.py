"""managedFields, derived from the object as server-side apply writes them.

Source: sigs.k8s.io/structured-merge-diff, the `fieldsV1` format: `f:KEY` for a field, `k:{...}` for an
item of a list with a merge key.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .identity import Object

_MERGE_KEYS = ("name", "type", "ip", "uid", "mountPath", "containerPort", "port")
_WHOLE = ("tolerations", "args", "command", "rules", "metrics", "endpoints", "subsets", "images")
"""lists that are owned as one"""


def fields(value: Mapping[str, Any]) -> Object:
    """The fields of a part of an object."""
    return {f"f:{key}": _inside(key, item) for key, item in value.items()}


def _inside(key: str, value: Any) -> Object:
    if isinstance(value, dict):
        return {".": {}, **fields(value)} if value else {}
    if isinstance(value, list) and key not in _WHOLE:
        return {".": {}, **dict(_item(key, item) for item in value if isinstance(item, dict))}
    return {}


def _item(key: str, item: Mapping[str, Any]) -> tuple[str, Object]:
    if key == "volumeMounts":
        names: tuple[str, ...] = ("mountPath",)
    elif key == "ports" and "containerPort" in item:
        names = ("containerPort", "protocol")
    elif key == "ports":
        names = ("port", "protocol")
    else:
        names = next(((name,) for name in _MERGE_KEYS if name in item), ("name",))
    merge = json.dumps({name: item[name] for name in names if name in item}, separators=(",", ":"))
    return f"k:{merge}", {".": {}, **fields(item)}


def entry(
    manager: str, time: str, owned: Object, *, api_version: str = "v1", subresource: str = ""
) -> Object:
    """What one manager owns; `owned` holds the fields."""
    found = {
        "manager": manager,
        "operation": "Update",
        "apiVersion": api_version,
        "time": time,
        "fieldsType": "FieldsV1",
        "fieldsV1": owned,
    }
    return {**found, "subresource": subresource} if subresource else found


def managed(item: Object, manager: str, time: str) -> Object:
    """The object with managedFields for all but its status, which belongs to a controller."""
    metadata = {key: item["metadata"][key] for key in ("labels", "annotations") if key in item["metadata"]}
    rest = {
        key: value for key, value in item.items() if key not in ("apiVersion", "kind", "metadata", "status")
    }
    owned = {**({"f:metadata": fields(metadata)} if metadata else {}), **fields(rest)}
    entries = [entry(manager, time, owned, api_version=item["apiVersion"])]
    if item.get("status"):
        status = {"f:status": fields(item["status"])}
        entries.append(
            entry(
                "kube-controller-manager", time, status, api_version=item["apiVersion"], subresource="status"
            )
        )
    return {**item, "metadata": {**item["metadata"], "managedFields": entries}}
