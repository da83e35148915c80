"""Connection checks and call graphs in JSON: what answers on which port, and who calls whom."""

import re

from anyops.sources.files.observations.outline import Outline
from anyops.sources.files.shapes import Found
from anyops.world.evidence import Path, View
from anyops.world.resource import Resource

ADDRESS = re.compile(r"\[?([A-Za-z0-9][A-Za-z0-9._-]{0,252}|[0-9a-fA-F:]{2,39})\]?:([0-9]{1,5})\Z")
_GOOD = re.compile(
    r"\bopen\b|succe(?:eded|ss)|\bconnected\b|connection established|\bHTTP/[0-9.]+ [23]\d\d|\breachable\b"
    r"|\b200 OK\b|[, ]0% packet loss",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"refused|timed? ?out|unreachable|no route|no such host|not resolve|name or service not known|bad address"
    r"|fail|\bclosed\b(?! by foreign host)|\berror\b|reset by peer|nxdomain|servfail|\bHTTP/[0-9.]+ 5\d\d"
    r"|can't (?:connect|resolve)"
    r"|could ?n[o']t|unable|denied|not found|100% packet loss",
    re.IGNORECASE,
)
CHECK_PATHS: tuple[Path, ...] = (
    ("metadata",), ("metadata", "name"), ("spec",), ("status",), ("status", "ok"), ("status", "message"),
)  # fmt: skip
"""What one span shows of a check."""
_ARROW = re.compile(r"[│├└─|`+\\\s-]*")


def is_reachable(text: str) -> bool | None:
    """Whether a check's output says in the end that the connection was made; None when it says neither."""
    good = max((match.end() for match in _GOOD.finditer(text)), default=-1)
    bad = max((match.end() for match in _BAD.finditer(text)), default=-1)
    return None if good == bad else good > bad


def connectivity(host: str, port: int, ok: bool, message: str, view: View, origin: str = "") -> Resource:
    """The pseudo-resource of one check."""
    return Resource(
        api_version="anyops/v1",
        kind="Connectivity",
        namespace="",
        name=f"{host}:{port}",
        body={
            "apiVersion": "anyops/v1",
            "kind": "Connectivity",
            "metadata": {"name": f"{host}:{port}"},
            "spec": {"host": host, "port": port, **({"from": origin} if origin else {})},
            "status": {"ok": ok, "message": message},
        },
        views=(view,),
    )


def recognize_connectivity(found: Found) -> bool:
    """`{"cart:7070": "cart (10.0.0.1:7070) open"}`, or `{"host", "port", "ok"|"status", "message"}`."""
    known = False
    for key, answer in found.field.entries():
        address = ADDRESS.match(key)
        if address is None or not isinstance(answer.value, str | bool | dict):
            continue
        text = answer.text("message") or answer.text("error") or answer.text()
        said = answer.value if isinstance(answer.value, bool) else answer.at("ok").value
        ok = said if isinstance(said, bool) else is_reachable(text or str(answer.text("status")))
        if ok is not None:
            view = found.source.view(found.path, _same_place((key,)))
            found.reading.resources.append(connectivity(address[1], int(address[2]), ok, text, view))
            known = True
    return known or _listed_check(found)


def _same_place(source: Path) -> dict[Path, Path]:
    return dict.fromkeys(CHECK_PATHS, source)


def _listed_check(found: Found) -> bool:
    host, port = found.first("host", "target", "destination").text(), found.field.number("port")
    said = found.first("ok", "success", "reachable", "connected", "status", "result")
    if not host or port is None or said.value is None or "metadata" in found.value:
        return False
    message = found.first("message", "error", "output", "detail").text()
    ok = said.value if isinstance(said.value, bool) else is_reachable(f"{said.text()} {message}")
    if ok is None:
        return False
    place: dict[Path, Path] = {
        ("status", "ok"): said.path,
        ("status", "message"): ("message",),
        ("metadata", "name"): ("host",),
    }
    view = found.source.view(found.path, place)
    origin = found.first("from", "source", "origin").text()
    found.reading.resources.append(connectivity(host, port, ok, message, view, origin))
    return True


def recognize_dependencies(found: Found) -> bool:
    """Who calls whom: texts with a tree of calls, `{"parent", "child"}`, or lists under `dependencies`."""
    return _call_trees(found) or _edge(found) or _call_lists(found)


def _call_trees(found: Found) -> bool:
    known = False
    for key, text in found.field.entries():
        if isinstance(text.value, str) and "Downstream" in text.value:
            for callee, is_database in call_tree(text.value):
                _add(found, key, callee, "database" if is_database else "service", (key,))
            known = True
    return known


def call_tree(text: str) -> list[tuple[str, bool]]:
    """The direct callees in a drawn tree of downstream calls, and whether each is said to be a database."""
    body = text.partition("Downstream")[2].partition("\n")[2]
    found, indents = [], []
    for line in body.splitlines()[:500]:
        drawn = _ARROW.match(line)
        indent, name = (drawn.end() if drawn else 0), line.strip("│├└─|`+\\ \t-")
        label = name.split()[0] if name.split() else ""
        if not label or label.startswith(("(", "[")) or not indent:
            continue
        indents.append(indent)
        if indent == min(indents):
            found.append((label, "database" in line.lower()))
    return found


def _edge(found: Found) -> bool:
    caller = found.first("parent", "caller", "from", "source").text()
    callee = found.first("child", "callee", "to", "target").text()
    graph = {"dependencies", "edges", "calls", "data", "links"}
    if not caller or not callee or found.key not in graph or "metadata" in found.value:
        return False
    _add(found, caller, callee, "service", ())
    return True


def _call_lists(found: Found) -> bool:
    if found.key != "dependencies" and "dependenc" not in found.name.rpartition("/")[2]:
        return False
    known = False
    for caller, callees in found.field.entries():
        for index, callee in enumerate(callees.value if isinstance(callees.value, list) else ()):
            if isinstance(callee, str) and callee:
                _add(found, caller, callee, "service", (caller, index))
                known = True
    return known


def _add(found: Found, caller: str, callee: str, kind: str, place: Path) -> None:
    outline = Outline(found)
    outline.put(("metadata", "name"), f"{caller}->{callee}", place)
    outline.put(("spec", "from"), caller, place)
    outline.put(("spec", "to"), callee, place)
    outline.put(("spec", "kind"), kind, place)
    resource = outline.resource("anyops/v1", "Dependency", complete=True)
    if resource is not None:
        found.reading.resources.append(resource)
