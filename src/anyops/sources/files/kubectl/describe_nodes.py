"""Descriptions of nodes and namespaces."""

import re
from itertools import pairwise
from typing import Any

from anyops.sources.files.kubectl.describe_policies import put_limit_rows, put_quota_rows
from anyops.sources.files.kubectl.fields import CELLS, put_conditions, put_metadata, put_values, rows
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.tree import Node
from anyops.world.resource import Resource

_NODE = {
    "Unschedulable": ("spec", "unschedulable"),
    "PodCIDR": ("spec", "podCIDR"),
    "ProviderID": ("spec", "providerID"),
}
_SYSTEM = {
    "Machine ID": "machineID", "System UUID": "systemUUID", "Boot ID": "bootID",
    "Kernel Version": "kernelVersion", "OS Image": "osImage", "Operating System": "operatingSystem",
    "Architecture": "architecture", "Container Runtime Version": "containerRuntimeVersion",
    "Kubelet Version": "kubeletVersion", "Kube-Proxy Version": "kubeProxyVersion",
}  # fmt: skip
_TAINT = re.compile(r"([^=:\s]+)(?:=([^:\s]*))?:(\w+)\Z")
_QUOTA = re.compile(r"\s{1,3}Name:\s+(\S+)\s*\Z")
_AMOUNT = re.compile(r"(\S+) \((-?\d{1,9})%\)\Z")


def read_node(root: Node, sketch: Sketch) -> None:
    """A Node's description.

    What its pods ask for in sum stands in `status.allocated` ({requests, limits} by resource) and the pods
    themselves in `status.pods` ({namespace, name, requests, limits}).
    """
    put_metadata(root, sketch)
    put_values(root, sketch, _NODE)
    _put_taints(root, sketch)
    _put_lease(root, sketch)
    conditions = root.get("Conditions")
    if conditions is not None:
        put_conditions(conditions, sketch, "status", "conditions")
    for key, name in (("Capacity", "capacity"), ("Allocatable", "allocatable")):
        section = root.get(key)
        for child in section.children if section is not None else ():
            if child.key:
                sketch.put(child.value, child.line, "status", name, child.key)
    _put_system(root, sketch)
    _put_pods(root, sketch)
    _put_allocated(root, sketch)


def _put_taints(root: Node, sketch: Sketch) -> None:
    node = root.get("Taints")
    index = 0
    for line, text in node.value_lines() if node is not None else ():
        match = _TAINT.match(text)
        if match:
            taint = {"key": match[1], **({"value": match[2]} if match[2] else {}), "effect": match[3]}
            sketch.put(taint, line, "spec", "taints", index)
            index += 1


def _put_lease(root: Node, sketch: Sketch) -> None:
    lease = root.get("Lease")
    renewed = lease.get("RenewTime") if lease is not None else None
    if renewed is not None:
        sketch.put_time(renewed.value, renewed.line, "status", "leaseRenewTime")


def _put_system(root: Node, sketch: Sketch) -> None:
    addresses, system = root.get("Addresses"), root.get("System Info")
    for index, child in enumerate(addresses.children if addresses is not None else ()):
        sketch.put({"type": child.key, "address": child.value}, child.line, "status", "addresses", index)
    for child in system.children if system is not None else ():
        if child.key in _SYSTEM and not child.empty:
            sketch.put(child.value, child.line, "status", "nodeInfo", _SYSTEM[child.key])


_POD_CELLS = (("CPU Requests", "requests", "cpu"), ("CPU Limits", "limits", "cpu"),
              ("Memory Requests", "requests", "memory"), ("Memory Limits", "limits", "memory"))  # fmt: skip


def _put_pods(root: Node, sketch: Sketch) -> None:
    section = root.get("Non-terminated Pods")
    if section is None:
        return
    sketch.put([], section.line, "status", "pods")
    for index, (line, row) in enumerate(rows(section, sketch)):
        pod: dict[str, Any] = {"namespace": row.get("Namespace", ""), "name": row.get("Name", "")}
        for title, group, resource in _POD_CELLS:
            match = _AMOUNT.match(row.get(title, ""))
            if match:
                pod.setdefault(group, {})[resource] = match[1]
        sketch.put(pod, line, "status", "pods", index)


def _put_allocated(root: Node, sketch: Sketch) -> None:
    section = root.get("Allocated resources")
    for child in section.children if section is not None else ():
        cells = CELLS.split(sketch.text.lines[child.line].strip())
        amounts = [_AMOUNT.match(cell) for cell in cells[1:3]]
        if len(amounts) < 2:
            continue
        for group, match, cell in zip(("requests", "limits"), amounts, cells[1:3], strict=True):
            if match or cell.isdecimal():
                amount = match[1] if match else cell
                sketch.put(amount, child.line, "status", "allocated", group, cells[0])


_QUOTAS = ("No resource", "No Resource", "Resource Quotas")
_LIMITS = ("No LimitRange", "Resource Limits")


def read_namespace(root: Node, sketch: Sketch) -> None:
    """A Namespace's description; what it says of limits stands in `status.limits`, as in a LimitRange."""
    put_metadata(root, sketch)
    status = root.get("Status")
    if status is not None and status.value:
        sketch.put(status.value, status.line, "status", "phase")
        if status.value == "Terminating":
            sketch.put("", status.line, "metadata", "deletionTimestamp")
    conditions = root.get("Conditions")
    if conditions is not None:
        put_conditions(conditions, sketch, "status", "conditions")
    put_limit_rows(root.line, root.end, sketch, "status", "limits")


def quotas_of(root: Node, namespace: Sketch) -> list[Resource]:
    """The quotas that a Namespace's description lists, as objects."""
    text, found = namespace.text, list[Resource]()
    starts = [n for n in range(root.line + 1, root.end + 1) if _QUOTA.match(text.lines[n])]
    for line, following in pairwise([*starts, root.end + 1]):
        match = _QUOTA.match(text.lines[line])
        if match is None or "metadata" not in namespace.body:
            continue
        sketch = Sketch(text, namespace.times)
        sketch.put(match[1], line, "metadata", "name")
        sketch.put(namespace.body["metadata"].get("name", ""), line, "metadata", "namespace")
        put_quota_rows(line, following - 1, sketch)
        found.append(sketch.resource("ResourceQuota"))
    return found


def listed_in(keys: set[str]) -> set[str]:
    """The kinds of which a Namespace's description, whose top level has these keys, tells all objects."""
    quotas = {"ResourceQuota"} if keys & set(_QUOTAS) else set()
    return quotas | ({"LimitRange"} if keys & set(_LIMITS) else set())
