"""What logs say of a fault: the lines that explain, one finding a pattern, the most telling first."""

import re
from collections.abc import Iterator

from anyops.diagnose.commands import kubectl
from anyops.diagnose.complaints import GENERIC
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.log_signs import Sign, signs
from anyops.diagnose.subjects import Subjects
from anyops.diagnose.workloads import POD_MAKERS, container_statuses, has_finished, is_ready
from anyops.world.report import Severity, State
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_MOST = 6
_ASKED = re.compile(r"\b(?:logs?|errors?|exceptions?)\b", re.I)
_ADDRESSED = ("network", "dependency")
_PSEUDO = ("Alert", "Dependency", "Connectivity", "NodeService")


@rule("log.complaint", title="Logs do not complain")
def check_logs(world: World) -> Iterator[Found]:
    """Exceptions, refusals, expired certificates, missing settings, failing queries in logs."""
    subjects = world.derived(Subjects)
    asked = _is_about_logs(world)
    shown: dict[str, int] = {}
    for sign in signs(subjects):
        if _has_own_rule(sign):
            continue
        name = sign.log.name
        shown[name] = shown.get(name, 0) + 1
        bare = sign.complaint.id in GENERIC
        if shown[name] <= _MOST and not (bare and shown[name] > 2):
            yield _found(sign, *_weight(subjects, sign, asked=asked))


def _has_own_rule(sign: Sign) -> bool:
    """Databases, and connections to an address, are told of elsewhere."""
    addressed = sign.complaint.family in _ADDRESSED and sign.address is not None
    return addressed or sign.complaint.family == "database"


def _is_about_logs(world: World) -> bool:
    """Whether logs are all there is to judge by, or what the question asks for."""
    objects = [r for r in world.resources if r.kind not in _PSEUDO]
    known = any(r.at("spec").value or r.at("status", "conditions").value for r in objects)
    return not known or bool(_ASKED.search(world.question))


def _weight(subjects: Subjects, sign: Sign, *, asked: bool) -> tuple[State, Severity]:
    if sign.over and not asked:
        return "past", "low"
    pods = _failing_pods(subjects.world, sign.about)
    if asked or (pods and not any(_crashes(pod) for pod in pods)):
        return "now", "medium"
    return "now", "low"


def _failing_pods(world: World, about: Ref | None) -> list[Resource]:
    """Pods of the writer that are not well."""
    pods = world.pods_of(about) if about is not None and about.kind in POD_MAKERS else []
    return [pod for pod in pods if not is_ready(pod) and not has_finished(pod)]


def _crashes(pod: Resource) -> bool:
    """Whether a container of it ends again and again: the rule for crashes quotes its log."""
    return any(
        s.text("state", "waiting", "reason") == "CrashLoopBackOff" or s.at("state", "terminated").value
        for s in container_statuses(pod)
    )


def _found(sign: Sign, state: State, severity: Severity) -> Found:
    complaint, about = sign.complaint, sign.about
    on = about or Ref("Log", "", sign.log.name)
    times = f"{sign.count} times" if sign.count > 1 else "once"
    return Found(
        on=on,
        title=f"Log: {complaint.title}",
        detail=f"{times}: {sign.text}",
        severity=severity,
        state=state,
        cites=(sign.last, *sign.lines[:1]) if len(sign.lines) > 1 else (sign.last,),
        cause=_cause(sign),
        certainty="maybe" if complaint.id in GENERIC else "likely",
        onset=sign.lines[0].at,
        statement=f"{on.name} logs {times} that {complaint.title}: {sign.text}",
        fix=complaint.fix,
        commands=(_logs(on, sign),) if about is not None else (),
    )


def _cause(sign: Sign) -> str:
    """What only sets a symptom's tone (memory, CPU said short) is the program's own error here."""
    code = sign.complaint.cause
    return code if code and code not in ("container.oom_killed", "port.conflict") else "application.error"


def _logs(on: Ref, sign: Sign) -> str:
    target = f"{on.kind.lower()}/{on.name}"
    return kubectl(on.namespace, "logs", target, "--previous" if sign.log.previous else "--tail=200")
