"""Plants what the test looks for, and waits until the cluster has noticed."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.control_plane import faults
from tests.control_plane.plane import Body, Plane


class Planted(NamedTuple):
    """Namespaces by what is wrong in them, and the API group of the custom resources."""

    faulty: str
    tight: str
    fine: str
    group: str


@contextmanager
def planting(plane: Plane, password: str) -> Iterator[Planted]:
    """Faults of every kind in `faulty`, a used up quota in `tight`, and nothing wrong in `fine`.

    In `fine` stands a secret with this password. It begins once the cluster has noticed all of it, and ends
    with everything removed. Raises TimeoutError.
    """
    group = f"{uuid.uuid4().hex[:6]}.anyops.test"
    definition = faults.definition(group, "Queue")
    path = plane.path("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    with plane.namespaces("faulty", "tight", "fine") as named:
        try:
            plane.create(definition)
            plane.until(path, lambda items: _established(items, group), "the definition served")
            _plant_faults(plane, named["faulty"])
            plane.create(faults.quota("small", 1), namespace=named["tight"])
            plane.create(faults.deployment("many", replicas=3), namespace=named["tight"])
            _plant_healthy(plane, named["fine"], password)
            _plant_queues(plane, named["faulty"], named["fine"], group)
            _wait_for_faults(plane, named["faulty"], named["tight"])
            yield Planted(**named, group=group)
        finally:
            plane.delete(f"{path}/{definition['metadata']['name']}")


def _established(items: list[Body], group: str) -> bool:
    mine = [item for item in items if item["spec"]["group"] == group]
    conditions = mine[0].get("status", {}).get("conditions") or []
    return any(c["type"] == "Established" and c["status"] == "True" for c in conditions)


def _plant_faults(plane: Plane, namespace: str) -> None:
    mount = {"name": "data", "mountPath": "/data"}
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    plane.create(
        faults.deployment("crash", replicas=2, mode="crash"),
        faults.deployment("oom", mode="oom", resources={"limits": {"memory": "64Mi"}}),
        faults.deployment("pull", mode="imagepull"),
        faults.deployment("big", resources={"requests": {"cpu": "64"}}),
        faults.deployment("config", mode="run", envFrom=[{"configMapRef": {"name": "nowhere"}}]),
        faults.claim("data", "nowhere"),
        faults.deployment("disk", volumes=[volume], volumeMounts=[mount]),
        faults.deployment("cart"),
        faults.service("cart", "kart"),
        namespace=namespace,
    )
    pods = f"/api/v1/namespaces/{namespace}/pods"
    plane.until(pods, lambda items: _running(items, "config"), "the pod of config started")
    for pod in plane.items(pods, labelSelector="app=config"):
        status = faults.missing_config(pod["status"]["containerStatuses"][0], "nowhere")
        plane.patch(f"{pods}/{pod['metadata']['name']}/status", {"status": status})
        plane.create(faults.event(pod, "Failed", 'Error: configmap "nowhere" not found'))


def _plant_healthy(plane: Plane, namespace: str, password: str) -> None:
    plane.create(faults.deployment("web", replicas=3), faults.service("web", "web"), namespace=namespace)
    plane.create(faults.deployment("bot", serviceAccountName="ghost"), namespace=namespace)
    plane.create(faults.applied_secret("keys", password), namespace=namespace)
    plane.until(
        f"/apis/apps/v1/namespaces/{namespace}/deployments",
        lambda items: (ready(items, "web"), ready(items, "bot")) == (3, 1),
        "web and bot ready",
    )


def _plant_queues(plane: Plane, faulty: str, fine: str, group: str) -> None:
    for namespace, status in (
        (faulty, faults.condition("False", "BrokerGone", "no broker answers at 10.0.0.9:5672")),
        (fine, faults.condition("True", "Serving", "the broker answers")),
    ):
        queue = {"apiVersion": f"{group}/v1", "kind": "Queue", "metadata": {"name": "orders"}, "spec": {}}
        plane.create(queue, namespace=namespace)
        path = plane.path(f"{group}/v1", "Queue", namespace, "orders")
        plane.patch(f"{path}/status", {"status": status})


def _wait_for_faults(plane: Plane, faulty: str, tight: str) -> None:
    """Until node, scheduler and controllers have said all that they have to say."""
    said = {("Pod", "BackOff"), ("Pod", "Failed"), ("Pod", "FailedScheduling")}
    said |= {("PersistentVolumeClaim", "ProvisioningFailed")}
    plane.until(
        f"/api/v1/namespaces/{faulty}/events",
        lambda items: said <= {(e["involvedObject"]["kind"], e["reason"]) for e in items},
        "events of all faults",
    )
    plane.until(
        f"/apis/apps/v1/namespaces/{tight}/deployments",
        lambda items: any(c["reason"] == "FailedCreate" for c in items[0]["status"].get("conditions", [])),
        "the quota refuses",
    )
    plane.until(
        f"/api/v1/namespaces/{faulty}/pods",
        lambda items: sum("containerStatuses" in pod["status"] for pod in items) == 6,
        "the node has reported every pod",
    )


def _running(pods: list[Body], app: str) -> bool:
    mine = [pod for pod in pods if pod["metadata"]["labels"].get("app") == app]
    return bool(mine) and all(pod["status"].get("phase") == "Running" for pod in mine)


def ready(deployments: list[Body], name: str) -> int:
    """How many pods of the deployment are ready."""
    return next(d["status"].get("readyReplicas", 0) for d in deployments if d["metadata"]["name"] == name)
