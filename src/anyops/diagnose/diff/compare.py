"""Two worlds → what differs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from anyops.diagnose.diff.changes import Told, changed, whole
from anyops.diagnose.diff.facts import Reader
from anyops.diagnose.diff.kinds import facts_of, group_of, is_native
from anyops.diagnose.diff.noise import is_of_every_cluster
from anyops.diagnose.diff.pairs import Pair, generated_references, pair
from anyops.diagnose.diff.record import GROUPS, Change, Diff, Group, Selection, Side
from anyops.diagnose.diff.scope import Chosen, Gaps, choose, gaps, not_compared, unreadable
from anyops.diagnose.diff.totals import totals
from anyops.world.resource import Ref, Resource
from anyops.world.world import World


class _Look(NamedTuple):
    """One side with what it could not tell, and the stems of its generated names."""

    chosen: Chosen
    missing: Gaps
    stems: dict[Ref, str]

    def reader(self, resource: Resource, ref: Ref) -> Reader:
        return Reader(
            complete=resource.complete,
            namespace=self.chosen.namespace,
            config=lambda name: self.stems.get(Ref("ConfigMap", ref.namespace, name), name),
            secret=lambda name: self.stems.get(Ref("Secret", ref.namespace, name), name),
        )


def compare(a: World, b: World, selection: Selection = Selection()) -> Diff:  # noqa: B008
    """What differs between A and B. Swapping them swaps the sides of the answer, and nothing else."""
    left, right = choose(a, selection, "a"), choose(b, selection, "b")
    pairs = pair(left.objects, right.objects, generated_references(a), generated_references(b))
    look_a = _Look(left, gaps(left, "a"), _stems(pairs, "a"))
    look_b = _Look(right, gaps(right, "b"), _stems(pairs, "b"))
    unclear = [
        *not_compared(look_a.missing, right.objects, selection),
        *not_compared(look_b.missing, left.objects, selection),
    ]
    blind = {entry.kind for entry in unclear}

    def told(kind: str, namespace: str) -> bool:
        if not namespace:
            return kind not in blind
        return not (look_a.missing.why(kind, namespace) or look_b.missing.why(kind, namespace))

    return Diff(
        a=_side(left),
        b=_side(right),
        namespace_map=dict(selection.namespace_map),
        totals=totals(left.objects.items(), right.objects.items(), told),
        groups=_grouped(entry for one in pairs for entry in _changes(one, look_a, look_b)),
        not_compared=[*unclear, *unreadable(look_a.missing), *unreadable(look_b.missing)],
    )


def _stems(pairs: Iterable[Pair], side: Literal["a", "b"]) -> dict[Ref, str]:
    """The generated names of one side with the stem under which each was paired."""
    found = {}
    for one in pairs:
        resource = one.a if side == "a" else one.b
        if one.stem and resource is not None:
            found[Ref(one.ref.kind, one.ref.namespace, resource.name)] = one.ref.name
    return found


def _changes(one: Pair, look_a: _Look, look_b: _Look) -> Iterator[Told]:
    a, b, ref = one.a, one.b, one.ref
    if a is not None and b is not None:
        yield from _differing(one, a, b, look_a, look_b)
    elif any(one is not None and is_of_every_cluster(one) for one in (a, b)):
        return
    elif a is not None and not look_b.missing.why(ref.kind, ref.namespace):
        yield group_of(a), whole(ref, facts_of(a, look_a.reader(a, ref)), "a")
    elif b is not None and not look_a.missing.why(ref.kind, ref.namespace):
        yield group_of(b), whole(ref, facts_of(b, look_b.reader(b, ref)), "b")


def _differing(one: Pair, a: Resource, b: Resource, look_a: _Look, look_b: _Look) -> Iterator[Told]:
    if a.body == b.body:
        return
    ref, both = one.ref, a.complete and b.complete
    groups = _api_group(a), _api_group(b)
    if groups[0] != groups[1] and both:
        yield (
            "custom",
            Change(
                kind=ref.kind,
                namespace=ref.namespace,
                name=ref.name,
                field="API group",
                a=groups[0],
                b=groups[1],
            ),
        )
        return
    facts_a, facts_b = facts_of(a, look_a.reader(a, ref)), facts_of(b, look_b.reader(b, ref))
    found = changed(ref, facts_a, facts_b, both_shown=not both)
    yield from sorted(found, key=lambda told: (told[0], told[1].part, told[1].field, told[1].only))


def _api_group(resource: Resource) -> str:
    """The group that tells kinds of one name apart; kinds of Kubernetes itself have moved between groups."""
    return "Kubernetes" if is_native(resource) else resource.group


def _grouped(told: Iterable[Told]) -> list[Group]:
    by_group: dict[str, list[Change]] = defaultdict(list)
    for group, change in told:
        by_group[group].append(change)
    return [
        Group(group=group, title=title, changes=by_group[group])
        for group, title in GROUPS.items()
        if by_group.get(group)
    ]


def _side(chosen: Chosen) -> Side:
    world = chosen.world
    return Side(
        source=world.scope.source,
        context=world.scope.context,
        user=world.scope.user,
        captured_at=world.captured_at.isoformat().replace("+00:00", "Z") if world.captured_at else None,
        namespaces=_namespaces(chosen),
        objects=len(chosen.objects),
    )


def _namespaces(chosen: Chosen) -> list[str]:
    return sorted({r.namespace for r in chosen.objects.values() if r.namespace})
