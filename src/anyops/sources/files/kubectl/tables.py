"""`kubectl get` tables: one row an object, cut where the header's columns start.

So an empty cell stays empty. Several tables in one text, as of `kubectl get all`, are read one by one.
"""

import re
from collections.abc import Mapping

from anyops.sources.files.kubectl.bare_rows import bare_rows
from anyops.sources.files.kubectl.command import Hint
from anyops.sources.files.kubectl.events import read_ages, table_event
from anyops.sources.files.kubectl.fields import Header, columns, cut
from anyops.sources.files.kubectl.kinds import find_kind, is_namespaced
from anyops.sources.files.kubectl.lineage import read_lineage
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.table_columns import labels, put_age, read_columns
from anyops.sources.files.kubectl.table_kinds import GENERIC, LAYOUTS, Layout, layout_of
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.reading import UNKNOWN_NAMESPACE, Reading

Row = Mapping[str, str]
_NAME = re.compile(r"[A-Z][A-Z0-9()%/. -]*\Z")
_FOREIGN = (frozenset({"REVISION", "CHART"}), frozenset({"CLUSTER", "SYNCPOLICY"}), frozenset({"CPU(cores)"}))
_OBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_~@-]{0,252}\Z")
_BRANCH = re.compile(r"[\s│|]*[├└]")


def header_of(line: str) -> Header | None:
    """The columns of a header line of `kubectl get`; None when it is none, or another program's."""
    if not line.startswith(("NAME", "LAST SEEN")):
        return None
    header = columns(line)
    names = frozenset(name for name, _, _ in header)
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
    names = frozenset(name for name, _, _ in header)
    if "REASON" in names and "LAST SEEN" in names:
        return _read_events(text, header, span, hint, into)
    rows: list[tuple[int, Row]] = [(line, cut(text.lines[line], header)) for line in range(*span)]
    if any(_BRANCH.match(row.get("NAME", "")) for _, row in rows):
        return read_lineage(text, rows, hint, into)
    layout = layout_of(names, rows[0][1]) if rows else None
    kinds = _read_rows(text, rows, layout, hint, into)
    if not _is_partial(rows, hint):
        into.listed.update((kind, _listed_namespace(kind, names, rows, hint)) for kind in kinds)
    return bool(kinds)


def _read_rows(
    text: Text, rows: list[tuple[int, Row]], layout: Layout | None, hint: Hint, into: Reading
) -> set[str]:
    """Read rows as objects; the kinds that they are of."""
    namespace = _namespace_of_rows(rows, hint)
    # `--watch` prints an object again whenever it changes: the last row holds.
    rows = list({(row.get("NAMESPACE"), row.get("NAME")): (line, row) for line, row in rows}.values())
    kinds = {_read_row(text, row, line, layout, hint, namespace, into) for line, row in rows}
    return kinds - {""}


def read_bare_rows(text: Text, first: int, last: int, hint: Hint, into: Reading) -> bool:
    """Read lines `first` to `last` (exclusive) as rows that lost their header; False when they are none."""
    found = bare_rows(text, first, last)
    if found is None:
        return False
    shape, rows = found
    if shape.kind == "Event":
        events = (table_event(text, line, row, namespace_of(hint, set())) for line, row in rows)
        into.aged_events.extend(event for event in events if event is not None)
        return True
    layout = next(layout for layout in LAYOUTS if layout.kind == shape.kind)
    return bool(_read_rows(text, rows, layout, hint, into))


def _listed_namespace(kind: str, names: frozenset[str], rows: list[tuple[int, Row]], hint: Hint) -> str:
    if "NAMESPACE" in names or hint.everywhere or not is_namespaced(kind):
        return ""
    return _namespace_of_rows(rows, hint) or UNKNOWN_NAMESPACE


def _namespace_of_rows(rows: list[tuple[int, Row]], hint: Hint) -> str:
    """The namespace of rows that do not say it. A file's name may end in the one object's name instead."""
    return namespace_of(hint, {_plain(rows[0][1].get("NAME", ""))} if len(rows) == 1 else set())


def _plain(name: str) -> str:
    return name.rpartition("/")[2]


def _is_partial(rows: list[tuple[int, Row]], hint: Hint) -> bool:
    """Whether the table shows what was asked for by name or selector, not all there is."""
    if hint.filtered:
        return True
    named = {_plain(row.get("NAME", "")) for _, row in rows}
    return bool(hint.words) and named <= {_plain(word) for word in hint.words}


def namespace_of(hint: Hint, names: set[str]) -> str:
    """The namespace that the command names; in a file's name, the last word may be it if no object's."""
    if hint.namespace or hint.exact or hint.everywhere or not hint.verb or not hint.words:
        return hint.namespace
    word = hint.words[-1]
    return word if _NAMESPACE.match(word) and word not in names and word not in _NO_NAMESPACE else ""


_NAMESPACE = re.compile(r"[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")
_NO_NAMESPACE = frozenset({
    "wide", "all", "table", "output", "yaml", "json", "name", "labels", "show-labels", "before", "after",
    "previous", "current", "now", "old", "new", "text", "namespaces",
    "all-namespaces", "allnamespaces", "full",
    "list", "stdout", "out", "result", "results", "events", "status",
})  # fmt: skip


def _read_row(
    text: Text, row: Row, line: int, layout: Layout | None, hint: Hint, namespace: str, into: Reading
) -> str:
    """Read one row as an object; its kind, "" when it is none."""
    prefix, slash, name = row.get("NAME", "").rpartition("/")
    name, default, _ = name.partition(" (default)")
    kind = _kind_of(prefix if slash else "", layout, hint)
    if not kind or not _OBJECT.match(name):
        return ""
    sketch = Sketch(text, into.times)
    sketch.put(name, line, "metadata", "name")
    if (row.get("NAMESPACE") or namespace) and is_namespaced(kind):
        sketch.put(row.get("NAMESPACE") or namespace, line, "metadata", "namespace")
    if default:
        sketch.put("true", line, "metadata", "annotations", "storageclass.kubernetes.io/is-default-class")
    put_age(row, line, sketch)
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
    if prefix:
        info = find_kind(prefix)
        return info.kind if info else prefix.partition(".")[0].capitalize()
    if layout is None:
        return hint.kind
    alike = _ALIKE.get(layout.kind, ())
    return hint.kind if hint.kind in alike else layout.kind


_ALIKE = {
    "Deployment": ("Rollout",),
    "ReplicaSet": ("ReplicationController",),
    "RoleBinding": ("ClusterRoleBinding",),
    "Certificate": ("CertificateRequest", "Issuer", "ClusterIssuer"),
    "StatefulSet": ("Prometheus", "Alertmanager"),
    "ConfigMap": ("Secret",),
    "Namespace": ("ComponentStatus",),
}
"""Kinds whose tables have the same columns: there the command decides."""


def _read_events(text: Text, header: Header, span: tuple[int, int], hint: Hint, into: Reading) -> bool:
    names = frozenset(name for name, _, _ in header)
    namespace = namespace_of(hint, set())
    number, end = span
    while number < end:
        row = cut(text.lines[number], header)
        following = number + 1
        while following < end and read_ages(cut(text.lines[following], header).get("LAST SEEN", "")) is None:
            following += 1
        event = table_event(text, number, row, namespace, following - 1)
        if event is not None:
            into.aged_events.append(event)
        number = following
    if not hint.filtered and (not hint.words or hint.words == (namespace,)):
        everywhere = "NAMESPACE" in names or hint.everywhere
        into.listed.add(("Event", "" if everywhere else namespace or UNKNOWN_NAMESPACE))
    return True
