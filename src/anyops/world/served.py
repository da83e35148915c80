"""What tells an object that a server gave from one that a manifest only declares."""

from collections.abc import Mapping
from typing import Any

from anyops.world.resource import Resource

_OF_CONTROLLERS = ("Endpoints", "EndpointSlice", "Lease", "ControllerRevision")


def was_served(resource: Resource) -> bool:
    """Whether a server gave it: its marks are there, or it is of a kind or form that only servers give."""
    metadata = resource.at("metadata")
    marks = ("uid", "resourceVersion", "creationTimestamp")
    served = any(metadata.text(key) for key in marks) or bool(metadata.at("ownerReferences").value)
    return (
        served
        or not resource.complete
        or resource.kind in _OF_CONTROLLERS
        or bool(resource.text("spec", "nodeName"))
        or _says_something(resource.at("status").value)
    )


def _says_something(value: Any) -> bool:
    """Whether a text or number stands anywhere in it: generators write `status: {loadBalancer: {}}`."""
    queue = [value]
    while queue:
        item = queue.pop()
        if isinstance(item, Mapping):
            queue += item.values()
        elif isinstance(item, list | tuple):
            queue += item
        elif item not in (None, "", 0, False):
            return True
    return False
