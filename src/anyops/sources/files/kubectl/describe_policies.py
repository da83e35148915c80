"""Descriptions of ResourceQuota, LimitRange, HorizontalPodAutoscaler, PodDisruptionBudget, PriorityClass."""

import re
from typing import Any

from anyops.sources.files.kubectl.fields import (
    CELLS,
    Header,
    columns,
    counts,
    cut,
    put_conditions,
    put_metadata,
    put_scalar,
    put_selector,
    put_values,
)
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.tree import Node

_RESOURCE = re.compile(r"[a-z][a-zA-Z0-9./_-]*\Z")


def read_quota(root: Node, sketch: Sketch) -> None:
    """A ResourceQuota's description: a table of used and hard amounts."""
    put_metadata(root, sketch)
    scopes = root.get("Scopes")
    if scopes is not None and not scopes.empty:
        sketch.put([s.strip() for s in scopes.value.split(",")], scopes.line, "spec", "scopes")
    put_quota_rows(root.line, root.end, sketch)


def put_quota_rows(first: int, last: int, sketch: Sketch) -> None:
    """The rows below `Resource  Used  Hard` in lines `first` to `last`."""
    inside = False
    for line in range(first, last + 1):
        cells = CELLS.split(sketch.text.lines[line].strip())
        if cells == ["Resource", "Used", "Hard"]:
            inside = True
        elif inside and len(cells) == 3 and _RESOURCE.match(cells[0]):
            resource, used, hard = cells
            sketch.put(used, line, "status", "used", resource)
            sketch.put(hard, line, "status", "hard", resource)
            sketch.put(hard, line, "spec", "hard", resource)
            sketch.mark(line, "status", "hard")


_LIMITS = {
    "Min": "min", "Max": "max", "Default Request": "defaultRequest", "Default Limit": "default",
    "Max Limit/Request Ratio": "maxLimitRequestRatio",
}  # fmt: skip


def read_limit_range(root: Node, sketch: Sketch) -> None:
    """A LimitRange's description."""
    put_metadata(root, sketch)
    put_limit_rows(root.line, root.end, sketch, "spec", "limits")


def put_limit_rows(first: int, last: int, sketch: Sketch, *path: str | int) -> None:
    """The rows below `Type  Resource  Min  Max ...` in lines `first` to `last`, one item a type."""
    header: Header = ()
    items: dict[str, int] = {}
    for line in range(first, last + 1):
        text = sketch.text.lines[line]
        if text.split()[:2] == ["Type", "Resource"]:
            header = columns(text)
            continue
        row = cut(text, header) if header and text.strip() else {}
        if not _RESOURCE.match(row.get("Resource", "")) or not row.get("Type", "")[:1].isupper():
            continue
        index = items.setdefault(row["Type"], len(items))
        sketch.put(row["Type"], line, *path, index, "type")
        for title, key in _LIMITS.items():
            if row.get(title, "-") not in ("-", ""):
                sketch.put(row[title], line, *path, index, key, row["Resource"])


_AUTOSCALER = {
    "Min replicas": ("spec", "minReplicas"),
    "Max replicas": ("spec", "maxReplicas"),
}
_RESOURCE_METRIC = re.compile(
    r"resource (\S+) (?:of container \"([^\"]*)\" )?on pods\s*(\(as a percentage of request\))?\Z"
)
_NAMED_METRIC = re.compile(
    r"\"([^\"]*)\"(?: on (?:(pods)|([^/\s]+)/(\S+)))?(?: \((target (?:average )?value)\))?\Z"
)
_CURRENT = re.compile(r"(<unknown>|\d{1,9})%?(?: \(([^()]*)\))?\Z")


def read_autoscaler(root: Node, sketch: Sketch) -> None:
    """A HorizontalPodAutoscaler's description."""
    put_metadata(root, sketch)
    put_values(root, sketch, _AUTOSCALER)
    reference = root.get("Reference")
    if reference is not None and "/" in reference.value:
        kind, _, name = reference.value.partition("/")
        sketch.put({"kind": kind, "name": name}, reference.line, "spec", "scaleTargetRef")
    _put_metrics(root, sketch)
    for child in root.children:
        if child.key.endswith(" pods"):
            seen = counts(child.value)
            for word, key in (("current", "currentReplicas"), ("desired", "desiredReplicas")):
                if word in seen:
                    sketch.put(seen[word], child.line, "status", key)
    conditions = root.get("Conditions")
    if conditions is not None:
        put_conditions(conditions, sketch, "status", "conditions")


def _put_metrics(root: Node, sketch: Sketch) -> None:
    section = root.get("Metrics")
    index = 0
    for child in section.children if section is not None else ():
        now, slash, wanted = child.value.partition(" / ")
        match = _RESOURCE_METRIC.match(child.key)
        named = _NAMED_METRIC.match(child.key)
        if slash and (match or named):
            type_, spec, status = _resource(match, now, wanted) if match else _named(named, now, wanted)
            key = type_[0].lower() + type_[1:]
            sketch.put({"type": type_, key: spec}, child.line, "spec", "metrics", index)
            sketch.put({"type": type_, key: status}, child.line, "status", "currentMetrics", index)
            index += 1


Sides = tuple[str, dict[str, Any], dict[str, Any]]


def _resource(match: re.Match[str], now: str, wanted: str) -> Sides:
    """A metric of a resource: its type, and what the spec and the status say of it."""
    common: dict[str, Any] = {"name": match[1], **({"container": match[2]} if match[2] else {})}
    current: dict[str, Any] = {}
    if match[3]:
        target: dict[str, Any] = {"type": "Utilization"}
        if wanted.rstrip("%").isdecimal():
            target["averageUtilization"] = int(wanted.rstrip("%")[:9])
        seen = _CURRENT.match(now)
        if seen and seen[1] != "<unknown>":
            current["averageUtilization"] = int(seen[1])
            current["averageValue"] = seen[2] or ""
    else:
        target = {"type": "AverageValue", "averageValue": wanted}
        current = {} if now == "<unknown>" else {"averageValue": now}
    type_ = "ContainerResource" if match[2] else "Resource"
    return type_, {**common, "target": target}, {**common, "current": current}


def _named(match: re.Match[str] | None, now: str, wanted: str) -> Sides:
    """A metric of pods, of an object, or from outside the cluster."""
    if match is None:
        return "", {}, {}
    common: dict[str, Any] = {"metric": {"name": match[1]}}
    type_ = "Pods" if match[2] else "Object" if match[3] else "External"
    if match[3]:
        common["describedObject"] = {"kind": match[3], "name": match[4]}
    key, kind = ("value", "Value") if match[5] == "target value" else ("averageValue", "AverageValue")
    current = {} if now == "<unknown>" else {key: now}
    return type_, {**common, "target": {"type": kind, key: wanted}}, {**common, "current": current}


_BUDGET_STATUS = {
    "Allowed disruptions": ("disruptionsAllowed",),
    "Current": ("currentHealthy",),
    "Desired": ("desiredHealthy",),
    "Total": ("expectedPods",),
}


def read_budget(root: Node, sketch: Sketch) -> None:
    """A PodDisruptionBudget's description."""
    put_metadata(root, sketch)
    put_selector(root, sketch, "spec", "selector")
    for title, key in (("Min available", "minAvailable"), ("Max unavailable", "maxUnavailable")):
        child = root.get(title)
        if child is not None and not child.empty:
            put_scalar(child.value, child.line, sketch, "spec", key)
    status = root.get("Status")
    if status is not None:
        put_values(status, sketch, _BUDGET_STATUS, "status")


def read_priority_class(root: Node, sketch: Sketch) -> None:
    """A PriorityClass's description."""
    put_metadata(root, sketch)
    keys = {
        "Value": ("value",), "GlobalDefault": ("globalDefault",), "Description": ("description",),
        "PreemptionPolicy": ("preemptionPolicy",),
    }  # fmt: skip
    put_values(root, sketch, keys)
