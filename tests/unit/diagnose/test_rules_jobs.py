from typing import Any

from tests.unit.diagnose.worlds import Body, condition, event, findings, meta, owned, world


def job(name: str = "report", spec: Body | None = None, status: Body | None = None, **metadata: Any) -> Body:
    return {"kind": "Job", "metadata": meta(name, **metadata), "spec": spec or {}, "status": status or {}}


def cron(spec: Body | None = None, status: Body | None = None, **metadata: Any) -> Body:
    metadata.setdefault("creationTimestamp", "2026-11-01T00:00:00Z")
    return {
        "kind": "CronJob",
        "metadata": meta("nightly", **metadata),
        "spec": {"schedule": "0 3 * * *", **(spec or {})},
        "status": status or {},
    }


def _failed(reason: str, at: str = "2026-11-20T03:10:00Z") -> Body:
    return {
        "failed": 7,
        "conditions": [condition("Failed", "True", reason, "it failed", lastTransitionTime=at)],
    }


def test_a_failed_job_says_which_limit_it_reached() -> None:
    [found] = findings(world(job(spec={"backoffLimit": 3}, status=_failed("BackoffLimitExceeded"))), "job.")
    assert (found.cause, found.state, found.severity) == ("job.failed", "now", "high")
    assert "backoffLimit (3)" in found.statement


def test_a_deadline_is_another_cause_than_failing_pods() -> None:
    [found] = findings(
        world(job(spec={"activeDeadlineSeconds": 60}, status=_failed("DeadlineExceeded"))), "job."
    )
    assert found.cause == "job.deadline_exceeded"
    assert "60 s" in found.statement


def test_a_failed_run_is_history_once_a_later_one_succeeded() -> None:
    failed = job(status=_failed("BackoffLimitExceeded"), ownerReferences=owned("CronJob", "nightly"))
    parent = cron(status={"lastSuccessfulTime": "2026-11-20T04:00:00Z"})
    assert [f.state for f in findings(world(failed, parent), "job.failed")] == ["past"]


def test_a_job_that_completed_after_retries_is_fine() -> None:
    done = {"failed": 2, "succeeded": 1, "conditions": [condition("Complete", "True")]}
    assert findings(world(job(status=done)), "job.") == []


def test_a_job_that_retries_counts_its_failures() -> None:
    [found] = findings(world(job(status={"failed": 2, "active": 1})), "job.retrying")
    assert "2 failed pods of backoffLimit 6" in found.detail
    limit = event("Job/shop/report", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
    [found] = findings(world(job(status={"failed": 7}), events=[limit]), "job.retrying")
    assert found.severity == "high"


def test_suspended_jobs_and_cron_jobs_are_only_noted() -> None:
    seen = world(job(spec={"suspend": True}), cron(spec={"suspend": True}))
    found = findings(seen, "job.suspended", "cronjob.")
    assert [f.severity for f in found] == ["low", "low"]


def test_an_invalid_schedule_and_a_negative_deadline_are_two_findings() -> None:
    found = findings(
        world(cron(spec={"schedule": "invalid-cron", "startingDeadlineSeconds": -60})), "cronjob."
    )
    assert {f.cause for f in found} == {"cronjob.schedule_invalid", "admission.invalid"}


def test_a_run_on_time_is_quiet() -> None:
    assert findings(world(cron(status={"lastScheduleTime": "2026-11-20T03:00:00Z"})), "cronjob.") == []


def test_a_start_that_was_due_and_did_not_come() -> None:
    [found] = findings(world(cron(status={"lastScheduleTime": "2026-11-18T03:00:00Z"})), "cronjob.")
    assert found.cause == "cronjob.missed"
    assert "due at 2026-11-20 03:00" in found.statement


def test_a_time_zone_and_a_young_cron_job_are_considered() -> None:
    zoned = cron(
        spec={"timeZone": "America/New_York", "schedule": "0 9 * * *"},
        status={"lastScheduleTime": "2026-11-19T14:00:00Z"},
    )
    young = cron(creationTimestamp="2026-11-20T11:00:00Z", status={"active": []})
    assert findings(world(zoned), "cronjob.") == []
    assert findings(world(young), "cronjob.") == []


def test_a_run_that_does_not_end_blocks_a_cron_job_that_forbids_overlap() -> None:
    hanging = job(
        "nightly-1",
        status={"active": 1},
        ownerReferences=owned("CronJob", "nightly"),
        creationTimestamp="2026-11-18T03:00:00Z",
    )
    parent = cron(
        spec={"concurrencyPolicy": "Forbid"},
        status={"lastScheduleTime": "2026-11-18T03:00:00Z", "active": [{"name": "nightly-1"}]},
    )
    [found] = findings(world(parent, hanging), "cronjob.missed")
    assert (found.severity, found.certainty) == ("high", "sure")
    assert "nightly-1 is active for 2 days" in found.statement


def test_the_controllers_own_words_count_until_a_run_starts() -> None:
    words = event(
        "CronJob/shop/nightly",
        "MissSchedule",
        "Missed scheduled time to start a job",
        last="2026-11-20T03:05:00Z",
    )
    recent, later = {"lastScheduleTime": "2026-11-20T03:00:00Z"}, {"lastScheduleTime": "2026-11-20T03:30:00Z"}
    assert len(findings(world(cron(status=recent), events=[words]), "cronjob.missed")) == 1
    assert findings(world(cron(status=later), events=[words]), "cronjob.missed") == []
