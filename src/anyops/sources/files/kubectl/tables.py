"""`kubectl get` tables: one row an object, cut where the header's columns start.

So an empty cell stays empty. Several tables in one text, as of `kubectl get all`, are read one by one.
"""

import re
from collections.abc import Mapping

from anyops.sources.files.kubectl.command import Hint
from anyops.sources.files.kubectl.events import read_ages, table_event
from anyops.sources.files.kubectl.fields import columns, cut
from anyops.sources.files.kubectl.kinds import find_kind, is_namespaced
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.table_columns import labels, read_columns
from anyops.sources.files.kubectl.table_kinds import GENERIC, Layout, layout_of
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.reading import Reading
from anyops.world.quantity import parse_duration

Row = Mapping[str, str]
Header = list[tuple[str, int]]
_NAME = re.compile(r"[A-Z][A-Z0-9()%/. -]*\Z")
_FOREIGN = (frozenset({"REVISION", "CHART"}), frozenset({"CLUSTER", "SYNCPOLICY"}), frozenset({"CPU(cores)"}))
_CREATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")


def header_of(line: str) -> Header | None:
    """The columns of a header line of `kubectl get`; None when it is none, or another program's."""
    if not line.startswith(("NAME", "LAST SEEN")):
        return None
    header = columns(line)
    names = frozenset(name for name, _ in header)
    if len(header) < 2 or any(foreign <= names for foreign in _FOREIGN):
        return None
    if not ("NAME" in names or "OBJECT" in names) or not all(_NAME.match(name) for name in names):
        return None
    return header


def read_tables(text: Text, first: int, last: int, hint: Hint, into: Reading) -> bool:
    """Read every table in lines `first` to `last` (exclusive); False when there is none."""
    number, found = first, False
    while number < last:
        header = header_of(text.lines[number])
        if header is None:
            number += 1
            continue
        end = number + 1
        while end < last and text.lines[end].strip() and header_of(text.lines[end]) is None:
            end += 1
        found = _read_table(text, header, (number + 1, end), hint, into) or found
        number = end
    return found


def _read_table(text: Text, header: Header, span: tuple[int, int], hint: Hint, into: Reading) -> bool:
    names = frozenset(name for name, _ in header)
    if "REASON" in names and "LAST SEEN" in names:
        return _read_events(text, header, span, hint, into)
    rows = [(line, cut(text.lines[line], header)) for line in range(*span)]
    if not rows:
        return False
    layout = layout_of(names, rows[0][1])
    kinds = {_read_row(text, row, line, layout, hint, into) for line, row in rows}
    kinds.discard("")
    for kind in kinds:
        if not _is_partial(rows, hint):
            into.listed.add((kind, _listed_namespace(kind, names, hint)))
    return bool(kinds)


def _listed_namespace(kind: str, names: frozenset[str], hint: Hint) -> str:
    return "" if "NAMESPACE" in names or not is_namespaced(kind) else namespace_of(hint)


def _is_partial(rows: list[tuple[int, dict[str, str]]], hint: Hint) -> bool:
    """Whether the table shows what was asked for by name or selector, not all there is."""
    if hint.filtered:
        return True
    asked = {word.rpartition("/")[2] for word in hint.words}
    named = {row.get("NAME", "").rpartition("/")[2] for _, row in rows}
    return bool(asked) and (hint.exact or len(rows) == 1 or bool(asked & named)) and named <= asked


def namespace_of(hint: Hint) -> str:
    """The namespace that the command names; in a file name, one word after the kind may be it."""
    return hint.namespace


def _read_row(text: Text, row: Row, line: int, layout: Layout | None, hint: Hint, into: Reading) -> str:
    prefix, slash, name = row.get("NAME", "").rpartition("/")
    kind = _kind_of(prefix if slash else "", layout, hint)
    if not kind or not name or " " in name:
        return ""
    sketch = Sketch(text, into.times)
    sketch.put(name, line, "metadata", "name")
    namespace = row.get("NAMESPACE") or namespace_of(hint)
    if namespace and is_namespaced(kind):
        sketch.put(namespace, line, "metadata", "namespace")
    _put_age(row, line, sketch)
    if layout is not None:
        layout.read(row, line, sketch)
    else:
        read_columns(GENERIC, row, line, sketch)
    if row.get("LABELS", "<none>") != "<none>":
        labels(("metadata", "labels"), row["LABELS"], line, sketch)
    sketch.mark(line, "metadata")
    sketch.mark(line, "status")
    into.resources.append(sketch.resource(kind))
    return kind


def _kind_of(prefix: str, layout: Layout | None, hint: Hint) -> str:
    """The kind of a row: its own prefix (`deployment.apps/cart`), else the command's, else the columns'."""
    info = find_kind(prefix) if prefix else None
    if info is not None:
        return info.kind
    if layout is None:
        return hint.kind
    alike = _ALIKE.get(layout.kind, ())
    return hint.kind if hint.kind in alike else layout.kind


_ALIKE = {
    "ReplicaSet": ("ReplicationController",),
    "RoleBinding": ("ClusterRoleBinding",),
    "Certificate": ("CertificateRequest", "Issuer", "ClusterIssuer"),
    "StatefulSet": ("Prometheus", "Alertmanager"),
    "ConfigMap": ("Secret",),
    "Namespace": ("ComponentStatus",),
}
"""Kinds whose tables have the same columns: there the command decides."""


def _put_age(row: Row, line: int, sketch: Sketch) -> None:
    age, created = row.get("AGE", ""), row.get("CREATED AT", "")
    if parse_duration(age) is not None:
        sketch.put(age, line, "metadata", "age")
    elif _CREATED.match(created):
        sketch.put(created, line, "metadata", "creationTimestamp")


def _read_events(text: Text, header: Header, span: tuple[int, int], hint: Hint, into: Reading) -> bool:
    names = frozenset(name for name, _ in header)
    number, end = span
    while number < end:
        row = cut(text.lines[number], header)
        following = number + 1
        while following < end and read_ages(cut(text.lines[following], header).get("LAST SEEN", "")) is None:
            following += 1
        event = table_event(text, number, row, namespace_of(hint), following - 1)
        if event is not None:
            into.aged_events.append(event)
        number = following
    if not hint.filtered and not hint.words:
        into.listed.add(("Event", "" if "NAMESPACE" in names else namespace_of(hint)))
    return True
