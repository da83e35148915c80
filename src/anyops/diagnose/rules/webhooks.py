"""Admission webhooks whose backend is not there: with failurePolicy Fail they refuse every matching write."""

from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.commands import act, get
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.workloads import is_going, is_ready
from anyops.world.evidence import Quotable
from anyops.world.report import Severity, State
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World

KINDS = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")


class Gap(Struct, frozen=True, eq=False):
    """What is wrong with a webhook's backend: `proven` when what was read shows it beyond doubt."""

    what: str
    proven: bool
    at_fault: Ref
    cites: tuple[Quotable, ...] = ()


@rule("webhook.backend_unavailable", *KINDS, title="Admission webhook has no backend")
def backend_unavailable(world: World) -> Iterator[Found]:
    """clientConfig.service that does not exist or has no ready pod; a url is outside of what can be seen.

    https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy
    """
    for configuration in world.of_kind(*KINDS):
        for webhook in configuration.each("webhooks"):
            gap = _gap(world, webhook.at("clientConfig", "service"))
            if gap is not None:
                yield _found(configuration, webhook, gap)


def _found(configuration: Resource, webhook: Field, gap: Gap) -> Found:
    name = webhook.text("name")
    fails = fails_closed(configuration, webhook)
    intercepts = _intercepts(webhook)
    severity: Severity = "high" if fails else "low"
    state: State = "now" if gap.proven else "risk"
    effect = f"Every write of {intercepts} is refused" if fails else f"Writes of {intercepts} pass unchecked"
    return Found(
        on=configuration,
        title=f"Webhook {name}: {gap.what}",
        detail=f"{configuration.kind} {configuration.name}, webhook {name}: {gap.what}. "
        f"failurePolicy is {'Fail' if fails else 'Ignore'}: {effect[0].lower()}{effect[1:]}.",
        severity=severity,
        state=state,
        cites=(webhook.at("clientConfig", "service", "name"), webhook.at("failurePolicy"), *gap.cites),
        cause="admission.webhook_unavailable",
        fault=gap.at_fault,
        certainty="likely",
        explains=(configuration.ref,),
        statement=f"Webhook {name} cannot be reached: {gap.what}. {effect}.",
        fix="Bring its backend back; if it is gone for good, delete the webhook configuration.",
        commands=(act("describe", gap.at_fault), act("get", configuration.ref, "-o", "yaml")),
        checks=(get("pods", gap.at_fault.namespace),),
    )


def fails_closed(configuration: Resource, webhook: Field) -> bool:
    """Whether an unreachable backend refuses the write: the default of v1; v1beta1 ignored it."""
    policy = webhook.text("failurePolicy")
    return policy == "Fail" or (not policy and not configuration.api_version.endswith("v1beta1"))


def _intercepts(webhook: Field) -> str:
    resources = [r.text() for entry in webhook.each("rules") for r in entry.each("resources")]
    return ", ".join(list(dict.fromkeys(resources))[:4]) or "what it intercepts"


def _gap(world: World, reference: Field) -> Gap | None:
    name, namespace = reference.text("name"), reference.text("namespace")
    if not name:
        return None
    service = world.get("Service", namespace, name)
    ref = Ref("Service", namespace, name)
    if service is None:
        absent = world.was_listed("Service", namespace) and not world.get("Endpoints", namespace, name)
        return Gap(f"service {namespace}/{name} does not exist", absent, ref)
    return _without_pods(world, service)


def _without_pods(world: World, service: Resource) -> Gap | None:
    selector = service.at("spec", "selector").strings()
    if not selector or _has_ready_address(world, service):
        return None
    pods = [p for p in world.selected("Pod", service.namespace, selector) if not is_going(p)]
    if not pods:
        listed = world.was_listed("Pod", service.namespace)
        what = f"no active pods behind service {service.namespace}/{service.name}"
        return Gap(what, listed, service.ref, (service.at("spec", "selector"),))
    if any(is_ready(pod) for pod in pods):
        return None
    seen = any(pod.text("status", "phase") for pod in pods)
    names = ", ".join(pod.name for pod in pods[:3])
    cites = tuple(pod.condition("Ready").at("status") for pod in pods[:3])
    return Gap(
        f"its pods are not ready ({names}) behind service {service.name}",
        seen,
        world.top_owner(pods[0]),
        cites,
    )


def _has_ready_address(world: World, service: Resource) -> bool:
    endpoints = world.get("Endpoints", service.namespace, service.name)
    if endpoints is not None and any(s.at("addresses").value for s in endpoints.each("subsets")):
        return True
    slices = world.selected("EndpointSlice", service.namespace, {"kubernetes.io/service-name": service.name})
    return any(
        e.text("conditions", "ready") != "false" and e.at("addresses").value
        for s in slices
        for e in s.each("endpoints")
    )
