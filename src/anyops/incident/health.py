"""The use case behind `anyops cluster health`: the health of every object that was read."""

from collections.abc import Sequence

from msgspec import Struct, field

from anyops.diagnose.health import Health, Status, assess_resource
from anyops.world.resource import Resource
from anyops.world.world import NOT_SEEN, Unread, World

WORST_FIRST: tuple[Status, ...] = ("Degraded", "Missing", "Progressing", "Unknown", "Suspended", "Healthy")


class ObjectHealth(Struct, frozen=True, kw_only=True):
    """One object and its health; `message` is in the object's own words where it has any."""

    kind: str
    namespace: str
    name: str
    api_version: str = field(name="apiVersion")
    status: Status
    message: str


def assess_world(world: World) -> list[ObjectHealth]:
    """The health of each API object of the world, the worst first; pseudo-kinds are left out."""
    objects = [_said(r, assess_resource(r)) for r in world.resources if r.group != "anyops"]
    return sorted(objects, key=lambda o: (WORST_FIRST.index(o.status), o.kind, o.namespace, o.name))


def hidden(world: World) -> list[Unread]:
    """What may not be read or could not be: its health is not known, which is not well."""
    return sorted(unread for unread in world.unread if unread.why in NOT_SEEN)


def exit_code(objects: Sequence[ObjectHealth], unknown: Sequence[Unread]) -> int:
    """4 where nothing that was read is ill, and something could not be read; else 0."""
    ill = any(o.status in ("Degraded", "Missing") for o in objects)
    return 4 if unknown and not ill else 0


def _said(resource: Resource, health: Health) -> ObjectHealth:
    return ObjectHealth(
        kind=resource.kind,
        namespace=resource.namespace,
        name=resource.name,
        api_version=resource.api_version,
        status=health.status,
        message=health.message,
    )
