"""`systemctl status` of units on nodes, as resources of kind NodeService (anyops/v1)."""

import re
from itertools import pairwise

from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.logtext import log_of
from anyops.sources.files.reading import Reading
from anyops.sources.files.sections import Part
from anyops.world.evidence import Document
from anyops.world.quantity import parse_duration
from anyops.world.resource import Ref

_UNIT = re.compile(r"(?:Status:\s*)?\s*[●○×◌↻*x]\s+(\S+?)(\.service|\.socket|\.timer|\.mount)?(?: - (.*))?\Z")
_ACTIVE = re.compile(
    r"\s*Active: (\w+)(?: \(([^)]*)\))?(?: \(Result: ([^)]*)\))?(?: since (.+?))?(?:; (.+?) ago)?\s*\Z"
)
_LOADED = re.compile(r"\s*Loaded: (\S+)")
_PROCESS = re.compile(r"\s*(?:Main PID|Process): .*\(code=(\w+), status=(\S+)\)")
_JOURNAL = re.compile(r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (\S+) \S+: ")
_NOT_FOUND = re.compile(r"Unit (\S+?)(?:\.service)? could not be found\.?\s*\Z")
_GIVEN_NODE = re.compile(r"(?:Node|Host|Hostname):\s*(\S+)\s*\Z")


def read_node_service(document: Document) -> Reading | None:
    """The units in `systemctl status` output; None when there is no such output.

    Format: https://www.freedesktop.org/software/systemd/man/latest/systemctl.html#status
    """
    head = document.data[:4096]
    if b"Active: " not in head and b"could not be found" not in head:
        return None
    text, reading = Text(document), Reading()
    starts = [n for n, line in enumerate(text.lines) if _begins_unit(text, n, line)]
    for start, end in pairwise([*starts, len(text.lines)]):
        _read_unit(text, 0 if start == starts[0] else start, start, end, reading)
    return reading if reading.resources else None


def _begins_unit(text: Text, number: int, line: str) -> bool:
    if _NOT_FOUND.match(line):
        return True
    return _UNIT.match(line) is not None and any(
        "Loaded:" in near for near in text.lines[number + 1 : number + 4]
    )


def _read_unit(text: Text, first: int, start: int, end: int, reading: Reading) -> None:
    sketch = Sketch(text, reading.times)
    unit = _unit_name(text.lines[start])
    node, node_line = _node(text, first, end)
    sketch.put(f"{node}/{unit}" if node else unit, start, "metadata", "name")
    sketch.put(node, node_line, "spec", "node")
    sketch.put(unit, start, "spec", "unit")
    if _NOT_FOUND.match(text.lines[start]):
        sketch.put("inactive", start, "status", "active")
        sketch.put("not-found", start, "status", "sub")
        sketch.put(text.lines[start].strip(), start, "status", "message")
    journal = end
    for number in range(start, end):
        line = text.lines[number]
        if _JOURNAL.match(line):
            journal = number
            break
        _read_line(line, number, sketch)
    reading.resources.append(sketch.resource("NodeService", "anyops/v1"))
    if journal < end:
        begin, stop = text.bytes_of(journal, end - 1)
        part = Part(text.document, begin, stop)
        about = Ref("NodeService", "", f"{node}/{unit}" if node else unit)
        reading.logs.append(log_of(part, text.document.name, about, unit))


def _unit_name(line: str) -> str:
    match = _UNIT.match(line) or _NOT_FOUND.match(line)
    return match[1] if match else line.strip()


def _node(text: Text, first: int, end: int) -> tuple[str, int]:
    """The node by a heading, by the journal's host, or by the file's name (`worker-1_kubelet.txt`)."""
    for number in range(first, end):
        line = text.lines[number]
        given = _GIVEN_NODE.match(line) or _JOURNAL.match(line)
        if given:
            return given[1], number
    folder, _, stem = text.document.name.rpartition("/")
    name, _, rest = stem.partition(".")[0].partition("_")
    return (name if rest else folder.rpartition("/")[2]), first


def _read_line(line: str, number: int, sketch: Sketch) -> None:
    active, process = _ACTIVE.match(line), _PROCESS.match(line)
    loaded = _LOADED.match(line)
    if loaded:
        sketch.put(loaded[1], number, "status", "loaded")
        sketch.put("; disabled;" in line, number, "status", "disabled")
    elif active:
        state, sub, result, since, age = active.groups()
        sketch.put(state, number, "status", "active")
        for key, value in (("sub", sub), ("result", result), ("since", since)):
            if value:
                sketch.put(value, number, "status", key)
        age = _compact(age or "")
        if age:
            sketch.put(age, number, "status", "age")
        sketch.put(line.strip(), number, "status", "message")
    elif (process and process[1] != "exited") or (process and not process[2].startswith("0")):
        sketch.put(f"code={process[1]}, status={process[2]}", number, "status", "exit")


def _compact(age: str) -> str:
    """`1h 8min` → `1h8m`, when that is a duration."""
    units = (("month", "mo"), ("weeks", "w"), ("week", "w"), ("days", "d"), ("day", "d"), ("min", "m"))
    for long, short in units:
        age = re.sub(rf"\b(\d+) ?{long}s?\b", rf"\1{short}", age)
    squeezed = "".join(part for part in age.split() if not part.endswith("mo"))
    squeezed = re.sub(r"(\d+)w", lambda m: f"{int(m[1]) * 7}d", squeezed)
    return squeezed if parse_duration(squeezed) is not None else ""
