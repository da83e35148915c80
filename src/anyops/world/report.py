"""The report, `anyops.report/1`: what an analysis says. Fields are added, never changed in meaning."""

from typing import Literal

from msgspec import Struct, field

from anyops.world.resource import Ref

Severity = Literal["critical", "high", "medium", "low"]
State = Literal["now", "past", "risk"]
Certainty = Literal["sure", "likely", "maybe"]
Verdict = Literal["incident", "healthy", "inconclusive"]

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
"""Worst first."""

SCHEMA = "anyops.report/1"


class EvidenceItem(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A quote with its id. `text` is byte-exact; when `redacted`, `sha256` is of the raw span.

    `about` says in a word or two what is quoted: `event Pod/cart-6d9f`, `Deployment/cart`; "" when unknown.
    """

    id: str
    source: str
    place: str
    at: str | None
    text: str
    about: str = ""
    redacted: bool = False
    sha256: str | None = None


class Finding(Struct, frozen=True, kw_only=True):
    """A symptom, fault or risk at one resource."""

    id: str
    rule: str
    severity: Severity
    state: State
    resource: Ref
    title: str
    detail: str
    evidence: list[str]


class Fix(Struct, frozen=True, kw_only=True):
    """What to do. `commands` are complete, one a line; `patch` is a unified diff."""

    summary: str
    commands: list[str] = field(default_factory=list)
    patch: str | None = None


class Check(Struct, frozen=True, kw_only=True):
    """How to see that it is mended."""

    commands: list[str] = field(default_factory=list)


class CauseChange(Struct, frozen=True, kw_only=True):
    """The change behind a cause."""

    commit: str
    path: str
    line: int
    summary: str
    at: str | None = None
    evidence: list[str] = field(default_factory=list)


class Cause(Struct, frozen=True, kw_only=True):
    """A ranked explanation of findings."""

    rank: int
    cause: str
    layer: str
    fingerprint: str
    resource: Ref
    certainty: Certainty
    severity: Severity
    onset: str | None
    statement: str
    explains: list[str]
    evidence: list[str]
    managed_by: str | None
    change: CauseChange | None
    fix: Fix
    check: Check


class RuledOut(Struct, frozen=True, kw_only=True):
    """An explanation one would think of, and why it is not so."""

    what: str
    why: str
    evidence: list[str] = field(default_factory=list)


class TimelineEntry(Struct, frozen=True, kw_only=True):
    """Something that happened, oldest first."""

    at: str
    what: str
    evidence: str


class ReportScope(Struct, frozen=True, kw_only=True):
    """What was looked at. `live` is False where nothing that was read shows a running state (manifests).

    `everywhere` says that all namespaces of a live cluster were read; `targets` are the objects asked about.
    """

    source: str
    context: str
    namespaces: list[str]
    captured_at: str | None = None
    user: str = ""
    live: bool = True
    everywhere: bool = False
    targets: list[Ref] = field(default_factory=list)


class WorkloadImpact(Struct, frozen=True, kw_only=True):
    """How much of one workload is there."""

    resource: Ref
    ready: int
    wanted: int


class Impact(Struct, frozen=True, kw_only=True):
    """Who suffers: one sentence, and the workloads that are short of pods."""

    summary: str
    workloads: list[WorkloadImpact] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)


class Healthy(Struct, frozen=True, kw_only=True):
    """How many objects were checked, and what had trouble and is well again."""

    checked: int
    recovered: list[str] = field(default_factory=list)


class UnreadItem(Struct, frozen=True, kw_only=True):
    """What could not be read, why (absent, empty, forbidden, redacted, failed), and of what kind it is."""

    source: str
    why: str
    detail: str = ""
    kind: str = ""


class Run(Struct, frozen=True, kw_only=True):
    """About this analysis itself; the only part that differs for the same input."""

    id: str = ""
    at: str = ""
    version: str = ""
    seen_before: list[str] = field(default_factory=list)
    usage: dict[str, float] = field(default_factory=dict)
    timings_ms: dict[str, float] = field(default_factory=dict)


class Report(Struct, frozen=True, kw_only=True):
    """What an analysis says."""

    schema: str = SCHEMA
    verdict: Verdict
    severity: Severity | None
    fingerprint: str | None
    question: str
    scope: ReportScope
    impact: Impact
    causes: list[Cause]
    findings: list[Finding]
    ruled_out: list[RuledOut]
    timeline: list[TimelineEntry]
    changes: list[CauseChange]
    evidence: list[EvidenceItem]
    healthy: Healthy
    unread: list[UnreadItem]
    run: Run = Run()
