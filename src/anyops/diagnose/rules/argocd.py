"""Argo CD applications: what they say of their health and their sync."""

from collections.abc import Iterator
from datetime import datetime

from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.world.report import Severity
from anyops.world.resource import Field, Resource
from anyops.world.world import World


@rule("argocd.application", "Application", title="Argo CD application is degraded or cannot sync")
def applications(world: World) -> Iterator[Found]:
    """Conditions that are errors, a failed operation, health and sync state of Argo CD applications.

    https://argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml
    """
    for app in world.of_kind("Application"):
        if app.group == "argoproj.io":
            yield from _sync_errors(app)
            yield from _app_health(app)


def _sync_errors(app: Resource) -> Iterator[Found]:
    for condition in app.each("status", "conditions"):
        if condition.text("type").endswith("Error"):
            onset = condition.time("lastTransitionTime")
            yield _sync_failed(app, condition.text("type"), condition.at("message"), onset)
    operation = app.at("status", "operationState")
    if operation.text("phase") in ("Failed", "Error") and app.text("status", "sync", "status") != "Synced":
        yield _sync_failed(
            app, f"Sync {operation.text('phase')}", operation.at("message"), operation.time("finishedAt")
        )


def _sync_failed(app: Resource, what: str, message: Field, onset: datetime | None) -> Found:
    return Found(
        on=app,
        title=what,
        detail=message.text(),
        severity="high",
        cites=(message,),
        cause="argocd.sync_failed",
        fault=app.ref,
        certainty="sure",
        statement=f"Argo CD cannot sync application {app.name}: {message.text() or what}",
        fix="Mend in git what the message names; Argo CD tries again at the next refresh.",
        checks=(_get(app),),
        onset=onset,
    )


_APP_HEALTH: dict[str, Severity] = {"Degraded": "high", "Missing": "medium"}


def _app_health(app: Resource) -> Iterator[Found]:
    health, sync = app.at("status", "health", "status"), app.at("status", "sync", "status")
    if health.text() in _APP_HEALTH:
        message = app.text("status", "health", "message")
        parts = ", ".join(_unhealthy_parts(app))
        yield Found(
            on=app,
            title=f"Application is {health.text()}",
            detail=message or parts,
            severity=_APP_HEALTH[health.text()],
            cites=(health,),
            cause="argocd.app_degraded",
            fault=app.ref,
            certainty="likely",
            statement=f"Argo CD reports application {app.name} as {health.text()}"
            + (f": {message or parts}." if message or parts else "."),
            fix="Mend the resource that is unhealthy; the application follows it.",
            checks=(_get(app),),
            onset=app.at("status", "health").time("lastTransitionTime"),
        )
    if sync.text() == "OutOfSync":
        yield Found(
            on=app,
            title="Application is out of sync",
            detail="What runs differs from git",
            severity="low",
            cites=(sync,),
            checks=(_get(app),),
        )


def _unhealthy_parts(app: Resource) -> Iterator[str]:
    for part in app.each("status", "resources"):
        if part.text("health", "status") in _APP_HEALTH:
            detail = part.text("health", "message")
            name = f"{part.text('kind')} {part.text('name')}"
            yield f"{name} ({detail})" if detail else name


def _get(app: Resource) -> str:
    return kubectl(app.namespace, "get", "application.argoproj.io", app.name, "-o", "wide")
