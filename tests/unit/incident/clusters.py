"""A shop's cluster before and after a week of work, as two worlds."""

from typing import Any

from anyops.world.world import Scope, Unread, World
from tests.unit.diagnose.worlds import Body, meta, owned, pod, workload, world

NGINX = """\
worker_processes auto;
events { worker_connections 1024; }
http {
  server {
    listen 8080;
    location / { proxy_pass http://cart; }
  }
}
"""
LISTED = """
    Deployment StatefulSet DaemonSet ReplicaSet Pod Job CronJob Service Ingress ConfigMap
    ServiceAccount Role RoleBinding NetworkPolicy HorizontalPodAutoscaler PersistentVolumeClaim Node
    Namespace Certificate
""".split()  # noqa: SIM905


def _cart(image: str, replicas: int, level: str, password: str, memory: str, **probe: Any) -> Body:
    container = {
        "name": "main",
        "image": f"registry.example/shop/cart:{image}",
        "env": [{"name": "LOG_LEVEL", "value": level}, {"name": "DB_PASSWORD", "value": password}],
        "ports": [{"containerPort": 8080, "name": "http"}],
        "resources": {"requests": {"cpu": "250m", "memory": memory}, "limits": {"memory": memory}},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}, **probe},
    }
    return workload(name="cart", replicas=replicas, ready=replicas, template={"containers": [container]})


def _nodes(version: str, *names: str) -> list[Body]:
    return [
        {
            "kind": "Node",
            "metadata": meta(name, ""),
            "spec": {},
            "status": {"nodeInfo": {"kubeletVersion": version}, "capacity": {"cpu": "4", "memory": "16Gi"}},
        }
        for name in names
    ]


def _config(name: str, **data: str) -> Body:
    return {"kind": "ConfigMap", "metadata": meta(name, uid=name), "data": data}


def _service(**spec: Any) -> Body:
    return {"kind": "Service", "metadata": meta("cart"), "spec": {"selector": {"app": "cart"}, **spec}}


def _role(*verbs: str) -> Body:
    rule = {"apiGroups": [""], "resources": ["pods", "secrets"], "verbs": list(verbs)}
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": meta("deployer"),
        "rules": [rule],
    }


def _policy(*apps: str) -> Body:
    peers = [{"podSelector": {"matchLabels": {"app": app}}} for app in apps]
    spec = {
        "podSelector": {"matchLabels": {"app": "db"}},
        "ingress": [{"from": peers, "ports": [{"port": 5432}]}],
    }
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": meta("db"),
        "spec": spec,
    }


def _certificate(*names: str) -> Body:
    spec = {"dnsNames": list(names), "secretName": "shop-tls", "issuerRef": {"name": "letsencrypt"}}
    return {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": meta("shop"), "spec": spec}


def before() -> World:
    """Version 1.33 with three nodes; secrets could be read."""
    return world(
        _cart("1.4.1", 3, "info", "hunter2", "256Mi"),
        workload(name="web", replicas=2, ready=2, annotations={"deployment.kubernetes.io/revision": "4"}),
        workload(name="legacy-import", replicas=1, ready=0),
        pod("cart-6d9f7-x2x4z", owner=("ReplicaSet", "cart-6d9f7")),
        workload("ReplicaSet", "cart-6d9f7", ownerReferences=owned("Deployment", "cart")),
        _config("nginx", **{"nginx.conf": NGINX}),
        _config("features-2b4c6d8f9g", newCheckout="off"),
        {"kind": "Secret", "metadata": meta("db"), "data": {"password": "eA=="}},
        _service(ports=[{"port": 80, "targetPort": 8080}], clusterIP="10.43.0.7"),
        _role("get", "list"),
        _policy("cart", "web"),
        _certificate("shop.example"),
        *_nodes("v1.33.5", "node-a", "node-b", "node-c"),
        listed=[*LISTED, "Secret"],
        scope=Scope(source="before.tar.gz"),
        at="2026-11-13T09:00:00Z",
    )


def after() -> World:
    """Version 1.34 with a fourth node, a new release of cart, and no right to read secrets."""
    nginx = NGINX.replace("1024", "4096").replace("http://cart;", "http://cart; proxy_read_timeout 5s;")
    return world(
        _cart("1.4.2", 5, "debug", "correct horse", "0.5Gi", periodSeconds=5, failureThreshold=6),
        workload(name="web", replicas=2, ready=1, annotations={"deployment.kubernetes.io/revision": "9"}),
        *(workload(name=f"worker-{n}", replicas=1) for n in range(1, 8)),
        pod("cart-7c8d6-b4b4z", owner=("ReplicaSet", "cart-7c8d6")),
        _config("nginx", **{"nginx.conf": nginx}),
        _config("features-7h5kt2m4cb", newCheckout="on"),
        _service(ports=[{"port": 80, "targetPort": "http"}], type="LoadBalancer", clusterIP="10.96.4.1"),
        _role("get", "list", "delete"),
        _policy("cart"),
        _certificate("shop.example", "www.shop.example"),
        *_nodes("v1.34.1", "node-a", "node-b", "node-c", "node-d"),
        listed=LISTED,
        unread=(Unread("prod-eu", "forbidden", 'secrets is forbidden: User "alice" cannot list', "Secret"),),
        scope=Scope(context="prod-eu", user="alice"),
        at="2026-11-20T09:00:00Z",
    )
