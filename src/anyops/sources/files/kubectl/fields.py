"""Parts that many descriptions have in common: metadata, label maps, tables of conditions."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from anyops.sources.files.kubectl.kinds import known_kind
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.tree import Node

Path = tuple[str | int, ...]
Header = tuple[tuple[str, int, int | None], ...]
"""Columns: name, where its cells start and end."""
CELLS = re.compile(r" {2,}")
_SET = re.compile(r"([^\s,]+) (in|notin) \(([^()]*)\)")
_MOST_COLUMNS = 64
_COUNT = re.compile(r"(\d{1,9}) ([a-z][a-z-]*)")


def put_metadata(root: Node, sketch: Sketch) -> None:
    """Name, namespace, labels, annotations, times, owner and finalizers, wherever a description has them."""
    for child in root.children:
        key = child.key
        if key in ("Name", "Namespace"):
            if child.value or key == "Name":
                sketch.put(child.value, child.line, "metadata", key.lower())
        elif key == "Labels":
            put_pairs(child, sketch, "metadata", "labels")
        elif key == "Annotations":
            put_annotations(child, sketch, "metadata", "annotations")
        elif key in ("CreationTimestamp", "Created on"):
            sketch.put_time(child.value, child.line, "metadata", "creationTimestamp")
        elif key == "Controlled By":
            _put_owner(child, sketch)
        elif key == "Finalizers" and child.value.startswith("["):
            sketch.put(child.value.strip("[]").split(), child.line, "metadata", "finalizers")


def _put_owner(node: Node, sketch: Sketch) -> None:
    kind, _, name = node.value.partition("/")
    if name:
        info = known_kind(kind)
        version = {"apiVersion": info.api_version} if info else {}
        owner = {**version, "kind": kind, "name": name, "controller": True}
        sketch.put(owner, node.line, "metadata", "ownerReferences", 0)


def put_pairs(node: Node, sketch: Sketch, *path: str | int) -> None:
    """`key=value` lines or a comma-separated list of them as a string map."""
    for line, text in node.value_lines():
        for pair in text.split(","):
            key, equals, value = pair.strip().partition("=")
            if equals and key and " " not in key:
                sketch.put(value, line, *path, key)
    if path not in sketch.lines and not node.empty:
        sketch.mark(node.line, *path, last=node.end)


def put_annotations(node: Node, sketch: Sketch, *path: str | int) -> None:
    """`key: value` lines (`key=value` in older output); further lines of a value are indented."""
    key, start, parts = "", node.line, list[str]()
    end, margin = node.line, node.column
    for line, text in node.value_lines():
        if line != node.line and key and _margin(sketch.text.lines[line]) > margin:
            parts.append(text)
            end = line
            continue
        if key:
            sketch.put("\n".join(parts), start, *path, key, last=end)
        key, value = _annotation(text)
        start, end, parts = line, line, [value] if value else []
    if key:
        sketch.put("\n".join(parts), start, *path, key, last=end)


def _margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def _annotation(text: str) -> tuple[str, str]:
    if text.endswith(":") and " " not in text:
        return text[:-1], ""
    key, colon, value = text.partition(": ")
    if colon and "=" not in key:
        return key, value
    key, _, value = text.partition("=")
    return key, value


def label_selector(text: str) -> dict[str, Any]:
    """`app=a,tier in (x,y),!z` as a LabelSelector; `<none>`, with whatever follows, selects all."""
    if text.startswith("<none>"):
        return {}
    selector: dict[str, Any] = {}
    for key, how, values in _SET.findall(text):
        operator = "In" if how == "in" else "NotIn"
        expression = {"key": key, "operator": operator, "values": [v for v in values.split(",") if v]}
        selector.setdefault("matchExpressions", []).append(expression)
    for pair in _SET.sub("", text).split(","):
        key, equals, value = pair.strip().partition("=")
        if equals and key and key[-1] != "!":
            selector.setdefault("matchLabels", {})[key] = value
        elif key and not equals and " " not in key:
            expression = {"key": key.lstrip("!"), "operator": "DoesNotExist" if key[0] == "!" else "Exists"}
            selector.setdefault("matchExpressions", []).append(expression)
    return selector


def put_selector(root: Node, sketch: Sketch, *path: str | int) -> None:
    """The line `Selector:` as a LabelSelector at `path`."""
    node = root.get("Selector")
    if node is None or node.empty:
        return
    text = ",".join(text for _, text in node.value_lines())
    selector = label_selector(text)
    sketch.put(selector, node.line, *path, last=node.end)


def put_values(node: Node, sketch: Sketch, table: Mapping[str, Path], *prefix: str | int) -> None:
    """Each child whose key stands in the table, as the kind of value that it looks like."""
    for child in node.children:
        path = table.get(child.key)
        if path is not None and not (child.empty or child.value in ("<none>", "<unset>", "<unknown>")):
            put_scalar(child.value, child.line, sketch, *prefix, *path)


def put_scalar(value: str, line: int, sketch: Sketch, *path: str | int) -> None:
    """A text, or the number, truth value or time that it spells."""
    if value.isascii() and value.isdigit() and len(value) < 19:
        sketch.put(int(value), line, *path)
    elif value in ("true", "True", "false", "False"):
        sketch.put(value[0] in "tT", line, *path)
    elif len(value) == 31 and value[3:5] == ", ":
        sketch.put_time(value, line, *path)
    else:
        sketch.put(value, line, *path)


def rows(node: Node, sketch: Sketch) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table below a key, by its header's names; columns are two spaces apart."""
    header: Header = ()
    for number in range(node.line + 1, node.end + 1):
        line = sketch.text.lines[number]
        if not line.strip():
            continue
        if not header:
            header = columns(line)
        elif not line.lstrip().startswith("--"):
            yield number, cut(line, header)


@lru_cache(maxsize=512)
def columns(line: str) -> Header:
    """The names in a header line, where each starts, and where the next does."""
    line = line.rstrip()
    starts = [len(line) - len(line.lstrip()), *(match.end() for match in CELLS.finditer(line.strip()))]
    del starts[_MOST_COLUMNS:]
    margin = starts[0]
    starts = [margin, *(start + margin for start in starts[1:])]
    ends: list[int | None] = [*starts[1:], None]
    return tuple((line[a:b].rstrip(), a, b) for a, b in zip(starts, ends, strict=True) if line[a:b].strip())


def cut(line: str, header: Header) -> dict[str, str]:
    """A row's cells by column name; where the row is out of line with its header, by runs of spaces."""
    length = len(line)
    for _, start, _ in header:
        if 0 < start <= length and line[start - 1] != " ":
            break
    else:
        return {name: line[start:end].strip() for name, start, end in header}
    cells = CELLS.split(line.strip(), maxsplit=len(header) - 1)
    return {column[0]: cell for column, cell in zip(header, cells, strict=False)}


def counts(text: str) -> dict[str, int]:
    """`3 desired | 2 updated` or `1 Running / 0 Waiting` as numbers by lower-case word."""
    return {word: int(number) for number, word in _COUNT.findall(text.lower())}


def put_conditions(node: Node, sketch: Sketch, *path: str | int) -> None:
    """The conditions table: type, status and, where printed, reason, message and times."""
    for index, (line, row) in enumerate(rows(node, sketch)):
        condition: dict[str, str] = {}
        for name, value in row.items():
            key = _CONDITION.get(name)
            if key is None or not value or value == "<unknown>":
                continue
            if "Time" in name:
                when = sketch.time(value)
                if when:
                    condition[key] = when
            else:
                condition[key] = value
        sketch.put(condition, line, *path, index)


_CONDITION = {
    "Type": "type", "Status": "status", "Reason": "reason", "Message": "message",
    "LastHeartbeatTime": "lastHeartbeatTime", "LastProbeTime": "lastProbeTime",
    "LastTransitionTime": "lastTransitionTime", "LastUpdateTime": "lastUpdateTime",
}  # fmt: skip
