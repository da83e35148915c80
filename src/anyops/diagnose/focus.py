"""What an answer is about: the objects that are asked for, what they depend on, and what depends on them."""

from collections.abc import Iterable

from anyops.diagnose.graph import Graph
from anyops.world.resource import Ref
from anyops.world.world import World

_OF_EVERYTHING = frozenset(
    {
        "ResourceQuota",
        "LimitRange",
        "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration",
        "APIService",
        "Namespace",
    }
)
"""Kinds that bear on whatever runs in their namespace or cluster."""


def neighbourhood(world: World, graph: Graph, asked: Iterable[Ref]) -> frozenset[Ref]:
    """The objects that are asked for, with all that trouble flows to from them, or from there to them."""
    asked = tuple(asked)
    users = {used for ref in asked for used in graph.follows(ref)}
    return frozenset(users | _upstream(world, graph, asked) | _common(world, asked))


def _upstream(world: World, graph: Graph, asked: Iterable[Ref]) -> set[Ref]:
    """Everything whose trouble reaches what is asked for."""
    causes: dict[Ref, list[Ref]] = {}
    for resource in world.resources:
        for sufferer in graph.near(resource.ref):
            causes.setdefault(sufferer, []).append(resource.ref)
    found, edge = set(asked), list(asked)
    while edge:
        for cause in causes.get(edge.pop(), ()):
            if cause not in found:
                found.add(cause)
                edge.append(cause)
    return found


def _common(world: World, asked: Iterable[Ref]) -> set[Ref]:
    namespaces = {ref.namespace for ref in asked} | {""}
    inside = {r.ref for r in world.of_kind(*_OF_EVERYTHING) if r.namespace in namespaces}
    # The cluster's DNS stands beside every namespace that is read.
    outside = {r.ref for r in world.resources if r.namespace == "kube-system"}
    return inside | outside
