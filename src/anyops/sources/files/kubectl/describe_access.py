"""Descriptions of ServiceAccount, Role, ClusterRole and their bindings, ConfigMap and Secret."""

import re
from itertools import pairwise
from typing import Any

from anyops.sources.files.kubectl.fields import put_metadata, put_values, rows
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.tree import Node

_KEY = re.compile(r"([-._a-zA-Z0-9]{1,253}):\s*\Z")
_SIZE = re.compile(r"([-._a-zA-Z0-9]{1,253}): +(\d{1,12}) bytes\s*\Z")


def read_service_account(root: Node, sketch: Sketch) -> None:
    """A ServiceAccount's description; secrets said to be `(not found)` stand in `status.missingSecrets`."""
    put_metadata(root, sketch)
    missing = 0
    for title, key in (("Image pull secrets", "imagePullSecrets"), ("Mountable secrets", "secrets")):
        child = root.get(title)
        for index, (line, text) in enumerate(child.value_lines() if child is not None else ()):
            name, absent, _ = text.partition(" (not found)")
            sketch.put({"name": name}, line, key, index)
            if absent:
                sketch.put(name, line, "status", "missingSecrets", missing)
                missing += 1


def read_role(root: Node, sketch: Sketch) -> None:
    """A Role's or ClusterRole's description: one rule a line."""
    put_metadata(root, sketch)
    section = root.get("PolicyRule")
    if section is None:
        return
    sketch.put([], section.line, "rules", last=section.end)
    for index, (line, row) in enumerate(rows(section, sketch)):
        resource, _, group = row.get("Resources", "").partition(".")
        rule: dict[str, Any] = {"verbs": _bracketed(row.get("Verbs", ""))}
        if resource:
            # `*.*` is every resource of every group; a bare `*` every one of the core group.
            rule |= {"resources": [resource], "apiGroups": [group]}
        urls, names = _bracketed(row.get("Non-Resource URLs", "")), _bracketed(row.get("Resource Names", ""))
        rule |= {"nonResourceURLs": urls} if urls else {}
        rule |= {"resourceNames": names} if names else {}
        sketch.put(rule, line, "rules", index)


def _bracketed(text: str) -> list[str]:
    return text.removeprefix("[").removesuffix("]").split()


def read_binding(root: Node, sketch: Sketch) -> None:
    """A RoleBinding's or ClusterRoleBinding's description."""
    put_metadata(root, sketch)
    role = root.get("Role")
    if role is not None:
        put_values(role, sketch, {"Kind": ("kind",), "Name": ("name",)}, "roleRef")
        sketch.mark(role.line, "roleRef", last=role.end)
    section = root.get("Subjects")
    for index, (line, row) in enumerate(rows(section, sketch) if section is not None else ()):
        subject = {"kind": row.get("Kind", ""), "name": row.get("Name", "")}
        if row.get("Namespace"):
            subject["namespace"] = row["Namespace"]
        sketch.put(subject, line, "subjects", index)


def read_config_map(root: Node, sketch: Sketch) -> None:
    """A ConfigMap's description: `key:`, a line `----`, then the value as it is, blank lines and all."""
    put_metadata(root, sketch)
    lines = sketch.text.lines
    last = root.end
    marks = [n for n in range(root.line, last) if lines[n + 1] == "----" and _KEY.match(lines[n])]
    end_of_data = next((n for n in range(last, root.line, -1) if lines[n].rstrip() == "BinaryData"), last + 1)
    for line, following in pairwise([*marks, end_of_data]):
        if following <= line + 1:
            continue
        end = following - 1
        while end > line + 1 and not lines[end].strip():
            end -= 1
        value = "\n".join(sketch.text.raw(n) for n in range(line + 2, end + 1))
        sketch.put(value, line, "data", lines[line].rstrip()[:-1], last=end)
    for line in range(end_of_data, last + 1):
        size = _SIZE.match(lines[line])
        if size:
            sketch.put(f"<{size[2]} bytes>", line, "binaryData", size[1])


def read_secret(root: Node, sketch: Sketch) -> None:
    """A Secret's description: kubectl names its keys and their sizes, never a value."""
    put_metadata(root, sketch)
    put_values(root, sketch, {"Type": ("type",)})
    for line in range(root.line, root.end + 1):
        size = _SIZE.match(sketch.text.lines[line])
        if size:
            sketch.put(f"<{size[2]} bytes>", line, "data", size[1])
