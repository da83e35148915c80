"""Descriptions of PersistentVolumeClaim, PersistentVolume and StorageClass."""

import re
from typing import Any

from anyops.sources.files.kubectl.fields import put_conditions, put_metadata, put_values
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.tree import Node
from anyops.sources.files.kubectl.volumes import put_source

MODES = {"RWO": "ReadWriteOnce", "ROX": "ReadOnlyMany", "RWX": "ReadWriteMany", "RWOP": "ReadWriteOncePod"}
_GOING = re.compile(r"Terminating(?: \((?:lasts|expires) (\S{1,30})\))?\Z")
_TERM = re.compile(r"(\S+) (in|notin|exists|doesnotexist|gt|lt)(?: \[([^\]]*)\])?\Z")
_OPERATORS = {
    "in": "In", "notin": "NotIn", "exists": "Exists", "doesnotexist": "DoesNotExist", "gt": "Gt", "lt": "Lt",
}  # fmt: skip
_PAIR = re.compile(r"(?:^|,)([A-Za-z0-9][A-Za-z0-9./_-]{0,300})=")


def put_status(root: Node, sketch: Sketch) -> None:
    """The line `Status:` as a phase, or as the sign that the object is being deleted."""
    status = root.get("Status")
    if status is None or not status.value:
        return
    going = _GOING.match(status.value)
    if going is None:
        sketch.put(status.value, status.line, "status", "phase")
        return
    sketch.put("", status.line, "metadata", "deletionTimestamp")
    if going[1]:
        sketch.put(going[1], status.line, "metadata", "deletionAge")


def _put_modes(root: Node, sketch: Sketch, *path: str) -> None:
    modes = root.get("Access Modes")
    if modes is not None and not modes.empty:
        names = [MODES.get(mode, mode) for mode in modes.value.split(",")]
        sketch.put(names, modes.line, *path)


_CLAIM = {
    "StorageClass": ("spec", "storageClassName"),
    "Volume": ("spec", "volumeName"),
    "VolumeMode": ("spec", "volumeMode"),
    "VolumeAttributesClass": ("spec", "volumeAttributesClassName"),
}


def read_claim(root: Node, sketch: Sketch) -> None:
    """A PersistentVolumeClaim's description; the pods that use it stand in `status.usedBy`."""
    put_metadata(root, sketch)
    put_values(root, sketch, _CLAIM)
    put_status(root, sketch)
    _put_modes(root, sketch, "status", "accessModes")
    capacity = root.get("Capacity")
    if capacity is not None and not capacity.empty:
        sketch.put(capacity.value, capacity.line, "status", "capacity", "storage")
    users = root.get("Used By") or root.get("Mounted By")
    for index, (line, name) in enumerate(users.value_lines() if users is not None else ()):
        sketch.put(name, line, "status", "usedBy", index)
    source = root.get("DataSource")
    if source is not None:
        keys = {"APIGroup": ("apiGroup",), "Kind": ("kind",), "Name": ("name",)}
        put_values(source, sketch, keys, "spec", "dataSource")
    conditions = root.get("Conditions")
    if conditions is not None:
        put_conditions(conditions, sketch, "status", "conditions")


_VOLUME = {
    "StorageClass": ("spec", "storageClassName"),
    "VolumeMode": ("spec", "volumeMode"),
    "Reclaim Policy": ("spec", "persistentVolumeReclaimPolicy"),
    "Capacity": ("spec", "capacity", "storage"),
    "Reason": ("status", "reason"),
    "Message": ("status", "message"),
}


def read_volume(root: Node, sketch: Sketch) -> None:
    """A PersistentVolume's description."""
    put_metadata(root, sketch)
    put_values(root, sketch, _VOLUME)
    put_status(root, sketch)
    _put_modes(root, sketch, "spec", "accessModes")
    claim = root.get("Claim")
    if claim is not None and "/" in claim.value:
        namespace, _, name = claim.value.partition("/")
        sketch.put({"namespace": namespace, "name": name}, claim.line, "spec", "claimRef")
    source = root.get("Source")
    if source is not None:
        put_source(source, sketch, "spec")
    affinity = root.get("Node Affinity")
    terms = affinity.get("Required Terms") if affinity is not None else None
    if terms is not None:
        path = ("spec", "nodeAffinity", "required", "nodeSelectorTerms")
        _put_terms(terms, sketch, "matchExpressions", path)


def _put_terms(node: Node, sketch: Sketch, key: str, path: tuple[str | int, ...]) -> None:
    """`Term 0:  zone in [a, b]`, further requirements of the term on further lines."""
    for index, term in enumerate(child for child in node.children if child.key.startswith("Term")):
        expressions: list[dict[str, Any]] = []
        for _, text in term.value_lines():
            match = _TERM.match(text)
            if match:
                values = [v.strip() for v in (match[3] or "").split(",") if v.strip()]
                operator = {"operator": _OPERATORS[match[2]]} if key == "matchExpressions" else {}
                expressions.append({"key": match[1], **operator, **({"values": values} if values else {})})
        sketch.put({key: expressions}, term.line, *path, index, last=term.end)


_CLASS = {
    "Provisioner": ("provisioner",),
    "AllowVolumeExpansion": ("allowVolumeExpansion",),
    "ReclaimPolicy": ("reclaimPolicy",),
    "VolumeBindingMode": ("volumeBindingMode",),
}


def read_class(root: Node, sketch: Sketch) -> None:
    """A StorageClass's description; whether it is the default stands as its annotation."""
    name = root.get("Name")
    if name is not None:
        sketch.put(name.value, name.line, "metadata", "name")
    put_values(root, sketch, _CLASS)
    for key, path in (("Annotations", ("metadata", "annotations")), ("Parameters", ("parameters",))):
        child = root.get(key)
        if child is not None and not child.empty:
            for pair, value in _pairs(child.value):
                sketch.put(value, child.line, *path, pair, last=child.end)
    default = root.get("IsDefaultClass")
    if default is not None:
        key = "storageclass.kubernetes.io/is-default-class"
        sketch.put(
            "true" if default.value == "Yes" else "false", default.line, "metadata", "annotations", key
        )
    options = root.get("MountOptions")
    if options is not None and options.children:
        sketch.put([o.value for o in options.children], options.line, "mountOptions", last=options.end)
    topologies = root.get("AllowedTopologies")
    if topologies is not None:
        _put_terms(topologies, sketch, "matchLabelExpressions", ("allowedTopologies",))


def _pairs(text: str) -> list[tuple[str, str]]:
    """`a=1,b={"x":1,"y":2}`: a comma parts only where `key=` follows."""
    starts = list(_PAIR.finditer(text))
    ends = [*(match.start() for match in starts), len(text)][1:]
    return [(match[1], text[match.end() : end]) for match, end in zip(starts, ends, strict=True)]
