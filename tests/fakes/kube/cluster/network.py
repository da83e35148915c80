"""Services, their Endpoints and EndpointSlices, and one Ingress a namespace."""

from __future__ import annotations

from collections.abc import Iterator

from .identity import Object, before, metadata, owner, suffix, uid
from .managed import managed
from .places import ip_of, name_of, node_name, node_of
from .plan import App, Plan, Trouble


def network(app: App, plan: Plan) -> Iterator[Object]:
    """What leads to an application that has a Service."""
    if not app.has_service:
        return
    made = before(plan.now, days=app.age_days)
    yield managed(_service(app, made), "argocd-controller", made)
    yield managed(_endpoints(app, plan), "kube-controller-manager", made)
    yield managed(_slice(app, plan), "kube-controller-manager", made)
    if app.number < 40:
        yield managed(_ingress(app, made), "argocd-controller", made)


def _service(app: App, made: str) -> Object:
    address = f"172.20.{app.number // 250}.{app.number % 250 + 2}"
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata("Service", app.namespace, app.name, made, labels=app.labels),
        "spec": {
            "ports": [{"name": "http", "protocol": "TCP", "port": 80, "targetPort": "http"}],
            "selector": {"app": app.name},
            "clusterIP": address,
            "clusterIPs": [address],
            "type": "ClusterIP",
            "sessionAffinity": "None",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "internalTrafficPolicy": "Cluster",
        },
        "status": {"loadBalancer": {}},
    }


def _reached(app: App) -> range:
    """The numbers of the pods that have an address."""
    return range(0 if app.trouble is Trouble.UNSCHEDULABLE else app.replicas)


def _target(app: App, number: int) -> Object:
    name = name_of(app, number)
    return {
        "kind": "Pod",
        "namespace": app.namespace,
        "name": name,
        "uid": uid("Pod", app.namespace, name),
    }


def _endpoints(app: App, plan: Plan) -> Object:
    addresses = [
        {
            "ip": ip_of(app.first_pod + number),
            "nodeName": node_name(node_of(app, number, plan)),
            "targetRef": _target(app, number),
        }
        for number in _reached(app)
    ]
    which = "addresses" if app.trouble is Trouble.NONE else "notReadyAddresses"
    subset = {which: addresses, "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}]}
    return {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": metadata(
            "Endpoints",
            app.namespace,
            app.name,
            before(plan.now, days=app.age_days),
            labels={**app.labels, "endpoints.kubernetes.io/managed-by": "endpoint-controller"},
        ),
        **({"subsets": [subset]} if addresses else {}),
    }


def _slice(app: App, plan: Plan) -> Object:
    ready = app.trouble is Trouble.NONE
    endpoints = [
        {
            "addresses": [ip_of(app.first_pod + number)],
            "conditions": {"ready": ready, "serving": ready, "terminating": False},
            "targetRef": _target(app, number),
            "nodeName": node_name(node_of(app, number, plan)),
            "zone": f"eu-central-1{'abc'[node_of(app, number, plan) % 3]}",
        }
        for number in _reached(app)
    ]
    managed_by = {"endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}
    return {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": metadata(
            "EndpointSlice",
            app.namespace,
            f"{app.name}-{suffix(5, 'slice', app.namespace, app.name)}",
            before(plan.now, days=app.age_days),
            labels={**app.labels, **managed_by, "kubernetes.io/service-name": app.name},
            owner=owner("v1", "Service", app.namespace, app.name),
            generate=f"{app.name}-",
            generation=4,
        ),
        "addressType": "IPv4",
        "endpoints": endpoints,
        "ports": [{"name": "http", "protocol": "TCP", "port": 8080}],
    }


def _ingress(app: App, made: str) -> Object:
    backend = {"service": {"name": app.name, "port": {"name": "http"}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    host = f"{app.namespace}.example.com"
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": metadata("Ingress", app.namespace, app.name, made, labels=app.labels, generation=1),
        "spec": {"ingressClassName": "nginx", "rules": [{"host": host, "http": {"paths": [path]}}]},
        "status": {"loadBalancer": {"ingress": [{"hostname": "lb-1.example.com"}]}},
    }
