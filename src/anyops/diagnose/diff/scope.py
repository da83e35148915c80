"""What of two worlds is compared, and what one of them could not tell."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from anyops.diagnose.diff.noise import MADE_KINDS, is_made
from anyops.diagnose.diff.record import NotCompared, Selection
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_UNKNOWN = ("forbidden", "failed", "empty")
"""Why a kind was not read, so that nothing follows from not seeing an object."""


class Chosen(NamedTuple):
    """One side's objects by A's reference to them; `namespace` turns B's names into A's."""

    world: World
    objects: dict[Ref, Resource]
    namespace: Callable[[str], str]
    own_namespace: Callable[[str], str]


def choose(world: World, selection: Selection, side: Literal["a", "b"]) -> Chosen:
    """The objects of one side that are compared."""
    names = selection.namespace_map
    back = {b: a for a, b in names.items()} if side == "b" else {}
    forth = names if side == "b" else {}
    allowed = frozenset(forth.get(name, name) for name in (*selection.namespaces, *names))
    kinds = frozenset(kind.lower() for kind in selection.kinds)
    objects: dict[Ref, Resource] = {}
    for resource in world.resources:
        if _is_chosen(resource, allowed, kinds) and not is_made(world, resource):
            objects[_as_a_says(resource, back)] = resource
    return Chosen(world, objects, lambda n: back.get(n, n), lambda n: forth.get(n, n))


def _is_chosen(resource: Resource, namespaces: frozenset[str], kinds: frozenset[str]) -> bool:
    if kinds and resource.kind.lower() not in kinds:
        return False
    own = resource.name if resource.kind == "Namespace" else resource.namespace
    return not namespaces or own in namespaces


def _as_a_says(resource: Resource, back: dict[str, str]) -> Ref:
    name = back.get(resource.name, resource.name) if resource.kind == "Namespace" else resource.name
    return Ref(resource.kind, back.get(resource.namespace, resource.namespace), name)


class Gaps(NamedTuple):
    """What one side could not tell: why, by kind and A's namespace."""

    side: Literal["a", "b"]
    chosen: Chosen
    unread: dict[str, tuple[str, str, str]]
    held: frozenset[tuple[str, str]]

    def why(self, kind: str, namespace: str) -> str:
        """Why no conclusion follows from not finding an object there; "" where it does follow."""
        world = self.chosen.world
        own = self.chosen.own_namespace(namespace)
        if world.was_listed(kind, own):
            return ""
        if kind in self.unread:
            return self.unread[kind][0]
        return "" if world.only_manifests or (kind, namespace) in self.held else "absent"


def gaps(chosen: Chosen, side: Literal["a", "b"]) -> Gaps:
    """What the side could not tell."""
    unread = {
        u.kind: (u.why, u.source, u.detail)
        for u in reversed(chosen.world.unread)
        if u.why in _UNKNOWN and u.kind
    }
    held = frozenset((ref.kind, ref.namespace) for ref in chosen.objects)
    return Gaps(side, chosen, unread, held)


def not_compared(gap: Gaps, other: Iterable[Ref], selection: Selection) -> list[NotCompared]:
    """Each kind that the side could not tell, with how many objects of the other side that leaves open."""
    open_: dict[tuple[str, str], list[Ref]] = {
        (kind, gap.unread[kind][0]): [] for kind in _never_read(gap, selection)
    }
    for ref in other:
        if ref not in gap.chosen.objects and (why := gap.why(ref.kind, ref.namespace)):
            open_.setdefault((ref.kind, why), []).append(ref)
    return [_said(gap, kind, why, refs) for (kind, why), refs in sorted(open_.items())]


def _never_read(gap: Gaps, selection: Selection) -> Iterator[str]:
    kinds = [kind.lower() for kind in selection.kinds]
    namespaces = selection.namespaces or tuple(selection.namespace_map)
    for kind in gap.unread:
        listed = namespaces and all(not gap.why(kind, namespace) for namespace in namespaces)
        wanted = not kinds or kind.lower() in kinds
        if wanted and kind not in MADE_KINDS and gap.why(kind, "") and not listed:
            yield kind


def _said(gap: Gaps, kind: str, why: str, refs: list[Ref]) -> NotCompared:
    _, source, detail = gap.unread.get(kind, ("", "", ""))
    return NotCompared(
        kind=kind,
        side=gap.side,
        why=why,
        namespaces=sorted({ref.namespace for ref in refs if ref.namespace}),
        objects=len(refs),
        source=source,
        detail=detail,
    )


def unreadable(gap: Gaps) -> list[NotCompared]:
    """Inputs that could not be read and do not tell their kind: any object may have stood in them."""
    return [
        NotCompared(kind="", side=gap.side, why=u.why, source=u.source, detail=u.detail)
        for u in gap.chosen.world.unread
        if not u.kind and u.why in _UNKNOWN
    ]
