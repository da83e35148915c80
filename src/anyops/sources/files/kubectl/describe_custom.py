"""Descriptions of kinds that kubectl has no describer for: the whole object as a tree of spaced words.

Source: printUnstructuredContent and smartLabelFor in kubectl's pkg/describe: `lastTransitionTime` is printed
as `Last Transition Time`, fields in alphabetical order, the items of a list one after another without a mark.
"""

import re
from itertools import pairwise
from typing import Any

from anyops.sources.files.kubectl.fields import put_metadata
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.tree import Node
from anyops.world.quantity import parse_time

_WORDS = re.compile(r"[A-Za-z -]+\Z")
_ACRONYMS = frozenset({"API", "URL", "UID", "OSB", "GUID"})
_LISTS = frozenset({
    "conditions", "containers", "initContainers", "ports", "volumes", "volumeMounts", "ownerReferences",
    "rules", "tls", "env", "envFrom", "history", "subjects", "versions", "parentRefs", "backendRefs",
    "listeners",
    "parents", "tolerations", "imagePullSecrets", "matches", "filters", "sources", "webhooks", "triggers",
    "additionalPrinterColumns", "endpoints", "subsets", "taints", "metrics", "results", "components",
    "relatedObjects", "matchExpressions", "volumeClaimTemplates", "items", "groups", "entries",
})  # fmt: skip
"""Fields that are lists even when one item is all there is to see."""
_SKIPPED = frozenset({"Name", "Namespace", "Labels", "Annotations", "Metadata"})
_DEPTH = 40


def read_custom(root: Node, sketch: Sketch) -> None:
    """The object: metadata as everywhere, all else from the tree."""
    put_metadata(root, sketch)
    metadata = root.get("Metadata")
    if metadata is not None:
        _put_children(metadata, sketch, ("metadata",), 0)
    for child in root.children:
        if child.key and child.key not in _SKIPPED:
            _put(child, sketch, (field_name(child.key),), 0)


def field_name(label: str) -> str:
    """`Last Transition Time` → lastTransitionTime; a label with other signs is the field itself."""
    if not _WORDS.match(label):
        return label
    first, *rest = label.replace(" - ", "-").split(" ")
    if first in _ACRONYMS or not first.isupper() or len(first) == 1:
        first = first.lower() if first in _ACRONYMS or "-" in first else first[:1].lower() + first[1:]
    return first + "".join(rest)


def _put(node: Node, sketch: Sketch, path: tuple[str | int, ...], depth: int) -> None:
    if node.children and depth < _DEPTH:
        _put_children(node, sketch, path, depth)
    elif node.value and node.value != "<nil>":
        text = "\n".join([node.value, *(more for _, more in node.more)])
        sketch.put(_value(text), node.line, *path, last=node.end)
        if path[-1] in ("creationTimestamp", "lastTransitionTime"):
            when = parse_time(text)
            if when is not None:
                sketch.times.append(when)


def _put_children(node: Node, sketch: Sketch, path: tuple[str | int, ...], depth: int) -> None:
    keyed = [child for child in node.children if child.key]
    if not keyed:
        sketch.put([_value(child.value) for child in node.children], node.line, *path, last=node.end)
        return
    names = [field_name(child.key) for child in keyed]
    starts = [n for n in range(1, len(names)) if names[n] <= names[n - 1]]
    if not starts and path[-1] not in _LISTS and path != ("status", "resources"):
        for name, child in zip(names, keyed, strict=True):
            _put(child, sketch, (*path, name), depth + 1)
        sketch.mark(node.line, *path, last=node.end if node.end - node.line < 8 else node.line)
        return
    bounds = [0, *starts, len(names)]
    for index, (first, end) in enumerate(pairwise(bounds)):
        for name, child in zip(names[first:end], keyed[first:end], strict=True):
            _put(child, sketch, (*path, index, name), depth + 1)
        sketch.mark(keyed[first].line, *path, index, last=keyed[end - 1].end)


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    if text.isascii() and text.isdigit() and len(text) < 16 and (text[0] != "0" or text == "0"):
        return int(text)
    return text
