"""Pods as a kubelet and a controller leave them: about 7.6 KB of JSON each, half of it managedFields."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from .identity import Object, metadata, owner, sha256, suffix, uid
from .managed import entry, fields
from .places import name_of, node_name, node_of
from .plan import App, Plan, Trouble
from .podstatus import status_of


def pods(app: App, plan: Plan) -> Iterator[Object]:
    """All pods of an application."""
    template, owned = template_of(app), fields_of_spec(app)
    for number in range(app.replicas):
        yield _pod(app, plan, number, template, owned)


def template_of(app: App) -> Object:
    """The pod template's spec, with the API server's defaults."""
    return {
        "volumes": [{"name": "config", "configMap": {"name": f"{app.name}-config", "defaultMode": 420}}],
        "containers": [_container(app)],
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "serviceAccountName": app.name,
        "serviceAccount": app.name,
        "securityContext": {"runAsNonRoot": True},
        "schedulerName": "default-scheduler",
    }


def _container(app: App) -> Object:
    cpu = "64" if app.trouble is Trouble.UNSCHEDULABLE else "100m"
    settings = [{"name": f"{name}", "value": value} for name, value in _settings(app)]
    secret = {"name": f"{app.namespace}-credentials", "key": "DB_PASSWORD"}
    return {
        "name": "main",
        "image": app.image,
        "ports": [
            {"name": "http", "containerPort": 8080, "protocol": "TCP"},
            {"name": "metrics", "containerPort": 9090, "protocol": "TCP"},
        ],
        "env": [*settings, {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": secret}}],
        "resources": {
            "limits": {"cpu": cpu if cpu == "64" else "500m", "memory": "256Mi"},
            "requests": {"cpu": cpu, "memory": "128Mi"},
        },
        "volumeMounts": [{"name": "config", "mountPath": "/etc/app"}],
        "livenessProbe": _probe("/healthz"),
        "readinessProbe": _probe("/ready"),
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "securityContext": {
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
        },
    }


def _settings(app: App) -> Iterator[tuple[str, str]]:
    yield "APP_NAME", app.name
    yield "LOG_LEVEL", "info"
    yield "HTTP_PORT", "8080"
    yield "DB_HOST", f"{app.namespace}.cluster-c3k9.eu-central-1.rds.amazonaws.com"
    yield "CACHE_URL", f"rediss://{app.namespace}.x7q2.euc1.cache.amazonaws.com:6379/0"
    yield "OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel.example.com:4317"


def _probe(path: str) -> Object:
    return {
        "httpGet": {"path": path, "port": "http", "scheme": "HTTP"},
        "timeoutSeconds": 1,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }


@cache
def fields_of_spec(app: App) -> Object:
    """What the controller owns in each of an application's pods."""
    labels = {**app.labels, "pod-template-hash": ""}
    known = fields({"labels": labels, "annotations": _annotations(app), "generateName": ""})
    reference = f'k:{{"uid":"{uid("ReplicaSet", app.namespace, app.replica_set)}"}}'
    return {
        "f:metadata": {**known, "f:ownerReferences": {".": {}, reference: {}}},
        "f:spec": fields({**template_of(app), "enableServiceLinks": True}),
    }


def _annotations(app: App) -> dict[str, str]:
    return {
        "checksum/config": sha256("config", app.namespace, app.name),
        "prometheus.io/port": "9090",
        "prometheus.io/scrape": "true",
    }


def _pod(app: App, plan: Plan, number: int, template: Object, owned: Object) -> Object:
    name, created = name_of(app, number), app.rolled_out(plan.now)
    status = status_of(app, plan, number)
    known = metadata(
        "Pod",
        app.namespace,
        name,
        created,
        labels={**app.labels, "pod-template-hash": app.template_hash(app.revision)},
        annotations=_annotations(app),
        owner=owner("apps/v1", "ReplicaSet", app.namespace, app.replica_set),
        generate=f"{app.replica_set}-",
    )
    last = entry("kubelet", created, {"f:status": _owned_status(status)}, subresource="status")
    known["managedFields"] = [entry("kube-controller-manager", created, owned), last]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": known,
        "spec": _spec(app, plan, number, template),
        "status": status,
    }


def _owned_status(status: Object) -> Object:
    parts = fields({key: status[key] for key in ("conditions", "podIPs") if key in status})
    whole = ("containerStatuses", "hostIPs", "phase", "startTime")
    return {**parts, **{f"f:{key}": {} for key in whole if key in status}}


def _spec(app: App, plan: Plan, number: int, template: Object) -> Object:
    token = f"kube-api-access-{suffix(5, 'token', app.namespace, app.name, number)}"
    mount = {"name": token, "readOnly": True, "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}
    main = template["containers"][0]
    node = {} if app.trouble is Trouble.UNSCHEDULABLE else {"nodeName": node_name(node_of(app, number, plan))}
    return {
        **template,
        "volumes": [*template["volumes"], {"name": token, "projected": _TOKEN}],
        "containers": [{**main, "volumeMounts": [*main["volumeMounts"], mount]}],
        **node,
        "tolerations": _TOLERATIONS,
        "priority": 0,
        "enableServiceLinks": True,
        "preemptionPolicy": "PreemptLowerPriority",
    }


_TOLERATIONS = [
    {
        "key": f"node.kubernetes.io/{taint}",
        "operator": "Exists",
        "effect": "NoExecute",
        "tolerationSeconds": 300,
    }
    for taint in ("not-ready", "unreachable")
]
_NAMESPACE_FILE = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
_TOKEN = {
    "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [_NAMESPACE_FILE]}},
    ],
    "defaultMode": 420,
}
