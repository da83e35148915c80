"""Storage that is not broken but not as it should be: hygiene, and volumes that were left over."""

from collections.abc import Iterator

from anyops.diagnose.commands import describe, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.placement import show_amount
from anyops.diagnose.rules.volumes_match import class_of, default_classes
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_SMALL = 2.0**30


@rule("storageclass.hygiene", "StorageClass", title="Storage class that surprises")
def classes(world: World) -> Iterator[Found]:
    """More than one default class; a class that provisions nothing."""
    defaults = default_classes(world)
    for storage_class in world.of_kind("StorageClass"):
        if len(defaults) > 1 and storage_class in defaults:
            yield _risk(
                storage_class,
                f"Multiple default StorageClasses ({len(defaults)})",
                "A claim without a class gets the newest of them.",
                storage_class.at("metadata", "annotations"),
            )
        if storage_class.text("provisioner") == "kubernetes.io/no-provisioner":
            yield _risk(
                storage_class,
                "StorageClass provisions nothing (kubernetes.io/no-provisioner)",
                "Its volumes must be made by hand or by a local-volume provisioner.",
                storage_class.at("provisioner"),
            )


@rule("volume.left_over", "PersistentVolume", title="Volume that nobody can use")
def left_over(world: World) -> Iterator[Found]:
    """Released and Failed volumes, and very small ones."""
    for volume in world.of_kind("PersistentVolume"):
        phase = volume.at("status", "phase")
        if phase.text() == "Released":
            yield _risk(
                volume, "PersistentVolume is Released", "Its claim is gone and its data is kept.", phase
            )
        elif phase.text() == "Failed":
            yield _failed(volume)
        yield from _small(volume, volume.at("spec", "capacity", "storage"))


def _failed(volume: Resource) -> Found:
    told = volume.text("status", "message") or volume.text("status", "reason")
    return Found(
        on=volume,
        title="PersistentVolume is Failed: it could not be reclaimed",
        detail=told,
        severity="medium",
        cites=(volume.at("status", "phase"), volume.at("status", "message")),
        cause="volume.reclaim_failed",
        certainty="sure",
        statement=f"Volume {volume.name} could not be reclaimed after its claim was deleted"
        f"{f': {told[:300]}' if told else ''}.",
        fix="Mend what the storage reports, or delete the volume object after the storage behind it.",
        commands=(describe("persistentvolume", "", volume.name),),
        checks=(kubectl("", "get", "persistentvolume", volume.name),),
    )


@rule("claim.hygiene", "PersistentVolumeClaim", title="Claim that surprises")
def claims(world: World) -> Iterator[Found]:
    """Very small claims, and claims that leave the class to chance."""
    for claim in world.of_kind("PersistentVolumeClaim"):
        yield from _small(claim, claim.at("spec", "resources", "requests", "storage"))
        named = class_of(claim) is not None or claim.text("spec", "volumeName")
        if claim.complete and not named:
            yield _risk(
                claim,
                "PersistentVolumeClaim names no StorageClass",
                "It gets the default class of the cluster, if there is one.",
                claim.at("spec"),
            )


@rule("claim.template_hygiene", "StatefulSet", title="Claim template that surprises")
def claim_templates(world: World) -> Iterator[Found]:
    """Very small storage in a StatefulSet's claim templates."""
    for owner in world.of_kind("StatefulSet"):
        for template in owner.each("spec", "volumeClaimTemplates"):
            size = template.at("spec", "resources", "requests", "storage")
            amount = size.quantity()
            if amount is not None and 0 < amount < _SMALL:
                title = f"Storage of each pod is small ({size.text()})"
                name = template.text("metadata", "name")
                yield _risk(owner, title, f"The disk of claim template {name} is soon full.", size)


def _small(thing: Resource, size: Field) -> Iterator[Found]:
    amount = size.quantity()
    if amount is not None and 0 < amount < _SMALL:
        shown = show_amount("storage", amount)
        yield _risk(thing, f"{thing.kind} has a small capacity ({shown})", "It is less than 1Gi.", size)


def _risk(thing: Resource, title: str, detail: str, cite: Field) -> Found:
    return Found(on=thing, title=title, detail=detail, severity="low", state="risk", cites=(cite,))
