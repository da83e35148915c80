"""Pods of the same controller, and work that was done in a later try."""

import re
from collections.abc import Iterator

from anyops.diagnose.workloads import has_finished, is_ready
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_GENERATED = re.compile(r"(?:-[bcdfghjklmnpqrstvwxz2456789]{7,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}\Z")
"""What a ReplicaSet, Job or DaemonSet puts behind its name: the pod template's hash, and five letters."""


_Family = tuple[str, Ref | str]
"""A namespace, and the outermost owner, or what the names have in common."""


def has_ready_sibling(world: World, pod: Resource) -> bool:
    """Whether another pod of its outermost owner is ready; without a known owner, one whose name says so."""
    return any(p is not pod for p in world.derived(_ready).get(_family(world, pod), ()))


class ReadyBelow:
    """Whether one of the pods below an owner is ready, found out once for each owner."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._known: dict[Ref, bool] = {}

    def has(self, owner: Ref) -> bool:
        if owner not in self._known:
            self._known[owner] = any(is_ready(pod) for pod in self.world.pods_of(owner))
        return self._known[owner]


def _family(world: World, pod: Resource) -> _Family | None:
    top = world.top_owner(pod)
    if top != pod.ref:
        return pod.namespace, top
    stem = _GENERATED.sub("", pod.name)
    return None if pod.complete or stem == pod.name else (pod.namespace, stem)


def _families(world: World) -> dict[_Family | None, list[Resource]]:
    found: dict[_Family | None, list[Resource]] = {}
    for pod in world.of_kind("Pod"):
        found.setdefault((pod.namespace, world.top_owner(pod)), []).append(pod)
        if not pod.complete:
            found.setdefault((pod.namespace, _GENERATED.sub("", pod.name)), []).append(pod)
    return found


def _ready(world: World) -> dict[_Family | None, list[Resource]]:
    return {key: list(filter(is_ready, pods)) for key, pods in world.derived(_families).items()}


def _finished(world: World) -> dict[_Family | None, list[Resource]]:
    return {key: list(filter(has_finished, pods)) for key, pods in world.derived(_families).items()}


def was_repeated(world: World, pod: Resource) -> bool:
    """Whether a pod of a job ended badly and the job, or a later run of its cron job, succeeded."""
    owners = list(world.owners(pod))
    job = next((world.by_ref.get(o) for o in owners if o.kind == "Job"), None)
    if job is not None and (_has_succeeded(job) or was_followed_by_success(world, job)):
        return True
    may_be_a_job = any(o.kind == "Job" for o in owners) or (not owners and not pod.complete)
    finished = world.derived(_finished).get(_family(world, pod), ())
    return may_be_a_job and any(p is not pod for p in finished)


def _has_succeeded(job: Resource) -> bool:
    return job.condition("Complete").text("status") == "True" or bool(job.number("status", "succeeded"))


def was_followed_by_success(world: World, job: Resource) -> bool:
    """Whether a later run of the job's cron job has succeeded."""
    owner = next((o for o in world.owners(job) if o.kind == "CronJob"), None)
    ended = job.condition("Failed").at("lastTransitionTime").time() or job.at("status", "startTime").time()
    if owner is None or ended is None:
        return False
    cron = world.by_ref.get(owner)
    last = cron.at("status", "lastSuccessfulTime").time() if cron is not None else None
    if last is not None and last > ended:
        return True
    done: Iterator[Resource] = iter(world.owned_by(owner))
    return any(
        at is not None and at > ended for at in (j.at("status", "completionTime").time() for j in done)
    )
