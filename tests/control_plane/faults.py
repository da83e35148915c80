"""What is planted: plain objects as a person would apply them, and what the kubelet would report of one."""

from __future__ import annotations

import json
from typing import Any

Body = dict[str, Any]


def deployment(name: str, *, replicas: int = 1, mode: str = "", **spec: Any) -> Body:
    """A deployment of one container `main`. `mode` is how the stand-in node lets its pods fail.

    Keys that a container knows go to the container, all others to the pod.
    """
    of_container = {key: spec.pop(key) for key in ("resources", "envFrom", "volumeMounts") if key in spec}
    container = {"name": "main", "image": f"registry.example/{name}:1", **of_container}
    annotations = {"fakelet/mode": mode} if mode else {}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}, "annotations": annotations},
                "spec": {"terminationGracePeriodSeconds": 0, **spec, "containers": [container]},
            },
        },
    }


def service(name: str, app: str) -> Body:
    """A service for the pods of `app`."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": {"app": app}, "ports": [{"port": 80, "targetPort": 8080}]},
    }


def quota(name: str, pods: int) -> Body:
    """No more than so many pods."""
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": name},
        "spec": {"hard": {"pods": str(pods)}},
    }


def claim(name: str, storage_class: str) -> Body:
    """A volume that this class is to provide."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": storage_class,
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }


def applied_secret(name: str, password: str) -> Body:
    """A secret as `kubectl apply` leaves it: its values stand in an annotation too."""
    bare: Body = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "type": "Opaque",
        "stringData": {"password": password},
    }
    annotations = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(bare)}
    return {**bare, "metadata": {"name": name, "annotations": annotations}}


def role(name: str, user: str, resources: dict[str, list[str]]) -> list[Body]:
    """A role that may read these resources (by API group), bound to a user."""
    reads = ["get", "list", "watch"]
    rules = [{"apiGroups": [group], "resources": of, "verbs": reads} for group, of in resources.items()]
    rbac = "rbac.authorization.k8s.io"
    return [
        {"apiVersion": f"{rbac}/v1", "kind": "Role", "metadata": {"name": name}, "rules": rules},
        {
            "apiVersion": f"{rbac}/v1",
            "kind": "RoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": rbac, "kind": "Role", "name": name},
            "subjects": [{"kind": "User", "name": user, "apiGroup": rbac}],
        },
    ]


def definition(group: str, kind: str) -> Body:
    """A custom resource definition, its status written apart, as operators have them."""
    plural = f"{kind.lower()}s"
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": anything, "status": anything}}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": schema},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind},
            "versions": [version],
        },
    }


def condition(status: str, reason: str, message: str) -> Body:
    """A status whose condition Ready says this."""
    at = "2026-01-05T08:00:00Z"
    ready = {"type": "Ready", "status": status, "reason": reason, "message": message}
    return {"conditions": [{**ready, "lastTransitionTime": at}]}


def missing_config(container: Body, config_map: str) -> Body:
    """What a kubelet reports of a container whose ConfigMap is not there.

    Source: pkg/kubelet/kuberuntime/kuberuntime_container.go (ErrCreateContainerConfig) of Kubernetes.
    """
    waiting = {"reason": "CreateContainerConfigError", "message": f'configmap "{config_map}" not found'}
    state = {**container, "ready": False, "started": False, "state": {"waiting": waiting}}
    unready = {"status": "False", "reason": "ContainersNotReady"}
    return {
        "phase": "Pending",
        "containerStatuses": [state],
        "conditions": [{"type": "Ready", **unready}, {"type": "ContainersReady", **unready}],
    }


def event(pod: Body, reason: str, message: str) -> Body:
    """A warning of the kubelet about a pod."""
    at = pod["metadata"]["creationTimestamp"]
    named = {key: pod["metadata"][key] for key in ("name", "namespace", "uid")}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": f"{named['name']}.", "namespace": named["namespace"]},
        "involvedObject": {"kind": "Pod", "apiVersion": "v1", "fieldPath": "spec.containers{main}", **named},
        "type": "Warning",
        "reason": reason,
        "message": message,
        "source": {"component": "kubelet", "host": "node-a"},
        "firstTimestamp": at,
        "lastTimestamp": at,
        "count": 3,
    }
