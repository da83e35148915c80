"""Traffic that arrives at the wrong program: services and settings that name one and reach another."""

import re
from collections.abc import Iterable, Iterator

from anyops.diagnose.commands import act, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.services import (
    ServiceMap,
    selector_of,
    selector_text,
    top_workload_named,
    workloads_behind,
)
from anyops.diagnose.variables import Setting, addressed_settings
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_SIDE = re.compile(r"-(?:external|public|internal|lb|loadbalancer|nodeport|gateway|svc|service)\Z")
_OUTER = ("NodePort", "LoadBalancer")
_GENERAL = re.compile(r"[-_]|service|svc")
_NAME_WORDS = re.compile(
    r"_?(?:ADDR(?:ESS)?|HOST(?:NAME)?|UR[IL]|ENDPOINT|SERVER|SERVICE|PORT|GRPC|HTTP)(?=_|\Z)"
)


@rule("service.misdirected", "Service", title="Services select the workload whose name they bear")
def check_services(world: World) -> Iterator[Found]:
    """A service with a workload's name that selects another workload, which has its own service already."""
    for service in world.of_kind("Service"):
        behind = workloads_behind(world, service)
        if len(behind) != 1:
            continue
        meant = _named_after(world, service)
        if meant is not None and meant.ref != behind[0].ref and _has_own_service(world, behind[0], service):
            yield _misdirected(service, behind[0], meant)


def _named_after(world: World, service: Resource) -> Resource | None:
    """The workload whose name the service bears, with or without `-external` and the like."""
    return top_workload_named(world, service.namespace, service.name, _SIDE.sub("", service.name))


def _has_own_service(world: World, workload: Resource, besides: Resource) -> bool:
    own = world.get("Service", workload.namespace, workload.name)
    if own is None or own is besides:
        return False
    return workload.ref in [w.ref for w in workloads_behind(world, own)]


def _misdirected(service: Resource, reached: Resource, meant: Resource) -> Found:
    outer = service.text("spec", "type") in _OUTER or service.name != meant.name
    return Found(
        on=service,
        title=f"Service leads to {reached.name}",
        detail=f"it bears the name of {meant.name} and selects {selector_text(service)}",
        severity="high",
        cites=(service.at("spec", "selector"), meant.at("metadata", "name")),
        cause="gateway.misrouted" if outer else "service.selector_mismatch",
        fault=service.ref,
        certainty="likely",
        statement=f"Service {service.name} selects the pods of {reached.name} ({selector_text(service)}), "
        f"so calls meant for {meant.name} arrive at the wrong program.",
        fix=f"Set the selector of service {service.name} to the labels of {meant.name}.",
        commands=(act("edit", service.ref),),
        checks=(kubectl(service.namespace, "get", "endpoints", service.name),),
        explains=(meant.ref,),
    )


@rule("setting.misdirected", "Service", title="Settings name the service that they are called after")
def check_settings(world: World) -> Iterator[Found]:
    """`CART_ADDR=orders:80` where a service cart exists: sure where others call cart by the same variable."""
    services = world.derived(ServiceMap)
    calls = [
        (setting, services.named(setting.address.host, setting.owner.namespace))
        for setting in world.derived(addressed_settings)
    ]
    callers = _callers(calls)
    by_name = {_bare(s.name): s for s in world.of_kind("Service") if selector_of(s)}
    for setting, reached in calls:
        meant = by_name.get(_bare(_NAME_WORDS.sub("", setting.name).lower()))
        if meant is None or reached is None or meant.namespace != setting.owner.namespace:
            continue
        if reached.ref != meant.ref and _bare(reached.name) not in _bare(setting.name.lower()):
            others = callers.get((setting.name, meant.ref), ())
            other = next((o for o in others if o.owner.ref != setting.owner.ref), None)
            yield _wrong(setting, meant, reached, other=other)


def _bare(name: str) -> str:
    return _GENERAL.sub("", name.lower())


def _callers(calls: Iterable[tuple[Setting, Resource | None]]) -> dict[tuple[str, Ref], list[Setting]]:
    """The settings by their variable's name and the service that they name."""
    found: dict[tuple[str, Ref], list[Setting]] = {}
    for setting, service in calls:
        if service is not None:
            found.setdefault((setting.name, service.ref), []).append(setting)
    return found


def _wrong(setting: Setting, meant: Resource, reached: Resource, *, other: Setting | None) -> Found:
    owner, name = setting.owner, setting.name
    known = other is not None
    return Found(
        on=owner,
        title=f"{name} names service {reached.name}",
        detail=f"{name}={setting.address}; a service {meant.name} exists",
        severity="high" if known else "low",
        state="now" if known else "risk",
        cites=(*setting.cites, *(other.cites if other is not None else ())),
        cause="service.address_wrong",
        fault=owner.ref,
        certainty="likely" if known else "maybe",
        statement=f"{owner.name} is told by {name} to call {setting.address}, although service {meant.name} "
        "exists and others call that by the same variable.",
        fix=f"Set {name} of {owner.name} to {meant.name} and its port.",
        commands=(act("edit", owner.ref),),
    )
