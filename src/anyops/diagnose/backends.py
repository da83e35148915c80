"""What a route sends traffic to: whether the service and its port exist."""

from msgspec import Struct

from anyops.diagnose.nearest import nearest
from anyops.world.resource import Field, Resource
from anyops.world.world import World


class Backend(Struct, frozen=True, eq=False):
    """A service and port that a route names. `where` is the field that does; port "" when it names none."""

    namespace: str
    service: str
    port: str
    where: Field
    port_where: Field


class Lost(Struct, frozen=True, eq=False):
    """Why a backend leads nowhere; `known` says that it is a fact and no guess from an incomplete list."""

    text: str
    fix: str
    known: bool
    cites: tuple[Field, ...]


def lost(world: World, backend: Backend) -> Lost | None:
    """What is wrong with a backend; None when the service and port exist or nothing can be said."""
    service = world.get("Service", backend.namespace, backend.service)
    if service is None:
        return _missing(world, backend)
    ports = list(service.each("spec", "ports"))
    if not backend.port or not ports or service.text("spec", "type") == "ExternalName":
        return None
    have = [p.text("port") for p in ports] + [p.text("name") for p in ports if p.text("name")]
    if backend.port in have or (not service.complete and not backend.port.isdigit()):
        return None
    numbers = ", ".join(p.text("port") for p in ports)
    return Lost(
        f"service {backend.service} has no port {backend.port}, it has {numbers}",
        f"Set the backend's port to {ports[0].text('port')}.",
        known=True,
        cites=(backend.port_where, ports[0].at("port")),
    )


def _missing(world: World, backend: Backend) -> Lost:
    names = [s.name for s in world.in_namespace("Service", backend.namespace)]
    near = nearest(backend.service, names)
    hint = f"; {near} exists" if near else ""
    known = world.was_listed("Service", backend.namespace)
    return Lost(
        f"service {backend.service} does not exist in namespace {backend.namespace}{hint}",
        f"Name the service {near}."
        if near
        else f"Create service {backend.service}, or name one that exists.",
        known=known or (world.only_manifests and bool(near)),
        cites=(backend.where,),
    )


def name_tokens(name: str) -> set[str]:
    """`cart-ingress` → cart: the telling words of a route's name."""
    general = {
        "ingress",
        "route",
        "routes",
        "http",
        "https",
        "gateway",
        "gw",
        "vs",
        "public",
        "external",
        "web",
        "svc",
    }
    return {word for word in name.lower().replace("_", "-").split("-") if word and word not in general}


def meant_service(world: World, route: Resource, namespace: str, words: set[str]) -> Resource | None:
    """The one service that bears a route's name or path, word for word."""
    found = []
    for service in world.in_namespace("Service", namespace):
        bare = service.name.lower().removesuffix("-service").removesuffix("service").removesuffix("-svc")
        named = {service.name.lower(), bare.strip("-")}
        if named & words or route.name == service.name:
            found.append(service)
    return found[0] if len(found) == 1 else None
