"""The vocabulary in which controllers write states, reasons and messages.

Distilled from the API conventions (https://github.com/kubernetes/community/blob/master/contributors/devel/
sig-architecture/api-conventions.md#typical-status-properties) and from the status documentation of
widely used operators.
"""

import re
from typing import Literal

from anyops.diagnose.health.verdict import Status

Mark = Literal["bad", "paused", "waiting", "unfinished", "good"]

_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LONGEST = 2000


def vocabulary(text: str) -> frozenset[str]:
    """A set of words, written one after the other."""
    return frozenset(text.split())


_FAILED = vocabulary("err error errored errors fail failed failing failure")

BAD = vocabulary(
    """
    aborted backoff broken cancelled canceled conflict conflicting conflicts corrupt corrupted crash crashed
    crashloop dead degraded denied disconnected err error errored errors evicted exceeded expired fail
    failed failing failure failures fails fallback fatal fault faulted faulty forbidden illegal inaccessible
    incompatible incorrect insufficient invalid killed lost malformed mismatch mismatched misconfigured
    missing noncompliant offline oom orphaned outdated red refused rejected revoked stalled stuck terminal
    timeout timedout unable unauthorized unauthorised unavailable unhealthy unknownhost unprocessable
    unreachable unrecoverable unresolved unschedulable unsupported violated violation violations
    """
)
PAUSED = vocabulary(
    """
    hibernated hibernating hibernation inactive paused pause pausing stopped suspended suspend disabled
    dormant parked
    """
)
WAITING = vocabulary(
    """
    await awaiting being init initial initialization inprogress later pending progress queued requested
    requires retry retrying scheduled still submitted transient transitioning unconfirmed until wait waiting
    warn yellow yet
    """
)
GOOD = vocabulary(
    """
    accepted active admitted applied approved attached available bound compliant complete completed
    configured connected created current deployed discoverable discovered done enabled established exist
    exists finished found green healthy initialized installed issued known normal ok online open passed
    programmed provisioned published ready reconciled registered released resolved running serving stable
    started success successful successfully succeeded synced synchronized up updated uptodate usable valid
    validated verified
    """
)
_DENIED = vocabulary(
    """
    able accepted allowed compliant controlled enough exist exists found healthy match permitted supported
    usable valid
    """
)
"""Words whose negation means that something is wrong; that of another good word means "not yet"."""
_NEGATION = vocabulary("cannot no non not never nor without zero")
_NO_ACTIVITY = vocabulary(
    """
    according binding building during existing failing following incoming listening mapping meaning missing
    nothing outgoing pausing hibernating pricing remaining ring routing running serving setting something
    string timing using warning working
    """
)
"""Words in -ing that name a thing or a state, not something under way."""
FINITE = vocabulary(
    """
    action backup build check clone copy evaluation execution experiment export hook import install job
    migration operation promotion request restore run scan snapshot sync task test transfer upload upgrade
    workflow
    """
)
"""What ends: while it runs, it progresses."""


def tokens(text: str) -> list[str]:
    """`StatefulSetNotReady`, `DEPLOYED_NOT_READY` and `not ready` as lower-case words."""
    return [word.lower() for word in _TOKEN.findall(text[:_LONGEST])]


def tells_failure(text: str) -> bool:
    """Whether it says outright that something failed."""
    return bool(_FAILED & set(tokens(text)))


def is_finite(kind: str) -> bool:
    """Whether objects of the kind end by themselves: `Workflow`, `PipelineRun`, `Backup`."""
    return bool(FINITE & set(tokens(kind)[-1:]))


def is_activity(word: str) -> bool:
    """Whether the word says that something is under way: `Provisioning`, but not `Warning`."""
    return len(word) > 5 and word.endswith("ing") and word not in _NO_ACTIVITY


def _negated(words: list[str], index: int) -> bool:
    return any(word in _NEGATION for word in words[max(0, index - 3) : index])


def marks(words: list[str], *, prose: bool = False) -> set[Mark]:
    """What kinds of word occur. In prose a verb in -ing says little ("while creating"), so it is left out."""
    found: set[Mark] = set()
    for index, word in enumerate(words):
        mark = _mark(word, prose)
        if not _negated(words, index):
            found |= {mark} if mark else set()
        elif word in _DENIED:
            found.add("bad")
        elif mark == "good":
            found.add("unfinished")
    return found


def _mark(word: str, prose: bool) -> Mark | None:
    if word in BAD:
        return "bad"
    if word in PAUSED:
        return "paused"
    if word in WAITING or (not prose and is_activity(word)):
        return "waiting"
    return "good" if word in GOOD else None


_EXACT: dict[str, Status] = {
    "notfound": "Missing",
    "unknown": "Unknown",
    "inconclusive": "Unknown",
    "failingover": "Progressing",
    "partiallyfailed": "Degraded",
    "backingoff": "Degraded",
    "atlatestknown": "Healthy",
    "nochange": "Healthy",
    "idle": "Healthy",
    "standby": "Healthy",
    "skipped": "Healthy",
    "terminated": "Degraded",
    "outofsync": "Progressing",
    "warning": "Progressing",
    "down": "Degraded",
    "new": "Progressing",
}


def judge_state(text: str, *, finite: bool = False) -> Status | None:
    """The status a state word or short phrase stands for; None when it is no known word.

    `finite` says that the object is something that ends, so that `Running` is Progressing.
    """
    words = tokens(text)
    if not words or len(words) > 16:
        return None
    exact = _EXACT.get("".join(words))
    if exact is not None:
        return exact
    if finite and words in (["running"], ["active"], ["started"], ["created"]):
        return "Progressing"
    found = marks(words)
    for mark, status in _STATE_ORDER:
        if mark in found:
            return status
    return None


_STATE_ORDER: tuple[tuple[Mark, Status], ...] = (
    ("bad", "Degraded"),
    ("paused", "Suspended"),
    ("waiting", "Progressing"),
    ("unfinished", "Progressing"),
    ("good", "Healthy"),
)
