"""The engine: runs the rules, numbers the evidence, ranks the causes, writes the report."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from anyops.diagnose import impact, rules
from anyops.diagnose.causes import CAUSES
from anyops.diagnose.commands import in_context, watch
from anyops.diagnose.finding import Found, Rule
from anyops.diagnose.focus import neighbourhood
from anyops.diagnose.graph import Graph
from anyops.diagnose.managed import lasting_fix, managed_by
from anyops.diagnose.rank import Candidate, fingerprint, rank
from anyops.world.citation import about, when
from anyops.world.evidence import Quotable, Quote
from anyops.world.report import (
    SEVERITIES,
    Cause,
    Check,
    EvidenceItem,
    Finding,
    Fix,
    Healthy,
    Impact,
    Report,
    ReportScope,
    RuledOut,
    TimelineEntry,
    UnreadItem,
    Verdict,
    WorkloadImpact,
)
from anyops.world.resource import Ref, Resource
from anyops.world.world import NOT_SEEN, Event, Unread, World

_STATES = ("now", "past", "risk")


def analyze(world: World, chosen: Iterable[Rule] | None = None) -> Report:
    """Everything that the rules (all, unless some are chosen) can say of this world.

    Pure: the same world gives the same report.
    """
    graph = world.derived(Graph)
    founds, broken = _run(rules.load().values() if chosen is None else chosen, world)
    near = neighbourhood(world, graph, world.scope.targets) if world.scope.targets else None
    if near is not None:
        founds = [(id_, f) for id_, f in founds if f.ref in near or (f.fault or f.ref) in near]
    candidates = rank(world, graph, [found for _, found in founds])
    ledger = Ledger()
    # Causes come first, so that the first evidence ids belong to what is read first.
    cited = {id(c): [ledger.cite(f.cites) for f in c.founds] for c in candidates}
    findings, ids = _findings(founds, ledger)
    causes = [_cause(world, n, c, ids, cited[id(c)]) for n, c in enumerate(candidates, 1)]
    unread = [*world.unread, *broken]
    return Report(
        verdict=_verdict(world, candidates, unread),
        severity=min((c.severity for c in causes), key=SEVERITIES.index, default=None),
        fingerprint=causes[0].fingerprint if causes else None,
        question=world.question,
        scope=_scope(world),
        impact=_impact(world, graph, candidates, ledger),
        causes=causes,
        findings=findings,
        ruled_out=list(_ruled_out(world, candidates, ledger)),
        timeline=_timeline(candidates, ledger),
        changes=[],
        healthy=_healthy(world, founds, near),
        unread=[UnreadItem(source=u.source, why=u.why, detail=u.detail, kind=u.kind) for u in sorted(unread)],
        evidence=ledger.items(),
    )


class Ledger:
    """Gives each distinct quote its id, in the order in which they are cited."""

    def __init__(self) -> None:
        self._ids: dict[Quote, str] = {}
        self._cited: dict[str, Quotable] = {}

    def cite(self, cites: Iterable[Quotable]) -> list[str]:
        """The ids of what is cited, each once; what stands nowhere in the input has none."""
        quoted = [(c, q) for c in cites if (q := c.quote()) is not None]
        ids = [self._ids.setdefault(quote, f"E{len(self._ids) + 1}") for _, quote in quoted]
        for id_, (cited, _) in zip(ids, quoted, strict=True):
            self._cited.setdefault(id_, cited)
        return list(dict.fromkeys(ids))

    def items(self) -> list[EvidenceItem]:
        """Every quote with its id."""
        return [
            EvidenceItem(
                id=id_,
                source=q.source,
                place=q.place,
                at=_iso(q.at or when(self._cited[id_])),
                text=q.text,
                about=about(self._cited[id_]),
                redacted=q.redacted,
            )
            for q, id_ in self._ids.items()
        ]


def _run(to_run: Iterable[Rule], world: World) -> tuple[list[tuple[str, Found]], list[Unread]]:
    """Every rule's findings, the worst first. A rule that breaks costs only its own, and is named."""
    founds: list[tuple[str, Found]] = []
    broken: list[Unread] = []
    for rule in to_run:
        try:
            founds += [(rule.id, found) for found in rule(world)]
        except Exception as error:  # noqa: BLE001
            broken.append(Unread(f"rule {rule.id}", "failed", f"{type(error).__name__}: {error}"))
    unique = {(id_, f.ref, f.title, f.detail): (id_, f) for id_, f in reversed(founds)}
    return sorted(unique.values(), key=_finding_order), broken


def _finding_order(entry: tuple[str, Found]) -> tuple[int, int, Ref, str, str, str]:
    id_, found = entry
    state, severity = _STATES.index(found.state), SEVERITIES.index(found.severity)
    return (state, severity, found.ref, id_, found.title, found.detail)


def _findings(founds: list[tuple[str, Found]], ledger: Ledger) -> tuple[list[Finding], dict[int, str]]:
    findings, ids = [], {}
    for number, (rule_id, found) in enumerate(founds, 1):
        ids[id(found)] = f"F{number}"
        findings.append(
            Finding(
                id=f"F{number}",
                rule=rule_id,
                severity=found.severity,
                state=found.state,
                resource=found.ref,
                title=found.title,
                detail=found.detail,
                evidence=ledger.cite(found.cites),
            )
        )
    return findings, ids


def _cause(
    world: World, number: int, candidate: Candidate, ids: dict[int, str], cited: list[list[str]]
) -> Cause:
    first, kind = candidate.direct[0], CAUSES[candidate.code]
    advice = next((f for f in candidate.direct if f.fix), first)
    manager = managed_by(world, candidate.fault)
    return Cause(
        rank=number,
        cause=candidate.code,
        layer=kind.layer,
        fingerprint=fingerprint(candidate),
        resource=candidate.fault,
        certainty=candidate.certainty,
        severity=candidate.severity,
        onset=_iso(candidate.onset),
        statement=first.statement or first.detail or first.title,
        explains=sorted({ids[id(f)] for f in candidate.founds}, key=lambda i: int(i[1:])),
        evidence=list(dict.fromkeys(id_ for ids_ in cited for id_ in ids_)),
        managed_by=manager,
        change=None,
        fix=lasting_fix(
            manager, Fix(summary=advice.fix or kind.about, commands=_here(world, advice.commands))
        ),
        check=Check(commands=_here(world, advice.checks or _watched(candidate.fault))),
    )


_NOT_IN_CLUSTER = ("Alert", "Log", "NodeService", "Connectivity", "DBInstance", "DBCluster", "DBSnapshot")


def _here(world: World, commands: Iterable[str]) -> list[str]:
    """The commands, said to the context that was read."""
    return [in_context(command, world.scope.context) for command in commands if command]


def _watched(ref: Ref) -> tuple[str, ...]:
    return () if ref.kind in _NOT_IN_CLUSTER else (watch(ref),)


def _verdict(world: World, candidates: Sequence[Candidate], unread: Iterable[Unread]) -> Verdict:
    if candidates:
        return "incident"
    if not (world.resources or world.events or world.logs or world.series):
        return "inconclusive"
    return "inconclusive" if any(u.why in NOT_SEEN for u in unread) else "healthy"


def _scope(world: World) -> ReportScope:
    namespaces = world.scope.namespaces or sorted({r.namespace for r in world.resources if r.namespace})
    return ReportScope(
        source=world.scope.source,
        context=world.scope.context,
        namespaces=list(namespaces),
        captured_at=_iso(world.captured_at),
        user=world.scope.user,
        live=not world.only_manifests,
        everywhere=bool(world.scope.context and not world.scope.namespaces),
        targets=list(world.scope.targets),
    )


def _impact(world: World, graph: Graph, candidates: Sequence[Candidate], ledger: Ledger) -> Impact:
    short = impact.short_workloads(world, graph, candidates)
    onset = candidates[0].onset if candidates else None
    return Impact(
        summary=impact.summary(short, onset, candidates),
        workloads=[WorkloadImpact(resource=s.ref, ready=s.ready, wanted=s.wanted) for s in short],
        evidence=ledger.cite(s.cite for s in short[:5] if s.cite is not None),
    )


def _ruled_out(world: World, candidates: Sequence[Candidate], ledger: Ledger) -> Iterator[RuledOut]:
    said = set()
    for candidate in candidates:
        for what, why, cites in (r for f in candidate.direct for r in f.ruled_out):
            if what not in said:
                said.add(what)
                yield RuledOut(what=what, why=why, evidence=ledger.cite(cites))
    nodes = list(world.of_kind("Node"))
    blamed = any(c.fault.kind == "Node" for c in candidates)
    if candidates and nodes and not blamed and all(_node_ready(n) for n in nodes):
        ready = [n.condition("Ready").at("status") for n in nodes]
        yield RuledOut(
            what="nodes", why=f"{len(nodes)} of {len(nodes)} ready", evidence=ledger.cite(ready[:3])
        )


def _node_ready(node: Resource) -> bool:
    return node.condition("Ready").text("status") == "True"


def _timeline(candidates: Sequence[Candidate], ledger: Ledger) -> list[TimelineEntry]:
    """The cited events in order, each at its first occurrence."""
    entries: dict[tuple[str, str], TimelineEntry] = {}
    for event in (c for k in candidates for f in k.founds for c in f.cites if isinstance(c, Event)):
        at, ids = event.first or event.last, ledger.cite([event])
        if at is not None and ids:
            what = f"{event.reason} {event.about.kind}/{event.about.name}: {event.message}"
            entries.setdefault((ids[0], what), TimelineEntry(at=_iso(at) or "", what=what, evidence=ids[0]))
    return sorted(entries.values(), key=lambda e: (e.at, e.what))


def _healthy(world: World, founds: Iterable[tuple[str, Found]], near: frozenset[Ref] | None) -> Healthy:
    recovered = {str(f.ref): f.title for _, f in founds if f.state == "past"}
    alone = sum(near is None or r.ref in near for r in world.resources)
    alike = sum(c.count for c in world.crowds if near is None or c.like in near)
    return Healthy(
        checked=alone + alike,
        recovered=[f"{ref}: {title}" for ref, title in sorted(recovered.items())],
    )


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
