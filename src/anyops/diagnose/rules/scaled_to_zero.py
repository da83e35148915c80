"""Workloads with no replicas although somebody needs them."""

from collections.abc import Iterator

from anyops.diagnose.commands import act
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.graph import Graph
from anyops.diagnose.services import services_selecting
from anyops.diagnose.workloads import POD_MAKERS, replicas_wanted, template
from anyops.world.resource import Ref, Resource
from anyops.world.world import Event, World


@rule("workload.scaled_to_zero", "Deployment", "StatefulSet", title="Workload is scaled to zero")
def scaled_to_zero(world: World) -> Iterator[Found]:
    """spec.replicas is 0: a fault only where its service has no other pods and something calls that."""
    empty = [w for w in world.of_kind("Deployment", "StatefulSet") if replicas_wanted(w) == 0]
    graph = world.derived(Graph) if empty else None
    for workload in empty:
        services = list(_left_empty(world, workload))
        callers = [c for s in services for c in _callers(graph, s, workload)] if graph else []
        event = _scaling_event(world, workload)
        needed = bool(callers) or (bool(services) and event is not None)
        who = ", ".join(dict.fromkeys(c.name for c in callers))
        yield Found(
            on=workload,
            title="Scaled to zero" + (" although it is called" if callers else ""),
            detail=f"spec.replicas is 0{f'; it is called by {who}' if who else ''}.",
            severity="high" if callers else "medium" if needed else "low",
            state="now" if needed else "risk",
            cites=(workload.at("spec", "replicas"), *([event] if event else ())),
            cause="workload.scaled_to_zero",
            certainty="sure" if callers else "maybe",
            explains=tuple(s.ref for s in services),
            statement=f"{workload.kind} {workload.name} is scaled to zero, so service "
            f"{', '.join(s.name for s in services)} has no pods{f' for {who}' if who else ''}.",
            fix="Scale it up, unless it is meant to be off.",
            commands=(act("scale", workload.ref, "--replicas=1"),),
            checks=(act("rollout status", workload.ref),),
        )


def _left_empty(world: World, workload: Resource) -> Iterator[Resource]:
    """Services that select its pods, and for which no other pod is there."""
    labels = template(workload).strings("metadata", "labels")
    by_name = None if labels else world.get("Service", workload.namespace, workload.name)
    over = [by_name] if by_name is not None else services_selecting(world, workload.namespace, labels)
    for service in over:
        selector = service.at("spec", "selector").strings()
        pods = world.selected("Pod", service.namespace, selector)
        if not pods and not _has_addresses(world, service):
            yield service


def _has_addresses(world: World, service: Resource) -> bool:
    endpoints = world.get("Endpoints", service.namespace, service.name)
    if endpoints is not None and any(s.at("addresses").value for s in endpoints.each("subsets")):
        return True
    slices = world.selected("EndpointSlice", service.namespace, {"kubernetes.io/service-name": service.name})
    return any(e.text("conditions", "ready") != "false" for s in slices for e in s.each("endpoints"))


def _callers(graph: Graph, service: Resource, workload: Resource) -> Iterator[Ref]:
    for ref in graph.near(service.ref):
        caller = graph.world.by_ref.get(ref)
        active = caller is not None and (ref.kind == "Ingress" or replicas_wanted(caller) != 0)
        if active and ref != workload.ref and ref.kind in (*POD_MAKERS, "Ingress"):
            yield ref


def _scaling_event(world: World, workload: Resource) -> Event | None:
    events = [
        e
        for e in world.events_of(workload.ref)
        if e.reason == "ScalingReplicaSet" and ("to 0 from" in e.message or e.message.endswith("to 0"))
    ]
    return events[-1] if events else None
