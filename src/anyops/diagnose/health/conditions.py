"""Status conditions of any API: what a condition type means, and what one condition says.

Conventions: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/
api-conventions.md and https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus (Ready,
Reconciling, Stalled, observedGeneration).
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from anyops.diagnose.health.dialects import Dialect
from anyops.diagnose.health.verdict import Signal, Status, say
from anyops.diagnose.health.words import is_activity, is_finite, marks, tells_failure, tokens, vocabulary
from anyops.world.resource import Field

Role = Literal["summary", "part", "trouble", "activity", "pause", "doubt", "none"]

_SUMMARY = vocabulary(
    """
    ready healthy available synced succeeded successful compliant accepted admitted programmed resolvedrefs
    established reconciled installed complete completed finished
    """
)
"""Types that speak for the whole object. Each that is False counts; if one is True, parts do not."""
_NEUTRAL = vocabulary(
    """
    upgradeable active warning warnings adopted scalinglimited evictionwarning
    """
)
_ENDED = vocabulary("complete completed finished")
"""What is not yet ended says nothing; what has ended may have ended badly."""
_PART_WORDS = vocabulary(
    """
    applied available complete completed compliant configured connected created deployed discoverable
    discovered established finished healthy initialized installed loaded programmed provisioned published
    ready reachable reconciled registered resolved running scheduled serving success succeeded synced
    synchronized valid validated verified
    """
)
_JUDGEMENTS = vocabulary("accepted admitted compliant resolvedrefs valid")
"""Types that are answers: false is a no, not a "not yet"."""
_SETTLED = vocabulary(
    """
    available complete completed done expected finished idle ready running succeeded success successful
    successfully
    """
)


@lru_cache(maxsize=4096)
def role_of(type_: str) -> Role:
    """What a condition of this type means when it is True.

    summary: the whole is well; part: a part is well; trouble: something is wrong; activity: work is under
    way; pause: reconciliation is paused; none: it says nothing about health.
    """
    words = tokens(type_.rpartition("/")[2])
    name = "".join(words)
    if name in _SUMMARY:
        return "summary"
    if not words or name in _NEUTRAL or words[0] == "no":
        return "none"
    found = marks(words)
    if "bad" in found or words[-1] in ("pressure", "mismatch", "dangling", "terminal"):
        return "trouble"
    if words == ["not", "ready"]:
        return "trouble"
    if "paused" in found:
        return "pause"
    if name in ("running", "pending") or any(is_activity(w) or w in ("rolling", "progress") for w in words):
        return "activity"
    if words[-1] in ("pending", "inprogress", "initializing"):
        return "activity"
    part = words[-1] in _PART_WORDS or words[-1] == "ok" or name.endswith("uptodate")
    return "part" if part else "none"


def read_conditions(conditions: list[Field], generation: int | None, dialect: Dialect) -> Iterator[Signal]:
    """What a list of conditions says. Parts are silent where a summary is True."""
    live = [c for c in conditions if not _is_stale(c, generation)]
    if len(live) < len(conditions) and not any(_role(c, dialect) == "summary" for c in live):
        old = next(c for c in conditions if _is_stale(c, generation))
        yield say("Progressing", old, f"Waiting for {old.resource.kind} spec update to be observed")
    well = any(_role(c, dialect) == "summary" and _truth(c) == "True" for c in live)
    busy = {words_of(c) for c in live if _role(c, dialect) == "activity" and _truth(c) == "True"}
    for condition in sorted(live, key=lambda c: _role(c, dialect) != "trouble"):
        if words_of(condition) in busy and _truth(condition) != "True":
            yield _say("Progressing", condition)
            continue
        role = _role(condition, dialect)
        if not (well and (role == "part" or _is_plain(condition, "running"))):
            yield from _READ[role](condition, dialect)


def has_summary(conditions: list[Field]) -> bool:
    """Whether a condition that speaks for the whole object is True."""
    return any(role_of(c.text("type")) == "summary" and _truth(c) == "True" for c in conditions)


def words_of(condition: Field) -> str:
    """`Reason: message`, or whichever there is; the type and status when there is neither."""
    reason, message = condition.text("reason"), condition.text("message").strip()
    if reason and message and reason.lower() != message.lower():
        return f"{reason}: {message}"
    return message or reason or f"{condition.text('type')} is {_truth(condition)}"


def _role(condition: Field, dialect: Dialect) -> str:
    type_ = condition.text("type")
    return dialect.roles.get(type_) or role_of(type_)


def _is_plain(condition: Field, name: str) -> bool:
    return condition.text("type").lower() == name


def _truth(condition: Field) -> str:
    return condition.text("status").capitalize()


def _is_stale(condition: Field, generation: int | None) -> bool:
    observed = condition.number("observedGeneration")
    return bool(observed and generation and observed < generation)


def _say(status: Status, condition: Field, *, sure: bool = True) -> Signal:
    where = condition.at("message") if condition.text("message") else condition
    return say(status, where, words_of(condition), sure=sure)


def _summary(condition: Field, dialect: Dialect) -> Iterator[Signal]:
    ended = condition.text("type").lower() in _ENDED
    if _truth(condition) == "True":
        failed = ended and "bad" in marks(tokens(condition.text("reason")))
        yield _say("Degraded" if failed else "Healthy", condition)
    elif not ended or "bad" in marks(tokens(condition.text("reason"))):
        yield _why_not(condition, dialect)


def _part(condition: Field, dialect: Dialect) -> Iterator[Signal]:
    if _truth(condition) != "True":
        yield _why_not(condition, dialect)
    else:
        yield _say("Healthy", condition, sure=False)


def _why_not(condition: Field, dialect: Dialect) -> Signal:
    """Why a condition that should be True is not: not yet, or failed; by severity, reason, then message."""
    known = dialect.reasons.get(condition.text("reason"))
    if known is not None:
        return _say(known, condition)
    severity = condition.text("severity")
    if severity in ("Error", "Info"):
        return _say("Degraded" if severity == "Error" else "Progressing", condition)
    reason = marks(tokens(condition.text("reason")))
    message = marks(tokens(condition.text("message")), prose=True)
    if "paused" in reason:
        return _say("Suspended", condition)
    if _truth(condition) == "Unknown" and not tells_failure(condition.text("reason")):
        return _say("Progressing", condition)
    if "bad" in reason or "bad" in message:
        return _say("Degraded", condition)
    if "waiting" in reason:
        return _say("Progressing", condition)
    silent = not condition.text("reason") and not condition.text("message")
    if silent and condition.text("type").lower() in _JUDGEMENTS:
        return _say("Degraded", condition, sure=False)
    vague = condition.text("reason") == "NotReady"
    if silent or (not vague and {"unfinished", "waiting"} & (reason | message)):
        return _say("Progressing", condition, sure=False)
    return _say("Degraded", condition, sure=False)


def _trouble(condition: Field, dialect: Dialect) -> Iterator[Signal]:
    if _truth(condition) != "True":
        if _truth(condition) == "False":
            yield _say("Healthy", condition, sure=False)
    elif condition.text("type").endswith("NotReady"):
        yield _why_not(condition, dialect)
    else:
        yield _say("Degraded", condition)


def _activity(condition: Field, dialect: Dialect) -> Iterator[Signal]:
    words = tokens(condition.text("reason"))
    if dialect.reasons.get(condition.text("reason")):
        yield _say(dialect.reasons[condition.text("reason")], condition)
    elif _truth(condition) == "True":
        if not _is_settled(words) or _is_run(condition, words):
            yield _say("Progressing", condition)
    elif "paused" in marks(words):
        yield _say("Suspended", condition)
    elif _truth(condition) == "False" and "bad" in marks(words):
        yield _say("Degraded", condition)


def _is_run(condition: Field, reason: list[str]) -> bool:
    """`Running=True` of something that ends, or of a reconciliation (as operators in Ansible say it)."""
    return _is_plain(condition, "running") and (reason == ["running"] or is_finite(condition.resource.kind))


def _is_settled(reason: list[str]) -> bool:
    return bool(_SETTLED & set(reason)) and not {"waiting", "unfinished"} & marks(reason)


def _pause(condition: Field, _: Dialect) -> Iterator[Signal]:
    if _truth(condition) == "True":
        yield _say("Suspended", condition)


def _doubt(condition: Field, _: Dialect) -> Iterator[Signal]:
    if _truth(condition) == "True":
        yield _say("Degraded", condition, sure=False)


def _none(condition: Field, _: Dialect) -> Iterator[Signal]:
    if _truth(condition) == "False" and "bad" in marks(tokens(condition.text("reason"))):
        yield _say("Degraded", condition, sure=False)


_READ = {
    "summary": _summary,
    "part": _part,
    "trouble": _trouble,
    "activity": _activity,
    "pause": _pause,
    "doubt": _doubt,
    "none": _none,
}
