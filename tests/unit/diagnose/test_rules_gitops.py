from typing import Any

from tests.unit.diagnose.worlds import Body, findings, meta, world

NAMESPACE = {"kind": "Namespace", "metadata": meta("shop", "")}


def app(destination: str = "shop", options: tuple[str, ...] = (), **status: Any) -> Body:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": meta("shop", "argocd"),
        "spec": {"destination": {"namespace": destination}, "syncPolicy": {"syncOptions": list(options)}},
        "status": {"sync": {"status": "OutOfSync"}, **status},
    }


def test_a_sync_that_fails_again_and_again_says_at_what() -> None:
    operation = {
        "phase": "Running",
        "retryCount": 3,
        "message": 'namespaces "shop" not found. Retrying attempt #4',
    }
    [found] = findings(world(app(operationState=operation)), "argocd.sync_retrying")
    assert found.cause == "argocd.sync_failed"
    assert 'namespaces "shop" not found' in found.statement


def test_a_first_try_is_no_trouble() -> None:
    assert findings(world(app(operationState={"phase": "Running"})), "argocd.sync_retrying") == []


def test_a_missing_destination_is_a_fault_where_namespaces_were_listed() -> None:
    [found] = findings(world(app("shops"), NAMESPACE, listed=["Namespace"]), "argocd.namespace_missing")
    assert (found.cause, found.state, str(found.fault)) == ("namespace.missing", "now", "Namespace/shops")
    assert findings(world(app("shops"), NAMESPACE), "argocd.namespace_missing") == []
    assert findings(world(app("shop"), NAMESPACE, listed=["Namespace"]), "argocd.namespace_missing") == []
    made = app("shops", ("CreateNamespace=true",))
    assert findings(world(made, NAMESPACE, listed=["Namespace"]), "argocd.namespace_missing") == []


def test_what_flux_does_not_reconcile_is_noted() -> None:
    body = {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": meta("apps", "flux-system"),
        "spec": {"suspend": True},
    }
    assert [f.severity for f in findings(world(body), "flux.")] == ["low"]
