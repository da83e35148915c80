"""Descriptions of pods, and the pod template inside those of workloads."""

import re
from typing import Any

from anyops.sources.files.kubectl.containers import put_containers
from anyops.sources.files.kubectl.fields import (
    label_selector,
    put_annotations,
    put_conditions,
    put_metadata,
    put_pairs,
    put_scalar,
    put_values,
)
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.tree import Node
from anyops.sources.files.kubectl.volumes import put_volumes

_POD = {
    "Priority": ("spec", "priority"),
    "Priority Class Name": ("spec", "priorityClassName"),
    "Runtime Class Name": ("spec", "runtimeClassName"),
    "Start Time": ("status", "startTime"),
    "Reason": ("status", "reason"),
    "Message": ("status", "message"),
    "IP": ("status", "podIP"),
    "QoS Class": ("status", "qosClass"),
    "NominatedNodeName": ("status", "nominatedNodeName"),
}
_SPEC = {
    "Service Account": ("serviceAccountName",),
    "ServiceAccount": ("serviceAccountName",),
    "Priority Class Name": ("priorityClassName",),
    "Runtime Class Name": ("runtimeClassName",),
    "SeccompProfile": ("securityContext", "seccompProfile", "type"),
}
_GONE = re.compile(r"Terminating \((?:lasts|expires) (\S{1,30})\)\Z")
_TOLERATION = re.compile(
    r"(?P<key>[^=:\s]*)(?:=(?P<value>[^:\s]*))?(?::(?P<effect>\w+))?\s?(?:op=(?P<op>\w+))?"
    r"(?: for (?P<seconds>-?\d{1,9})s)?\Z"
)
_SPREAD = re.compile(r"(\S+):(\w+) when max skew (\d+) is exceeded(?: for selector (.*))?\Z")


def read_pod(root: Node, sketch: Sketch) -> None:
    """A pod's description."""
    put_metadata(root, sketch)
    put_values(root, sketch, _POD)
    _put_message(root, sketch)
    _put_phase(root, sketch)
    _put_node(root, sketch)
    _put_ips(root, sketch)
    put_pod_spec(root, sketch)
    conditions = root.get("Conditions")
    if conditions is not None:
        put_conditions(conditions, sketch, "status", "conditions")


def _put_message(root: Node, sketch: Sketch) -> None:
    message = root.get("Message")
    if message is not None and message.more:
        text = "\n".join([message.value, *(more for _, more in message.more)])
        sketch.put(text, message.line, "status", "message", last=message.end)


def _put_phase(root: Node, sketch: Sketch) -> None:
    status = root.get("Status")
    if status is None or not status.value:
        return
    gone = _GONE.match(status.value)
    if gone:
        sketch.put("", status.line, "metadata", "deletionTimestamp")
        sketch.put(gone[1], status.line, "metadata", "deletionAge")
        grace = root.get("Termination Grace Period")
        if grace is not None and grace.value.removesuffix("s").isdecimal():
            put_scalar(grace.value[:-1], grace.line, sketch, "metadata", "deletionGracePeriodSeconds")
    elif status.value.startswith("Terminating"):
        sketch.put("", status.line, "metadata", "deletionTimestamp")
    else:
        sketch.put(status.value, status.line, "status", "phase")


def _put_node(root: Node, sketch: Sketch) -> None:
    node = root.get("Node")
    if node is None or node.empty:
        return
    name, slash, address = node.value.partition("/")
    if name:
        sketch.put(name, node.line, "spec", "nodeName")
    if slash and address:
        sketch.put(address, node.line, "status", "hostIP")


def _put_ips(root: Node, sketch: Sketch) -> None:
    addresses = root.get("IPs")
    for index, child in enumerate(addresses.children if addresses is not None else ()):
        if child.key == "IP" and child.value:
            sketch.put({"ip": child.value}, child.line, "status", "podIPs", index)


def put_template(root: Node, sketch: Sketch, *path: str | int) -> None:
    """The section `Pod Template:` of a workload, as the template at `path`."""
    section = root.get("Pod Template")
    if section is None:
        return
    labels, annotations = section.get("Labels"), section.get("Annotations")
    if labels is not None:
        put_pairs(labels, sketch, *path, "metadata", "labels")
    if annotations is not None:
        put_annotations(annotations, sketch, *path, "metadata", "annotations")
    put_pod_spec(section, sketch, *path)


def put_pod_spec(root: Node, sketch: Sketch, *path: str | int) -> None:
    """Containers, volumes and placement, as the PodSpec below `path`."""
    put_values(root, sketch, _SPEC, *path, "spec")
    put_containers(root, sketch, *path)
    put_volumes(root.get("Volumes"), sketch, *path, "spec", "volumes")
    selector = root.get("Node-Selectors")
    if selector is not None and not selector.empty:
        put_pairs(selector, sketch, *path, "spec", "nodeSelector")
    _put_tolerations(root, sketch, *path)
    _put_spread(root, sketch, *path)
    gates = root.get("Readiness Gates")
    for index, gate in enumerate(gates.children[1:] if gates is not None else ()):
        name = (gate.key or gate.value).split(" ")[0]
        sketch.put({"conditionType": name}, gate.line, *path, "spec", "readinessGates", index)


def _put_tolerations(root: Node, sketch: Sketch, *path: str | int) -> None:
    node = root.get("Tolerations")
    index = 0
    for line, text in node.value_lines() if node is not None else ():
        toleration = read_toleration(text)
        if toleration is not None:
            sketch.put(toleration, line, *path, "spec", "tolerations", index)
            index += 1


def read_toleration(text: str) -> dict[str, Any] | None:
    """`key=value:Effect op=Exists for 300s` as a Toleration; None when it is none."""
    match = _TOLERATION.match(f" {text}" if text.startswith("op=") else text)
    if match is None or not text:
        return None
    toleration: dict[str, Any] = {}
    if match["key"]:
        toleration["key"] = match["key"]
    toleration["operator"] = match["op"] or ("Equal" if match["value"] is not None else "Exists")
    if match["value"]:
        toleration["value"] = match["value"]
    if match["effect"]:
        toleration["effect"] = match["effect"]
    if match["seconds"]:
        toleration["tolerationSeconds"] = int(match["seconds"])
    return toleration


def _put_spread(root: Node, sketch: Sketch, *path: str | int) -> None:
    node = root.get("Topology Spread Constraints")
    index = 0
    for line, text in node.value_lines() if node is not None else ():
        match = _SPREAD.match(text)
        if match:
            constraint: dict[str, Any] = {
                "topologyKey": match[1], "whenUnsatisfiable": match[2], "maxSkew": int(match[3][:9]),
                **({"labelSelector": label_selector(match[4])} if match[4] else {}),
            }  # fmt: skip
            sketch.put(constraint, line, *path, "spec", "topologySpreadConstraints", index)
            index += 1
