"""Findings → ranked causes: one cause explains its symptoms up and down the graph."""

import hashlib
import math
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import datetime

from msgspec import Struct

from anyops.diagnose.finding import Found
from anyops.diagnose.graph import Graph, labelled_refs
from anyops.world.report import SEVERITIES, Certainty, Severity
from anyops.world.resource import Ref, Resource
from anyops.world.world import Event, World

GENERIC = frozenset(
    {
        "workload.rollout_stuck", "workload.replicas_missing", "service.no_ready_endpoints",
        "dependency.unavailable", "scheduling.unschedulable", "volume.unbound", "image.pull_failed",
        "container.crash", "application.error", "alert.firing", "argocd.app_degraded", "argocd.out_of_sync",
        "crd.degraded", "node.condition", "latency.high", "init.failed", "job.failed",
        "application.slow_dependency", "helm.release_failed", "flux.reconcile_failed", "pod.evicted",
        "probe.readiness_failing", "probe.liveness_failing", "probe.startup_failing", "volume.mount_failed",
        "autoscaler.no_metrics", "quota.exceeded", "loadbalancer.pending", "sandbox.failed",
    }
)  # fmt: skip
"""Codes that say what is seen more than why: a more precise cause upstream or here absorbs them."""

ORPHANS = {
    "Service": "service.no_ready_endpoints",
    "Node": "node.condition",
    "Alert": "alert.firing",
    "PersistentVolumeClaim": "volume.unbound",
    "Job": "job.failed",
    "Application": "argocd.app_degraded",
    "Log": "application.error",
    **dict.fromkeys(
        ("Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"), "workload.replicas_missing"
    ),
}
"""The cause of a symptom that nothing explains, by kind."""

_SURE: dict[Certainty, float] = {"sure": 3.0, "likely": 2.0, "maybe": 1.0}
_WORST: dict[Severity, float] = {"critical": 3.0, "high": 2.0, "medium": 1.0, "low": 0.0}


class Candidate(Struct, eq=False):
    """A cause in the making: the findings that point at it, and those it explains."""

    code: str
    fault: Ref
    direct: list[Found]
    explained: list[Found]
    score: float = 0.0

    @property
    def founds(self) -> list[Found]:
        return [*self.direct, *self.explained]

    @property
    def certainty(self) -> Certainty:
        return max((f.certainty for f in self.direct), key=lambda c: _SURE[c])

    @property
    def severity(self) -> Severity:
        return min((f.severity for f in self.founds), key=SEVERITIES.index)

    @property
    def generic(self) -> bool:
        return self.code in GENERIC

    @property
    def onset(self) -> datetime | None:
        times = [f.onset for f in self.direct]
        times += [c.first or c.last for f in self.direct for c in f.cites if isinstance(c, Event)]
        return min((t for t in times if t), default=None)


def rank(world: World, graph: Graph, founds: Sequence[Found]) -> list[Candidate]:
    """Causes of the findings of state `now` at medium or above, the most explaining first."""
    active = [f for f in founds if f.state == "now" and f.severity != "low"]
    candidates = _group(world, active)
    symptoms = [f for f in active if f.cause is None]
    orphans = _attach(graph, candidates, symptoms)
    candidates += _orphan_causes(world, orphans)
    kept = _fold(graph, candidates)
    focus = _focus(world)
    for candidate in kept:
        candidate.score = _score(candidate, focus)
    kept.sort(key=lambda c: (-c.score, c.code, c.fault))
    return kept


def _group(world: World, founds: Iterable[Found]) -> list[Candidate]:
    grouped: dict[tuple[str, Ref], Candidate] = {}
    for found in founds:
        if found.cause is not None:
            fault = found.fault or _top(world, found)
            key = (found.cause, fault)
            grouped.setdefault(key, Candidate(found.cause, fault, [], [])).direct.append(found)
    for candidate in grouped.values():
        candidate.direct.sort(key=lambda f: (-_SURE[f.certainty], SEVERITIES.index(f.severity), f.ref))
    return list(grouped.values())


def _top(world: World, found: Found) -> Ref:
    if isinstance(found.on, Resource):
        return world.top_owner(found.on)
    resource = world.by_ref.get(found.on)
    return world.top_owner(resource) if resource is not None else found.on


def _attach(graph: Graph, candidates: list[Candidate], symptoms: Sequence[Found]) -> list[Found]:
    """Give each symptom to the nearest causes that reach it; return those that none reaches."""
    orphans = []
    reaching = _reaching(graph, candidates, {symptom.ref for symptom in symptoms})
    for symptom in symptoms:
        reached = reaching.get(symptom.ref, [])
        precise = [pair for pair in reached if not pair[1].generic] or reached
        nearest = min((d for d, _ in precise), default=None)
        for distance, candidate in precise:
            if distance == nearest:
                candidate.explained.append(symptom)
        if not reached:
            orphans.append(symptom)
    return orphans


def _reaching(
    graph: Graph, candidates: Iterable[Candidate], refs: Set[Ref]
) -> dict[Ref, list[tuple[int, Candidate]]]:
    """The candidates that reach each of these resources, with their distance, in the candidates' order."""
    found: dict[Ref, list[tuple[int, Candidate]]] = {}
    for candidate in candidates:
        for ref, distance in _reached(graph, candidate, refs):
            found.setdefault(ref, []).append((distance, candidate))
    return found


def _reached(graph: Graph, candidate: Candidate, refs: Set[Ref]) -> Iterator[tuple[Ref, int]]:
    told = {r for f in candidate.direct for r in (*f.explains, f.ref)}
    yield from ((ref, 0) for ref in told & refs)
    beyond: dict[Ref, int] = {}
    if graph.near(candidate.fault):
        beyond = graph.follows(candidate.fault)
    else:
        # A namespace has no edges: there trouble flows on from what the finding says that it explains.
        for start in told:
            for ref, distance in graph.follows(start).items():
                beyond[ref] = min(distance + 1, beyond.get(ref, distance + 1))
    yield from ((ref, beyond[ref]) for ref in beyond.keys() & refs if ref not in told)


def _orphan_causes(world: World, orphans: list[Found]) -> list[Candidate]:
    made: dict[tuple[str, Ref], Candidate] = {}
    for found in orphans:
        top = _top(world, found)
        code = ORPHANS.get(found.ref.kind) or ORPHANS.get(top.kind, "crd.degraded")
        made.setdefault((code, top), Candidate(code, top, [], [])).direct.append(found)
    return list(made.values())


def _fold(graph: Graph, candidates: list[Candidate]) -> list[Candidate]:
    """Drop the generic causes that another one explains, and give it their findings."""
    kept = []
    reaching = _reaching(graph, candidates, {candidate.fault for candidate in candidates})
    has = {id(c): {id(f) for f in c.explained} for c in candidates}
    for candidate in candidates:
        near = reaching.get(candidate.fault, ())
        roots = [c for _, c in near if c is not candidate and _explains(graph, c, candidate)]
        for root in roots:
            new = [f for f in candidate.founds if id(f) not in has[id(root)]]
            root.explained += new
            has[id(root)].update(map(id, new))
        if not roots:
            kept.append(candidate)
    return kept


CONSEQUENCES = {
    "quota.services_exceeded": ("service.dns_failure", "service.missing", "service.address_wrong"),
    "quota.storage_exceeded": ("volume.claim_missing",),
}
"""Precise causes that are only what another one brings about where both are said of the same."""


def _explains(graph: Graph, root: Candidate, symptom: Candidate) -> bool:
    """Whether a cause that reaches another explains it."""
    if not symptom.generic and symptom.code not in CONSEQUENCES.get(root.code, ()):
        return False
    if not root.generic or root.fault not in graph.follows(symptom.fault):
        return True
    # Two generic causes reach each other (a workload and its service): the one nearer to the pods stays.
    return (_GENERIC_ORDER.get(root.code, 5), root.fault, root.code) < (
        _GENERIC_ORDER.get(symptom.code, 5),
        symptom.fault,
        symptom.code,
    )


_GENERIC_ORDER = {
    "container.crash": 0, "image.pull_failed": 0, "volume.unbound": 0, "volume.mount_failed": 1,
    "init.failed": 1, "sandbox.failed": 1, "scheduling.unschedulable": 1, "application.error": 2,
    "probe.liveness_failing": 3, "probe.startup_failing": 3, "probe.readiness_failing": 4, "job.failed": 6,
    "workload.rollout_stuck": 7, "workload.replicas_missing": 8, "service.no_ready_endpoints": 9,
    "argocd.app_degraded": 10, "alert.firing": 11,
}  # fmt: skip


def _focus(world: World) -> frozenset[str]:
    """Names that the question or a firing alert points at."""
    words = set(re.findall(r"[A-Za-z0-9][A-Za-z0-9._-]{2,}", world.question))
    for alert in world.of_kind("Alert"):
        if alert.text("status", "state") != "resolved":
            words.update(ref.name for ref in labelled_refs(alert.at("labels").strings()))
    return frozenset(w.strip("._-") for w in words)


def _score(candidate: Candidate, focus: frozenset[str]) -> float:
    names = {candidate.fault.name, *(f.ref.name for f in candidate.direct)}
    blast = len({f.ref for f in candidate.founds})
    return (
        2.0 * _SURE[candidate.certainty]
        + 1.5 * _WORST[candidate.severity]
        + min(2.0, math.log2(1 + blast) / 2)
        + (4.0 if names & focus else 0.0)
        + (1.0 if candidate.fault.namespace in focus else 0.0)
        - (3.0 if candidate.generic else 0.0)
    )


def fingerprint(candidate: Candidate) -> str:
    """sha256 of code, owner kind, namespace and owner name without its generated suffix."""
    fault = candidate.fault
    name = re.sub(r"(-[bcdfghjklmnpqrstvwxz2456789]{6,10})?-[a-z0-9]{5}\Z", "", fault.name)
    name = name if fault.kind == "Pod" else fault.name
    key = "|".join((candidate.code, fault.kind, fault.namespace, name))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
