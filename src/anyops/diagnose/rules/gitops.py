"""Argo CD and Flux beyond their own conditions: retries that go on, missing namespaces, what is suspended."""

from collections.abc import Iterator

from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_FLUX = (
    "Kustomization",
    "HelmRelease",
    "GitRepository",
    "HelmRepository",
    "OCIRepository",
    "Bucket",
    "HelmChart",
)


def _applications(world: World) -> Iterator[Resource]:
    return (app for app in world.of_kind("Application") if app.group == "argoproj.io")


@rule("argocd.sync_retrying", "Application", title="Argo CD sync fails and is tried again")
def sync_retrying(world: World) -> Iterator[Found]:
    """operationState Running with retries behind it: its message says what fails each time.

    https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/#automatic-retry-with-a-limit
    """
    for app in _applications(world):
        operation = app.at("status", "operationState")
        tries = operation.number("retryCount") or 0
        if operation.text("phase") != "Running" or tries <= 0:
            continue
        message = operation.text("message")
        yield Found(
            on=app,
            title=f"Sync is tried again ({tries} times so far)",
            detail=message,
            severity="medium",
            cites=(operation.at("message"), operation.at("retryCount")),
            cause="argocd.sync_failed",
            fault=app.ref,
            onset=operation.time("startedAt"),
            statement=f"Argo CD fails to sync application {app.name} and tries again: {message[:300]}",
            fix="Mend in git what the message names.",
            commands=(kubectl(app.namespace, "describe", "application.argoproj.io", app.name),),
        )


@rule("argocd.namespace_missing", "Application", title="Argo CD application's namespace does not exist")
def namespace_missing(world: World) -> Iterator[Found]:
    """spec.destination.namespace that is not there, and no CreateNamespace=true to make it."""
    for app in _applications(world):
        field = app.at("spec", "destination", "namespace")
        local = app.text("spec", "destination", "server") in ("", "https://kubernetes.default.svc")
        options = {o.text() for o in app.each("spec", "syncPolicy", "syncOptions")}
        absent = world.was_listed("Namespace") and world.get("Namespace", "", field.text()) is None
        if not field.text() or not local or not absent or "CreateNamespace=true" in options:
            continue
        suffers = app.text("status", "sync", "status") not in ("Synced", "")
        yield Found(
            on=app,
            title=f"Namespace {field.text()} does not exist",
            detail=f"Application {app.name} deploys to namespace {field.text()}, which does not exist.",
            severity="high" if suffers else "medium",
            state="now" if suffers else "risk",
            cites=(field,),
            cause="namespace.missing",
            fault=Ref("Namespace", "", field.text()),
            explains=(app.ref,),
            statement=f"Application {app.name} cannot deploy: namespace {field.text()} does not exist, and "
            "CreateNamespace is not set.",
            fix="Set syncOptions CreateNamespace=true, create the namespace in git, or mend its name.",
            commands=(kubectl("", "create", "namespace", field.text()),),
            checks=(kubectl(app.namespace, "get", "application.argoproj.io", app.name),),
        )


@rule("flux.suspended", *_FLUX, title="Flux reconciliation is suspended")
def suspended(world: World) -> Iterator[Found]:
    """spec.suspend: changes in git do not arrive until it is resumed."""
    for resource in world.of_kind(*_FLUX):
        if resource.group.endswith(".toolkit.fluxcd.io") and resource.at("spec", "suspend").flag():
            yield Found(
                on=resource,
                title=f"{resource.kind} is suspended",
                detail="spec.suspend is true: Flux does not reconcile it.",
                severity="low",
                cites=(resource.at("spec", "suspend"),),
                fix="Resume it, unless it is meant to rest.",
            )
