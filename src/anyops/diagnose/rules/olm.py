"""Operators installed through OLM, beyond what their conditions say as trouble of now.

https://olm.operatorframework.io/docs/concepts/crds/ and, for version 1,
https://operator-framework.github.io/operator-controller/api-reference/olmv1-api-reference/
"""

from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.health import assess_resource
from anyops.world.report import Severity, State
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World


class Expected(Struct, frozen=True):
    """Where a kind says how far it is, the words for done, and those that somebody must act on."""

    path: tuple[str, ...]
    done: tuple[str, ...]
    waits: tuple[str, ...] = ()


_STATES = {
    "ClusterServiceVersion": Expected(("status", "phase"), ("Succeeded",)),
    "InstallPlan": Expected(("status", "phase"), ("Complete",), ("RequiresApproval",)),
    "Subscription": Expected(
        ("status", "state"), ("AtLatestKnown",), ("UpgradeAvailable", "UpgradePending", "")
    ),
    "CatalogSource": Expected(("status", "connectionState", "lastObservedState"), ("READY", "IDLE")),
}


@rule("olm.not_settled", *_STATES, title="Operator is not settled")
def not_settled(world: World) -> Iterator[Found]:
    """Plans that wait for approval, pending upgrades, phases that are not final: work, no failure."""
    for kind, expected in _STATES.items():
        for resource in world.of_kind(kind):
            state = resource.at(*expected.path)
            if state.value is None or state.text() in expected.done or not _is_olm(resource):
                continue
            if assess_resource(resource).status != "Degraded":
                yield _unsettled(resource, state, waits=state.text() in expected.waits)


def _is_olm(resource: Resource) -> bool:
    return resource.group == "operators.coreos.com"


def _unsettled(resource: Resource, state: Field, *, waits: bool) -> Found:
    reasons = [
        c
        for c in resource.each("status", "conditions")
        if c.text("reason") and c.text("reason") != "AllCatalogSourcesHealthy"
    ]
    why = "; ".join(f"{c.text('reason')}: {c.text('message')}" for c in reasons[:2])
    return Found(
        on=resource,
        title=f"{resource.kind} is {state.text() or 'without a state'}",
        detail=f"{state.path[-1]}={state.text()!r}{f'; {why}' if why else ''}",
        severity="low",
        state="risk" if waits else "now",
        cites=(state, *(c.at("message") for c in reasons[:2])),
        fix="Approve the install plan, or wait." if waits else "",
        checks=(_get(resource),),
    )


def _get(resource: Resource) -> str:
    return kubectl(resource.namespace, "get", f"{resource.kind.lower()}.{resource.group}", resource.name)


@rule("olm.operator_groups", "OperatorGroup", title="Several OperatorGroups in a namespace")
def operator_groups(world: World) -> Iterator[Found]:
    """OLM installs nothing in a namespace with more than one.

    https://olm.operatorframework.io/docs/advanced-tasks/operator-scoping-with-operatorgroups/
    """
    by_namespace: dict[str, list[Resource]] = {}
    for group in world.of_kind("OperatorGroup"):
        by_namespace.setdefault(group.namespace, []).append(group)
    for namespace, groups in by_namespace.items():
        if len(groups) > 1:
            names = ", ".join(g.name for g in groups)
            yield Found(
                on=Ref("Namespace", "", namespace),
                title=f"{len(groups)} OperatorGroups in namespace {namespace}",
                detail=f"OperatorGroups {names}: with more than one, OLM resolves no operators here.",
                severity="high",
                cites=tuple(g.at("metadata", "name") for g in groups[:3]),
                cause="olm.operator_failed",
                fault=groups[1].ref,
                certainty="sure",
                statement=f"Namespace {namespace} has {len(groups)} OperatorGroups ({names}); OLM needs one.",
                fix="Delete all but one.",
                commands=(kubectl(namespace, "get", "operatorgroups"),),
                checks=(kubectl(namespace, "get", "csv"),),
            )


_POLICIES = ("", "CatalogProvided", "SelfCertified")


@rule("olm.extension", "ClusterExtension", "ClusterCatalog", title="OLM extension or catalog has a problem")
def extension(world: World) -> Iterator[Found]:
    """Conditions of OLM v1 that retry or are blocked, and fields with values that it does not know."""
    for resource in world.of_kind("ClusterExtension", "ClusterCatalog"):
        yield from _retries(resource)
        yield from _bad_fields(resource)


def _retries(resource: Resource) -> Iterator[Found]:
    condition = resource.condition("Progressing")
    reason = condition.text("reason")
    if condition.value is not None and reason not in ("Succeeded", ""):
        severity: Severity = "medium" if reason in ("Retrying", "Blocked") else "low"
        yield _problem(
            resource, f"Progressing: {reason}", condition.text("message"), condition.at("reason"), severity
        )
    degraded = assess_resource(resource).status == "Degraded"
    for type_ in ("Installed", "Serving"):
        state = resource.condition(type_)
        if state.text("status") in ("False", "Unknown") and not degraded:
            text = f"{state.text('reason')}: {state.text('message')}"
            yield _problem(resource, f"{type_} is {state.text('status')}", text, state.at("status"), "medium")


def _bad_fields(resource: Resource) -> Iterator[Found]:
    if resource.kind == "ClusterExtension":
        policy = resource.at("spec", "source", "catalog", "upgradeConstraintPolicy")
        kind = resource.at("spec", "source", "sourceType")
        if policy.text() not in _POLICIES:
            text = f"upgradeConstraintPolicy {policy.text()!r} is none of {', '.join(_POLICIES[1:])}."
            yield _problem(resource, "Upgrade policy is invalid", text, policy, "medium")
        if kind.text() not in ("", "Catalog"):
            text = f"sourceType {kind.text()!r} is not Catalog, the only one there is."
            yield _problem(resource, "Source type is invalid", text, kind, "medium")
        return
    reference, resolved = _image(resource, "spec", "source"), _image(resource, "status", "resolvedSource")
    if reference.text() and not _is_image(reference.text()):
        text = f"spec.source.image.ref {reference.text()!r} is not a valid image reference."
        yield _problem(resource, "Image reference is invalid", text, reference, "medium")
    if resolved.text() and "@sha256:" not in resolved.text():
        text = f"status.resolvedSource.image.ref {resolved.text()!r} is not pinned by a digest (@sha256:...)."
        yield _problem(resource, "Resolved image has no digest", text, resolved, "low", "risk")


def _image(resource: Resource, *path: str) -> Field:
    return resource.at(*path, "image", "ref")


def _is_image(text: str) -> bool:
    """A rough check: registry/repository with a tag or digest, no blanks or upper-case repository."""
    name = text.partition("@")[0]
    repository = name.rpartition(":")[0] if ":" in name.rpartition("/")[2] else name
    return "/" in name and not any(c.isspace() for c in text) and repository == repository.lower()


def _problem(
    resource: Resource, title: str, detail: str, cite: Field, severity: Severity, state: State = "now"
) -> Found:
    return Found(
        on=resource,
        title=title,
        detail=f"{resource.kind} {resource.name}: {title}. {detail}".strip(),
        severity=severity,
        state=state,
        cites=(cite,),
        cause="olm.operator_failed",
        fault=resource.ref,
        statement=f"{resource.kind} {resource.name} is not healthy: {title}. {detail}".strip(),
        fix="Mend what its condition or field names.",
        checks=(_get(resource),),
    )
