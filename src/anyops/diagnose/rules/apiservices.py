"""Aggregated APIs that do not answer: metrics, custom metrics, anything behind an APIService."""

from collections.abc import Iterator

from anyops.diagnose.commands import act, get
from anyops.diagnose.finding import Found, rule
from anyops.world.resource import Ref
from anyops.world.world import World


@rule("apiservice.unavailable", "APIService", title="Aggregated API is unavailable")
def unavailable(world: World) -> Iterator[Found]:
    """Available=False, with the reason: the service, its endpoints, or the certificate.

    https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
    """
    for service in world.of_kind("APIService"):
        condition = service.condition("Available")
        if condition.text("status") != "False":
            continue
        backend = service.at("spec", "service")
        fault = Ref("Service", backend.text("namespace"), backend.text("name"))
        yield Found(
            on=service,
            title="Aggregated API is unavailable",
            detail=f"{condition.text('reason')}: {condition.text('message')}",
            cites=(condition.at("message"), condition.at("reason")),
            cause="apiservice.unavailable",
            fault=service.ref,
            certainty="likely",
            onset=condition.at("lastTransitionTime").time(),
            statement=f"API {service.name} does not answer ({condition.text('reason')}): "
            f"{condition.text('message')[:300]}",
            fix=f"Mend service {fault.name} in {fault.namespace} and its pods."
            if fault.name
            else "See its condition.",
            commands=(act("describe", service.ref), get("pods", fault.namespace)),
            checks=(act("get", service.ref),),
        )
