"""Ports on which a well-known program will listen, against what probes and services ask for."""

import re
from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import declared_programs, edit, title, watch
from anyops.diagnose.programs import Program, base_name, volume
from anyops.diagnose.services import PROBES, probe_port, selector_of, services_selecting
from anyops.diagnose.workloads import POD_MAKERS, template
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_LISTEN = re.compile(r"^[^#\n]*?\blisten\s+(?:\[[0-9a-f:]{0,40}\]:|[\d.*]{1,20}:)?(\d{2,5})\b", re.M)
_HTTP_SERVER = re.compile(r"http\.server(?:\s+(\d{2,5}))?(?:\s|\Z)")
_MOVES_PORT = re.compile(r"PORT|LISTEN|ADDR|BIND|CONF|OPTS|ARGS|HTTP", re.I)
_NAMES = {"livenessProbe": "liveness", "readinessProbe": "readiness", "startupProbe": "startup"}
_CODES = {
    "livenessProbe": "probe.liveness_port",
    "readinessProbe": "probe.readiness_port",
    "startupProbe": "probe.startup_failing",
}


class Served(Struct, frozen=True, eq=False):
    """The ports of a program, why they are known, and the field that says so."""

    ports: tuple[int, ...]
    why: str
    where: Field


@rule("port.served", *POD_MAKERS, title="Probes and services ask ports on which the program listens")
def check_ports(world: World) -> Iterator[Found]:
    """Ports of probes, and target ports of services, that the container's program does not serve."""
    for program in declared_programs(world):
        served = _served(world, program) if not program.init else None
        if served is not None:
            yield from _probes(program, served)
            if len(list(template(program.owner).each("spec", "containers"))) == 1:
                yield from _services(world, program, served)


def _served(world: World, program: Program) -> Served | None:
    words = " ".join(word.text() for word in program.argv)[:4000]
    match = _HTTP_SERVER.search(words)
    if match and len(program.script.calls) < 2:
        port = int(match[1] or 8000)
        return Served((port,), f"http.server listens on {port}", program.argv[-1])
    image, own = program.image, program.container.at("image")
    if image is None or not image.ports or not _runs_as_it_comes(program):
        return None
    if image.name == "nginx":
        return _of_nginx(world, program)
    changed = any(_MOVES_PORT.search(v.text("name")) for v in program.container.each("env"))
    if changed or (program.container.at("volumeMounts").value and _mounts_config(program)):
        return None
    return Served(image.ports, f"{image.name} listens on {image.ports[0]}", own)


def _runs_as_it_comes(program: Program) -> bool:
    """No command of its own, or the image's own without options that could move the port."""
    words = [base_name(word.text()) for word in program.argv]
    return not words or words == ["nginx"] or words[:2] == ["nginx", "-g"]


def _mounts_config(program: Program) -> bool:
    points = [mount.text("mountPath") for mount in program.container.each("volumeMounts")]
    return any(part in point for point in points for part in ("/etc", "conf", "config", "/opt", "/usr"))


def _of_nginx(world: World, program: Program) -> Served | None:
    """nginx listens where its configuration says; on 80 where none is mounted."""
    for mount in program.container.each("volumeMounts"):
        if not mount.text("mountPath").startswith("/etc/nginx"):
            continue
        source = volume(program.owner, mount.text("name")).at("configMap")
        config = world.get("ConfigMap", program.owner.namespace, source.text("name"))
        texts = [value for _, value in config.root.entries("data")] if config is not None else []
        ports = [int(m) for text in texts for m in _LISTEN.findall(text.text()[:20000])]
        if not ports:
            return None
        return Served(tuple(dict.fromkeys(ports)), f"its nginx configuration listens on {ports[0]}", texts[0])
    return Served((80,), "nginx listens on 80", program.container.at("image"))


def _probes(program: Program, served: Served) -> Iterator[Found]:
    for name in PROBES:
        probe = program.container.at(name)
        port = probe_port(program.container, probe) if probe.value else None
        if port is not None and port not in served.ports:
            yield _probe(program, served, name, probe, port)


def _probe(program: Program, served: Served, name: str, probe: Field, port: int) -> Found:
    kind = _NAMES[name]
    result = "the pod never becomes ready" if kind == "readiness" else "the container is killed and restarted"
    return Found(
        on=program.owner,
        title=f"{kind.capitalize()} probe asks port {port}, where nothing listens",
        detail=f"{title(program)}: the {kind} probe asks port {port}, but {served.why}",
        severity="high",
        cites=(probe, served.where),
        cause=_CODES[name],
        certainty="likely",
        statement=f"The {kind} probe of {title(program)} asks port {port}, but {served.why}, so {result}.",
        fix=f"Let the probe ask port {served.ports[0]}.",
        commands=edit(program.owner),
        checks=watch(program.owner),
    )


def _services(world: World, program: Program, served: Served) -> Iterator[Found]:
    labels = template(program.owner).strings("metadata", "labels")
    for service in services_selecting(world, program.owner.namespace, labels):
        for port in service.each("spec", "ports") if selector_of(service) else ():
            target = _target(program, port)
            if target is not None and target not in served.ports and port.text("protocol") in ("", "TCP"):
                yield _service(program, served, service, port, target)


def _target(program: Program, port: Field) -> int | None:
    target = port.at("targetPort")
    if target.value is None:
        return port.number("port")
    if target.number() is not None:
        return target.number()
    named = (p for p in program.container.each("ports") if p.text("name") == target.text())
    return next((p.number("containerPort") for p in named), None)


def _service(program: Program, served: Served, service: Resource, port: Field, target: int) -> Found:
    return Found(
        on=service,
        title=f"Service {service.name} sends to port {target}, where nothing listens",
        detail=f"port {port.text('port')} leads to {target} of {program.owner.name}, but {served.why}",
        severity="high",
        cites=(port, served.where),
        cause="service.port_mismatch",
        fault=service.ref,
        certainty="likely",
        statement=f"Service {service.name} sends port {port.text('port')} to {target}, but {served.why} in "
        f"{program.owner.kind} {program.owner.name}, so connections are refused.",
        fix=f"Set targetPort to {served.ports[0]}.",
        commands=edit(service),
    )
