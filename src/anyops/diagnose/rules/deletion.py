"""Objects whose deletion does not finish: namespaces and anything else that a finalizer holds."""

from collections.abc import Iterator
from datetime import timedelta

from anyops.diagnose.clock import since, spell
from anyops.diagnose.commands import act, get
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.workloads import is_going
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_PATIENCE = timedelta(minutes=5)

_NAMESPACE_CONDITIONS = (
    "NamespaceDeletionDiscoveryFailure",
    "NamespaceDeletionGroupVersionParsingFailure",
    "NamespaceDeletionContentFailure",
    "NamespaceFinalizersRemaining",
    "NamespaceContentRemaining",
)
"""The most telling first: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/namespace-v1/"""

_IN_USE = frozenset({"kubernetes.io/pvc-protection", "kubernetes.io/pv-protection"})
"""These wait for the last user, which is what they are for."""


@rule("namespace.stuck_terminating", "Namespace", title="Namespace is stuck terminating")
def namespace_stuck(world: World) -> Iterator[Found]:
    """Namespaces in phase Terminating for minutes, with the condition that says what remains."""
    for namespace in world.of_kind("Namespace"):
        asked = namespace.at("metadata", "deletionTimestamp").time()
        lasted = since(world, asked)
        if namespace.text("status", "phase") != "Terminating" or (lasted and lasted < _PATIENCE):
            continue
        held = _held_by(namespace)
        yield Found(
            on=namespace,
            title="Namespace is stuck terminating",
            detail=held.text("message") or "It is in phase Terminating.",
            severity="high" if held else "medium",
            state="now" if lasted or held else "risk",
            cites=(held.at("message"), namespace.at("status", "phase")),
            cause="namespace.terminating",
            certainty="likely" if held else "maybe",
            onset=asked,
            statement=f"Namespace {namespace.name} has been terminating"
            f"{f' for {spell(lasted)}' if lasted else ''}: {held.text('message') or 'something remains'}",
            fix="Delete what remains, or bring back the controller or API service that must finish it.",
            commands=(
                act("get", namespace.ref, "-o", "jsonpath={.status.conditions}"),
                "kubectl get apiservices",
            ),
            checks=(get("namespaces"),),
        )


def _held_by(namespace: Resource) -> Field:
    for type_ in _NAMESPACE_CONDITIONS:
        condition = namespace.condition(type_)
        if condition.text("status") == "True":
            return condition
    return namespace.at("status", "none")


@rule("object.finalizer_stuck", title="Object is stuck in deletion")
def finalizer_stuck(world: World) -> Iterator[Found]:
    """Objects with a deletion time minutes ago and finalizers left; pods and namespaces have own rules."""
    for resource in world.resources:
        if not is_going(resource):
            continue
        asked = resource.at("metadata", "deletionTimestamp").time()
        finalizers = {f.text() for f in resource.each("metadata", "finalizers")} - _IN_USE - {""}
        lasted = since(world, asked)
        if resource.kind in ("Pod", "Namespace") or not finalizers or not lasted or lasted < _PATIENCE:
            continue
        names = ", ".join(sorted(finalizers))
        yield Found(
            on=resource,
            title=f"{resource.kind} is stuck in deletion",
            detail=f"Deletion was asked for {spell(lasted)} ago; finalizers that remain: {names}.",
            severity="medium",
            cites=(resource.at("metadata", "deletionTimestamp"), resource.at("metadata", "finalizers")),
            cause="finalizer.stuck",
            fault=resource.ref,
            onset=asked,
            statement=f"{resource.kind} {resource.name} cannot be deleted: finalizer {names} is not removed "
            f"since {spell(lasted)}.",
            fix="See why the controller that owns the finalizer does not finish; it may be gone or failing.",
            commands=(act("describe", resource.ref),),
            checks=(act("get", resource.ref),),
        )
