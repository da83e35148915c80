"""Descriptions of Service, Endpoints, EndpointSlice."""

import re
from typing import Any

from anyops.sources.files.kubectl.fields import put_metadata, put_pairs, put_scalar, put_values, rows
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.tree import Node

_SERVICE = {
    "Type": ("spec", "type"),
    "IP Family Policy": ("spec", "ipFamilyPolicy"),
    "Session Affinity": ("spec", "sessionAffinity"),
    "External Name": ("spec", "externalName"),
    "External Traffic Policy": ("spec", "externalTrafficPolicy"),
    "Internal Traffic Policy": ("spec", "internalTrafficPolicy"),
    "Traffic Distribution": ("spec", "trafficDistribution"),
    "HealthCheck NodePort": ("spec", "healthCheckNodePort"),
    "Allocate Load Balancer NodePorts": ("spec", "allocateLoadBalancerNodePorts"),
}
_SERVICE_LISTS = {
    "IPs": "clusterIPs",
    "IP Families": "ipFamilies",
    "External IPs": "externalIPs",
    "LoadBalancer Source Ranges": "loadBalancerSourceRanges",
}
_PORT = re.compile(r"(?:(\S+)\s+)?(\d{1,5})/([A-Z]+)\Z")
_IP = re.compile(r"(?:[0-9.]+|[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]+)\Z")
_ENDPOINT = re.compile(r"(\[[0-9a-fA-F:]+\]|[^\s:,]+):(\d{1,5})\Z")


def read_service(root: Node, sketch: Sketch) -> None:
    """A Service's description. The ready addresses it prints stand in `status.endpoints`, port by port."""
    put_metadata(root, sketch)
    put_values(root, sketch, _SERVICE)
    _put_cluster_ip(root, sketch)
    selector = root.get("Selector")
    if selector is not None and not selector.empty:
        put_pairs(selector, sketch, "spec", "selector")
    _put_ports(root, sketch)
    for key, name in (("IPs", "clusterIPs"), ("IP Families", "ipFamilies")):
        child = root.get(key)
        if child is not None and not child.empty:
            sketch.put([part.strip() for part in child.value.split(",")], child.line, "spec", name)
    for key, name in (
        ("External IPs", "externalIPs"),
        ("LoadBalancer Source Ranges", "loadBalancerSourceRanges"),
    ):
        child = root.get(key)
        if child is not None and not child.empty:
            sketch.put([ip.strip() for ip in child.value.split(",")], child.line, "spec", name)
    ingress = root.get("LoadBalancer Ingress")
    type_ = root.get("Type")
    if type_ is not None and type_.value == "LoadBalancer":
        sketch.put({}, type_.line, "status", "loadBalancer")
    for index, address in enumerate(
        ingress.value.split(", ") if ingress is not None and not ingress.empty else ()
    ):
        line = ingress.line if ingress else 0
        sketch.put(address_of(address.partition(" (")[0]), line, "status", "loadBalancer", "ingress", index)


def address_of(text: str) -> dict[str, str]:
    """A load balancer's address as `ip` or `hostname`."""
    return {"ip" if _IP.match(text) else "hostname": text.strip()}


def _put_cluster_ip(root: Node, sketch: Sketch) -> None:
    address = root.get("IP")
    if address is not None and (address.value == "None" or not address.empty):
        sketch.put(address.value, address.line, "spec", "clusterIP")


def _put_ports(root: Node, sketch: Sketch) -> None:
    """`Port:`, `TargetPort:`, `NodePort:` and `Endpoints:` come in turn, once for each port."""
    index, endpoints = -1, 0
    for child in root.children:
        if child.key == "Port":
            match = _PORT.match(child.value)
            if match is None:
                continue
            index += 1
            path = ("spec", "ports", index)
            if match[1] and match[1] != "<unset>":
                sketch.put(match[1], child.line, *path, "name")
            sketch.put(int(match[2]), child.line, *path, "port")
            sketch.put(match[3], child.line, *path, "protocol")
            sketch.mark(child.line, *path)
        elif child.key == "TargetPort" and index >= 0:
            put_scalar(
                child.value.rpartition("/")[0], child.line, sketch, "spec", "ports", index, "targetPort"
            )
        elif child.key == "NodePort" and index >= 0:
            match = _PORT.match(child.value)
            if match:
                sketch.put(int(match[2]), child.line, "spec", "ports", index, "nodePort")
        elif child.key == "Endpoints":
            _put_endpoints(child, sketch, index, endpoints)
            endpoints += 1


def _put_endpoints(node: Node, sketch: Sketch, port: int, index: int) -> None:
    """The first few addresses; kubectl ends a longer list by `+ 2 more...`."""
    text, _, more = node.value.partition(" + ")
    addresses = [] if node.empty else [a for a in text.split(",") if _ENDPOINT.match(a)]
    entry: dict[str, Any] = {"port": port, "addresses": addresses}
    if more.endswith("more..."):
        count = more.removesuffix("more...").strip()
        entry["more"] = int(count) if count.isdecimal() and len(count) < 9 else 0
    sketch.put(entry, node.line, "status", "endpoints", index)
    sketch.mark(node.line, "status", "endpoints")


def read_endpoints(root: Node, sketch: Sketch) -> None:
    """An Endpoints' description: one subset after the other below `Subsets:`."""
    put_metadata(root, sketch)
    section = root.get("Subsets")
    if section is None:
        return
    sketch.put([], section.line, "subsets", last=section.line)
    index = -1
    for child in section.children:
        if child.key == "Addresses":
            index += 1
        if index < 0:
            continue
        if child.key in ("Addresses", "NotReadyAddresses") and not child.empty:
            name = "addresses" if child.key == "Addresses" else "notReadyAddresses"
            for n, ip in enumerate(child.value.split(",")):
                sketch.put({"ip": ip.strip()}, child.line, "subsets", index, name, n)
            sketch.mark(child.line, "subsets", index, name)
        elif child.key == "Ports":
            _put_table_ports(child, sketch, "subsets", index, "ports")
    if index >= 0:
        sketch.mark(section.line, "subsets", last=section.end)


def _put_table_ports(node: Node, sketch: Sketch, *path: str | int) -> None:
    for n, (line, row) in enumerate(rows(node, sketch)):
        port = row.get("Port", "")
        entry: dict[str, Any] = {"protocol": row.get("Protocol", "")}
        if port.isdecimal() and len(port) < 6:
            entry["port"] = int(port)
        if row.get("Name") not in (None, "", "<unset>"):
            entry["name"] = row["Name"]
        sketch.put(entry, line, *path, n)


_SLICE_CONDITION = {"Ready": "ready", "Serving": "serving", "Terminating": "terminating"}


def read_endpoint_slice(root: Node, sketch: Sketch) -> None:
    """An EndpointSlice's description."""
    put_metadata(root, sketch)
    put_values(root, sketch, {"AddressType": ("addressType",)})
    ports, section = root.get("Ports"), root.get("Endpoints")
    if ports is not None:
        _put_table_ports(ports, sketch, "ports")
    index = -1
    for child in section.children if section is not None else ():
        if child.key.lstrip("- ") == "Addresses":
            index += 1
            addresses = [ip.strip() for ip in child.value.split(",") if ip.strip()]
            sketch.put(addresses, child.line, "endpoints", index, "addresses")
        if index < 0:
            continue
        for field in (child, *child.children):
            _put_slice_field(field, sketch, index)


def _put_slice_field(node: Node, sketch: Sketch, index: int) -> None:
    if node.key == "Conditions":
        for condition in node.children:
            if condition.key in _SLICE_CONDITION:
                put_scalar(
                    condition.value, condition.line, sketch,
                    "endpoints", index, "conditions", _SLICE_CONDITION[condition.key],
                )  # fmt: skip
    elif node.key == "TargetRef" and "/" in node.value:
        kind, _, name = node.value.partition("/")
        sketch.put({"kind": kind, "name": name}, node.line, "endpoints", index, "targetRef")
    elif node.key in ("NodeName", "Hostname", "Zone") and not node.empty:
        name = node.key[0].lower() + node.key[1:]
        sketch.put(node.value, node.line, "endpoints", index, name)
