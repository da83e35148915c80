"""The facts of a pod template: containers, variables, probes, volumes, where it may run."""

import shlex
from collections.abc import Iterator
from typing import Any

from anyops.diagnose.diff import defaults
from anyops.diagnose.diff.facts import (
    Facts,
    Flat,
    Key,
    Reader,
    compact,
    entries,
    flatten,
    mapping,
    meant,
    put,
    quantity,
    text,
    word,
)
from anyops.diagnose.diff.noise import is_token_volume

_SCHEDULING = frozenset(
    """
    nodeSelector affinity tolerations topologySpreadConstraints priorityClassName schedulerName
    runtimeClassName preemptionPolicy nodeName schedulingGates resourceClaims
    """.split()  # noqa: SIM905
)
_SECURITY = frozenset(
    """
    securityContext serviceAccountName automountServiceAccountToken imagePullSecrets hostNetwork
    hostPID hostIPC hostUsers shareProcessNamespace
    """.split()  # noqa: SIM905
)
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")
_HANDLERS = ("httpGet", "tcpSocket", "grpc", "exec")
_TAKEN = ("containers", "initContainers", "volumes", "tolerations", "serviceAccount", "priority")
_CONTAINER_TAKEN = frozenset(
    "name image env envFrom ports resources volumeMounts command args lifecycle".split()  # noqa: SIM905
)
_WAITS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_TOKEN_MOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105


def pod_facts(facts: Facts, value: Any, reader: Reader, *, is_pod: bool = False) -> None:
    """Add the facts of a PodSpec; of a pod itself without the node that it was given."""
    spec = defaults.filled(value, defaults.POD_SPEC, reader.complete)
    if not mapping(spec.get("securityContext")):
        spec.pop("securityContext", None)
    for key in ("initContainers", "containers"):
        for container in entries(spec.get(key)):
            _container(
                facts,
                container,
                reader,
                init=key == "initContainers",
                on_host=spec.get("hostNetwork") is True,
            )
    for volume in entries(spec.get("volumes")):
        _volume(facts, volume, reader)
    for toleration in entries(spec.get("tolerations")):
        if said := _toleration(toleration):
            facts[Key("scheduling", "", f"toleration {said}", "")] = text("")
    _rest(facts, {k: v for k, v in spec.items() if k not in _TAKEN and not (is_pod and k == "nodeName")})


def _rest(facts: Facts, spec: dict[str, Any]) -> None:
    for key, value in spec.items():
        group = "scheduling" if key in _SCHEDULING else "security" if key in _SECURITY else "workloads"
        if key == "affinity":
            for kind, rules in meant(value).items():
                put(facts, Key(group, "", kind, ""), flatten(rules))
        elif key == "nodeSelector":
            for label, wanted in mapping(value).items():
                facts[Key(group, "", "", f"nodeSelector {label}")] = text(wanted, open=True)
        else:
            put(facts, Key(group, "", key if isinstance(value, dict) else "", ""), _named(key, value))


def _named(key: str, value: Any) -> Iterator[Flat]:
    """The leaves of a key: below it for a mapping, which becomes a unit, else with the key's name."""
    yield from flatten(value, "" if isinstance(value, dict) else key)


def _toleration(toleration: dict[str, Any]) -> str:
    """`dedicated=gpu:NoSchedule`; nothing for the two that each pod gets."""
    it = {k: word(v) for k, v in meant(toleration).items()}
    key, effect, seconds = it.get("key", ""), it.get("effect", ""), it.get("tolerationSeconds", "")
    if key in _WAITS and effect == "NoExecute" and seconds == "300":
        return ""
    value = f"={it['value']}" if it.get("operator", "Equal") == "Equal" and "value" in it else ""
    said = f"{key or 'everything'}{value}:{effect or 'any effect'}"
    return f"{said} for {seconds} s" if seconds else said


def _container(facts: Facts, value: dict[str, Any], reader: Reader, *, init: bool, on_host: bool) -> None:
    it = defaults.filled(value, defaults.CONTAINER, reader.complete)
    name, image = word(it.get("name", "")), word(it.get("image", ""))
    part = f"init {name}" if init else name or "container"
    if reader.complete:
        it.setdefault("imagePullPolicy", defaults.pull_policy(image))
    if image:
        facts[Key("images", part, "", "image")] = text(image, open=True)
    _resources(facts, it, part, reader)
    _environment(facts, it, part, reader)
    for key in ("command", "args"):
        if it.get(key):
            facts[Key("commands", part, "", key)] = text(_command(it[key]))
    for probe in PROBES:
        put(facts, Key("probes", part, probe, ""), _probe(it.get(probe), reader))
    for hook, action in meant(it.get("lifecycle")).items():
        put(facts, Key("commands", part, hook, ""), _checks(meant(action)))
    for port in entries(it.get("ports")):
        _port(facts, port, part, on_host=on_host)
    for mount in entries(it.get("volumeMounts")):
        _mount(facts, mount, part)
    for key in it.keys() - _CONTAINER_TAKEN - set(PROBES):
        group = (
            "security" if key == "securityContext" else "images" if key == "imagePullPolicy" else "workloads"
        )
        group = "commands" if key == "workingDir" else group
        put(facts, Key(group, part, key if isinstance(it[key], dict) else "", ""), _named(key, it[key]))


def _resources(facts: Facts, container: dict[str, Any], part: str, reader: Reader) -> None:
    said = mapping(container.get("resources"))
    asked = {"requests": defaults.requests(said, reader.complete), "limits": meant(said.get("limits"))}
    for what, amounts in asked.items():
        for resource, amount in amounts.items():
            facts[Key("resources", part, "", f"{resource} {what}")] = quantity(amount)
    for key in said.keys() - asked.keys():
        put(facts, Key("resources", part, "", key), flatten(said[key]))


def _environment(facts: Facts, container: dict[str, Any], part: str, reader: Reader) -> None:
    for variable in entries(container.get("env")):
        source, key = (
            meant(variable.get("valueFrom")),
            Key("environment", part, "", word(variable.get("name"))),
        )
        if source:
            facts[key] = text(f"from {_origin(source, reader)}", open=True)
        else:
            facts[key] = text(variable.get("value", ""))
    for origin in entries(container.get("envFrom")):
        prefix = word(origin.get("prefix", ""))
        said = _origin({k: v for k, v in origin.items() if k != "prefix"}, reader)
        where = f"all of {said}" + (f" as {prefix}*" if prefix else "")
        facts[Key("environment", part, "", where)] = text("", open=True)


def _origin(source: dict[str, Any], reader: Reader) -> str:
    """`Secret db key password`, `ConfigMap app`, `field status.podIP`."""
    kind, value = next(iter(sorted(source.items())), ("", None))
    it = {k: word(v) for k, v in defaults.without_false(meant(value)).items()}
    optional = ", optional" if it.get("optional") == "true" else ""
    if kind.startswith("configMap"):
        said = f"ConfigMap {reader.config(it.get('name', ''))}"
    elif kind.startswith("secret"):
        said = f"Secret {reader.secret(it.get('name', ''))}"
    elif kind == "fieldRef":
        return f"field {it.get('fieldPath', '')}"
    else:
        return compact({kind: {k: v for k, v in it.items() if (k, v) != ("divisor", "0")}})
    return f"{said} key {it['key']}{optional}" if it.get("key") else said + optional


def _command(value: Any) -> str:
    if not isinstance(value, list):
        return compact(value)
    return shlex.join(compact(item) if isinstance(item, dict | list) else word(item) for item in value)


def _probe(value: Any, reader: Reader) -> Iterator[Flat]:
    if not mapping(value):
        return
    yield from _checks(defaults.filled(value, defaults.PROBE, reader.complete))


def _checks(it: dict[str, Any]) -> Iterator[Flat]:
    """What a probe or a hook does, and its numbers."""
    said = [_check(handler, it[handler]) for handler in _HANDLERS if handler in it]
    if said:
        yield Flat("", text(", ".join(said)))
    yield from flatten({k: v for k, v in it.items() if k not in _HANDLERS})


def _check(handler: str, value: Any) -> str:
    """What a probe asks: `HTTP GET :8080/healthz`, `TCP :5432`, `gRPC :9000`, `exec cat /ready`."""
    it = meant(value)
    if handler == "exec":
        return f"exec {_command(it.get('command'))}"
    where = f"{word(it.pop('host', ''))}:{word(it.pop('port', ''))}"
    if handler == "httpGet":
        path = word(it.pop("path", "/"))
        where += path if path.startswith("/") else f"/{path}"
    scheme = word(it.pop("scheme", "HTTP")) if handler == "httpGet" else ""
    said = {"httpGet": f"{scheme} GET", "tcpSocket": "TCP", "grpc": "gRPC"}[handler]
    return f"{said} {where}" + (f" {compact(it)}" if it else "")


def _port(facts: Facts, value: dict[str, Any], part: str, *, on_host: bool) -> None:
    """A port by number and protocol; on the host's network its host port is the same number."""
    port = meant(value)
    number, protocol = word(port.pop("containerPort", "")), word(port.pop("protocol", "TCP"))
    if on_host and word(port.get("hostPort", "")) == number:
        del port["hostPort"]
    key = Key("ports", part, f"port {number}/{protocol}", "")
    facts[key] = text("", open=True)
    put(facts, key, flatten(port))


def _mount(facts: Facts, value: dict[str, Any], part: str) -> None:
    mount = defaults.without_false(meant(value))
    path, name = word(mount.pop("mountPath", "")), word(mount.pop("name", ""))
    if path == _TOKEN_MOUNT or is_token_volume(name):
        return
    if mount.get("recursiveReadOnly") == "Disabled":
        mount.pop("recursiveReadOnly")
    said = [name, *(k if v is True else f"{k}={compact(v)}" for k, v in sorted(mount.items()))]
    facts[Key("storage", part, "", f"mount {path}")] = text(" ".join(said), open=True)


def _volume(facts: Facts, value: dict[str, Any], reader: Reader) -> None:
    volume = mapping(value)
    name = word(volume.pop("name", ""))
    if is_token_volume(name):
        return
    put(facts, Key("storage", "", f"volume {name}", ""), _sources(volume, reader))


def _sources(volume: dict[str, Any], reader: Reader) -> Iterator[Flat]:
    for source, value in sorted(volume.items()):
        it = defaults.filled(value, defaults.FILES if source in _FILES else {}, reader.complete)
        for key, rename in (("secretName", reader.secret), ("name", reader.config)):
            if source in ("secret", "configMap") and isinstance(it.get(key), str):
                it[key] = rename(it[key])
        if source == "projected":
            for entry in entries(it.pop("sources", None)):
                yield from _projected(entry, reader)
        if "items" in it:
            it["items"] = [_item(item) for item in entries(it["items"])]
        yield from list(flatten(it, source)) or [Flat(source, text(""))]


_FILES = ("secret", "configMap", "projected", "downwardAPI")


def _projected(entry: dict[str, Any], reader: Reader) -> Iterator[Flat]:
    """One source of a projected volume, with the name under which a generated object is paired."""
    for kind, value in entry.items():
        it = defaults.filled(value, defaults.TOKEN if kind == "serviceAccountToken" else {}, reader.complete)
        rename = {"configMap": reader.config, "secret": reader.secret}.get(kind, str)
        name = rename(word(it.pop("name", it.pop("path", ""))))
        if "items" in it:
            it["items"] = [_item(item) for item in entries(it["items"])]
        place = f"{kind} {name}".strip()
        yield from list(flatten(it, place)) or [Flat(place, text(""))]


def _item(item: dict[str, Any]) -> dict[str, Any]:
    """A file of a volume; a reference to the pod's own field is of v1."""
    reference = meant(item.get("fieldRef"))
    return {**item, "fieldRef": reference.get("fieldPath")} if reference else item
