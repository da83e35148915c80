"""Health of any object, built-in or custom: conventions, and what a kind means where they are not enough."""

from collections.abc import Mapping
from typing import Any

from anyops.diagnose.health.builtin import BUILTIN, BUILTIN_GROUPS
from anyops.diagnose.health.conventions import by_convention
from anyops.diagnose.health.custom import CUSTOM
from anyops.diagnose.health.verdict import Health, Status
from anyops.world.resource import Resource

__all__ = ["BUILTIN_GROUPS", "Health", "Status", "assess", "assess_resource"]


def assess(body: Mapping[str, Any]) -> Health:
    """The health of one object as the API serves it; never raises, whatever it is given."""
    if not isinstance(body, Mapping):
        return Health("Unknown", "not an object")
    texts = {key: body.get(key) for key in ("apiVersion", "kind")}
    api_version, kind = (value if isinstance(value, str) else "" for value in texts.values())
    return assess_resource(Resource(api_version, kind, "", "", dict(body)))


def assess_resource(resource: Resource) -> Health:
    """The health of one resource. Where it was not read whole, an absent field decides nothing."""
    if resource.at("metadata", "deletionTimestamp").value is not None:
        return Health("Progressing", "Pending deletion", ("metadata", "deletionTimestamp"))
    key = (resource.group, resource.kind)
    special = BUILTIN.get(key) or CUSTOM.get(key)
    if special is not None:
        return special(resource)
    if resource.group in BUILTIN_GROUPS and not resource.at("status", "conditions"):
        return Health("Healthy", f"{resource.kind} exists", ("kind",))
    return by_convention(resource)
