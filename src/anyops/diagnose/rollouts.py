"""How far a rollout is: its revisions, the time it has left, and whether its pods are in trouble."""

from collections.abc import Sequence
from datetime import timedelta

from anyops.diagnose.clock import age, since
from anyops.diagnose.workloads import container_statuses, is_ready
from anyops.world.resource import Resource
from anyops.world.world import World

PROGRESS_DEADLINE_SECONDS = 600
"""Kubernetes' default: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds"""

GRACE = timedelta(seconds=120)
"""How long a change of pods may take before it is worth a word, when no pod shows trouble."""

_REVISION = "deployment.kubernetes.io/revision"


def time_left(world: World, deployment: Resource) -> timedelta | None:
    """Until the progress deadline, counted from the last progress; None when that time is unknown."""
    progress = deployment.condition("Progressing")
    moved = since(world, progress.at("lastUpdateTime").time())
    if moved is None:
        return None
    seconds = deployment.number("spec", "progressDeadlineSeconds")
    return timedelta(seconds=PROGRESS_DEADLINE_SECONDS if seconds is None else min(seconds, 10**8)) - moved


def revisions(world: World, deployment: Resource) -> list[Resource]:
    """The deployment's ReplicaSets, the newest revision first."""
    owned = [r for r in world.owned_by(deployment.ref) if r.kind == "ReplicaSet"]
    return sorted(owned, key=_revision, reverse=True)


def _revision(replica_set: Resource) -> int:
    number = replica_set.annotations.get(_REVISION, "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


def is_rolling(deployment: Resource) -> bool:
    """Whether a new revision is on its way: its condition says so, or not all pods are updated."""
    if deployment.condition("Progressing").text("reason") in (
        "ReplicaSetUpdated",
        "NewReplicaSetCreated",
        "FoundNewReplicaSet",
    ):
        return True
    updated, wanted = deployment.number("status", "updatedReplicas"), deployment.number("spec", "replicas")
    return updated is not None and wanted is not None and updated < wanted


def in_trouble(pods: Sequence[Resource]) -> bool:
    """Whether a pod shows more than that it is starting: it restarts, waits, or finds no node."""
    return any(_troubled(pod) for pod in pods)


def _troubled(pod: Resource) -> bool:
    if pod.condition("PodScheduled").text("status") == "False" or pod.text("status", "phase") == "Failed":
        return True
    return any(
        status.text("state", "waiting", "reason") not in ("", "ContainerCreating", "PodInitializing")
        or (status.at("ready").value is False and (status.number("restartCount") or 0) > 0)
        for status in container_statuses(pod)
    )


def is_settling(world: World, workload: Resource) -> bool:
    """Whether what is missing may simply need more time: all unready pods are young and without trouble."""
    unready = [pod for pod in world.pods_of(workload.ref) if not is_ready(pod)]
    if in_trouble(unready):
        return False
    ages = [age(world, pod) for pod in unready] or [age(world, workload)]
    moved = since(world, workload.condition("Progressing").at("lastUpdateTime").time())
    if not unready and moved is not None:
        ages = [moved]
    return all(lived is not None and lived < GRACE for lived in ages)
