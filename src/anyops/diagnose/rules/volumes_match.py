"""Which persistent volume a claim could have, and what keeps each from it.

Rules of binding: https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from anyops.diagnose.claims import template_of
from anyops.diagnose.placement import show_amount
from anyops.diagnose.selectors import describe, matches
from anyops.world.evidence import Quotable
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_MODES = {
    "RWO": "ReadWriteOnce",
    "ROX": "ReadOnlyMany",
    "RWX": "ReadWriteMany",
    "RWOP": "ReadWriteOncePod",
}


class Mismatch(Struct, frozen=True, eq=False):
    """One thing in which a claim and a volume differ: the cause's code, and the difference in words."""

    cause: str
    words: str
    cites: tuple[Quotable, ...]


class Fit(Struct, frozen=True, eq=False):
    """A volume and all that keeps the claim from it."""

    volume: Resource
    mismatches: tuple[Mismatch, ...]


class Asked(Struct, frozen=True, eq=False):
    """What a claim asks for: its own spec, else its StatefulSet's claim template.

    `kubectl describe` of a pending claim prints neither size nor modes; that of the set does.
    """

    claim: Resource
    template: Field | None = None

    def at(self, *path: str) -> Field:
        """A field below `spec`."""
        own = self.claim.at("spec", *path)
        if own.value is None and self.template is not None and not self.claim.complete:
            return self.template.at("spec", *path)
        return own


def asked_by(world: World, claim: Resource) -> Asked:
    """What the claim asks for, with the template that it was made of."""
    for owner in world.in_namespace("StatefulSet", claim.namespace):
        template = template_of(claim.ref, owner)
        if template is not None:
            return Asked(claim, template)
    return Asked(claim)


def class_of(resource: Resource) -> str | None:
    """The storage class that a claim or volume names, "" for explicitly none; None when it says nothing."""
    field = resource.at("spec", "storageClassName")
    if field.value is None:
        return resource.annotations.get(_CLASS_ANNOTATION)
    return field.text()


def default_classes(world: World) -> list[Resource]:
    """The storage classes marked as default."""
    return [c for c in world.of_kind("StorageClass") if is_default(c)]


def is_default(storage_class: Resource) -> bool:
    """Whether the class is the one that claims without a class get."""
    notes = storage_class.annotations
    prefixes = ("storageclass.kubernetes.io", "storageclass.beta.kubernetes.io")
    return any(notes.get(f"{prefix}/is-default-class") == "true" for prefix in prefixes)


def modes_of(modes: Field) -> list[str]:
    """Access modes in their long form."""
    return [_MODES.get(mode.text(), mode.text()) for mode in modes.each()]


def fits(world: World, claim: Resource) -> list[Fit]:
    """Volumes with what keeps the claim from each, the nearest first; of many that are alike the first two.

    A claim that names its volume is held against that one alone.
    """
    asked = asked_by(world, claim)
    found = [Fit(v, tuple(_mismatches(asked, v))) for v in world.derived(_Volumes).near(claim)]
    return sorted(found, key=lambda f: (len(f.mismatches), _weight(f), f.volume.name))


class _Volumes:
    """The volumes of a world that can be had: those for one claim, and the first two of each shape."""

    def __init__(self, world: World) -> None:
        self._held: dict[tuple[str, str], list[Resource]] = {}
        self._named: dict[str, list[Resource]] = {}
        self._alike: dict[tuple[object, ...], list[Resource]] = {}
        usable = (v for v in world.of_kind("PersistentVolume") if v.text("status", "phase") != "Failed")
        for volume in sorted(usable, key=lambda v: v.name):
            self._named.setdefault(volume.name, []).append(volume)
            self._held.setdefault(_holder_of(volume), []).append(volume)
            if not _is_provisioned(volume):
                alike = self._alike.setdefault(_shape(volume), [])
                alike += [volume] if len(alike) < 3 else []  # one of them may be the claim's own

    def near(self, claim: Resource) -> list[Resource]:
        """What is worth holding against the claim: none that was provisioned for somebody else."""
        own = self._held.get((claim.namespace, claim.name), [])
        named = claim.text("spec", "volumeName")
        if named:
            return [v for v in self._named.get(named, []) if not _is_provisioned(v) or _is_for(v, claim)]
        others = ([v for v in alike if not _is_for(v, claim)][:2] for alike in self._alike.values())
        return [*own, *(volume for pair in others for volume in pair)]


def _shape(volume: Resource) -> tuple[object, ...]:
    """All that a claim is held against but the name."""
    return (
        volume.text("status", "phase"),
        bool(_holder_of(volume)[1]),
        class_of(volume),
        *modes_of(volume.at("spec", "accessModes")),
        volume.text("spec", "capacity", "storage"),
        volume.text("spec", "volumeMode"),
        frozenset(volume.labels.items()),
    )


def _is_provisioned(volume: Resource) -> bool:
    """Whether it was made for one claim, so that it was never meant for another."""
    return "pv.kubernetes.io/provisioned-by" in volume.annotations or volume.name.startswith("pvc-")


def _weight(fit: Fit) -> int:
    """A volume that is taken comes after one that is free and differs."""
    return sum(m.cause == "volume.already_bound" for m in fit.mismatches)


def _mismatches(asked: Asked, volume: Resource) -> Iterator[Mismatch]:
    yield from _other_claim(asked.claim, volume)
    yield from _class(asked.claim, volume)
    yield from _modes(asked, volume)
    yield from _capacity(asked, volume)
    yield from _selector(asked, volume)
    yield from _volume_mode(asked, volume)


def _holder_of(volume: Resource) -> tuple[str, str]:
    """Namespace and name of the claim that it belongs to, "" where it does to none."""
    holder = volume.at("spec", "claimRef")
    return holder.text("namespace"), holder.text("name")


def _is_for(volume: Resource, claim: Resource) -> bool:
    return _holder_of(volume) == (claim.namespace, claim.name)


def _other_claim(claim: Resource, volume: Resource) -> Iterator[Mismatch]:
    holder, phase = volume.at("spec", "claimRef"), volume.text("status", "phase")
    cites = (holder, volume.at("status", "phase"))
    if phase == "Released":
        words = f"{volume.name} is Released: it still belongs to {_holder(holder)}, which is deleted"
        yield Mismatch("volume.already_bound", words, cites)
    elif holder.text("name") and not _is_for(volume, claim):
        yield Mismatch("volume.already_bound", f"{volume.name} is bound to {_holder(holder)}", cites)
    elif phase == "Bound" and not holder.text("name"):
        yield Mismatch("volume.already_bound", f"{volume.name} is bound to another claim", cites)


def _holder(holder: Field) -> str:
    namespace = holder.text("namespace")
    name = holder.text("name") or "a claim"
    return f"{namespace}/{name}" if namespace else name


def _class(claim: Resource, volume: Resource) -> Iterator[Mismatch]:
    asked, has = class_of(claim), class_of(volume) or ""
    if asked is not None and asked != has:
        words = f"the claim's class is {_quoted(asked)}, that of {volume.name} is {_quoted(has)}"
        cites = (claim.at("spec", "storageClassName"), volume.at("spec", "storageClassName"))
        yield Mismatch("volume.storage_class_missing", words, cites)


def _quoted(name: str) -> str:
    return f'"{name}"' if name else "empty"


def _modes(asked: Asked, volume: Resource) -> Iterator[Mismatch]:
    cites = (asked.at("accessModes"), volume.at("spec", "accessModes"))
    wanted, has = (modes_of(field) for field in cites)
    if wanted and has and not set(wanted) <= set(has):
        words = f"the claim asks for {', '.join(wanted)}, {volume.name} offers {', '.join(has)}"
        yield Mismatch("volume.access_mode_mismatch", words, cites)


def _capacity(asked: Asked, volume: Resource) -> Iterator[Mismatch]:
    request = asked.at("resources", "requests", "storage")
    has = volume.at("spec", "capacity", "storage")
    wanted, size = request.quantity(), has.quantity()
    if wanted is not None and size is not None and wanted > size:
        words = f"the claim asks for {show_amount('storage', wanted)}, "
        words += f"{volume.name} has {show_amount('storage', size)}"
        yield Mismatch("volume.capacity_mismatch", words, (request, has))


def _selector(asked: Asked, volume: Resource) -> Iterator[Mismatch]:
    selector = asked.at("selector")
    if selector and not matches(selector, volume.labels):
        wanted = describe(selector.strings("matchLabels")) or "its selector"
        has = describe(volume.labels) or "no labels"
        words = f"the claim selects {wanted}, {volume.name} has {has}"
        yield Mismatch("volume.selector_mismatch", words, (selector, volume.at("metadata", "labels")))


def _volume_mode(asked: Asked, volume: Resource) -> Iterator[Mismatch]:
    cites = (asked.at("volumeMode"), volume.at("spec", "volumeMode"))
    wanted, has = (field.text() for field in cites)
    if wanted and has and wanted != has:
        words = f"the claim asks for volume mode {wanted}, {volume.name} has {has}"
        yield Mismatch("volume.access_mode_mismatch", words, cites)


def all_cites(mismatches: Iterable[Mismatch]) -> tuple[Quotable, ...]:
    """What the mismatches stand on."""
    return tuple(cite for mismatch in mismatches for cite in mismatch.cites)
