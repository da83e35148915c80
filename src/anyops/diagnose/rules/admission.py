"""Pods and other objects that cannot be created: what admission says, and who can change it."""

from collections.abc import Iterator
from datetime import datetime

from anyops.diagnose.absence import stand_in
from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.rules.admission_text import Refusal, parse, quota_codes
from anyops.diagnose.rules.admission_words import Case, say
from anyops.diagnose.workloads import WORKLOADS, replicas_wanted
from anyops.world.evidence import Quotable
from anyops.world.resource import Ref, Resource
from anyops.world.world import Event, World

_REASONS = ("FailedCreate", "ReplicaSetCreateError", "FailedUpdate", "FailedDaemonPod", "FailedNeedsStart")
_CONDITIONS = ("ReplicaFailure", "FailedCreate")


@rule("workload.create_refused", "Event", *WORKLOADS, title="Pods that admission refuses")
def create_refused(world: World) -> Iterator[Found]:
    """FailedCreate events and ReplicaFailure conditions; once the pods are there they are history."""
    cases = list(_cases(world))
    for case in cases:
        if _is_whole(world, case.maker) or _is_outdone(case, cases):
            yield _healed(case)
        elif case.refusal.code == "":
            yield _unknown(case)
        else:
            codes = (
                quota_codes(case.refusal) if case.refusal.code == "quota.exceeded" else [case.refusal.code]
            )
            for code in codes:
                yield _found(case, code)


def _cases(world: World) -> Iterator[Case]:
    """Each kind of refusal of each controller once, the newest telling of it."""
    told: dict[tuple[Ref, str, str], Case] = {}
    for ref, events in world.events_by_ref.items():
        for event in events:
            if event.reason in _REASONS and event.warning and ref.kind in (*WORKLOADS, "Pod"):
                _keep(told, _case(world, stand_in(world, ref), event.message, event, event.first))
    for maker in world.of_kind(*WORKLOADS):
        for condition in maker.each("status", "conditions"):
            if condition.text("type") in _CONDITIONS and condition.text("status") != "False":
                since = condition.at("lastTransitionTime").time()
                cite = condition.at("message")
                if cite.text():
                    _keep(told, _case(world, maker, cite.text(), cite, since))
    yield from told.values()


def _case(world: World, maker: Resource, text: str, cite: Quotable, onset: datetime | None) -> Case:
    refusal = parse(text) or Refusal("", text)
    return Case(world, maker, world.top_owner(maker), refusal, cite, onset)


def _keep(told: dict[tuple[Ref, str, str], Case], case: Case) -> None:
    text = "" if case.refusal.code else case.refusal.text[:80]
    told[case.maker.ref, case.refusal.code, case.refusal.subject or text] = case


def _is_outdone(case: Case, cases: list[Case]) -> bool:
    """Whether another kind of refusal came after it: admission got past this one then."""
    mine = _last(case)
    later = (other for other in cases if other.maker.ref == case.maker.ref)
    return mine is not None and any((at := _last(other)) is not None and at > mine for other in later)


def _last(case: Case) -> datetime | None:
    return case.cite.last if isinstance(case.cite, Event) else None


def _is_whole(world: World, maker: Resource) -> bool:
    """Whether the controller has all the pods that it wants, so that the refusal is over."""
    if maker.kind == "Job":
        return maker.condition("Complete").text("status") == "True" or bool(
            maker.number("status", "succeeded")
        )
    wanted = replicas_wanted(maker)
    has = maker.number("status", "currentNumberScheduled" if maker.kind == "DaemonSet" else "replicas")
    if wanted == 0:
        return True
    if wanted is not None and has is not None:
        return has >= wanted
    if wanted is not None and maker.at("status").value and maker.complete:
        return False
    return _created_later(world.events_of(maker.ref))


def _created_later(events: list[Event]) -> bool:
    order = [e.reason for e in events if e.reason in ("SuccessfulCreate", "FailedCreate")]
    return order[-1:] == ["SuccessfulCreate"]


def _healed(case: Case) -> Found:
    return Found(
        on=case.maker,
        title="Pods could not be created at first",
        detail=case.refusal.text,
        severity="low",
        state="past",
        cites=(case.cite,),
    )


def _unknown(case: Case) -> Found:
    return Found(
        on=case.maker,
        title="Pods cannot be created",
        detail=case.refusal.text,
        cites=(case.cite,),
        statement=f"Pods of {case.who.name} cannot be created: {case.refusal.text[:300]}",
        onset=case.onset,
    )


def _found(case: Case, code: str) -> Found:
    words = say(case, code)
    return Found(
        on=case.maker,
        title=_TITLES.get(code.partition(".")[0], "Pods are refused by admission"),
        detail=case.refusal.text,
        severity="critical" if _has_none(case) else "high",
        cites=(case.cite, *words.cites),
        cause=code,
        fault=words.fault or case.who,
        certainty=words.certainty,
        statement=words.statement,
        fix=words.fix,
        commands=words.commands,
        checks=words.checks or (kubectl(case.namespace, "get", case.maker.kind.lower(), case.maker.name),),
        explains=(case.who, case.maker.ref, *_services(case)),
        onset=case.onset,
    )


_TITLES = {
    "quota": "Pods do not fit into the namespace's quota",
    "serviceaccount": "Pods need a service account that does not exist",
    "limitrange": "Pods break a LimitRange",
    "namespace": "Pods cannot be created in the namespace",
}


def _has_none(case: Case) -> bool:
    return case.maker.number("status", "replicas") == 0


def _services(case: Case) -> Iterator[Ref]:
    """Services that have no pods because of it."""
    labels = case.maker.at("spec", "template", "metadata", "labels").strings()
    for service in case.world.in_namespace("Service", case.namespace):
        selector = service.at("spec", "selector").strings()
        if selector and selector.items() <= labels.items():
            yield service.ref
