"""Templates that admission will refuse, held against what was read before anybody tried."""

from collections.abc import Iterator

from anyops.diagnose.absence import is_live, is_missing, state_of_absence
from anyops.diagnose.commands import act, describe, get
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.nearest import did_you_mean
from anyops.diagnose.placement import show_amount
from anyops.diagnose.workloads import WORKLOADS, containers, pod_spec
from anyops.world.report import State
from anyops.world.resource import Field, Resource
from anyops.world.world import World


def _untried(world: World) -> Iterator[Resource]:
    """Outermost workloads without a pod."""
    for workload in world.of_kind(*WORKLOADS):
        if not world.is_owned(workload) and not world.pods_of(workload.ref):
            yield workload


@rule("workload.service_account", *WORKLOADS, title="Service account that does not exist")
def service_account(world: World) -> Iterator[Found]:
    """serviceAccountName of templates against the accounts of the namespace."""
    for workload in _untried(world):
        field = pod_spec(workload).at("serviceAccountName")
        name = field.text()
        if not name or name == "default" or not is_missing(world, "ServiceAccount", workload.namespace, name):
            continue
        state = state_of_absence(world, "ServiceAccount", workload.namespace)
        others = [a.name for a in world.in_namespace("ServiceAccount", workload.namespace)]
        yield Found(
            on=workload,
            title=f"Service account {name} does not exist",
            severity="high" if state == "now" else "low",
            state=state,
            cites=(field,),
            cause="serviceaccount.missing",
            certainty="likely" if is_live(workload) else "maybe",
            statement=f"{workload.name} wants the service account {name}, which is not in namespace "
            f"{workload.namespace}{did_you_mean(name, others)}; its pods cannot be created without it.",
            fix=f"Create {name}, or name an account that exists.",
            commands=(get("serviceaccounts", workload.namespace), act("edit", workload.ref)),
            checks=(get("serviceaccount", workload.namespace, name),),
        )


@rule("workload.pull_secret", *WORKLOADS, title="Image pull secret that does not exist")
def pull_secret(world: World) -> Iterator[Found]:
    """imagePullSecrets of templates: the kubelet goes on without, so that by itself it is only a risk."""
    for workload in world.of_kind(*WORKLOADS):
        if world.is_owned(workload):
            continue
        for secret in pod_spec(workload).each("imagePullSecrets"):
            name = secret.at("name")
            if name.text() and is_missing(world, "Secret", workload.namespace, name.text()):
                yield Found(
                    on=workload,
                    title=f"Image pull secret {name.text()} was not found",
                    detail="Private images cannot be pulled without it.",
                    severity="low",
                    state="risk",
                    cites=(name,),
                )


@rule("workload.limit_range", "LimitRange", title="Template that breaks a LimitRange")
def limit_range(world: World) -> Iterator[Found]:
    """Requests and limits of containers against the namespace's minimum and maximum.

    https://kubernetes.io/docs/concepts/policy/limit-range/
    """
    for workload in _untried(world):
        for bounds in world.in_namespace("LimitRange", workload.namespace):
            for item in bounds.each("spec", "limits"):
                for container in containers(workload) if item.text("type") == "Container" else ():
                    yield from _outside(world, workload, container, item)


def _outside(world: World, workload: Resource, container: Field, item: Field) -> Iterator[Found]:
    for bound, part, word in (("max", "limits", "limit above"), ("min", "requests", "request below")):
        for resource, edge in item.entries(bound):
            stated = container.at("resources", part, resource)
            amount, allowed = stated.quantity(), edge.quantity()
            if amount is None or allowed is None:
                continue
            if amount > allowed if bound == "max" else amount < allowed:
                words = f"{word} {show_amount(resource, allowed)}: {show_amount(resource, amount)} {resource}"
                yield _breaks(world, workload, container, words, (stated, edge))


def _breaks(
    world: World, workload: Resource, container: Field, words: str, cites: tuple[Field, Field]
) -> Found:
    asked = bool(world.question) and world.only_manifests
    state: State = "now" if is_live(workload) or asked else "risk"
    bounds = cites[1].resource
    return Found(
        on=workload,
        title="Container breaks a LimitRange",
        detail=f"{container.text('name')}: {words}",
        severity="high" if state == "now" else "medium",
        state=state,
        cites=cites,
        cause="limitrange.violated",
        certainty="sure",
        statement=f"Container {container.text('name')} of {workload.name} has a {words}, which LimitRange "
        f"{bounds.name} does not allow.",
        fix="Bring requests and limits into the range, or change the LimitRange.",
        commands=(act("edit", workload.ref), describe("limitrange", bounds.namespace, bounds.name)),
    )
