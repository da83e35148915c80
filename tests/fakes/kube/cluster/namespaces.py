"""Namespaces with what stands in each: quota, limits, config maps, service accounts, a secret."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from .identity import Object, before, metadata
from .managed import managed
from .plan import NAMESPACES, App, Plan, Trouble

SYSTEM = ("default", "kube-node-lease", "kube-public", "kube-system")
SECRET_VALUE = "hunter2-never-on-the-wire"
"""what each secret holds, in clear; a test may look for it or its base64"""


def namespaces(plan: Plan) -> Iterator[Object]:
    """All namespaces and the defaults in them."""
    for name in (*SYSTEM, *NAMESPACES):
        made = before(plan.now, days=400)
        yield managed(_namespace(name, made), "kubectl-create", made)
        yield managed(_root_certificate(name, made), "kube-controller-manager", made)
        yield _service_account(name, "default", made)
        if name not in SYSTEM:
            yield managed(_limits(name, made), "argocd-controller", made)
            yield managed(_quota(name, plan, made), "argocd-controller", made)
            yield managed(_secret(name, made), "external-secrets", made)


def settings(app: App, plan: Plan) -> Iterator[Object]:
    """An application's config map and service account."""
    made = before(plan.now, days=app.age_days)
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata("ConfigMap", app.namespace, f"{app.name}-config", made, labels=app.labels),
        "data": {"app.yaml": f"name: {app.name}\nserver:\n  port: 8080\n  timeout: 15s\nworkers: 8\n"},
    }
    yield managed(config, "argocd-controller", made)
    yield _service_account(app.namespace, app.name, made)


def _namespace(name: str, made: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": metadata("Namespace", "", name, made, labels={"kubernetes.io/metadata.name": name}),
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    }


def _root_certificate(namespace: str, made: str) -> Object:
    lines = "\n".join("MIIDBTCCAe2gAwIBAgIIK" + "A" * 43 for _ in range(16))
    certificate = f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata("ConfigMap", namespace, "kube-root-ca.crt", made),
        "data": {"ca.crt": certificate},
    }


def _service_account(namespace: str, name: str, made: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata("ServiceAccount", namespace, name, made),
    }


def _limits(namespace: str, made: str) -> Object:
    limit = {
        "type": "Container",
        "default": {"cpu": "500m", "memory": "256Mi"},
        "defaultRequest": {"cpu": "100m", "memory": "128Mi"},
    }
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": metadata("LimitRange", namespace, "defaults", made),
        "spec": {"limits": [limit]},
    }


def _quota(namespace: str, plan: Plan, made: str) -> Object:
    apps = [app for app in plan.apps if app.namespace == namespace]
    pods = sum(app.replicas for app in apps)
    cpus = sum(app.replicas * (640 if app.trouble is Trouble.UNSCHEDULABLE else 1) for app in apps)
    hard = {"pods": str(pods * 2 + 50), "requests.cpu": str(cpus // 4 + 20), "requests.memory": "4Ti"}
    used = {"pods": str(pods), "requests.cpu": f"{cpus * 100}m", "requests.memory": f"{pods * 128}Mi"}
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": metadata("ResourceQuota", namespace, "compute", made),
        "spec": {"hard": hard},
        "status": {"hard": hard, "used": used},
    }


def _secret(namespace: str, made: str) -> Object:
    value = base64.b64encode(SECRET_VALUE.encode()).decode()
    applied = f'{{"data":{{"DB_PASSWORD":"{value}"}}}}\n'
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata(
            "Secret",
            namespace,
            f"{namespace}-credentials",
            made,
            annotations={"kubectl.kubernetes.io/last-applied-configuration": applied},
        ),
        "data": {"DB_PASSWORD": value},
        "type": "Opaque",
    }
