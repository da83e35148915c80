"""Istio's VirtualService and DestinationRule → services and subsets.

https://istio.io/latest/docs/reference/config/networking/
"""

from collections.abc import Iterator

from anyops.diagnose.backends import Backend, lost, meant_service, name_tokens
from anyops.diagnose.commands import act
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.selectors import describe
from anyops.diagnose.services import ServiceMap, pods_behind
from anyops.world.evidence import Quotable
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World

_PROTOCOLS = ("http", "tcp", "tls")


@rule("virtualservice.destination", "VirtualService", title="Virtual services lead to what exists")
def check_destinations(world: World) -> Iterator[Found]:
    """Hosts, ports, subsets and gateways of a virtual service that are not there."""
    services = world.derived(ServiceMap)
    for route in world.of_kind("VirtualService"):
        for destination in _destinations(route):
            yield from _destination(world, services, route, destination)
        yield from _gateways(world, route)


def _destinations(route: Resource) -> Iterator[Field]:
    for protocol in _PROTOCOLS:
        for entry in route.each("spec", protocol):
            yield from (target.at("destination") for target in entry.each("route"))
            if entry.at("mirror").value:
                yield entry.at("mirror")


def _destination(world: World, services: ServiceMap, route: Resource, destination: Field) -> Iterator[Found]:
    where, port = destination.at("host"), destination.at("port", "number")
    if _is_entry(world, where.text()) or "*" in where.text() or not where.text():
        return
    parts = where.text().split(".")
    if len(parts) > 2 and parts[2] != "svc":
        return
    namespace = parts[1] if len(parts) > 1 else route.namespace
    problem = lost(world, Backend(namespace, parts[0], port.text(), where, port))
    service = services.named(where.text(), route.namespace)
    if problem is not None:
        yield _found(route, problem.text, problem.fix, problem.cites, known=problem.known)
    elif service is not None:
        yield from _subset(world, route, destination, service)
        yield from _other_name(world, route, where, service)


def _is_entry(world: World, host: str) -> bool:
    """Whether a ServiceEntry makes the host known to the mesh."""
    return any(
        host == name.text() for entry in world.of_kind("ServiceEntry") for name in entry.each("spec", "hosts")
    )


def _subset(world: World, route: Resource, destination: Field, service: Resource) -> Iterator[Found]:
    wanted = destination.at("subset")
    if not wanted.text():
        return
    rules = [r for r in world.of_kind("DestinationRule") if _is_about(r, service)]
    subsets = [s for r in rules for s in r.each("spec", "subsets")]
    known = bool(rules) or world.was_listed("DestinationRule", route.namespace)
    found = next((s for s in subsets if s.text("name") == wanted.text()), None)
    if found is None:
        text = f"no DestinationRule gives {service.name} a subset {wanted.text()}"
        yield _found(route, text, "Define the subset, or name one that exists.", (wanted,), known=known)
        return
    labels = found.strings("labels")
    pods = pods_behind(world, service)
    if pods and not any(labels.items() <= pod.labels.items() for pod in pods):
        text = f"no pod of {service.name} has the labels of subset {wanted.text()} ({describe(labels)})"
        yield _found(route, text, "Mend the subset's labels.", (wanted, found.at("labels")), known=True)


def _is_about(destination_rule: Resource, service: Resource) -> bool:
    host, *rest = destination_rule.text("spec", "host").split(".")
    return host == service.name and (rest[0] if rest else destination_rule.namespace) == service.namespace


def _other_name(world: World, route: Resource, where: Field, service: Resource) -> Iterator[Found]:
    """The virtual service bears the name of a service that it does not lead to at all."""
    targets = {d.text("host").split(".")[0] for d in _destinations(route)}
    hosts = {h.text().split(".")[0] for h in route.each("spec", "hosts") if "*" not in h.text()}
    words = {*hosts, *name_tokens(route.name)}
    meant = meant_service(world, route, route.namespace, words)
    if meant is not None and meant.name not in targets and service.name not in words:
        text = f"it bears the name of service {meant.name} and leads to {service.name}"
        yield _found(
            route, text, f"Lead it to {meant.name}.", (where,), known=True, explains=(meant.ref, service.ref)
        )


def _gateways(world: World, route: Resource) -> Iterator[Found]:
    for gateway in route.each("spec", "gateways"):
        name = gateway.text()
        if name == "mesh" or not name:
            continue
        namespace, _, bare = name.rpartition("/")
        ref = Ref("Gateway", namespace or route.namespace, bare)
        if ref not in world.by_ref:
            known = world.was_listed("Gateway", ref.namespace)
            text = f"gateway {ref.namespace}/{bare} does not exist"
            yield _found(route, text, "Name a gateway that exists.", (gateway,), known=known)


def _found(
    route: Resource,
    text: str,
    fix: str,
    cites: tuple[Quotable, ...],
    *,
    known: bool,
    explains: tuple[Ref, ...] = (),
) -> Found:
    return Found(
        on=route,
        title="Virtual service leads to the wrong place",
        detail=text,
        severity="high" if known else "low",
        state="now" if known else "risk",
        cites=cites,
        cause="gateway.misrouted",
        fault=route.ref,
        certainty="likely" if known else "maybe",
        statement=f"VirtualService {route.name} does not lead where it should: {text}.",
        fix=fix,
        commands=(act("edit", route.ref),),
        explains=explains,
    )
