"""`helm list`, `status` and `history`, as text and JSON: resources of kind HelmRelease (helm.sh/v3)."""

import re
from collections.abc import Iterator

from anyops.sources.files.kubectl.fields import columns, cut
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.observations.metrics import time_of
from anyops.sources.files.observations.outline import Outline
from anyops.sources.files.reading import Reading
from anyops.sources.files.shapes import Found
from anyops.world.evidence import Document
from anyops.world.resource import Ref
from anyops.world.world import Change

_STATUS_KEYS = {
    "NAMESPACE": ("metadata", "namespace"), "STATUS": ("status", "status"),
    "REVISION": ("status", "revision"),
    "LAST DEPLOYED": ("status", "updated"), "DESCRIPTION": ("status", "description"),
}  # fmt: skip
_ROW_KEYS = {
    "NAMESPACE": ("metadata", "namespace"), "REVISION": ("status", "revision"),
    "UPDATED": ("status", "updated"),
    "STATUS": ("status", "status"), "CHART": ("status", "chart"), "APP VERSION": ("status", "appVersion"),
    "DESCRIPTION": ("status", "description"),
}  # fmt: skip
_STATUSES = frozenset(
    [
        "deployed",
        "failed",
        "uninstalled",
        "superseded",
        "uninstalling",
        "pending-install",
        "pending-upgrade",
        "pending-rollback",
        "unknown",
    ]
)
_RELEASE_IN_NAME = re.compile(r"helm[_-](?:history|status)[_-]([a-z0-9][a-z0-9.-]*)")


def read_helm(document: Document) -> Reading | None:
    """The releases in helm's text output; None when it is not helm's.

    Format: https://helm.sh/docs/helm/helm_list/ and its neighbours.
    """
    head = document.data[:2048]
    if b"REVISION" not in head or b"STATUS" not in head:
        return None
    text, reading = Text(document), Reading()
    first = next((n for n, line in enumerate(text.lines) if line.strip()), 0)
    header = text.lines[first]
    if header.startswith("NAME:"):
        _read_status(text, first, reading)
    elif re.match(r"NAME\s", header) and "CHART" in header:
        _read_list(text, first, reading)
    elif header.startswith("REVISION") and "CHART" in header:
        _read_history(text, first, reading)
    return reading if reading.resources or reading.changes else None


def _read_status(text: Text, first: int, reading: Reading) -> None:
    sketch = Sketch(text, reading.times)
    for number in range(first, min(first + 20, len(text.lines))):
        key, colon, value = text.lines[number].partition(":")
        if not colon or key == "NOTES":
            break
        if key == "NAME":
            sketch.put(value.strip(), number, "metadata", "name")
        elif key in _STATUS_KEYS:
            _put(sketch, value.strip(), number, _STATUS_KEYS[key])
    reading.resources.append(sketch.resource("HelmRelease", "helm.sh/v3"))


def _put(sketch: Sketch, value: str, line: int, path: tuple[str, ...]) -> None:
    number = path[-1] == "revision" and value.isdigit() and len(value) < 10
    sketch.put(int(value) if number else value, line, *path)


def _read_list(text: Text, first: int, reading: Reading) -> None:
    rows = _rows(text, first)
    for number, row in rows:
        if not row.get("NAME") or row.get("STATUS") not in _STATUSES:
            continue
        sketch = Sketch(text, reading.times)
        sketch.put(row["NAME"], number, "metadata", "name")
        for name, path in _ROW_KEYS.items():
            if row.get(name):
                _put(sketch, row[name], number, path)
        reading.resources.append(sketch.resource("HelmRelease", "helm.sh/v3"))


def _rows(text: Text, first: int) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines below a header, cut at tabs as helm writes them, or at columns where a copy has lost the tabs."""
    tabs = "\t" in text.raw(first)
    names = [name.strip() for name in text.raw(first).split("\t")]
    header = columns(text.lines[first])
    for number in range(first + 1, len(text.lines)):
        if not text.lines[number].strip():
            continue
        cells = text.raw(number).split("\t")
        yield (
            number,
            dict(zip(names, map(str.strip, cells), strict=False))
            if tabs
            else cut(text.lines[number], header),
        )


def _read_history(text: Text, first: int, reading: Reading) -> None:
    rows = _rows(text, first)
    named = _RELEASE_IN_NAME.search(text.document.name)
    release = named[1] if named else ""
    for number, row in rows:
        if row.get("STATUS") not in _STATUSES:
            continue
        span = text.span(number, number)
        about = Ref("HelmRelease", "", release) if release else None
        summary = f"{row.get('CHART', '')} {row['STATUS']}: {row.get('DESCRIPTION', '')}".strip(": ")
        revision = row.get("REVISION", "")
        reading.changes.append(Change(about, time_of(row.get("UPDATED")), summary, revision, source=span))
        newest = number + 1 >= len(text.lines) or not text.lines[number + 1].strip()
        if newest and release:
            sketch = Sketch(text, reading.times)
            sketch.put(release, first, "metadata", "name")
            for name, path in _ROW_KEYS.items():
                if row.get(name):
                    _put(sketch, row[name], number, path)
            reading.resources.append(sketch.resource("HelmRelease", "helm.sh/v3"))


def recognize_helm(found: Found) -> bool:
    """An entry of `helm list -o json`, or what `helm status -o json` gives."""
    info = found.field.at("info")
    status = info.text("status") or found.field.text("status")
    if status not in _STATUSES or not found.field.text("name"):
        return False
    if not info and not (found.field.text("chart") and found.value.get("revision") is not None):
        return False
    outline = Outline(found)
    outline.take(("metadata", "name"), "name")
    outline.take(("metadata", "namespace"), "namespace")
    outline.put(("status", "status"), status, ("info", "status") if info else ("status",))
    outline.take(("status", "revision"), "revision", "version")
    for target, key in (("chart", "chart"), ("appVersion", "appVersion"), ("updated", "updated")):
        if isinstance(outline.given.get(key), str):
            outline.take(("status", target), key)
    for target, key in (("description", "description"), ("updated", "last_deployed")):
        if info.text(key):
            outline.put(("status", target), info.text(key), ("info", key))
    resource = outline.resource("helm.sh/v3", "HelmRelease")
    if resource is not None:
        found.reading.resources.append(resource)
    return resource is not None
