"""Persistent volume claims that are not bound, and why.

https://kubernetes.io/docs/concepts/storage/persistent-volumes/
"""

from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.absence import state_of_absence
from anyops.diagnose.claims import ClaimUsers
from anyops.diagnose.commands import describe, get, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.nearest import did_you_mean
from anyops.diagnose.placement import describe_labels
from anyops.diagnose.rules.volumes_match import Fit, all_cites, class_of, default_classes, fits, modes_of
from anyops.world.evidence import Quotable
from anyops.world.report import Certainty
from anyops.world.resource import Ref, Resource
from anyops.world.world import Event, World

_NO_PROVISIONER = "kubernetes.io/no-provisioner"
_MISMATCHES = (
    ("already bound", "volume.already_bound"),
    ("too small", "volume.capacity_mismatch"),
    ("accessmode", "volume.access_mode_mismatch"),
    ("access mode", "volume.access_mode_mismatch"),
    ("volumemode", "volume.access_mode_mismatch"),
    ("storageclass", "volume.storage_class_missing"),
    ("storage class", "volume.storage_class_missing"),
    ("selector", "volume.selector_mismatch"),
    ("label", "volume.selector_mismatch"),
)
"""Words of the volume controller's events VolumeMismatch and FailedBinding."""

_FIXES = {
    "volume.already_bound": "Give the claim a volume of its own, or free the one it needs.",
    "volume.capacity_mismatch": "Recreate the claim with less, or provide a larger volume.",
    "volume.access_mode_mismatch": "Recreate the claim with a mode that the volume offers, "
    "or provide a volume that offers it.",
    "volume.selector_mismatch": "Label the volume as the claim selects, or recreate the claim.",
    "volume.storage_class_missing": "Recreate the claim with a class that exists and that a volume has "
    "(the class of a claim cannot be changed).",
    "volume.provisioning_failed": "Mend what the provisioner reports, and see that it runs.",
    "volume.unbound": "Provide a volume that fits the claim, or a storage class that provisions one.",
}


class Reason(Struct, frozen=True, eq=False):
    """Why a claim is not bound."""

    code: str
    words: str
    cites: tuple[Quotable, ...] = ()
    certainty: Certainty = "sure"
    commands: tuple[str, ...] = ()


@rule("claim.unbound", "PersistentVolumeClaim", title="Claim that is not bound")
def unbound(world: World) -> Iterator[Found]:
    """Pending claims held against their class, their events and every volume."""
    users = world.derived(ClaimUsers)
    for claim in world.of_kind("PersistentVolumeClaim"):
        phase = claim.text("status", "phase")
        if phase == "Pending":
            yield from _pending(world, users, claim)
        elif phase == "Lost":
            yield _lost(users, claim)
        elif phase == "Bound":
            yield from _healed(world, claim)


def _pending(world: World, users: ClaimUsers, claim: Resource) -> Iterator[Found]:
    reason = _reason(world, claim)
    if reason is None:
        return
    asked_for = bool(users.of(claim.ref)) or any(e.warning for e in world.events_of(claim.ref))
    fault = users.at_fault(claim.ref)
    who = f" of {fault.name}" if fault != claim.ref else ""
    yield Found(
        on=claim,
        title="PersistentVolumeClaim is Pending: not bound and not provisioned",
        detail=reason.words,
        severity="high" if asked_for else "low",
        state="now" if asked_for else "risk",
        cites=(claim.at("status", "phase"), *reason.cites),
        cause=reason.code,
        fault=fault,
        certainty=reason.certainty,
        statement=f"Claim {claim.name}{who} is not bound: {reason.words}.",
        fix=_FIXES[reason.code],
        commands=(*reason.commands, describe("persistentvolumeclaim", claim.namespace, claim.name)),
        checks=(kubectl(claim.namespace, "get", "persistentvolumeclaim", claim.name),),
        explains=tuple(dict.fromkeys((claim.ref, *(u.ref for u in users.of(claim.ref))))),
    )


def _reason(world: World, claim: Resource) -> Reason | None:
    """The first that speaks; None where waiting is normal."""
    events = [e for e in world.events_of(claim.ref) if e.reason != "Provisioning"]
    told = events[-1] if events else _of_nobody(world, claim)
    return (
        _by_mismatch_event(told)
        or _by_volume(world, claim)
        or _by_missing_class(world, claim, told)
        or _by_provisioner(told)
        or _waits(world, claim, told)
    )


def _of_nobody(world: World, claim: Resource) -> Event | None:
    """An event of the namespace that names no object but can only be about a claim."""
    events = world.events_of(Ref("", claim.namespace, ""))
    return next((e for e in reversed(events) if e.reason == "ProvisioningFailed" and e.message), None)


def _by_mismatch_event(event: Event | None) -> Reason | None:
    if event is None or event.reason not in ("VolumeMismatch", "FailedBinding"):
        return None
    text = event.message.lower()
    if "requested volume" not in text and "requested pv" not in text and "already bound" not in text:
        return None
    code = next((code for word, code in _MISMATCHES if word in text), "volume.unbound")
    return Reason(code, event.message.rstrip("."), (event,))


def _by_volume(world: World, claim: Resource) -> Reason | None:
    """Where no class provisions, a volume that somebody made must fit."""
    name = class_of(claim)
    storage_class = world.get("StorageClass", "", name) if name else None
    if storage_class is not None and storage_class.text("provisioner") != _NO_PROVISIONER:
        return None
    if name is None and default_classes(world):
        return None
    near = fits(world, claim)
    if not near or not near[0].mismatches:
        return None
    return _difference(claim, near)


def _difference(claim: Resource, near: list[Fit]) -> Reason:
    best = near[0]
    code = best.mismatches[0].cause
    alone = len(best.mismatches) == 1 and sum(len(f.mismatches) == 1 for f in near) == 1
    words = "; ".join(m.words for m in best.mismatches)
    commands = (kubectl("", "get", "persistentvolume"), *_mend(claim, best))
    return Reason(code, words, all_cites(best.mismatches), "sure" if alone else "likely", commands)


def _mend(claim: Resource, fit: Fit) -> Iterator[str]:
    volume, code = fit.volume, fit.mismatches[0].cause
    if code == "volume.selector_mismatch":
        labels = claim.at("spec", "selector").strings("matchLabels")
        pairs = [f"{key}={value}" for key, value in labels.items()]
        if pairs:
            yield kubectl("", "label", "persistentvolume", volume.name, *pairs, "--overwrite")
    elif volume.text("status", "phase") == "Released":
        patch = '[{"op":"remove","path":"/spec/claimRef"}]'
        yield kubectl("", "patch", "persistentvolume", volume.name, "--type=json", "-p", patch)


def _by_missing_class(world: World, claim: Resource, event: Event | None) -> Reason | None:
    name = class_of(claim)
    if not name or world.get("StorageClass", "", name) is not None:
        return None
    told = event is not None and "storageclass" in event.message and "not found" in event.message
    if not told and state_of_absence(world, "StorageClass", "") != "now":
        return None
    classes = [c.name for c in world.of_kind("StorageClass")]
    others = did_you_mean(name, classes) or (
        f" (there is {', '.join(sorted(classes)[:4])})" if classes else ""
    )
    cites: tuple[Quotable, ...] = (claim.at("spec", "storageClassName"),)
    if told and event is not None:
        cites = (*cites, event)
    return Reason(
        "volume.storage_class_missing",
        f'storage class "{name}" does not exist{others}',
        cites,
        "sure",
        (kubectl("", "get", "storageclass"),),
    )


def _by_provisioner(event: Event | None) -> Reason | None:
    if event is None or event.reason not in ("ProvisioningFailed", "ProvisioningCleanupFailed"):
        return None
    return Reason(
        "volume.provisioning_failed", f"provisioning fails: {event.message.rstrip('.')[:400]}", (event,)
    )


def _waits(world: World, claim: Resource, event: Event | None) -> Reason | None:
    """Waiting for a first consumer is normal; waiting for anything else is not."""
    name = class_of(claim)
    storage_class = world.get("StorageClass", "", name) if name else next(iter(default_classes(world)), None)
    reason = event.reason if event is not None else ""
    lazy = storage_class is not None and storage_class.text("volumeBindingMode") == "WaitForFirstConsumer"
    if reason in ("WaitForFirstConsumer", "WaitForPodScheduled") or (
        lazy and reason != "ExternalProvisioning"
    ):
        return None
    cites = (event,) if event is not None else ()
    if reason == "ExternalProvisioning" and event is not None:
        words = f"the external provisioner has not made a volume: {event.message.rstrip('.')[:300]}"
        return Reason("volume.provisioning_failed", words, cites, "likely")
    free = _free_volumes(world, claim)
    words = f"{_without_reason(world, name, event)}{_to_compare(free)}"
    kinds = tuple(v.at("status", "phase") for v in free[:2])
    return Reason("volume.unbound", words, (*cites, *kinds), "likely", (get("persistentvolumes"),))


def _free_volumes(world: World, claim: Resource) -> list[Resource]:
    """Volumes that nothing known keeps from the claim, whose wishes were not all read."""
    fitting = (fit.volume for fit in fits(world, claim) if not fit.mismatches)
    return [v for v in fitting if v.text("status", "phase") == "Available"]


def _to_compare(free: list[Resource]) -> str:
    """What the nearest free volume has, for what the claim asks for may differ in one of it."""
    if not free:
        return ""
    volume = free[0]
    has = [volume.text("spec", "capacity", "storage"), ", ".join(modes_of(volume.at("spec", "accessModes")))]
    has.append(describe_labels(volume.labels) or "no labels")
    return f"; {volume.name} is free ({', '.join(h for h in has if h)}), so the claim asks for something else"


def _without_reason(world: World, name: str | None, event: Event | None) -> str:
    if event is not None and event.message:
        return event.message.rstrip(".")
    if name is None and world.was_listed("StorageClass") and not default_classes(world):
        return "it names no storage class and no class is the default"
    return "no volume fits it and nothing provisions one"


def _lost(users: ClaimUsers, claim: Resource) -> Found:
    volume = claim.text("spec", "volumeName")
    named = f" {volume}" if volume else ""
    return Found(
        on=claim,
        title="PersistentVolumeClaim is Lost: its volume no longer exists",
        detail=f"It was bound to{named}." if volume else "",
        severity="critical",
        cites=(claim.at("status", "phase"), claim.at("spec", "volumeName")),
        cause="volume.lost",
        fault=users.at_fault(claim.ref),
        certainty="sure",
        statement=f"Claim {claim.name} is Lost: the volume{named} it was bound to no longer exists.",
        fix="Restore the volume or its data; a claim that is Lost must be recreated.",
        commands=(describe("persistentvolumeclaim", claim.namespace, claim.name),),
        checks=(kubectl(claim.namespace, "get", "persistentvolumeclaim", claim.name),),
        explains=(claim.ref, *(u.ref for u in users.of(claim.ref))),
    )


def _healed(world: World, claim: Resource) -> Iterator[Found]:
    for event in world.events_of(claim.ref):
        if event.reason in ("ProvisioningFailed", "FailedBinding", "VolumeMismatch"):
            yield Found(
                on=claim,
                title="Claim was not bound at first",
                detail=event.message,
                severity="low",
                state="past",
                cites=(event,),
            )
            break
