"""Which object of A is which of B: by name, or by its stem where the name is generated."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from anyops.diagnose.diff.facts import mapping
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_KUSTOMIZED = re.compile(r"-[bcdfghkmt2456789]{10}\Z")
"""The hash that kustomize appends, and its alphabet:
https://github.com/kubernetes-sigs/kustomize/blob/master/api/hasher/hasher.go"""

Objects = Mapping[Ref, Resource]
"""Objects of one side by the reference that A would have to them."""


class Pair(NamedTuple):
    """One object on both sides, or on one; `stem` tells that `ref` is the stem of generated names."""

    ref: Ref
    a: Resource | None
    b: Resource | None
    stem: bool = False


def pair(a: Objects, b: Objects, used_a: frozenset[str], used_b: frozenset[str]) -> list[Pair]:
    """Every object of either side once, in the order of their names.

    `used_a` and `used_b` are the generated names that workloads of each side refer to.
    """
    found = [Pair(ref, a[ref], b[ref]) for ref in a.keys() & b.keys()]
    rest_a = _by_stem(a, (ref for ref in a if ref not in b))
    rest_b = _by_stem(b, (ref for ref in b if ref not in a))
    for stem in rest_a.keys() | rest_b.keys():
        left, right = _ordered(rest_a.get(stem, []), used_a), _ordered(rest_b.get(stem, []), used_b)
        for one, other in zip(left, right, strict=False):
            found.append(Pair(stem, a[one], b[other], stem=True))
        common = min(len(left), len(right))
        found += [Pair(ref, a[ref], None) for ref in left[common:]]
        found += [Pair(ref, None, b[ref]) for ref in right[common:]]
    return sorted(found, key=_place)


def _place(pair: Pair) -> tuple[Any, ...]:
    """Names in order; of several pairs with the same stem the same order from both sides."""
    names = sorted(r.name for r in (pair.a, pair.b) if r is not None)
    return (pair.ref.kind, pair.ref.namespace, pair.ref.name, names)


def _by_stem(objects: Objects, refs: Iterable[Ref]) -> dict[Ref, list[Ref]]:
    found: dict[Ref, list[Ref]] = {}
    for ref in refs:
        found.setdefault(_stem(ref, objects[ref]), []).append(ref)
    return found


def _stem(ref: Ref, resource: Resource) -> Ref:
    """`app-config-*` for a generated name; the reference itself for one that somebody gave."""
    prefix = resource.text("metadata", "generateName")
    if prefix and ref.name.startswith(prefix):
        return Ref(ref.kind, ref.namespace, f"{prefix}*")
    if ref.kind in ("ConfigMap", "Secret") and (stem := _KUSTOMIZED.sub("-*", ref.name)) != "-*":
        return Ref(ref.kind, ref.namespace, stem)
    return ref


def _ordered(refs: list[Ref], used: frozenset[str]) -> list[Ref]:
    """What a workload refers to first: old generations of a config map stay behind."""
    return sorted(refs, key=lambda ref: (ref.name not in used, ref))


def generated_references(world: World) -> frozenset[str]:
    """Generated names that stand anywhere in a workload; old ReplicaSets refer to what is no longer used."""
    users = world.of_kind("Deployment", "StatefulSet", "DaemonSet", "CronJob")
    return frozenset(text for r in users for text in _texts(r.at("spec").value) if _KUSTOMIZED.search(text))


def _texts(value: Any) -> Iterator[str]:
    queue = [value]
    while queue:
        item = queue.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            queue += mapping(item).values()
        elif isinstance(item, list | tuple):
            queue += item
