"""`argocd app get` and `argocd app list`, as Applications in the shape of the API."""

import re
from collections.abc import Mapping
from typing import Any

from anyops.sources.files.kubectl.fields import Header, columns, cut
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.reading import Reading
from anyops.world.evidence import Document, Path
from anyops.world.quantity import parse_time

_API_VERSION = "argoproj.io/v1alpha1"
_FIELDS: dict[str, Path] = {
    "Project": ("spec", "project"), "Server": ("spec", "destination", "server"),
    "Namespace": ("spec", "destination", "namespace"), "Repo": ("spec", "source", "repoURL"),
    "Target": ("spec", "source", "targetRevision"), "Path": ("spec", "source", "path"),
    "Revision": ("spec", "source", "targetRevision"), "Health Status": ("status", "health", "status"),
    "Sync Revision": ("status", "operationState", "syncResult", "revision"),
    "Phase": ("status", "operationState", "phase"), "Message": ("status", "operationState", "message"),
    "Start": ("status", "operationState", "startedAt"),
    "Finished": ("status", "operationState", "finishedAt"),
}  # fmt: skip
_LIST: dict[str, Path] = {
    "PROJECT": ("spec", "project"), "NAMESPACE": ("spec", "destination", "namespace"),
    "CLUSTER": ("spec", "destination", "server"), "STATUS": ("status", "sync", "status"),
    "HEALTH": ("status", "health", "status"), "REPO": ("spec", "source", "repoURL"),
    "PATH": ("spec", "source", "path"), "TARGET": ("spec", "source", "targetRevision"),
}  # fmt: skip
_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)")
_CONDITION = re.compile(r"([A-Z][A-Za-z]+(?:Error|Warning))\s+(.*\S)")


def read_argocd(document: Document) -> Reading | None:
    """The applications in argocd's text output; None when it is not argocd's.

    Format: https://argo-cd.readthedocs.io/en/stable/user-guide/commands/argocd_app_get/
    """
    data = document.data
    described = b"Sync Status:" in data and b"Health Status:" in data
    if not described and not (b"SYNCPOLICY" in data[:2048] and b"HEALTH" in data[:2048]):
        return None
    text, reading = Text(document), Reading()
    first = next((n for n, line in enumerate(text.lines) if line.strip()), 0)
    if described:
        _read_application(text, first, reading)
    else:
        _read_list(text, first, reading)
    return reading if reading.resources else None


def _read_application(text: Text, first: int, reading: Reading) -> None:
    sketch = Sketch(text, reading.times)
    table: Header = ()
    count, conditions = 0, 0
    for number in range(first, len(text.lines)):
        line = text.lines[number]
        if table:
            count += _put_resource(cut(line, table), number, count, sketch) if line.strip() else 0
        elif line.startswith("GROUP") and "HEALTH" in line:
            table = columns(line)
        elif condition := _CONDITION.match(line):
            sketch.put(condition[1], number, "status", "conditions", conditions, "type")
            sketch.put(condition[2], number, "status", "conditions", conditions, "message")
            conditions += 1
        else:
            key, _, value = line.lstrip("- ").partition(":")
            _put_field(key.strip(), value.strip(), number, sketch)
    resource = sketch.resource("Application", _API_VERSION)
    if resource.name:
        reading.resources.append(resource)


def _put_field(key: str, value: str, number: int, sketch: Sketch) -> None:
    if not value:
        return
    if key == "Name":
        _put_name(value, number, sketch)
    elif key == "Sync Status":
        sketch.put(value.split()[0], number, "status", "sync", "status")
        revision = re.search(r"\(([0-9a-f]{7,40})\)", value)
        if revision:
            sketch.put(revision[1], number, "status", "sync", "revision")
    elif key == "Sync Policy":
        _put_policy(value, number, sketch)
    elif key == "Operation":
        sketch.put({"sync": {}} if value == "Sync" else {}, number, "status", "operationState", "operation")
    elif key == "Health Status":
        status, _, message = value.partition(" (")
        sketch.put(status, number, "status", "health", "status")
        if message:
            sketch.put(message.rstrip(")"), number, "status", "health", "message")
    elif key in _FIELDS:
        sketch.put(_time(value, sketch) if key in ("Start", "Finished") else value, number, *_FIELDS[key])


def _put_name(value: str, number: int, sketch: Sketch) -> None:
    namespace, slash, name = value.rpartition("/")
    sketch.put(name, number, "metadata", "name")
    if slash:
        sketch.put(namespace, number, "metadata", "namespace")


def _put_policy(value: str, number: int, sketch: Sketch) -> None:
    if value.startswith("Auto"):
        sketch.put({}, number, "spec", "syncPolicy", "automated")
        if "Prune" in value:
            sketch.put(True, number, "spec", "syncPolicy", "automated", "prune")


def _time(value: str, sketch: Sketch) -> str:
    match = _TIME.match(value)
    when = parse_time(f"{match[1]}T{match[2]}{match[3]}:{match[4]}") if match else None
    if when is None:
        return value
    sketch.times.append(when)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _put_resource(row: Mapping[str, str], number: int, index: int, sketch: Sketch) -> int:
    """One line of the resources table; how many were put."""
    if not row.get("KIND") or not row.get("NAME"):
        return 0
    entry: dict[str, Any] = {"kind": row["KIND"], "name": row["NAME"]}
    for column, key in (("GROUP", "group"), ("NAMESPACE", "namespace"), ("STATUS", "status")):
        if row.get(column):
            entry[key] = row[column]
    if row.get("HEALTH"):
        entry["health"] = {"status": row["HEALTH"]}
    place: Path = ("status", "resources", index)
    sketch.put(entry, number, *place)
    for key in entry:
        sketch.mark(number, *place, key)
    sketch.mark(number, *place, "health", "status")
    if row.get("MESSAGE"):
        results: Path = ("status", "operationState", "syncResult", "resources", index)
        outcome = {**entry, "message": row["MESSAGE"]}
        outcome.pop("health", None)
        sketch.put(outcome, number, *results)
        sketch.mark(number, *results, "message")
    return 1


def _read_list(text: Text, first: int, reading: Reading) -> None:
    header = columns(text.lines[first])
    for number in range(first + 1, len(text.lines)):
        row = cut(text.lines[number], header) if text.lines[number].strip() else {}
        if not row.get("NAME") or not row.get("STATUS"):
            continue
        sketch = Sketch(text, reading.times)
        _put_name(row["NAME"], number, sketch)
        for column, path in _LIST.items():
            if row.get(column) and row[column] != "<none>":
                sketch.put(row[column], number, *path)
        _put_policy(row.get("SYNCPOLICY", ""), number, sketch)
        if row.get("CONDITIONS", "<none>") not in ("<none>", ""):
            sketch.put(row["CONDITIONS"], number, "status", "conditions", 0, "type")
        reading.resources.append(sketch.resource("Application", _API_VERSION))
