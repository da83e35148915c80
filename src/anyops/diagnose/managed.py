"""Who manages an object: a fix holds only where the object is defined."""

from collections.abc import Iterator

from anyops.world.report import Fix
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_NATIVE = frozenset(
    {
        "Deployment",
        "ReplicaSet",
        "StatefulSet",
        "DaemonSet",
        "Job",
        "CronJob",
        "Pod",
        "Node",
        "ReplicationController",
    }
)


def managed_by(world: World, ref: Ref) -> str | None:
    """`Argo CD app shop (selfHeal)`, `Helm release shop`, `Kustomization flux-system/apps`, or None."""
    resource = world.by_ref.get(ref)
    if resource is None:
        return None
    return next((name for name in _managers(world, resource) if name), None)


def lasting_fix(manager: str | None, fix: Fix) -> Fix:
    """The fix where it holds: what a manager would undo is changed where the manager reads it from.

    Commands that only read stay, commands that write to the cluster go.
    """
    if manager is None:
        return fix
    source = "in its values or chart" if manager.startswith("Helm") else "in git"
    if not manager.startswith(("Argo", "Flux", "Helm")):
        source = f"in {manager}"
    reading = [c for c in fix.commands if not c.startswith("kubectl") or _READING & set(c.split())]
    return Fix(
        summary=f"{manager} owns it: make the change {source}. {fix.summary}",
        commands=reading,
        patch=fix.patch,
    )


_READING = frozenset({"get", "describe", "logs", "top", "explain", "auth", "events", "status"})


def _managers(world: World, resource: Resource) -> Iterator[str]:
    labels, notes = resource.labels, resource.annotations
    yield _argo(world, resource)
    for prefix, kind in (("kustomize", "Flux Kustomization"), ("helm", "Flux HelmRelease")):
        name = labels.get(f"{prefix}.toolkit.fluxcd.io/name")
        if name:
            yield f"{kind} {labels.get(f'{prefix}.toolkit.fluxcd.io/namespace', '')}/{name}"
    if notes.get("meta.helm.sh/release-name"):
        yield f"Helm release {notes['meta.helm.sh/release-name']}"
    if labels.get("app.kubernetes.io/managed-by") == "Helm" and labels.get("app.kubernetes.io/instance"):
        yield f"Helm release {labels['app.kubernetes.io/instance']}"
    for owner in resource.each("metadata", "ownerReferences"):
        if owner.text("kind") not in _NATIVE and "." in owner.text("apiVersion"):
            yield f"{owner.text('kind')} {owner.text('name')}"


def _argo(world: World, resource: Resource) -> str:
    """Tracking as Argo CD writes it: https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/"""
    tracked = resource.annotations.get("argocd.argoproj.io/tracking-id", "").partition(":")[0]
    tracked = tracked or resource.labels.get("argocd.argoproj.io/instance", "")
    ours = world.derived(_apps_by_part).get((resource.kind, resource.name), ())
    named = world.derived(_apps_by_name).get(tracked, ())
    found = min((*ours, *named), key=lambda entry: entry[0], default=None)
    if found is not None:
        _, app = found
        heals = app.at("spec", "syncPolicy", "automated").flag("selfHeal")
        return f"Argo CD app {app.name}" + (" (selfHeal)" if heals else "")
    return f"Argo CD app {tracked}" if tracked else ""


def _apps_by_part(world: World) -> dict[tuple[str, str], list[tuple[int, Resource]]]:
    """The applications with their order, by kind and name of what they list."""
    found: dict[tuple[str, str], list[tuple[int, Resource]]] = {}
    for order, app in enumerate(world.of_kind("Application")):
        for part in app.each("status", "resources"):
            found.setdefault((part.text("kind"), part.text("name")), []).append((order, app))
    return found


def _apps_by_name(world: World) -> dict[str, list[tuple[int, Resource]]]:
    found: dict[str, list[tuple[int, Resource]]] = {}
    for order, app in enumerate(world.of_kind("Application")):
        found.setdefault(app.name, []).append((order, app))
    return found
