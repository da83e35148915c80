"""Pods of the same controller, and work that was done in a later try."""

import re
from collections.abc import Iterator

from anyops.diagnose.workloads import has_finished, pods_under
from anyops.world.resource import Resource
from anyops.world.world import World

_GENERATED = re.compile(r"(?:-[bcdfghjklmnpqrstvwxz2456789]{7,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}\Z")
"""What a ReplicaSet, Job or DaemonSet puts behind its name: the pod template's hash, and five letters."""


def siblings(world: World, pod: Resource) -> list[Resource]:
    """The other pods of its outermost owner; where a table shows no owner, those whose name says so."""
    top = world.top_owner(pod)
    if top != pod.ref:
        return [p for p in pods_under(world, top) if p is not pod and p.namespace == pod.namespace]
    stem = _GENERATED.sub("", pod.name)
    if pod.complete or stem == pod.name:
        return []
    others = (p for p in world.in_namespace("Pod", pod.namespace) if p is not pod and not p.complete)
    return [p for p in others if _GENERATED.sub("", p.name) == stem]


def was_repeated(world: World, pod: Resource) -> bool:
    """Whether a pod of a job ended badly and the job, or a later run of its cron job, succeeded."""
    owners = list(world.owners(pod))
    job = next((world.by_ref.get(o) for o in owners if o.kind == "Job"), None)
    if job is not None and (_has_succeeded(job) or was_followed_by_success(world, job)):
        return True
    may_be_a_job = any(o.kind == "Job" for o in owners) or (not owners and not pod.complete)
    return may_be_a_job and any(has_finished(sibling) for sibling in siblings(world, pod))


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
