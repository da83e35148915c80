"""Health of the kinds that make pods.

Semantics: `kubectl rollout status` and Argo CD's built-in checks
(https://argo-cd.readthedocs.io/en/stable/operator-manual/health/). In an object read from a table a field
that is absent says nothing, so a comparison with it is left out.
"""

from collections.abc import Iterator

from anyops.diagnose.health.conditions import words_of
from anyops.diagnose.health.verdict import Health, Status
from anyops.world.resource import Resource


def deployment(obj: Resource) -> Health:
    """Suspended when paused; Degraded past its deadline; Progressing while replicas are old or missing."""
    if obj.at("spec", "paused").flag():
        return Health("Suspended", "Deployment is paused", ("spec", "paused"))
    progress = obj.condition("Progressing")
    if progress.text("reason") == "ProgressDeadlineExceeded":
        return Health("Degraded", words_of(progress), (*progress.path, "message"))
    failure = _failure(obj)
    return failure or _first(_behind(obj), _deployment_rollout(obj)) or Health("Healthy", *_replicas(obj))


def _deployment_rollout(obj: Resource) -> Iterator[Health]:
    wanted, updated = _wanted(obj), _count(obj, "updatedReplicas")
    total, available = _count(obj, "replicas"), _count(obj, "availableReplicas")
    if _less(updated, wanted):
        yield _waiting(
            f"rollout to finish: {updated} out of {wanted} new replicas have been updated", "updatedReplicas"
        )
    if _less(updated, total):
        yield _waiting(
            f"rollout to finish: {(total or 0) - (updated or 0)} old replicas are pending termination",
            "replicas",
        )
    if _less(available, updated):
        yield _waiting(
            f"rollout to finish: {available} of {updated} updated replicas are available", "availableReplicas"
        )
    if _less(_count(obj, "readyReplicas"), wanted):
        yield _waiting(
            f"rollout to finish: {_count(obj, 'readyReplicas')} of {wanted} replicas are ready",
            "readyReplicas",
        )
    if obj.complete and wanted and obj.condition("Available").text("status").capitalize() != "True":
        yield Health("Progressing", "Waiting for the Deployment to be available", ("status", "conditions"))


def stateful_set(obj: Resource) -> Health:
    """Progressing while pods are not ready or of an old revision, as far as its strategy replaces them."""
    found = _first(_behind(obj, must_be_observed=True), _stateful_rollout(obj))
    return found or Health("Healthy", *_replicas(obj))


def _stateful_rollout(obj: Resource) -> Iterator[Health]:
    wanted, ready, updated = _wanted(obj), _count(obj, "readyReplicas"), _count(obj, "updatedReplicas")
    total = _count(obj, "replicas")
    if _less(wanted, total):
        yield _waiting(f"{(total or 0) - (wanted or 0)} extra pods to end", "replicas")
    if _less(ready, wanted):
        yield _waiting(f"{(wanted or 0) - (ready or 0)} pods to be ready", "readyReplicas")
    strategy = obj.at("spec", "updateStrategy")
    partition = strategy.number("rollingUpdate", "partition")
    if strategy.text("type") == "OnDelete":
        return
    if partition:
        if _less(updated, (wanted or 0) - partition):
            yield _waiting(
                f"partitioned roll out to finish: {updated} out of {(wanted or 0) - partition} new pods "
                "have been updated",
                "updatedReplicas",
            )
        return
    update, current = obj.text("status", "updateRevision"), obj.text("status", "currentRevision")
    if update and current and update != current:
        yield _waiting(f"rolling update to complete: {updated} pods at revision {update}", "updateRevision")


def daemon_set(obj: Resource) -> Health:
    """Progressing while nodes lack an updated or available pod."""
    found = _first(_behind(obj), _daemon_rollout(obj))
    ready, wanted = _count(obj, "numberReady"), _count(obj, "desiredNumberScheduled")
    return found or Health("Healthy", f"{ready} of {wanted} pods are ready", ("status", "numberReady"))


def _daemon_rollout(obj: Resource) -> Iterator[Health]:
    wanted = _count(obj, "desiredNumberScheduled")
    updated, available = _count(obj, "updatedNumberScheduled"), _count(obj, "numberAvailable")
    if obj.complete and obj.number("status", "desiredNumberScheduled") is None:
        yield Health("Progressing", "Waiting for the daemon set to be scheduled", ("status",))
    on_delete = obj.text("spec", "updateStrategy", "type") == "OnDelete"
    if _less(updated, wanted) and not on_delete:
        yield _waiting(
            f"rollout to finish: {updated} out of {wanted} new pods have been updated",
            "updatedNumberScheduled",
        )
    if _less(available, wanted) and not (on_delete and _less(updated, wanted)):
        yield _waiting(
            f"rollout to finish: {available} of {wanted} updated pods are available", "numberAvailable"
        )


def replica_set(obj: Resource) -> Health:
    """Degraded when pods cannot be created; Progressing while some are not available."""
    return _failure(obj) or _first(_behind(obj), _replica_rollout(obj)) or Health("Healthy", *_replicas(obj))


def _replica_rollout(obj: Resource) -> Iterator[Health]:
    wanted = _wanted(obj)
    for key in ("fullyLabeledReplicas", "availableReplicas", "readyReplicas"):
        have = _count(obj, key) if obj.at("status").present(key) or key == "availableReplicas" else None
        if _less(have, wanted):
            yield _waiting(f"rollout to finish: {have} out of {wanted} new replicas are available", key)


def job(obj: Resource) -> Health:
    """Degraded when it failed, Suspended, Healthy when complete, else Progressing."""
    for type_, status in _JOB_ENDS:
        condition = obj.condition(type_)
        if condition.text("status").capitalize() == "True":
            return Health(status, words_of(condition), (*condition.path, "message"))
    if obj.at("spec", "suspend").flag():
        return Health("Suspended", "Job is suspended", ("spec", "suspend"))
    wanted, done = obj.number("spec", "completions"), _count(obj, "succeeded")
    if not obj.complete and wanted is not None and done is not None and done >= wanted:
        return Health("Healthy", f"{done} of {wanted} completions", ("status", "succeeded"))
    return Health("Progressing", f"Job is running: {obj.number('status', 'active') or 0} active", ("status",))


_JOB_ENDS: tuple[tuple[str, Status], ...] = (
    ("Failed", "Degraded"),
    ("FailureTarget", "Degraded"),
    ("Suspended", "Suspended"),
    ("Complete", "Healthy"),
    ("SuccessCriteriaMet", "Healthy"),
)


def cron_job(obj: Resource) -> Health:
    """Suspended when switched off; its jobs speak for themselves."""
    if obj.at("spec", "suspend").flag():
        return Health("Suspended", "CronJob is suspended", ("spec", "suspend"))
    return Health("Healthy", f"Last scheduled {obj.text('status', 'lastScheduleTime') or 'never'}", ("spec",))


def _failure(obj: Resource) -> Health | None:
    failure = obj.condition("ReplicaFailure")
    if failure.text("status").capitalize() == "True":
        return Health("Degraded", words_of(failure), (*failure.path, "message"))
    return None


def _behind(obj: Resource, *, must_be_observed: bool = False) -> Iterator[Health]:
    generation, observed = obj.number("metadata", "generation"), obj.number("status", "observedGeneration")
    if not obj.complete:
        return
    if (must_be_observed and not observed) or (generation and generation > (observed or 0)):
        yield Health(
            "Progressing",
            f"Waiting for {obj.kind} spec update to be observed",
            ("status", "observedGeneration"),
        )


def _wanted(obj: Resource) -> int | None:
    wanted = obj.number("spec", "replicas")
    return 1 if wanted is None and obj.complete else wanted


def _count(obj: Resource, key: str) -> int | None:
    """A count of the status: absent is 0 where the object is whole, for the API leaves zeros out."""
    count = obj.number("status", key)
    return 0 if count is None and obj.complete else count


def _less(have: int | None, wanted: int | None) -> bool:
    return have is not None and wanted is not None and have < wanted


def _replicas(obj: Resource) -> tuple[str, tuple[str, ...]]:
    return f"{_count(obj, 'readyReplicas')} of {_wanted(obj)} replicas are ready", ("status", "readyReplicas")


def _waiting(what: str, key: str) -> Health:
    return Health("Progressing", f"Waiting for {what}", ("status", key))


def _first(*checks: Iterator[Health]) -> Health | None:
    return next((health for check in checks for health in check), None)
