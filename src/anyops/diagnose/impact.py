"""Who suffers: the workloads that are short of pods."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from anyops.diagnose.graph import Graph
from anyops.diagnose.rank import Candidate
from anyops.diagnose.workloads import is_going, is_ready, replicas_ready, replicas_wanted
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World


class Short(Struct, frozen=True, eq=False):
    """A workload with fewer ready pods than asked for."""

    ref: Ref
    ready: int
    wanted: int
    cite: Field | None


def short_workloads(world: World, graph: Graph, candidates: Sequence[Candidate]) -> list[Short]:
    """Workloads that the causes reach and that lack ready pods, the emptiest first."""
    if world.only_manifests:
        return []
    reached = {ref for c in candidates for ref in (*graph.follows(c.fault), *(f.ref for f in c.founds))}
    short = [s for s in _short(world) if s.ref in reached]
    return sorted(short, key=lambda s: (s.ready / s.wanted, s.ref))


def _short(world: World) -> Iterator[Short]:
    for workload in world.of_kind("Deployment", "StatefulSet", "DaemonSet"):
        wanted, ready = replicas_wanted(workload), replicas_ready(workload)
        if wanted and ready is not None and ready < wanted:
            yield Short(workload.ref, ready, wanted, _where(workload))
    yield from _short_by_pods(world)


def _short_by_pods(world: World) -> Iterator[Short]:
    """Where only pods were read, their owners' names stand for the workloads."""
    grouped: dict[Ref, list[Resource]] = {}
    for pod in world.of_kind("Pod"):
        if not is_going(pod) and pod.text("status", "phase") != "Succeeded":
            grouped.setdefault(world.top_owner(pod), []).append(pod)
    for ref, pods in grouped.items():
        if ref in world.by_ref and ref.kind != "Pod":
            continue
        unready = [pod for pod in pods if not is_ready(pod)]
        if unready and ref.kind not in ("Job", "CronJob"):
            yield Short(ref, len(pods) - len(unready), len(pods), unready[0].at("status", "phase"))


def _where(workload: Resource) -> Field:
    for key in ("readyReplicas", "numberReady", "unavailableReplicas", "replicas"):
        if workload.at("status", key).value is not None:
            return workload.at("status", key)
    return workload.at("status")


def summary(short: Sequence[Short], onset: datetime | None, candidates: Sequence[Candidate]) -> str:
    """`0 of 3 cart pods ready since 02:44`, with how many more workloads suffer."""
    if not short:
        return _without_workloads(candidates)
    first = short[0]
    text = f"{first.ready} of {first.wanted} {first.ref.name} pods ready"
    if onset is not None:
        text += f" since {onset:%H:%M}"
    if len(short) > 1:
        text += f", {len(short) - 1} more workload{'s' if len(short) > 2 else ''} short of pods"
    return text


def _without_workloads(candidates: Sequence[Candidate]) -> str:
    if not candidates:
        return ""
    found = candidates[0].direct[0]
    return f"{found.ref.kind} {found.ref.name}: {found.title}"
