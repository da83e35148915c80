"""Which of the scheduler's reasons is the one to mend: without it the pod would run where it is meant to.

A node that passes the pod's selector and affinity is one it is meant for; what blocks it there is the cause.
Nodes of the control plane are kept clear of workloads, so their cordon or taint is never the cause while
another reason is given.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from anyops.diagnose.placement import (
    demand,
    is_control_plane,
    is_cordoned,
    labels_meant,
    matches_affinity,
    matches_selector,
    required_terms,
    untolerated,
)
from anyops.diagnose.rules.scheduling_text import FILTER_ORDER, Obstacle, Refusal
from anyops.world.report import Certainty
from anyops.world.resource import Field, Resource
from anyops.world.world import World

SELECTION = ("scheduling.node_selector", "scheduling.node_affinity")
_UNDECIDED = ("volume.unbound", "scheduling.unschedulable")
_CONTROL_PLANE_TAINTS = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")


class Choice(Struct, frozen=True):
    """The reason to mend; `meant` are the nodes that the pod's selector and affinity allow."""

    code: str
    obstacle: Obstacle
    certainty: Certainty
    meant: tuple[Resource, ...] = ()


def choose(world: World, pod: Resource, refusal: Refusal) -> Choice:
    """The cause among the obstacles that the scheduler counts."""
    nodes = world.derived(_Nodes).known
    obstacles = _beyond_design(world, pod, refusal.obstacles)
    obstacles = [_selection(world, pod, nodes, o) if o.cause in SELECTION else o for o in obstacles]
    meant = _meant(world, pod)
    if len({o.cause for o in obstacles}) == 1:
        certainty: Certainty = "likely" if obstacles[0].cause in _UNDECIDED else "sure"
        return Choice(obstacles[0].cause, obstacles[0], certainty, meant)
    return _among(world, pod, obstacles, meant, bool(nodes))


def _among(
    world: World, pod: Resource, obstacles: Sequence[Obstacle], meant: tuple[Resource, ...], seen: bool
) -> Choice:
    selection = next((o for o in obstacles if o.cause in SELECTION), None)
    others = [o for o in obstacles if o is not selection]
    if selection is None:
        best = _commonest(obstacles)
        return Choice(best.cause, best, "likely", meant)
    if not seen:
        cordons = [o for o in others if o.cause == "scheduling.cordoned"]
        plain = len(cordons) == len(others) and not any(_is_drained(n) for n in world.of_kind("Node"))
        best = selection if plain else _commonest(others)
        return Choice(best.cause, best, "maybe", meant)
    if not meant:
        return Choice(selection.cause, selection, "sure", meant)
    best = _on_meant(world, pod, others, meant)
    plain = len({o.cause for o in others}) == 1 and not lacking(world, pod, meant)
    return Choice(best.cause, best, "sure" if plain else "likely", meant)


def lacking(world: World, pod: Resource, meant: Iterable[Resource]) -> dict[str, str]:
    """Labels of the node selector that a node it means by name does not carry."""
    wanted = demand(world, pod, "nodeSelector").strings()
    return {k: v for node in meant for k, v in wanted.items() if node.labels.get(k) != v}


def _labels_known(node: Resource) -> bool:
    """Whether all of the node's labels were read: a plain table shows none but its role."""
    return node.complete or "kubernetes.io/os" in node.labels or "kubernetes.io/hostname" in node.labels


def _is_drained(node: Resource) -> bool:
    """Whether somebody cordoned a node that is meant for workloads."""
    return is_cordoned(node) and not is_control_plane(node)


def _on_meant(
    world: World, pod: Resource, others: Sequence[Obstacle], meant: tuple[Resource, ...]
) -> Obstacle:
    """What blocks the pod on the nodes it is meant for, most of them first."""
    tolerations = list(demand(world, pod, "tolerations").each())
    counts = world.derived(_Nodes).blocked(tolerations, meant)
    for code in sorted(counts, key=lambda c: -counts[c]):
        named = [o for o in others if o.cause == code]
        free = [o for o in others if o.cause not in ("scheduling.cordoned", "scheduling.taint")]
        if named or (not code and free):
            return _commonest(named or free)
    return _commonest(others)


def _commonest(obstacles: Sequence[Obstacle]) -> Obstacle:
    """The one that most nodes give; of equals the one that comes last among the filters."""
    order = {code: index for index, code in enumerate(FILTER_ORDER)}
    return max(obstacles, key=lambda o: (o.count, order.get(o.cause, -1)))


def _beyond_design(world: World, pod: Resource, obstacles: Sequence[Obstacle]) -> list[Obstacle]:
    """The obstacles without those that are meant to be: control plane nodes, a daemon's other nodes."""
    kept = [o for o in obstacles if not _by_design(world, pod, o)]
    return kept or list(obstacles)


def _by_design(world: World, pod: Resource, obstacle: Obstacle) -> bool:
    if obstacle.cause == "scheduling.taint":
        return obstacle.subject.partition("=")[0] in _CONTROL_PLANE_TAINTS
    if obstacle.cause == "scheduling.cordoned":
        return 0 < obstacle.count <= world.derived(_Nodes).kept_clear
    if obstacle.cause in SELECTION:
        return world.top_owner(pod).kind == "DaemonSet"
    return False


def _meant(world: World, pod: Resource) -> tuple[Resource, ...]:
    terms = required_terms(demand(world, pod, "affinity"))
    return world.derived(_Nodes).meant(demand(world, pod, "nodeSelector"), terms)


class _Nodes:
    """The nodes of one world, and which of them pods mean: found out once for pods that ask for the same."""

    def __init__(self, world: World) -> None:
        self.known = [node for node in world.of_kind("Node") if _labels_known(node)]
        self.kept_clear = sum(is_control_plane(n) and is_cordoned(n) for n in world.of_kind("Node"))
        self._eligible = [(node, labels_meant(node)) for node in self.known if not _kept_clear(node)]
        self._meant: dict[str, tuple[Resource, ...]] = {}
        self._blocked: dict[tuple[str, tuple[Resource, ...]], dict[str, int]] = {}

    def meant(self, selector: Field, terms: Sequence[Field]) -> tuple[Resource, ...]:
        """The nodes that a node selector and the terms of an affinity allow."""
        key = repr((selector.value, [term.value for term in terms]))
        if key not in self._meant:
            self._meant[key] = tuple(
                node
                for node, labels in self._eligible
                if matches_selector(selector, labels) and matches_affinity(terms, node, labels)
            )
        return self._meant[key]

    def blocked(self, tolerations: Sequence[Field], meant: tuple[Resource, ...]) -> dict[str, int]:
        """How many of these nodes are cordoned, tainted, or ("") neither, in the order of their first."""
        key = (repr([toleration.value for toleration in tolerations]), meant)
        if key not in self._blocked:
            codes = (_blocking(tolerations, node) for node in meant)
            self._blocked[key] = dict(Counter(codes))
        return self._blocked[key]


def _blocking(tolerations: Sequence[Field], node: Resource) -> str:
    if is_cordoned(node):
        return "scheduling.cordoned"
    return "scheduling.taint" if untolerated(tolerations, node) else ""


def _kept_clear(node: Resource) -> bool:
    keys = {taint.text("key") for taint in node.each("spec", "taints")}
    return is_control_plane(node) and (is_cordoned(node) or bool(keys & set(_CONTROL_PLANE_TAINTS)))


def _selection(world: World, pod: Resource, nodes: Sequence[Resource], obstacle: Obstacle) -> Obstacle:
    """The scheduler says "node affinity/selector" for both: which of the two no node meets."""
    selector = demand(world, pod, "nodeSelector")
    terms = required_terms(demand(world, pod, "affinity"))
    if selector and not (terms and _any(nodes, lambda n: matches_selector(selector, labels_meant(n)))):
        code = "scheduling.node_selector"
    elif terms or pod.at("spec", "containers"):
        code = "scheduling.node_affinity"
    else:
        code = obstacle.cause
    return Obstacle(code, obstacle.text, obstacle.count, obstacle.subject)


def _any(nodes: Sequence[Resource], holds: Callable[[Resource], bool]) -> bool:
    return any(holds(node) for node in nodes if not _kept_clear(node))
