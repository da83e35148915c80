"""Cron jobs whose schedule is wrong, missed, suspended, or held up by a run that does not end."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from anyops.diagnose.clock import age, spell
from anyops.diagnose.commands import act, get
from anyops.diagnose.cron import Schedule, ScheduleError, parse
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.rules.jobs import held_back
from anyops.world.resource import Ref, Resource
from anyops.world.world import Event, World

_GRACE = timedelta(minutes=5)
"""A run may start, and a status be written, this much late."""

_LONG = timedelta(hours=1)
"""A run that holds up others for less may be meant to: Forbid is how runs are kept from overlapping."""


@rule("cronjob.suspended", "CronJob", title="Cron job is suspended")
def suspended(world: World) -> Iterator[Found]:
    """spec.suspend: no runs until it is lifted."""
    for cron in world.of_kind("CronJob"):
        if cron.at("spec", "suspend").flag():
            yield held_back(cron, "Cron job is suspended", "it starts no jobs")


@rule("cronjob.schedule_invalid", "CronJob", title="Cron schedule is invalid")
def schedule_invalid(world: World) -> Iterator[Found]:
    """Schedules that the controller cannot parse, and time zones that do not exist."""
    for cron in world.of_kind("CronJob"):
        field = cron.at("spec", "schedule")
        why = _refusal(field.text()) if field.text() or cron.complete else ""
        if why:
            yield Found(
                on=cron,
                title="Cron schedule is invalid",
                detail=f"schedule {field.text()[:100]!r} is invalid: {why}.",
                cites=(field,),
                cause="cronjob.schedule_invalid",
                certainty="sure",
                statement=f"Cron job {cron.name} never runs: schedule {field.text()[:100]!r}: {why}.",
                fix="Write minute, hour, day of month, month and day of week, or @daily and its like.",
                commands=(act("edit", cron.ref),),
                checks=(act("get", cron.ref),),
            )


def _refusal(text: str) -> str:
    try:
        parse(text)
    except ScheduleError as error:
        return str(error)
    return ""


@rule("cronjob.deadline_invalid", "CronJob", title="Cron job's starting deadline is wrong")
def deadline_invalid(world: World) -> Iterator[Found]:
    """A negative startingDeadlineSeconds is refused; one below ten seconds makes the controller miss runs.

    https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline
    """
    for cron in world.of_kind("CronJob"):
        field = cron.at("spec", "startingDeadlineSeconds")
        seconds = field.number()
        if seconds is None or seconds >= 10:
            continue
        negative = seconds < 0
        yield Found(
            on=cron,
            title="Starting deadline is negative" if negative else "Starting deadline is very short",
            detail=f"startingDeadlineSeconds is {seconds}"
            + ("; it must not be negative." if negative else ": the controller looks only every 10 s."),
            severity="medium" if negative else "low",
            state="now" if negative else "risk",
            cites=(field,),
            cause="admission.invalid" if negative else "cronjob.missed",
            statement=f"Cron job {cron.name} has startingDeadlineSeconds {seconds}, which the API refuses.",
            fix="Set startingDeadlineSeconds to some minutes, or leave it out.",
            commands=(act("edit", cron.ref),),
            checks=(act("get", cron.ref),),
        )


@rule("cronjob.missed", "CronJob", title="Cron job misses its schedule")
def missed(world: World) -> Iterator[Found]:
    """A start that was due and did not happen: by schedule and lastScheduleTime, or by events."""
    for cron in world.of_kind("CronJob"):
        if cron.at("spec", "suspend").flag() or _refusal(cron.text("spec", "schedule")):
            continue
        held = _held_up(world, cron)
        due = _missed_start(world, cron)
        event = _missed_event(world, cron)
        if held is not None and (due is not None or event is not None):
            yield _forbidden(world, cron, held)
        elif due is not None or event is not None:
            yield _missed(cron, due, event)


def _missed(cron: Resource, due: datetime | None, event: Event | None) -> Found:
    last, schedule = cron.at("status", "lastScheduleTime"), cron.at("spec", "schedule")
    why = event.message if event else ""
    if due is not None:
        why = f"a run was due at {due:%Y-%m-%d %H:%M} UTC, the last one started: {last.text() or 'never'}"
    return Found(
        on=cron,
        title="Cron job misses its schedule",
        detail=f"Schedule {schedule.text()}: {why}.",
        severity="medium",
        cites=(last, schedule, *([event] if event else ())),
        cause="cronjob.missed",
        onset=due,
        statement=f"Cron job {cron.name} did not start when it should: {why}.",
        fix="See the controller's events; a longer startingDeadlineSeconds lets a late run start.",
        commands=(act("describe", cron.ref),),
        checks=(get("jobs", cron.namespace),),
    )


def _forbidden(world: World, cron: Resource, job: Resource) -> Found:
    lasted = age(world, job)
    text = f"Job {job.name} is active{f' for {spell(lasted)}' if lasted else ''}"
    return Found(
        on=cron,
        title="Cron job waits for a run that does not end",
        detail=f"{text}; concurrencyPolicy is Forbid, so no other run starts.",
        severity="low" if lasted is None or lasted < _LONG else "high",
        cites=(cron.at("spec", "concurrencyPolicy"), cron.at("status", "active"), job.at("status", "active")),
        cause="cronjob.missed",
        certainty="sure",
        explains=(job.ref,),
        statement=f"Cron job {cron.name} starts no new run: {text}, and concurrencyPolicy is Forbid.",
        fix="End the hanging job; give it activeDeadlineSeconds so that this cannot last.",
        commands=(act("describe", job.ref), act("delete", job.ref)),
        checks=(get("jobs", cron.namespace),),
    )


def _held_up(world: World, cron: Resource) -> Resource | None:
    """The active job of a cron job that forbids a second one."""
    if cron.text("spec", "concurrencyPolicy") != "Forbid":
        return None
    for active in cron.each("status", "active"):
        job = world.get("Job", cron.namespace, active.text("name"))
        if job is not None and (job.number("status", "active") or 0) > 0:
            return job
    return next((j for j in world.owned_by(cron.ref) if (j.number("status", "active") or 0) > 0), None)


def _missed_start(world: World, cron: Resource) -> datetime | None:
    """The newest start that was due, when neither lastScheduleTime nor the object's age covers it."""
    if world.captured_at is None or not cron.complete or not cron.at("status").value:
        return None
    schedule = parse(cron.text("spec", "schedule"))
    zone = _zone(cron, schedule)
    if zone is None:
        return None
    due = schedule.previous(world.captured_at - _GRACE, zone)
    known_from = (
        cron.at("status", "lastScheduleTime").time() or cron.at("metadata", "creationTimestamp").time()
    )
    return due if due is not None and known_from is not None and known_from < due else None


def _zone(cron: Resource, schedule: Schedule) -> tzinfo | None:
    """Its time zone, UTC by default; None when this machine does not know the name."""
    name = cron.text("spec", "timeZone") or schedule.zone
    if not name or name in ("UTC", "Etc/UTC"):
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


_MISSED = ("MissSchedule", "TooManyMissedTimes", "FailedNeedsStart", "UnparseableSchedule", "UnknownTimeZone")


def _missed_event(world: World, cron: Resource) -> Event | None:
    """The controller's own words, unless a job has started since."""
    events = [e for e in world.events_of(cron.ref) if e.reason in _MISSED]
    last = cron.at("status", "lastScheduleTime").time()
    if not events or (last is not None and events[-1].last is not None and last > events[-1].last):
        return None
    return events[-1]


@rule("cronjob.failing", "CronJob", title="Cron job's runs fail")
def failing(world: World) -> Iterator[Found]:
    """Several failed jobs and no success since the last start."""
    for cron in world.of_kind("CronJob"):
        started = cron.at("status", "lastScheduleTime").time()
        succeeded = cron.at("status", "lastSuccessfulTime").time()
        jobs = [j for j in world.owned_by(cron.ref) if j.condition("Failed").text("status") == "True"]
        if started is None or succeeded is None or succeeded >= started or len(jobs) < 2:
            continue
        yield Found(
            on=cron,
            title=f"The last {len(jobs)} runs failed",
            detail=f"The last success was at {cron.text('status', 'lastSuccessfulTime')}.",
            severity="medium",
            cites=(cron.at("status", "lastSuccessfulTime"), cron.at("status", "lastScheduleTime")),
            explains=tuple(Ref("Job", j.namespace, j.name) for j in jobs),
        )
