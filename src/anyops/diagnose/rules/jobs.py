"""Jobs that failed, retry, wait or are suspended."""

from collections.abc import Iterator

from anyops.diagnose.clock import age, since, spell
from anyops.diagnose.commands import act, get, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.siblings import was_followed_by_success
from anyops.diagnose.workloads import is_going
from anyops.world.resource import Field, Resource
from anyops.world.world import Event, World

_OVER = ("Complete", "SuccessCriteriaMet")
_WHY = {
    "BackoffLimitExceeded": "its pods failed more often than backoffLimit ({backoff}) allows",
    "DeadlineExceeded": "activeDeadlineSeconds ({deadline} s) passed before it finished",
    "PodFailurePolicy": "its podFailurePolicy ends it at this failure",
    "FailedIndexes": "indexes failed more often than backoffLimitPerIndex allows",
    "MaxFailedIndexesExceeded": "more indexes failed than maxFailedIndexes allows",
}
"""Reasons of the Failed condition: https://kubernetes.io/docs/concepts/workloads/controllers/job/"""


@rule("job.failed", "Job", title="Job failed")
def failed(world: World) -> Iterator[Found]:
    """The Failed condition; of a CronJob's jobs only the newest counts as trouble of now."""
    for job in world.of_kind("Job"):
        condition = job.condition("Failed")
        if condition.text("status") == "True" and not is_going(job):
            yield _failed(world, job, condition)


def _failed(world: World, job: Resource, condition: Field) -> Found:
    reason = condition.text("reason")
    over = was_followed_by_success(world, job)
    cause = "job.deadline_exceeded" if reason == "DeadlineExceeded" else "job.failed"
    why = _why(job, reason) or condition.text("message")
    return Found(
        on=job,
        title="Job failed, and a later run succeeded" if over else "Job failed",
        detail=f"Failed: {reason or 'no reason is given'}. {condition.text('message')}".strip(),
        severity="low" if over else "high",
        state="past" if over else "now",
        cites=(condition.at("message"), condition.at("reason"), job.at("status", "failed")),
        cause=cause,
        onset=condition.at("lastTransitionTime").time(),
        statement=f"Job {job.name} failed{f': {why}' if why else ''}.",
        fix="Mend what its pods fail at, then run it again."
        if cause == "job.failed"
        else "Find what it waits for, or raise activeDeadlineSeconds, then run it again.",
        commands=(kubectl(job.namespace, "logs", f"job/{job.name}", "--all-containers", "--tail=50"),),
        checks=(act("get", job.ref),),
    )


def _why(job: Resource, reason: str) -> str:
    backoff = job.number("spec", "backoffLimit")
    return _WHY.get(reason, "").format(
        backoff=6 if backoff is None else backoff, deadline=job.text("spec", "activeDeadlineSeconds")
    )


@rule("job.retrying", "Job", title="Job has failed pods")
def retrying(world: World) -> Iterator[Found]:
    """status.failed of a job that is neither complete nor given up."""
    for job in world.of_kind("Job"):
        failures = job.number("status", "failed") or 0
        ended = any(job.condition(c).text("status") == "True" for c in (*_OVER, "Failed"))
        if failures <= 0 or ended or is_going(job):
            continue
        backoff = job.number("spec", "backoffLimit")
        event = _last(world, job, "BackoffLimitExceeded")
        yield Found(
            on=job,
            title=f"{failures} of the job's pods failed",
            detail=f"{failures} failed pods of backoffLimit {6 if backoff is None else backoff}; "
            + (event.message if event else "the job has not succeeded."),
            severity="high" if event else "medium",
            cites=(job.at("status", "failed"), *([event] if event else ())),
            checks=(act("describe", job.ref),),
        )


def _last(world: World, job: Resource, reason: str) -> Event | None:
    events = [e for e in world.events_of(job.ref) if e.reason == reason]
    return events[-1] if events else None


@rule("job.suspended", "Job", title="Job is suspended")
def suspended(world: World) -> Iterator[Found]:
    """spec.suspend: somebody, or a queue such as Kueue, holds it back."""
    for job in world.of_kind("Job"):
        if job.at("spec", "suspend").flag():
            yield held_back(job, "Job is suspended", "no pods are made until it is resumed")


def held_back(on: Resource, title: str, effect: str) -> Found:
    """A suspended Job or CronJob: a switch that somebody sets, so only worth a note."""
    return Found(
        on=on,
        title=title,
        detail=f"spec.suspend is true: {effect}.",
        severity="low",
        cites=(on.at("spec", "suspend"),),
        cause="job.suspended",
        fix="Resume it, if it is meant to run.",
        commands=(act("patch", on.ref, "--type=merge", "-p", '{"spec":{"suspend":false}}'),),
        checks=(act("get", on.ref),),
    )


@rule("job.overdue", "Job", title="Job runs past its deadline")
def overdue(world: World) -> Iterator[Found]:
    """activeDeadlineSeconds that has passed while the job is still there and active."""
    for job in world.of_kind("Job"):
        deadline, lasted = (
            job.number("spec", "activeDeadlineSeconds"),
            since(world, job.at("status", "startTime").time()) or age(world, job),
        )
        ended = any(job.condition(c).text("status") == "True" for c in (*_OVER, "Failed"))
        active = (job.number("status", "active") or 0) > 0
        if deadline is None or lasted is None or ended or not active:
            continue
        if lasted.total_seconds() > deadline + 60:
            yield Found(
                on=job,
                title="Job runs past its deadline",
                detail=f"It is active for {spell(lasted)}; activeDeadlineSeconds is {deadline}.",
                severity="medium",
                cites=(job.at("spec", "activeDeadlineSeconds"), job.at("status", "startTime")),
                cause="job.deadline_exceeded",
                certainty="maybe",
                statement=f"Job {job.name} should have ended after {deadline} s and still runs after "
                f"{spell(lasted)}: the job controller does not act.",
                commands=(act("describe", job.ref),),
                checks=(get("jobs", job.namespace),),
            )
