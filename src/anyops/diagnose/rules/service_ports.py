"""Service port → container port: does somebody listen there, and in the same protocol?

A container's `ports` are informative: a program may listen where none is declared. So a target outside
the declared ports is a fault only where something else says so too, or where no port of the service fits.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.services import (
    PROBES,
    Listening,
    ServiceMap,
    is_headless,
    listening,
    pods_behind,
    port_title,
    probe_port,
    workloads_behind,
)
from anyops.diagnose.workloads import containers, is_ready
from anyops.world.evidence import Quotable
from anyops.world.resource import Field, Resource
from anyops.world.world import World


class Aim(Struct, frozen=True, eq=False):
    """One port of a service with where it leads."""

    service: Resource
    port: Field
    target: int | None
    name: str
    protocol: str

    @property
    def text(self) -> str:
        return self.name or str(self.target)

    @property
    def where(self) -> Field:
        """The field that says where it leads."""
        target = self.port.at("targetPort")
        return target if target.value is not None else self.port.at("port")


@rule("service.port", "Service", title="Service ports lead to ports of the pods")
def check_service_ports(world: World) -> Iterator[Found]:
    """Target ports that the pods do not have, and protocols that differ from theirs."""
    services = world.derived(ServiceMap)
    for service in world.of_kind("Service"):
        behind = pods_behind(world, service) or workloads_behind(world, service)
        offered = [entry for resource in _told(world, service, behind) for entry in listening(resource)]
        if not behind or not any(entry.how == "declared" for entry in offered):
            continue
        aims = [_aim(service, port) for port in service.each("spec", "ports") if _is_told(service, port)]
        lost = [aim for aim in aims if not _fits(aim, offered, failing=bool(_failing(services, aim)))]
        for aim in lost:
            other = _other_protocol(aim, offered)
            if other is not None:
                yield _protocol(services, aim, other, behind)
            else:
                yield from _port(services, aim, offered, behind, all_lost=len(lost) == len(aims))


def _is_told(service: Resource, port: Field) -> bool:
    """Whether the target is known: a table names the port alone, and only an object says `as the port`."""
    return service.complete or port.present("targetPort")


def _aim(service: Resource, port: Field) -> Aim:
    target = port.at("targetPort")
    number = target.number()
    name = target.text() if number is None else ""
    if (number is None and not name) or number == 0:
        number = port.number("port")
    return Aim(service, port, number, name, port.text("protocol") or "TCP")


def _told(world: World, service: Resource, behind: Sequence[Resource]) -> Sequence[Resource]:
    """Whose word counts: a description of a pod leaves the names of its ports out, its workload has them."""
    if all(r.complete for r in behind):
        return behind
    return [*behind, *(w for w in workloads_behind(world, service) if w.complete)]


def _fits(aim: Aim, offered: Sequence[Listening], *, failing: bool) -> bool:
    """Whether a container has that port; what an env or argument says counts where none declares it."""
    if aim.name and not failing and not any(e.where.resource.complete for e in offered):
        # A description of a pod may leave the names of its ports out.
        return True
    same = [e for e in offered if (e.name == aim.name if aim.name else e.port == aim.target)]
    said = [e.protocol for e in same if e.how == "declared"]
    return aim.protocol in said if said else bool(same)


def _other_protocol(aim: Aim, offered: Sequence[Listening]) -> Listening | None:
    """The same port under another protocol."""
    for entry in offered:
        same = entry.name == aim.name if aim.name else entry.port == aim.target
        if same and entry.how == "declared" and entry.protocol != aim.protocol:
            return entry
    return None


def _protocol(services: ServiceMap, aim: Aim, other: Listening, behind: Sequence[Resource]) -> Found:
    service, failing = aim.service, _failing(services, aim)
    cite, number = aim.port.at("protocol"), aim.port.text("port")
    return Found(
        on=service,
        title=f"Service port is {aim.protocol}, the container listens on {other.protocol}",
        detail=f"port {port_title(aim.port)} leads to {other.port}/{other.protocol} of {behind[0].name}",
        severity="critical",
        cites=(cite if cite.value else aim.port, other.where, *failing[:1]),
        cause="service.protocol_mismatch",
        fault=service.ref,
        certainty="sure",
        statement=f"Service {service.name} forwards {number}/{aim.protocol}, but its pods listen on "
        f"{other.port}/{other.protocol}, so {other.protocol} connections to it are refused.",
        fix=f"Set the protocol of port {number} of service {service.name} to {other.protocol}.",
        commands=(_patch(service, aim, "protocol", other.protocol),),
        checks=(kubectl(service.namespace, "get", "service", service.name, "-o", "wide"),),
        ruled_out=_ready_pods(behind),
    )


def _port(
    services: ServiceMap,
    aim: Aim,
    offered: Sequence[Listening],
    behind: Sequence[Resource],
    *,
    all_lost: bool,
) -> Iterator[Found]:
    failing, working = _failing(services, aim), _working(services, aim)
    if (working and not failing) or (not aim.name and _probed(aim, behind)):
        return
    meant = _meant(aim, offered)
    firm = bool(failing) or bool(aim.name)
    now = firm or (all_lost and len({e.port for e in offered}) == 1)
    have = ", ".join(dict.fromkeys(_offer(entry) for entry in offered if entry.how == "declared"))
    service, number = aim.service, aim.port.text("port")
    yield Found(
        on=service,
        title="Service port leads to no port of its pods",
        detail=f"port {number} leads to {aim.text}; {behind[0].name} has {have}",
        severity="critical" if now else "low",
        state="now" if now else "risk",
        cites=(aim.where, meant.where, *failing[:1]),
        cause="service.port_mismatch",
        fault=service.ref,
        certainty="sure" if firm else "likely",
        statement=f"Service {service.name} sends port {number} to target port {aim.text}, but its pods "
        f"listen on {have}, so connections are refused.",
        fix=f"Set targetPort of port {number} of service {service.name} to {_target(aim, meant)}, "
        "or make the program listen there.",
        commands=(_patch(service, aim, "targetPort", _target(aim, meant)),),
        checks=(kubectl(service.namespace, "get", "endpoints", service.name),),
        ruled_out=_ready_pods(behind),
    )


def _offer(entry: Listening) -> str:
    return f"{entry.name + ' ' if entry.name else ''}{entry.port}"


def _target(aim: Aim, meant: Listening) -> str:
    return meant.name if aim.name and meant.name else str(meant.port)


def _meant(aim: Aim, offered: Sequence[Listening]) -> Listening:
    """The container port that the service port most likely should lead to."""
    ports = [e for e in offered if e.how == "declared"]

    def nearness(entry: Listening) -> tuple[bool, bool, int]:
        number = aim.target or aim.port.number("port") or 0
        named = bool(entry.name) and entry.name == aim.port.text("name")
        return (not named, entry.port != aim.port.number("port"), abs(entry.port - number))

    return min(ports, key=nearness)


def _patch(service: Resource, aim: Aim, key: str, value: str) -> str:
    index = aim.port.path[-1]
    written = value if value.isdigit() else f'"{value}"'
    patch = f'[{{"op":"replace","path":"/spec/ports/{index}/{key}","value":{written}}}]'
    if aim.port.at(key).value is None:
        patch = patch.replace('"replace"', '"add"')
    return kubectl(service.namespace, "patch", "service", service.name, "--type=json", "-p", patch)


def _probed(aim: Aim, behind: Sequence[Resource]) -> bool:
    """Whether a ready pod is probed at that very port, so that something listens there."""
    for resource in behind:
        if resource.kind == "Pod" and is_ready(resource):
            for container in containers(resource, init=False):
                if any(probe_port(container, container.at(probe)) == aim.target for probe in PROBES):
                    return True
    return False


def _failing(services: ServiceMap, aim: Aim) -> list[Quotable]:
    if is_headless(aim.service):
        return []
    return [_check(c) for c in services.checks(aim.service, ok=False, port=aim.port.number("port"))]


def _working(services: ServiceMap, aim: Aim) -> list[Quotable]:
    return [_check(c) for c in services.checks(aim.service, ok=True, port=aim.port.number("port"))]


def _check(check: Resource) -> Field:
    message = check.at("status", "message")
    return message if message.value else check.at("status", "ok")


def _ready_pods(behind: Sequence[Resource]) -> tuple[tuple[str, str, tuple[Quotable, ...]], ...]:
    ready = [p for p in behind if p.kind == "Pod" and is_ready(p)]
    if not ready:
        return ()
    names = ", ".join(pod.name for pod in ready[:2])
    return (("pods behind the service", f"{names} ready", (ready[0].condition("Ready").at("status"),)),)
