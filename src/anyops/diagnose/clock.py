"""How long something has lasted, counted from the capture and never from the clock of this machine."""

from datetime import datetime, timedelta

from anyops.world.quantity import parse_duration
from anyops.world.resource import Resource
from anyops.world.world import World


def since(world: World, at: datetime | None) -> timedelta | None:
    """From `at` to the capture, never negative; None when either is unknown."""
    if at is None or world.captured_at is None:
        return None
    return max(world.captured_at - at, timedelta())


def age(world: World, resource: Resource) -> timedelta | None:
    """The object's age at the capture: by its creation time, else as a table gave it."""
    created = since(world, resource.at("metadata", "creationTimestamp").time())
    return created if created is not None else parse_duration(resource.text("metadata", "age"))


def is_young(world: World, resource: Resource, seconds: int) -> bool:
    """Whether the object is known to be younger than that."""
    lived = age(world, resource)
    return lived is not None and lived < timedelta(seconds=seconds)


def spell(lasted: timedelta) -> str:
    """`45 s`, `7 min`, `3 h`, `12 days`: one unit, as a person says it."""
    seconds = int(lasted.total_seconds())
    for unit, size in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
