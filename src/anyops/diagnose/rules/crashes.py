"""Containers that end: in a loop, with an error, or although they should run.

Exit codes: https://tldp.org/LDP/abs/html/exitcodes.html; above 128 the signal that ended the process.
"""

from collections.abc import Iterator
from datetime import timedelta

from msgspec import Struct

from anyops.diagnose.causes import CAUSES
from anyops.diagnose.commands import kubectl, watch
from anyops.diagnose.complaints import GENERIC
from anyops.diagnose.denied import advice, denied_mount
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.last_words import LastWords, last_words
from anyops.diagnose.siblings import was_repeated
from anyops.diagnose.subjects import Subjects
from anyops.diagnose.workloads import is_going
from anyops.text import plural
from anyops.world.evidence import Quotable
from anyops.world.report import Certainty
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import Event, World

EXIT_CODES = {
    1: "an error of the program",
    2: "wrong usage, or a panic",
    125: "the container command itself failed",
    126: "the command may not be executed",
    127: "the command does not exist",
    128: "the container could not be started",
    134: "abort (SIGABRT)",
    137: "killed (SIGKILL)",
    139: "segmentation fault (SIGSEGV)",
    143: "terminated (SIGTERM)",
    255: "an error of the program",
}
_BY_CODE = {
    126: "container.permission_denied",
    127: "container.command_not_found",
    0: "container.exits",
}
_BY_MESSAGE = (
    ("executable file not found", "container.command_not_found"),
    ("no such file or directory", "container.command_not_found"),
    ("exec format error", "image.architecture_mismatch"),
    ("permission denied", "container.permission_denied"),
    ("not a directory", "volume.mount_failed"),
)
_START_FAILS = ("RunContainerError", "StartError", "ContainerCannotRun", "CreateContainerError")
_RECENT = timedelta(minutes=10)
_STORM = 5


class Crash(Struct, frozen=True, eq=False):
    """A container that ended. `ended` is its state then; `looping` says that it will end again."""

    pod: Resource
    status: Field
    ended: Field
    looping: bool
    init: bool
    words: LastWords | None

    @property
    def name(self) -> str:
        return self.status.text("name")

    @property
    def code(self) -> int | None:
        return self.ended.number("exitCode")


@rule("container.crash", "Pod", title="Container crashes")
def check_crashes(world: World) -> Iterator[Found]:
    """Crash loops, containers that ended with an error, starts that fail, and restarts that are over."""
    subjects = world.derived(Subjects)
    for pod in world.of_kind("Pod"):
        if is_going(pod) and pod.text("status", "phase") != "Failed":
            continue
        for key, init in (("initContainerStatuses", True), ("containerStatuses", False)):
            for status in pod.each("status", key):
                yield from _check(subjects, pod, status, init=init)


def _check(subjects: Subjects, pod: Resource, status: Field, *, init: bool) -> Iterator[Found]:
    world = subjects.world
    waiting = status.text("state", "waiting", "reason")
    ended = status.at("state", "terminated")
    looping = waiting == "CrashLoopBackOff" or waiting in _START_FAILS
    if not ended.value:
        ended = status.at("lastState", "terminated")
    failed_now = bool(status.at("state", "terminated").value) and _is_failure(pod, ended, init=init)
    if _explained_elsewhere(world, pod, status):
        return
    if looping or failed_now:
        words = last_words(subjects, pod, status.text("name"))
        yield from _found(world, Crash(pod, status, ended, looping, init, words))
    elif (status.number("restartCount") or 0) > 0:
        yield from _restarted(world, pod, status, ended)


def _is_failure(pod: Resource, ended: Field, *, init: bool) -> bool:
    code = ended.number("exitCode")
    if code is None:
        return ended.text("reason") == "Error"
    forever = not init and pod.text("spec", "restartPolicy") == "Always"
    return code != 0 or (forever and pod.text("status", "phase") not in ("Succeeded", ""))


def _explained_elsewhere(world: World, pod: Resource, status: Field) -> bool:
    """Killed for memory or by a probe: other rules say why."""
    for state in ("state", "lastState"):
        ended = status.at(state, "terminated")
        if ended.text("reason") == "OOMKilled" or "OOM-killed" in ended.text("message"):
            return True
    return any(
        e.reason == "Killing"
        and ("failed liveness probe" in e.message or "failed startup probe" in e.message)
        for e in world.events_of(pod.ref)
        if not e.field_path or status.text("name") in e.field_path or status.text("name") in e.message
    )


def _found(world: World, crash: Crash) -> Iterator[Found]:
    pod, top = crash.pod, world.top_owner(crash.pod)
    if crash.words is not None and crash.words.complaint.id == "port.in_use":
        return
    cause, certainty = _cause(crash)
    over = was_repeated(world, pod)
    mount, fix = _mount(crash), crash.words.complaint.fix if crash.words is not None else ""
    fix = advice(pod, mount) if mount is not None else fix
    yield Found(
        on=pod,
        title=_title(crash),
        detail=_how_it_ends(crash) + (f"; its log ends: {crash.words.text}" if crash.words else ""),
        severity="low" if over else "critical" if crash.looping else "high",
        state="past" if over else "now",
        cites=_cites(world, crash),
        cause=cause,
        certainty=certainty,
        onset=crash.ended.time("startedAt"),
        statement=_statement(crash, top),
        fix=fix or CAUSES[cause].about,
        commands=(
            kubectl(pod.namespace, "logs", pod.name, *_flags(crash)),
            kubectl(pod.namespace, "describe", "pod", pod.name),
        ),
        checks=(watch(top),) if top.kind in ("Deployment", "StatefulSet", "DaemonSet") else (),
        ruled_out=_ruled_out(crash),
    )


def _flags(crash: Crash) -> Iterator[str]:
    if crash.name:
        yield from ("-c", crash.name)
    if crash.looping:
        yield "--previous"


def _called(crash: Crash) -> str:
    """`Container app`; a table does not name it."""
    kind = "Init container" if crash.init else "Container"
    return f"{kind} {crash.name}" if crash.name else f"{'An init' if crash.init else 'A'} container"


def _title(crash: Crash) -> str:
    kind = _called(crash)
    if not crash.looping:
        return f"{kind} ended with exit code {crash.code}"
    if crash.code == 0:
        return f"{kind} ends again and again (exit code 0)"
    return f"{kind} is in a crash loop"


def _how_it_ends(crash: Crash) -> str:
    """`exits with code 127 (the command does not exist), 6 restarts`."""
    if crash.code is None:
        how = crash.status.text("state", "waiting", "message") or "fails to start"
        return " ".join(how.split())[:300]
    meaning = EXIT_CODES.get(crash.code, f"signal {crash.code - 128}" if 128 < crash.code < 160 else "")
    restarts = crash.status.number("restartCount") or 0
    text = f"exits with code {crash.code}" + (f" ({meaning})" if meaning else "")
    message = _start_message(crash)
    said = f": {' '.join(message.split())[:200]}" if message else ""
    return f"{text}, {plural(restarts, 'restart')}{said}"


def _start_message(crash: Crash) -> str:
    """What the runtime says of a start that failed."""
    reason = crash.ended.text("reason")
    waiting = crash.status.at("state", "waiting")
    if reason in _START_FAILS:
        return crash.ended.text("message")
    return waiting.text("message") if waiting.text("reason") in _START_FAILS else ""


def _cause(crash: Crash) -> tuple[str, Certainty]:
    """By the runtime's message, then by what the log says, then by the exit code."""
    message = _start_message(crash)
    for words, cause in _BY_MESSAGE:
        if message and words in message:
            return cause, "sure"
    if _mount(crash) is not None:
        return "volume.permission_denied", "likely"
    words_cause = crash.words.complaint.cause if crash.words is not None else None
    telling = crash.words is not None and crash.words.complaint.id not in GENERIC
    if telling and words_cause not in (None, "application.error", "container.oom_killed"):
        return str(words_cause), "likely"
    if crash.code in _BY_CODE:
        return _BY_CODE[crash.code], "likely"
    if crash.init:
        return "init.failed", "sure" if crash.words is not None else "likely"
    return "container.crash", "sure" if crash.words is not None else "likely"


def _statement(crash: Crash, top: Ref) -> str:
    text = f"{_called(crash)} of {top.name} {_how_it_ends(crash)}"
    mount = _mount(crash)
    if crash.words is not None and mount is not None:
        volume = f"volume {mount.text('name')} at {mount.text('mountPath')}"
        return f"{text}. Its log says why: it may not use the {volume} ({crash.words.text})."
    if crash.words is not None:
        return f"{text}. Its log says why: {crash.words.complaint.title} ({crash.words.text})."
    return f"{text}." + ("" if crash.code in (126, 127, 0, None) else " Its log says why.")


def _mount(crash: Crash) -> Field | None:
    """The volume that the program may not use, where its log says so."""
    if crash.words is None or crash.words.complaint.id != "file.denied":
        return None
    return denied_mount(crash.pod, crash.name, crash.words.line.text)


def _cites(world: World, crash: Crash) -> tuple[Quotable, ...]:
    cites: list[Quotable] = []
    mount = _mount(crash)
    if crash.words is not None:
        cites.append(crash.words.line)
    if mount is not None:
        cites.append(mount)
    ended = crash.ended
    for key in ("exitCode", "message", "reason"):
        if ended.at(key).value is not None and len(cites) < 3:
            cites.append(ended.at(key))
    waiting = crash.status.at("state", "waiting", "reason")
    if waiting.value:
        cites.append(waiting)
    cites += _backoff(world, crash.pod)[-1:]
    return tuple(cites)


def _backoff(world: World, pod: Resource) -> list[Event]:
    return [e for e in world.events_of(pod.ref) if e.reason in ("BackOff", "Failed") and e.warning]


def _ruled_out(crash: Crash) -> tuple[tuple[str, str, tuple[Quotable, ...]], ...]:
    reason = crash.ended.at("reason")
    if not reason.value or crash.code in (137, None):
        return ()
    return (("out of memory", f"the container ended with {reason.text()}, code {crash.code}", (reason,)),)


def _restarted(world: World, pod: Resource, status: Field, ended: Field) -> Iterator[Found]:
    """It runs now. Many restarts that go on are trouble, others are history."""
    restarts, finished = status.number("restartCount") or 0, ended.time("finishedAt")
    now = world.captured_at
    fresh = finished is not None and now is not None and now - finished < _RECENT
    active = restarts >= _STORM and fresh
    if not active and status.at("ready").value is not True:
        return
    code = ended.number("exitCode")
    how = f", last with exit code {code}" if code is not None else ""
    name = status.text("name")
    yield Found(
        on=pod,
        title=f"Container {name} restarts often" if active else f"Container {name} restarted and runs again",
        detail=f"{plural(restarts, 'restart')}{how}",
        severity="medium" if active else "low",
        state="now" if active else "past",
        cites=(status.at("restartCount"), *((ended.at("exitCode"),) if code is not None else ())),
        cause="container.crash" if active else None,
        certainty="likely",
        statement=f"Container {name} of {world.top_owner(pod).name} has restarted {restarts} times{how}.",
        fix="Read the log of the run before.",
        commands=(kubectl(pod.namespace, "logs", pod.name, "-c", name, "--previous"),),
    )
