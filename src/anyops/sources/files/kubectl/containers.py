"""Containers in a description: spec and status of each, from the lines below its name."""

import re
from typing import Any
from urllib.parse import unquote

from anyops.sources.files.kubectl.fields import put_scalar, put_values
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.tree import Node

Path = tuple[str | int, ...]
GROUPS = {
    "Init Containers": ("initContainers", "initContainerStatuses"),
    "Containers": ("containers", "containerStatuses"),
    "Ephemeral Containers": ("ephemeralContainers", "ephemeralContainerStatuses"),
}
PROBES = {"Liveness": "livenessProbe", "Readiness": "readinessProbe", "Startup": "startupProbe"}
_STATE = {
    "Reason": ("reason",), "Message": ("message",), "Exit Code": ("exitCode",), "Signal": ("signal",),
    "Started": ("startedAt",), "Finished": ("finishedAt",),
}  # fmt: skip
_PORT = re.compile(r"(\d{1,5})/([A-Z]+)(?: \(([^()]*)\))?\Z")
_TIMING = re.compile(
    r" delay=(\d{1,9})s timeout=(\d{1,9})s period=(\d{1,9})s"
    r" (?:#success|successThreshold)=(\d{1,9}) (?:#failure|failureThreshold)=(\d{1,9})\Z"
)
_TIMINGS = ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")
_URL = re.compile(r"(https?)://(\[[^\]]*\]|[^/:]*)(?::([^/]*))?(/.*)?\Z", re.I)
_MOUNT = re.compile(r"(\S+) from (\S+) \((r[ow])(?:,path=\"(.*)\")?\)\Z")
_KEY_REF = re.compile(
    r"<set to the key '([^']*)' (in|of) (secret|config map) '([^']*)'>\s*(?:Optional: (\w+))?\Z"
)
_FIELD_REF = re.compile(r"\(([\w./]{1,40}):([\w.\[\]'/-]{1,200})\)\Z")
_RESOURCE_REF = re.compile(r"\(((?:limits|requests)\.[\w./-]{1,100})\)\Z")
_ENV_FROM = re.compile(r"(\S+)\s+(ConfigMap|Secret)(?: with prefix '([^']*)')?\s+Optional: (\w+)\Z")


def put_containers(root: Node, sketch: Sketch, *template: str | int) -> None:
    """Every container group below `root`, as the PodSpec at `template` and, for a pod, its statuses."""
    for title, (key, statuses) in GROUPS.items():
        group = root.get(title)
        index = 0
        for node in group.children if group is not None else ():
            if node.key and not node.value:
                path = (*template, "spec", key, index)
                _put_container(node, sketch, path)
                if node.get("State") or node.get("Restart Count"):
                    _put_status(node, sketch, ("status", statuses, index))
                index += 1


def _put_container(node: Node, sketch: Sketch, path: Path) -> None:
    image = node.get("Image")
    sketch.put(node.key, node.line, *path, "name")
    sketch.mark(node.line, *path, last=image.line if image else node.line)
    if image is not None and image.value:
        sketch.put(image.value, image.line, *path, "image")
    _put_ports(node, sketch, path)
    for key, name in (("Command", "command"), ("Args", "args")):
        child = node.get(key)
        if child is not None:
            _put_words(child, sketch, *path, name)
    for key, name in (("Limits", "limits"), ("Requests", "requests")):
        child = node.get(key)
        if child is not None and child.children:
            for item in child.children:
                sketch.put(item.value, item.line, *path, "resources", name, item.key)
            sketch.mark(child.line, *path, "resources", name, last=child.end)
    for key, name in PROBES.items():
        child = node.get(key)
        if child is not None:
            _put_probe(child, sketch, (*path, name))
    _put_environment(node, sketch, path)
    _put_mounts(node, sketch, path)


def _put_words(node: Node, sketch: Sketch, *path: str | int) -> None:
    """Command or args, one word a line. kubectl breaks a word at its line ends: a shell's script is put
    together again."""
    if node.end == node.line:
        if node.value:
            sketch.put([node.value], node.line, *path)
        return
    lines = sketch.text.lines[node.line + 1 : node.end + 1]
    margin = len(lines[0]) - len(lines[0].lstrip())
    words = [line[margin:].rstrip() for line in lines]
    flag = words.index("-c") if "-c" in words[:3] else -1
    if flag >= 0:
        words[flag + 1 :] = ["\n".join(words[flag + 1 :])] if len(words) > flag + 1 else []
    sketch.put(words, node.line, *path, last=node.end)


def _put_ports(node: Node, sketch: Sketch, path: Path) -> None:
    ports, hosts = node.get("Port") or node.get("Ports"), node.get("Host Port") or node.get("Host Ports")
    if ports is None:
        return
    host_values = hosts.value.split(", ") if hosts else []
    index = 0
    for position, text in enumerate(ports.value.split(", ")):
        match = _PORT.match(text)
        if match is None:
            continue
        port: dict[str, Any] = {"containerPort": int(match[1]), "protocol": match[2]}
        if match[3]:
            port["name"] = match[3]
        host = _PORT.match(host_values[position]) if position < len(host_values) else None
        if host and int(host[1]):
            port["hostPort"] = int(host[1])
        sketch.put(port, ports.line, *path, "ports", index)
        index += 1
    if index:
        sketch.mark(ports.line, *path, "ports")


def _put_probe(node: Node, sketch: Sketch, path: Path) -> None:
    probe = read_probe(node.value)
    if probe:
        sketch.put(probe, node.line, *path)


def read_probe(text: str) -> dict[str, Any]:
    """`http-get http://:8080/ready delay=5s timeout=1s period=10s #success=1 #failure=3` as a Probe.

    Source: DescribeProbe in kubectl's pkg/describe. An exec command is printed joined by spaces, so an
    argument that holds spaces comes back as several.
    """
    probe: dict[str, Any] = {}
    timing = _TIMING.search(text[-200:])
    action = text
    if timing:
        action = text[: len(text) - len(timing[0])]
        probe.update(zip(_TIMINGS, (int(n) for n in timing.groups()), strict=True))
    how, _, target = action.partition(" ")
    if how == "http-get":
        probe["httpGet"] = _http_get(target)
    elif how == "tcp-socket":
        host, _, port = target.rpartition(":")
        probe["tcpSocket"] = {"port": _port(port), **({"host": host} if host else {})}
    elif how == "grpc":
        address, _, service = target.partition(" ")
        probe["grpc"] = {
            "port": _port(address.rpartition(":")[2]),
            **({"service": service.strip()} if service.strip() else {}),
        }
    elif how == "exec":
        probe["exec"] = {"command": target.strip().removeprefix("[").removesuffix("]").split()}
    return probe


def _http_get(target: str) -> dict[str, Any]:
    match = _URL.match(target)
    if match is None:
        return {"path": target}
    get: dict[str, Any] = {"scheme": match[1].upper(), "path": unquote(match[4] or "/")}
    if match[3]:
        get["port"] = _port(match[3])
    if match[2]:
        get["host"] = match[2]
    return get


def _port(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


def _put_environment(node: Node, sketch: Sketch, path: Path) -> None:
    environment = node.get("Environment")
    for index, child in enumerate(environment.children if environment is not None else ()):
        entry = _variable(child)
        sketch.put(entry, child.line, *path, "env", index, last=child.end)
    sources = node.get("Environment Variables from")
    for index, child in enumerate(sources.children if sources is not None else ()):
        match = _ENV_FROM.match(sketch.text.lines[child.line].strip())
        if match:
            reference = {"name": match[1], "optional": match[4] == "true"}
            kind = "configMapRef" if match[2] == "ConfigMap" else "secretRef"
            entry = {kind: reference, **({"prefix": match[3]} if match[3] else {})}
            sketch.put(entry, child.line, *path, "envFrom", index)


def _variable(node: Node) -> dict[str, Any]:
    """One line below `Environment:` as an EnvVar."""
    name, text = node.key or node.value.removesuffix(":"), node.value if node.key else ""
    match = _KEY_REF.match(text)
    if match:
        kind = "secretKeyRef" if match[3] == "secret" else "configMapKeyRef"
        reference: dict[str, Any] = {"name": match[4], "key": match[1]}
        if match[5]:
            reference["optional"] = match[5] == "true"
        return {"name": name, "valueFrom": {kind: reference}}
    tail = text[-250:]
    field = _FIELD_REF.search(tail) if text.endswith(")") else None
    if field:
        return {"name": name, "valueFrom": {"fieldRef": {"apiVersion": field[1], "fieldPath": field[2]}}}
    limit = _RESOURCE_REF.search(tail) if text.endswith(")") else None
    if limit:
        return {"name": name, "valueFrom": {"resourceFieldRef": {"resource": limit[1]}}}
    return {"name": name, "value": "\n".join([text, *(more for _, more in node.more)])}


def _put_mounts(node: Node, sketch: Sketch, path: Path) -> None:
    mounts = node.get("Mounts")
    index = 0
    for child in mounts.children if mounts is not None else ():
        match = _MOUNT.match(sketch.text.lines[child.line].strip())
        if match:
            mount: dict[str, Any] = {"mountPath": match[1], "name": match[2]}
            if match[3] == "ro":
                mount["readOnly"] = True
            if match[4]:
                mount["subPath"] = match[4]
            sketch.put(mount, child.line, *path, "volumeMounts", index)
            index += 1


def _put_status(node: Node, sketch: Sketch, path: Path) -> None:
    sketch.put(node.key, node.line, *path, "name")
    sketch.mark(node.line, *path, last=node.end if node.end - node.line < 4 else node.line)
    for key, name in (("State", "state"), ("Last State", "lastState")):
        child = node.get(key)
        if child is not None and child.value in ("Waiting", "Running", "Terminated"):
            _put_state(child, sketch, (*path, name, child.value.lower()))
            sketch.mark(child.line, *path, name, last=child.end)
    for key, name in (("Ready", "ready"), ("Restart Count", "restartCount")):
        child = node.get(key)
        if child is not None:
            put_scalar(child.value, child.line, sketch, *path, name)
    for key, name in (("Container ID", "containerID"), ("Image ID", "imageID"), ("Image", "image")):
        child = node.get(key)
        if child is not None and child.value:
            sketch.put(child.value, child.line, *path, name)


def _put_state(node: Node, sketch: Sketch, path: Path) -> None:
    sketch.put({}, node.line, *path, last=node.end)
    put_values(node, sketch, _STATE, *path)
    message = node.get("Message")
    if message is not None:
        text = "\n".join([message.value, *(more for _, more in message.more)])
        sketch.put(text, message.line, *path, "message", last=message.end)
