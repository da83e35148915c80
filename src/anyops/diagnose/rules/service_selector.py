"""Service → pods: does what the service selects exist, and is it ready?

Source: https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache

from msgspec import Struct

from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.selectors import describe
from anyops.diagnose.services import (
    Endpoints,
    ServiceMap,
    endpoints_of,
    pods_behind,
    selector_of,
    selector_text,
    services_selecting,
    template_labels,
    top_workloads,
    workloads_behind,
)
from anyops.diagnose.workloads import WORKLOADS, has_finished, is_ready, replicas_wanted
from anyops.world.evidence import Quotable
from anyops.world.report import State
from anyops.world.resource import Resource
from anyops.world.world import World

_LEADER = ("control-plane.alpha.kubernetes.io/leader", "endpoints.kubernetes.io/leader")
_ALIKE = 0.6
"""From here on labels are taken for what the selector means."""
_NAMED = 0.9
"""The likeness of what bears the service's name."""


class Near(Struct, frozen=True, eq=False):
    """A workload or pod that the service probably means. `wrong` are the selector's pairs that differ."""

    resource: Resource
    labels: dict[str, str]
    wrong: dict[str, str]
    likeness: float


@rule("service.endpoints", "Service", "Endpoints", title="Service reaches ready pods")
def check_services(world: World) -> Iterator[Found]:
    """Services whose selector matches no pod, or only pods that are not ready."""
    services = world.derived(ServiceMap)
    for service in world.of_kind("Service"):
        if not selector_of(service) or _is_leader_lock(world, service):
            continue
        endpoints, pods = endpoints_of(world, service), pods_behind(world, service)
        if endpoints.ready:
            continue
        if pods and world.only_manifests:
            continue
        if pods:
            yield from _unready(service, pods, endpoints)
        elif workloads_behind(world, service):
            yield from _without_pods(world, service, endpoints)
        elif endpoints.waiting:
            yield from _waiting(service, endpoints)
        else:
            yield from _unmatched(world, services, service, endpoints)


@rule("service.event", "Service", title="Service has warnings")
def check_service_events(world: World) -> Iterator[Found]:
    """Warning events of services, as a symptom."""
    for service in world.of_kind("Service"):
        for event in [e for e in world.events_of(service.ref) if e.warning][-2:]:
            yield Found(
                on=service,
                title=f"Warning {event.reason}",
                detail=event.message,
                severity="low",
                cites=(event,),
            )


def _is_leader_lock(world: World, service: Resource) -> bool:
    endpoints = world.get("Endpoints", service.namespace, service.name)
    annotations = endpoints.annotations if endpoints is not None else {}
    return any(key in annotations or key in service.annotations for key in _LEADER)


def _unready(service: Resource, pods: list[Resource], endpoints: Endpoints) -> Iterator[Found]:
    """All selected pods are unready: a symptom of whatever ails them."""
    if any(is_ready(pod) for pod in pods) or service.at("spec", "publishNotReadyAddresses").value:
        return
    names = ", ".join(pod.name for pod in pods[:3])
    yield Found(
        on=service,
        title="Service has no ready endpoints",
        detail=f"{len(pods)} pods match {selector_text(service)}, none is ready: {names}",
        severity="high",
        cites=_cites(service, endpoints),
    )


def _without_pods(world: World, service: Resource, endpoints: Endpoints) -> Iterator[Found]:
    """A workload matches and has no pods: scaled down, or its pods cannot be made."""
    workloads = workloads_behind(world, service)
    if not endpoints.known and not world.was_listed("Pod", service.namespace):
        return
    asleep = all(replicas_wanted(w) == 0 for w in workloads)
    yield Found(
        on=service,
        title="Service has no endpoints",
        detail=f"{workloads[0].kind} {workloads[0].name} makes the pods that it selects, and none runs",
        severity="low" if asleep else "high",
        state="risk" if asleep else "now",
        cites=_cites(service, endpoints),
    )


def _waiting(service: Resource, endpoints: Endpoints) -> Iterator[Found]:
    pods = [a.text("targetRef", "name") or a.text("ip") for a in endpoints.waiting[:3]]
    yield Found(
        on=service,
        title="Service has no ready endpoints",
        detail=f"{len(endpoints.waiting)} addresses are not ready: {', '.join(pods)}",
        severity="high",
        cites=(endpoints.waiting[0], service.at("spec", "selector")),
    )


def _unmatched(
    world: World, services: ServiceMap, service: Resource, endpoints: Endpoints
) -> Iterator[Found]:
    namespace = service.namespace
    seen = world.was_listed("Pod", namespace) or bool(world.in_namespace("Pod", namespace))
    near = _nearest(world, service)
    failing = services.checks(service, ok=False)
    if services.checks(service, ok=True) and not endpoints.known:
        return
    if near is not None and (seen or endpoints.known or world.only_manifests):
        yield _mismatch(world, service, near, endpoints, failing)
    elif endpoints.known or world.was_listed("Pod", namespace) or world.only_manifests:
        yield _nobody(world, service, endpoints, failing)


def _mismatch(
    world: World, service: Resource, near: Near, endpoints: Endpoints, failing: list[Resource]
) -> Found:
    right = {key: near.labels.get(key) for key in near.wrong}
    meant = describe({k: v for k, v in right.items() if v}) or "no such label"
    wrong = describe(near.wrong)
    whose = world.top_owner(near.resource)
    where = f"{whose.kind} {whose.name}"
    patch = _patch(right)
    return Found(
        on=service,
        title="Service selector matches no pod",
        detail=f"selects {selector_text(service)}; the pods of {where} carry {meant}",
        severity="critical",
        cites=(
            *_cites(service, endpoints),
            _labels_cite(near),
            *(c.at("status", "ok") for c in failing[:1]),
        ),
        cause="service.selector_mismatch",
        fault=service.ref,
        certainty="sure" if near.likeness >= 0.8 or failing or endpoints.known else "likely",
        statement=f"Service {service.name} selects {wrong}, but the pods of {where} carry {meant}, "
        "so it has no endpoints and every call to it fails.",
        fix=f"Set the selector of service {service.name} to the labels that the pods carry, "
        "or give the pods the label that it selects.",
        commands=(
            (kubectl(service.namespace, "patch", "service", service.name, "--type=merge", "-p", patch),)
            if patch
            else (kubectl(service.namespace, "edit", "service", service.name),)
        ),
        checks=(kubectl(service.namespace, "get", "endpoints", service.name),),
        ruled_out=_ready_pods_ruled_out(near),
    )


def _patch(right: dict[str, str | None]) -> str:
    if any(v is None for v in right.values()):
        return ""
    pairs = ",".join(f'"{k}":"{v}"' for k, v in right.items())
    return f'{{"spec":{{"selector":{{{pairs}}}}}}}'


def _ready_pods_ruled_out(near: Near) -> tuple[tuple[str, str, tuple[Quotable, ...]], ...]:
    if near.resource.kind != "Pod" or not is_ready(near.resource):
        return ()
    condition = near.resource.condition("Ready").at("status")
    return (("pods behind the service", f"{near.resource.name} is ready", (condition,)),)


def _nobody(world: World, service: Resource, endpoints: Endpoints, failing: list[Resource]) -> Found:
    """Nothing comes near: a leftover, unless somebody calls it."""
    used: State = "now" if failing else "risk"
    alone = world.only_manifests
    return Found(
        on=service,
        title="Service selector matches no manifest" if alone else "Service has no endpoints",
        detail=f"no pods match {selector_text(service)}",
        severity="high" if failing else "medium" if alone else "low",
        state=used,
        cites=(*_cites(service, endpoints), *(c.at("status", "ok") for c in failing[:1])),
        cause="service.selector_mismatch" if failing else None,
        fault=service.ref,
        certainty="likely" if world.was_listed("Pod", service.namespace) else "maybe",
        statement=f"Service {service.name} selects {selector_text(service)}, and no pod in "
        f"{service.namespace} carries that, so calls to it fail.",
        fix="Mend the selector, deploy what it selects, or remove the service.",
        commands=(
            kubectl(service.namespace, "get", "pods", "--show-labels"),
            kubectl(service.namespace, "edit", "service", service.name),
        ),
        checks=(kubectl(service.namespace, "get", "endpoints", service.name),),
    )


def _cites(service: Resource, endpoints: Endpoints) -> tuple[Quotable, ...]:
    where = (endpoints.where,) if endpoints.where is not None else ()
    return (service.at("spec", "selector"), *where)


def _labels_cite(near: Near) -> Quotable:
    if near.resource.kind == "Pod":
        return near.resource.at("metadata", "labels")
    at = near.resource.at("spec", "template", "metadata", "labels")
    return at if at.value else near.resource.at("spec", "selector", "matchLabels")


def _nearest(world: World, service: Resource) -> Near | None:
    """The pods whose labels are most like the selector, or that bear the service's name.

    Pods that another service already selects count less: an orphan is what a broken selector leaves.
    """
    families = world.derived(_families).get(service.namespace, {}).values()
    found = [n for family in families if (n := _near(service, *family)) and n.likeness >= _ALIKE]
    scored = [(n.likeness - (0.3 if _is_taken(world, service, n.labels) else 0.0), n) for n in found]
    best = max(scored, key=lambda s: (s[0], s[1].resource.ref), default=None)
    return best[1] if best is not None and best[0] >= _ALIKE else None


def _is_taken(world: World, service: Resource, labels: dict[str, str]) -> bool:
    others = services_selecting(world, service.namespace, labels)
    return any(s is not service and selector_of(s) for s in others)


_Family = tuple[dict[str, str], list[Resource]]
"""Labels, and the pods and workloads that carry just these."""


def _families(world: World) -> dict[str, dict[frozenset[tuple[str, str]], _Family]]:
    """By namespace: the pods that have not finished, and the top workloads by their pods' labels."""
    found: dict[str, dict[frozenset[tuple[str, str]], _Family]] = {}
    pods = ((pod, pod.labels) for pod in world.of_kind("Pod") if not has_finished(pod))
    spaces = {r.namespace for r in world.of_kind(*WORKLOADS)}
    tops = ((w, template_labels(w)) for space in spaces for w in top_workloads(world, space))
    for resource, labels in (*pods, *tops):
        of = found.setdefault(resource.namespace, {})
        of.setdefault(frozenset(labels.items()), (labels, []))[1].append(resource)
    return found


def _near(service: Resource, labels: dict[str, str], carriers: list[Resource]) -> Near | None:
    """How near the labels come, with the one of their carriers that the service most likely means."""
    wanted = selector_of(service)
    wrong = {k: v for k, v in wanted.items() if labels.get(k) != v}
    if not labels or not wrong:
        return None
    alike = [max(_likeness(v, labels.get(k, "")), _by_value(v, labels)) for k, v in wrong.items()]
    right = len(wanted) - len(wrong)
    score = (sum(alike) + right) / (len(alike) + right)
    if score < _NAMED and service.name not in labels.values():
        prefix = service.name + "-"
        named = [r for r in carriers if r.name == service.name or r.name.startswith(prefix)]
        score, carriers = (_NAMED, named) if named else (score, carriers)
    elif service.name in labels.values():
        score = max(score, _NAMED)
    return Near(max(carriers, key=lambda r: r.ref), labels, wrong, score)


def _by_value(value: str, labels: dict[str, str]) -> float:
    """The same value under another key: `app=cart` for `app.kubernetes.io/name=cart`."""
    return 0.9 if len(value) > 2 and value in labels.values() else 0.0


@lru_cache(maxsize=10_000)
def _likeness(a: str, b: str) -> float:
    a, b = re.sub(r"[-_.]", "", a.lower())[:63], re.sub(r"[-_.]", "", b.lower())[:63]
    if not a or not b:
        return 0.0
    return 1.0 if a == b else SequenceMatcher(None, a, b).ratio()
