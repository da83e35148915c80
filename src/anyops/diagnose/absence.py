"""What follows from an object that was not found: absence is a fact only where all were read."""

from anyops.world.report import State
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_LIVE_MARKS = ("uid", "resourceVersion", "creationTimestamp", "age")


def is_missing(world: World, kind: str, namespace: str, name: str) -> bool:
    """Whether no object of that name was read although objects of its kind could be."""
    unseen = any(u.kind == kind and u.why != "redacted" for u in world.unread)
    return Ref(kind, namespace, name) not in world.by_ref and not unseen


def state_of_absence(world: World, kind: str, namespace: str) -> State:
    """`now` where every object of the kind was read, or a folder of manifests is asked about; else `risk`."""
    if world.was_listed(kind, namespace):
        return "now"
    return "now" if world.question and world.only_manifests else "risk"


def is_live(resource: Resource) -> bool:
    """Whether the API server has the object; a manifest alone only declares it."""
    if not resource.complete or len(resource.views) > 1 or resource.at("status").value:
        return True
    metadata = resource.at("metadata")
    return any(metadata.present(mark) for mark in _LIVE_MARKS)


def is_only_declared(world: World, resource: Resource) -> bool:
    """Whether a manifest declares the object, and the whole list of what is there lacks it."""
    return world.was_listed(resource.kind, resource.namespace) and not is_live(resource)


def stand_in(world: World, ref: Ref) -> Resource:
    """The resource, or an empty one for an object that only events or other objects name."""
    return world.by_ref.get(ref) or Resource("", ref.kind, ref.namespace, ref.name, {}, complete=False)
