"""Descriptions of Ingress, IngressClass and NetworkPolicy."""

import re
from typing import Any

from anyops.sources.files.kubectl.describe_services import address_of
from anyops.sources.files.kubectl.fields import CELLS, label_selector, put_metadata, put_values
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.tree import Node

_BACKEND = re.compile(r"([a-z0-9][a-z0-9.-]{0,252}):([a-z0-9-]{1,63})(?: \((.*)\))?\Z")
_RESOURCE = re.compile(r"APIGroup: ([^,]*), Kind: ([^,]*), Name: ([^,\s]*)\Z")
_TLS = re.compile(r"(?:(\S+) terminates|SNI routes) ?(.*)\Z")


def read_ingress(root: Node, sketch: Sketch) -> None:
    """An Ingress's description. What kubectl says of a backend in brackets, its endpoints or the error
    that it met, stands beside the backend as `resolved`."""
    put_metadata(root, sketch)
    class_ = root.get("Ingress Class")
    if class_ is not None and not class_.empty:
        sketch.put(class_.value, class_.line, "spec", "ingressClassName")
    address = root.get("Address")
    for index, text in enumerate(
        address.value.split(",") if address is not None and not address.empty else ()
    ):
        sketch.put(
            address_of(text), address.line if address else 0, "status", "loadBalancer", "ingress", index
        )
    default = root.get("Default backend")
    backend = read_backend(default.value) if default is not None and default.value != "<default>" else None
    if default is not None and backend is not None:
        sketch.put(backend, default.line, "spec", "defaultBackend")
    _put_tls(root, sketch)
    _put_rules(root, sketch)


def read_backend(text: str) -> dict[str, Any] | None:
    """`cart:80 (10.0.0.7:8080)` as an IngressBackend; None when it is none."""
    match = _BACKEND.match(text)
    if match:
        port: dict[str, Any] = {"number": int(match[2])} if match[2].isdecimal() else {"name": match[2]}
        resolved = {"resolved": match[3]} if match[3] is not None else {}
        return {"service": {"name": match[1], "port": port}, **resolved}
    match = _RESOURCE.match(text)
    if match:
        return {"resource": {"apiGroup": match[1], "kind": match[2], "name": match[3]}}
    return None


def _put_tls(root: Node, sketch: Sketch) -> None:
    section = root.get("TLS")
    index = 0
    for child in section.children if section is not None else ():
        match = _TLS.match(sketch.text.lines[child.line].strip())
        if match:
            entry: dict[str, Any] = {"hosts": [h.strip() for h in match[2].split(",") if h.strip()]}
            if match[1]:
                entry["secretName"] = match[1]
            sketch.put(entry, child.line, "spec", "tls", index)
            index += 1


def _put_rules(root: Node, sketch: Sketch) -> None:
    """A line with the host, then one a path; `*` is any host."""
    section = root.get("Rules")
    rule, path = -1, 0
    for line in range(section.line + 1, section.end + 1) if section is not None else ():
        text = sketch.text.lines[line]
        cells = CELLS.split(text.strip())
        if cells[0] in ("Host", "") or cells[0].startswith("----"):
            continue
        if len(text) - len(text.lstrip()) <= 4:
            rule, path = rule + 1, 0
            host = {} if cells[0] == "*" else {"host": cells[0]}
            sketch.put(host, line, "spec", "rules", rule)
            cells = cells[1:]
        backend = read_backend(cells[-1]) if cells else None
        if backend is not None and rule >= 0:
            at = ("spec", "rules", rule, "http", "paths", path)
            where = {"path": cells[0]} if len(cells) > 1 and cells[0] != "*" else {}
            sketch.put({**where, "backend": backend}, line, *at)
            path += 1


def read_ingress_class(root: Node, sketch: Sketch) -> None:
    """An IngressClass's description."""
    put_metadata(root, sketch)
    put_values(root, sketch, {"Controller": ("spec", "controller")})
    parameters = root.get("Parameters")
    if parameters is not None:
        keys = {"APIGroup": ("apiGroup",), "Kind": ("kind",), "Name": ("name",)}
        put_values(parameters, sketch, keys, "spec", "parameters")


_PORT = re.compile(r"([a-z0-9-]+?)(?:-(\d{1,5}))?/([A-Z]+)\Z")
_TRAFFIC = {
    "Allowing ingress traffic": ("ingress", "from", "From"),
    "Allowing egress traffic": ("egress", "to", "To"),
}


def read_network_policy(root: Node, sketch: Sketch) -> None:
    """A NetworkPolicy's description: `<none>` below a direction means that nothing is let through."""
    put_metadata(root, sketch)
    spec = root.get("Spec")
    if spec is None:
        return
    for child in spec.children:
        if child.key == "PodSelector":
            sketch.put(label_selector(child.value), child.line, "spec", "podSelector", last=child.end)
        elif child.key == "Policy Types":
            types = [t.strip() for t in child.value.split(",") if t.strip()]
            sketch.put(types, child.line, "spec", "policyTypes")
        elif child.key in _TRAFFIC:
            direction, peers, title = _TRAFFIC[child.key]
            _put_traffic(child, sketch, direction, peers, title)


def _put_traffic(node: Node, sketch: Sketch, direction: str, peers: str, title: str) -> None:
    """Rules are parted by a line of dashes; in each, ports come first, then peers."""
    rules: list[dict[str, Any]] = []
    start, parted = node.line, True
    for child in node.children:
        if child.value.startswith("<none>") and not child.key:
            break
        if child.value.startswith("---"):
            # A text may be cut here: only what follows makes a rule, for an empty one lets all through.
            parted = True
            continue
        if parted:
            rules.append({})
            start, parted = child.line, False
        if child.key == "To Port" or child.key == "To Port Range":
            _add_port(child, rules[-1])
        elif child.key == title:
            _add_peer(child, rules[-1], peers)
        sketch.mark(start, "spec", direction, len(rules) - 1, last=child.end)
    sketch.put(rules, node.line, "spec", direction, last=node.end)


def _add_port(node: Node, rule: dict[str, Any]) -> None:
    match = _PORT.match(node.value)
    if match:
        port: dict[str, Any] = {
            "protocol": match[3],
            "port": int(match[1]) if match[1].isdecimal() else match[1],
        }
        if match[2]:
            port["endPort"] = int(match[2])
        rule.setdefault("ports", []).append(port)


def _add_peer(node: Node, rule: dict[str, Any], peers: str) -> None:
    peer: dict[str, Any] = {}
    for child in node.children:
        if child.key == "NamespaceSelector":
            peer["namespaceSelector"] = label_selector(child.value)
        elif child.key == "PodSelector":
            peer["podSelector"] = label_selector(child.value)
        elif child.key == "IPBlock":
            excepted = [ip.strip() for ip in child.text("Except").split(",") if ip.strip()]
            peer["ipBlock"] = {"cidr": child.text("CIDR"), **({"except": excepted} if excepted else {})}
    if peer:
        rule.setdefault(peers, []).append(peer)
