"""ResourceQuotas: what they bound, how much is used, and what they leave no room for.

Names of resources: https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from anyops.diagnose.absence import is_live
from anyops.diagnose.placement import show_amount
from anyops.world.quantity import parse_quantity
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_CODES = (
    ("storage", "quota.storage_exceeded"),
    ("persistentvolumeclaims", "quota.storage_exceeded"),
    ("services", "quota.services_exceeded"),
    ("cpu", "quota.cpu_exceeded"),
    ("memory", "quota.memory_exceeded"),
    ("pods", "quota.pods_exceeded"),
)
QUOTA_CODES = (*dict.fromkeys(code for _, code in _CODES), "quota.exceeded")
"""Every cause that a used-up quota can be."""


class Limit(Struct, frozen=True, eq=False):
    """One line of a quota: `requests.cpu`, used and hard, in base units."""

    quota: Resource
    resource: str
    used: float | None
    hard: float
    used_at: Field
    hard_at: Field

    def refuses(self, more: float) -> bool:
        """Whether that much more does not go in."""
        return (self.used or 0.0) + more > self.hard

    def words(self) -> str:
        """`services 5 of 5 used`."""
        unit = plain(self.resource)
        used = "?" if self.used is None else show_amount(unit, self.used)
        return f"{self.resource} {used} of {show_amount(unit, self.hard)} used"


def plain(resource: str) -> str:
    """What the resource of a quota counts: `requests.cpu` → cpu, `count/pods` → pods, any class's storage."""
    if resource.endswith("requests.storage"):
        return "storage"
    if resource.startswith("count/"):
        return resource.removeprefix("count/").partition(".")[0]
    if ".storageclass.storage.k8s.io/" in resource:
        return "persistentvolumeclaims"
    if resource.startswith("services."):
        return "services"
    return resource.removeprefix("requests.").removeprefix("limits.")


def code_of(resource: str) -> str:
    """The cause when this resource of a quota is used up."""
    counted = plain(resource)
    return next((code for name, code in _CODES if counted == name), "quota.exceeded")


def limits(world: World, namespace: str, *counted: str) -> Iterator[Limit]:
    """Every line of the namespace's quotas, or those that count one of these: cpu, services, storage."""
    for quota in world.in_namespace("ResourceQuota", namespace):
        names = {**_amounts(quota.at("spec", "hard")), **_amounts(quota.at("status", "hard"))}
        for name, hard in names.items():
            if counted and plain(name) not in counted:
                continue
            used = quota.at("status", "used", name)
            where = "status" if quota.root.present("status", "hard", name) else "spec"
            yield Limit(quota, name, used.quantity(), hard, used, quota.at(where, "hard", name))


def _amounts(field: Field) -> Mapping[str, float]:
    parsed = ((name, parse_quantity(value.value)) for name, value in field.entries())
    return {name: amount for name, amount in parsed if amount is not None}


def refusing_limit(world: World, kind: str, namespace: str, name: str) -> Limit | None:
    """The line of a quota that keeps an object which is not there from being created; None when none does.

    What a manifest asks for counts where one was read; else one more object, and the smallest free volume.
    """
    declared = world.get(kind, namespace, name)
    if declared is not None and is_live(declared):
        return None
    for limit in limits(world, namespace):
        if limit.refuses(_needs(world, limit, kind, declared)):
            return limit
    return None


def _needs(world: World, limit: Limit, kind: str, declared: Resource | None) -> float:
    """How much of a quota's line a new object takes; 0 when it is none of its business."""
    counted = plain(limit.resource)
    if kind == "PersistentVolumeClaim" and counted == "storage":
        asked = declared.at("spec", "resources", "requests", "storage").quantity() if declared else None
        return asked if asked is not None else _smallest_free_volume(world)
    if counted != f"{kind.lower()}s":
        return 0.0
    subtype = limit.resource.partition("services.")[2]
    type_ = declared.text("spec", "type").lower() if declared else ""
    return 1.0 if not subtype or subtype == f"{type_}s" else 0.0


def _smallest_free_volume(world: World) -> float:
    """The least that a claim of unknown size would ask for: the smallest volume that waits for one."""
    free = (v for v in world.of_kind("PersistentVolume") if v.text("status", "phase") == "Available")
    sizes = [size for v in free if (size := v.at("spec", "capacity", "storage").quantity()) is not None]
    return min(sizes, default=1.0)
