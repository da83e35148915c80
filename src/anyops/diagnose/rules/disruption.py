"""Disruption budgets that block drains, select nothing, or overlap.

https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from collections.abc import Iterator

from anyops.diagnose.commands import act, get
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.selectors import describe, selected_by
from anyops.diagnose.workloads import has_finished, is_going
from anyops.world.resource import Resource
from anyops.world.world import World

PDB = "PodDisruptionBudget"


@rule("pdb.blocks_drains", PDB, title="Disruption budget forbids every eviction")
def blocks_drains(world: World) -> Iterator[Found]:
    """Budgets under which no pod may ever be away, even when all are healthy: drains wait for ever."""
    for budget in world.of_kind(PDB):
        field = budget.at("spec", "maxUnavailable")
        never = field.text() in ("0", "0%")
        if not never:
            field = budget.at("spec", "minAvailable")
            expected, least = budget.number("status", "expectedPods"), field.number()
            never = field.text() == "100%" or bool(expected and least is not None and least >= expected)
        if never:
            yield Found(
                on=budget,
                title="No pod may ever be evicted",
                detail=f"{field.path[-1]} is {field.text()}: draining a node with these pods never ends.",
                severity="medium",
                state="risk",
                cites=(field, budget.at("status", "disruptionsAllowed")),
                cause="disruption_budget.blocks",
                fix="Allow one pod to be away, or run more replicas.",
                commands=(act("edit", budget.ref),),
                checks=(act("get", budget.ref),),
            )


@rule("pdb.not_allowed", PDB, title="Disruption budget allows no eviction now")
def not_allowed(world: World) -> Iterator[Found]:
    """DisruptionAllowed=False: too few healthy pods at the moment, or the controller cannot count them."""
    for budget in world.of_kind(PDB):
        condition = budget.condition("DisruptionAllowed")
        # An empty selector expects no labels, so there is nothing that the pods could lack.
        labels = describe(budget.at("spec", "selector").strings("matchLabels"))
        if condition.text("status") != "False" or not labels:
            continue
        failed = condition.text("reason") == "SyncFailed"
        healthy, desired = (
            budget.number("status", "currentHealthy"),
            budget.number("status", "desiredHealthy"),
        )
        yield Found(
            on=budget,
            title="The budget cannot be computed" if failed else "No pod may be evicted at the moment",
            detail=f"{condition.text('reason')}: {healthy} healthy of {desired} desired pods with {labels}. "
            f"{condition.text('message')}".strip(),
            severity="medium" if failed else "low",
            state="risk",
            cites=(condition.at("reason"), budget.at("spec", "selector")),
            checks=(act("describe", budget.ref),),
        )


@rule("pdb.selects_nothing", PDB, title="Disruption budget selects no pods")
def selects_nothing(world: World) -> Iterator[Found]:
    """Where pods were listed and none matches: the budget protects nothing."""
    for budget in world.of_kind(PDB):
        selector = budget.at("spec", "selector")
        if world.was_listed("Pod", budget.namespace) and selector.value and not _pods(world, budget):
            yield Found(
                on=budget,
                title="Budget selects no pods",
                detail=f"No pod in {budget.namespace} matches {describe(selector.strings('matchLabels'))}.",
                severity="low",
                state="risk",
                cites=(selector,),
                fix="Mend the selector, or delete the budget.",
                commands=(get("pods", budget.namespace, "--show-labels"),),
            )


@rule("pdb.overlap", PDB, title="Pod is under two disruption budgets")
def overlap(world: World) -> Iterator[Found]:
    """The eviction API refuses a pod that more than one budget selects."""
    first: dict[str, Resource] = {}
    for budget in world.of_kind(PDB):
        for pod in _pods(world, budget):
            other = first.setdefault(str(pod.ref), budget)
            if other is not budget:
                yield Found(
                    on=budget,
                    title=f"Budgets {other.name} and {budget.name} select the same pod",
                    detail=f"Pod {pod.name} is under both: it cannot be evicted by a drain.",
                    severity="medium",
                    state="risk",
                    cites=(budget.at("spec", "selector"), other.at("spec", "selector")),
                    fix="Let one budget select the pod.",
                )
                break


def _pods(world: World, budget: Resource) -> list[Resource]:
    selector = budget.at("spec", "selector")
    pods = selected_by(world, "Pod", budget.namespace, selector)
    return [pod for pod in pods if not has_finished(pod) and not is_going(pod)]
