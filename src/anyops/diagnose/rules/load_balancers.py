"""Services of type LoadBalancer that get no address."""

from collections.abc import Iterator

from anyops.diagnose.clock import age
from anyops.diagnose.commands import get, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.world.resource import Resource
from anyops.world.world import Event, World

_PATIENCE_SECONDS = 300
_FAILURES = ("SyncLoadBalancerFailed", "EnsureLoadBalancerFailed", "FailedDeployModel", "AllocationFailed")


@rule("loadbalancer.pending", "Service", title="Load balancers are provisioned")
def check_load_balancers(world: World) -> Iterator[Found]:
    """No address minutes after creation, or a controller that says why it gives none."""
    for service in world.of_kind("Service"):
        waits = (
            service.text("spec", "type") == "LoadBalancer"
            and not service.at("status", "loadBalancer", "ingress").value
        )
        if not waits or not service.root.present("status", "loadBalancer"):
            continue
        failures = [e for e in world.events_of(service.ref) if e.reason in _FAILURES]
        lived = age(world, service)
        old = lived is not None and lived.total_seconds() > _PATIENCE_SECONDS
        if failures or old:
            yield _pending(service, failures)


def _pending(service: Resource, failures: list[Event]) -> Found:
    why = failures[-1].message if failures else "no controller has given it an address"
    return Found(
        on=service,
        title="Load balancer is not provisioned",
        detail=why[:300],
        severity="high" if failures else "medium",
        cites=(*failures[-1:], service.at("spec", "type")),
        cause="loadbalancer.pending",
        fault=service.ref,
        certainty="sure" if failures else "likely",
        statement=f"Service {service.name} waits for an external address: {why[:200]}.",
        fix="Install or mend the load balancer controller (cloud, MetalLB), or use NodePort or an Ingress.",
        commands=(kubectl(service.namespace, "describe", "service", service.name),),
        checks=(get("service", service.namespace, service.name),),
    )
