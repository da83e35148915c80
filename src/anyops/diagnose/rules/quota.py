"""Namespaces whose quota is used up, seen by what is not there for it."""

from collections.abc import Iterator

from anyops.diagnose.absence import is_live, is_only_declared
from anyops.diagnose.commands import describe, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.placement import requests, show_amount
from anyops.diagnose.quotas import Limit, code_of, limits, plain, refusing_limit
from anyops.diagnose.rules.scheduling_text import parse
from anyops.diagnose.workloads import WORKLOADS, containers, pod_spec, replicas_wanted, template
from anyops.world.evidence import Quotable
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_DECLARED = ("Service", "PersistentVolumeClaim", "ConfigMap", "Secret")


@rule("quota.keeps_out", "ResourceQuota", title="Something needed that the quota keeps from being created")
def keeps_out(world: World) -> Iterator[Found]:
    """What is declared or called and not there, while the quota refuses one more."""
    for ref, cite in _wanted(world).items():
        limit = refusing_limit(world, ref.kind, ref.namespace, ref.name)
        if limit is not None:
            yield _kept_out(world, ref, cite, limit)


def _wanted(world: World) -> dict[Ref, Quotable]:
    """What is not there although something asks for it, with where that stands."""
    wanted: dict[Ref, Quotable] = {}
    namespaces = {q.namespace for q in world.of_kind("ResourceQuota")}
    for check in world.of_kind("Connectivity"):
        if check.at("status", "ok").value is False:
            wanted.update(_service(world, check, check.text("spec", "host"), namespaces))
    for call in world.of_kind("Dependency"):
        wanted.update(_service(world, call, call.text("spec", "to"), namespaces))
    for event in world.events:
        for obstacle in parse(event.message).obstacles if event.reason == "FailedScheduling" else ():
            claim = Ref("PersistentVolumeClaim", event.about.namespace, obstacle.subject)
            if obstacle.cause == "volume.claim_missing" and not _is_there(world, claim):
                wanted[claim] = event
    for thing in world.of_kind(*_DECLARED):
        if is_only_declared(world, thing):
            wanted[thing.ref] = thing.at("metadata", "name")
    return wanted


def _service(world: World, asks: Resource, host: str, namespaces: set[str]) -> dict[Ref, Quotable]:
    """The service behind a host name, where all services were read and it is not among them."""
    name, _, rest = host.partition(".")
    namespace = rest.partition(".")[0] or asks.namespace or next(iter(sorted(namespaces)))
    ref = Ref("Service", namespace, name)
    if not name or namespace not in namespaces or not world.was_listed("Service", namespace):
        return {}
    return (
        {}
        if _is_there(world, ref)
        else {ref: asks.at("status", "message") if asks.at("status") else asks.at("spec")}
    )


def _is_there(world: World, ref: Ref) -> bool:
    thing = world.by_ref.get(ref)
    return thing is not None and is_live(thing)


def _kept_out(world: World, ref: Ref, cite: Quotable, limit: Limit) -> Found:
    sure = ref in world.by_ref or any(
        Ref(kind, ref.namespace, ref.name) in world.by_ref for kind in WORKLOADS
    )
    kind = "Claim" if ref.kind == "PersistentVolumeClaim" else ref.kind
    return Found(
        on=ref,
        title=f"{kind} {ref.name} is missing and the quota leaves no room for it",
        detail=limit.words(),
        cites=(limit.used_at, limit.hard_at, cite),
        cause=code_of(limit.resource),
        fault=Ref("Namespace", "", ref.namespace),
        certainty="sure" if sure else "likely",
        statement=f"{kind} {ref.name} does not exist in namespace {ref.namespace}, and quota "
        f"{limit.quota.name} does not let it be created: {limit.words()}{_asked(world, ref)}.",
        fix=f"Raise {limit.resource} in quota {limit.quota.name} or free some of it, then create {ref.name}.",
        commands=_commands(limit, ref),
        checks=(kubectl(ref.namespace, "get", ref.kind.lower(), ref.name),),
        explains=tuple(_sufferers(world, ref)),
    )


def _asked(world: World, ref: Ref) -> str:
    """How much storage a declared claim asks for."""
    declared = world.by_ref.get(ref)
    size = declared.text("spec", "resources", "requests", "storage") if declared is not None else ""
    return f", and it asks for {size}" if size else ""


def _commands(limit: Limit, ref: Ref) -> tuple[str, ...]:
    return (
        describe("resourcequota", limit.quota.namespace, limit.quota.name),
        kubectl(ref.namespace, "get", ref.kind.lower()),
        kubectl(limit.quota.namespace, "edit", "resourcequota", limit.quota.name),
    )


def _sufferers(world: World, ref: Ref) -> Iterator[Ref]:
    """The object itself, checks and workloads of its name, and pods and workloads that mount it."""
    yield ref
    for check in world.of_kind("Connectivity") if ref.kind == "Service" else ():
        if check.text("spec", "host").partition(".")[0] == ref.name:
            yield check.ref
    for kind in WORKLOADS:
        if Ref(kind, ref.namespace, ref.name) in world.by_ref:
            yield Ref(kind, ref.namespace, ref.name)
    if ref.kind == "PersistentVolumeClaim":
        for maker in world.of_kind("Pod", *WORKLOADS):
            volumes = pod_spec(maker).each("volumes")
            if any(v.text("persistentVolumeClaim", "claimName") == ref.name for v in volumes):
                yield maker.ref


@rule("quota.no_room_for_pods", "ResourceQuota", title="Quota that has no room for the pods wanted")
def no_room(world: World) -> Iterator[Found]:
    """Workloads that want more pods than there are, held against the quota that is left."""
    for workload in world.of_kind("Deployment", "StatefulSet", "ReplicaSet"):
        if world.is_owned(workload):
            continue
        missing = _missing_pods(world, workload)
        for limit in limits(world, workload.namespace) if missing else ():
            need = _need(world, workload, limit)
            if need and limit.refuses(need * (missing or 0) if limit.used is None else need):
                yield _no_room(world, workload, limit, need, missing or 0)
                break


def _missing_pods(world: World, workload: Resource) -> int | None:
    """Pods that were asked for and not created; all of them in a manifest that is asked about."""
    wanted = replicas_wanted(workload)
    if not is_live(workload):
        return wanted if world.only_manifests else None
    has = workload.number("status", "replicas")
    if wanted is None or has is None or (workload.kind == "Deployment" and is_told(world, workload)):
        return None
    return max(0, wanted - has)


def is_told(world: World, workload: Resource) -> bool:
    """Whether its controllers say themselves why pods are not created."""
    refs = (workload.ref, *(child.ref for child in world.owned_by(workload.ref)))
    return any(e.reason == "FailedCreate" for ref in refs for e in world.events_of(ref))


def _need(world: World, workload: Resource, limit: Limit) -> float:
    """What one pod takes of a quota's line."""
    counted = plain(limit.resource)
    if counted == "pods":
        return 1.0
    if limit.resource.startswith("limits."):
        amounts = [c.at("resources", "limits").quantity(counted) for c in containers(workload, init=False)]
        return sum(a for a in amounts if a is not None)
    return requests(world, workload).get(counted, 0.0) if counted in ("cpu", "memory") else 0.0


def _no_room(world: World, workload: Resource, limit: Limit, need: float, missing: int) -> Found:
    resources = template(workload).at("spec", "containers", 0, "resources")
    return Found(
        on=workload,
        title="Pods do not fit into the namespace's quota",
        detail=f"quota {limit.quota.name}: {limit.words()}",
        cites=(limit.hard_at, limit.used_at, workload.at("spec", "replicas"), resources),
        cause=code_of(limit.resource),
        fault=Ref("Namespace", "", workload.namespace),
        certainty="sure" if limit.used is None else "likely",
        statement=_too_much(workload, limit, need, missing),
        fix="Raise the quota, lower the requests, or run fewer replicas.",
        commands=(describe("resourcequota", limit.quota.namespace, limit.quota.name),),
        checks=(kubectl(workload.namespace, "get", workload.kind.lower(), workload.name),),
        explains=(workload.ref, *(child.ref for child in world.owned_by(workload.ref))),
    )


def _too_much(workload: Resource, limit: Limit, need: float, missing: int) -> str:
    unit, quota = plain(limit.resource), f"quota {limit.quota.name} bounds {limit.resource}"
    each, hard = show_amount(unit, need), show_amount(unit, limit.hard)
    if limit.used is None:
        total = show_amount(unit, need * missing)
        return f"{workload.name} asks for {missing} times {each} {unit}, {total} in all; {quota} to {hard}."
    used = show_amount(unit, limit.used)
    return f"{workload.name} asks for {each} {unit} more; {quota} to {hard}, and {used} is used."
