"""Helm releases that failed or hang in an operation: https://helm.sh/docs/helm/helm_status/"""

from collections.abc import Iterator

from anyops.diagnose.clock import since, spell
from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.world.resource import Resource
from anyops.world.world import World

_PENDING = ("pending-install", "pending-upgrade", "pending-rollback", "uninstalling")


@rule("helm.release", "HelmRelease", title="Helm release failed or is stuck")
def release(world: World) -> Iterator[Found]:
    """Status `failed` of the newest revision, or a pending one, which locks the release."""
    for resource in world.of_kind("HelmRelease"):
        if resource.group == "helm.sh":
            status = resource.text("status", "status")
            if status == "failed":
                yield _failed(resource)
            elif status in _PENDING:
                yield _pending(world, resource, status)


def _failed(resource: Resource) -> Found:
    chart, revision = resource.text("status", "chart"), resource.text("status", "revision")
    why = resource.text("status", "description")
    return Found(
        on=resource,
        title="Helm release failed",
        detail=f"Revision {revision or '?'} of release {resource.name} ({chart or 'chart unknown'}) failed."
        + (f" {why}" if why else ""),
        severity="medium",
        cites=(resource.at("status", "status"), resource.at("status", "description")),
        cause="helm.release_failed",
        fault=resource.ref,
        statement=f"The last operation on Helm release {resource.name} failed"
        f"{f' at revision {revision}' if revision else ''}{f': {why}' if why else ''}.",
        fix="See what failed, mend the values, upgrade again; or roll back.",
        commands=(_helm(resource, "history"), _helm(resource, "rollback")),
        checks=(_helm(resource, "status"),),
    )


def _pending(world: World, resource: Resource, status: str) -> Found:
    lasted = since(world, resource.at("status", "updated").time())
    recent = lasted is not None and lasted.total_seconds() < 900
    for_long = f" for {spell(lasted)}" if lasted else ""
    return Found(
        on=resource,
        title=f"Helm release is {status}",
        detail=f"Release {resource.name} is {status}{for_long}.",
        severity="low" if recent else "medium",
        cites=(resource.at("status", "status"), resource.at("status", "updated")),
        cause="helm.release_pending",
        fault=resource.ref,
        statement=f"Helm release {resource.name} is {status}{for_long}: an operation was interrupted, and "
        "every further one is refused (another operation is in progress).",
        fix="Roll back to the last deployed revision, which unlocks the release.",
        commands=(_helm(resource, "history"), _helm(resource, "rollback")),
        checks=(_helm(resource, "status"),),
    )


def _helm(resource: Resource, verb: str) -> str:
    return "helm" + kubectl(resource.namespace, verb, resource.name).removeprefix("kubectl")
