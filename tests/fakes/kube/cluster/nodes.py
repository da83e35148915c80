"""Nodes with their leases, and the storage classes and priorities that every cluster has."""

from __future__ import annotations

from collections.abc import Iterator

from .identity import Object, before, metadata, owner, sha256, uid
from .managed import managed
from .places import node_ip, node_name
from .plan import REGISTRY, Plan

_PRESSURES = {
    "MemoryPressure": ("KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    "DiskPressure": ("KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    "PIDPressure": ("KubeletHasSufficientPID", "kubelet has sufficient PID available"),
}
KUBELET = "v1.34.1"


def nodes(plan: Plan) -> Iterator[Object]:
    """Every node and its lease, and a few things that belong to the whole cluster."""
    for number in range(plan.nodes):
        yield managed(_node(number, plan), "kubelet", before(plan.now, days=60))
        yield _lease(number, plan)
    yield from _cluster_wide(plan)


def _node(number: int, plan: Plan) -> Object:
    name, zone = node_name(number), f"eu-central-1{'abc'[number % 3]}"
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": "m7i.4xlarge",
        "topology.kubernetes.io/region": "eu-central-1",
        "topology.kubernetes.io/zone": zone,
    }
    annotations = {
        "node.alpha.kubernetes.io/ttl": "0",
        "volumes.kubernetes.io/controller-managed-attach-detach": "true",
    }
    made = before(plan.now, days=60, minutes=number)
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": metadata("Node", "", name, made, labels=labels, annotations=annotations),
        "spec": {"providerID": f"aws:///{zone}/i-{sha256('instance', number)[:17]}"},
        "status": _status(number, plan),
    }


def _status(number: int, plan: Plan) -> Object:
    size = {"cpu": "16", "ephemeral-storage": "104845292Ki", "memory": "64764168Ki", "pods": "234"}
    allocatable = {**size, "cpu": "15890m", "memory": "60990728Ki"}
    images = [
        {"names": [f"{REGISTRY}/{app.name}@sha256:{sha256(app.image)}", app.image], "sizeBytes": 48_123_456}
        for app in plan.apps[number % 7 : 50 : 5]
    ]
    return {
        "capacity": size,
        "allocatable": allocatable,
        "conditions": _conditions(number, plan),
        "addresses": [
            {"type": "InternalIP", "address": node_ip(number)},
            {"type": "Hostname", "address": node_name(number)},
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "machineID": sha256("machine", number)[:32],
            "systemUUID": uid("machine", "", str(number)),
            "bootID": uid("boot", "", str(number)),
            "kernelVersion": "6.12.40-63.114.amzn2023.x86_64",
            "osImage": "Amazon Linux 2023",
            "containerRuntimeVersion": "containerd://2.1.4",
            "kubeletVersion": KUBELET,
            "kubeProxyVersion": "",
            "operatingSystem": "linux",
            "architecture": "amd64",
        },
        "images": images,
    }


def _conditions(number: int, plan: Plan) -> list[Object]:
    times = {
        "lastHeartbeatTime": before(plan.now, seconds=20 + number % 200),
        "lastTransitionTime": before(plan.now, days=60),
    }
    well = [
        {"type": type_, "status": "False", **times, "reason": reason, "message": message}
        for type_, (reason, message) in _PRESSURES.items()
    ]
    ready = {"reason": "KubeletReady", "message": "kubelet is posting ready status"}
    return [*well, {"type": "Ready", "status": "True", **times, **ready}]


def _lease(number: int, plan: Plan) -> Object:
    name = node_name(number)
    renewed = before(plan.now, seconds=number % 10).replace("Z", ".123456Z")
    known = metadata("Lease", "kube-node-lease", name, before(plan.now, days=60))
    known["ownerReferences"] = [
        {
            key: value
            for key, value in owner("v1", "Node", "", name).items()
            if key in ("apiVersion", "kind", "name", "uid")
        }
    ]
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": known,
        "spec": {"holderIdentity": name, "leaseDurationSeconds": 40, "renewTime": renewed},
    }


def _cluster_wide(plan: Plan) -> Iterator[Object]:
    made = before(plan.now, days=400)
    yield {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": metadata(
            "StorageClass",
            "",
            "gp3",
            made,
            annotations={"storageclass.kubernetes.io/is-default-class": "true"},
        ),
        "provisioner": "ebs.csi.aws.com",
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    }
    yield {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": metadata("IngressClass", "", "nginx", made, generation=1),
        "spec": {"controller": "k8s.io/ingress-nginx"},
    }
    for name, value in (("system-cluster-critical", 2_000_000_000), ("system-node-critical", 2_000_001_000)):
        yield {
            "apiVersion": "scheduling.k8s.io/v1",
            "kind": "PriorityClass",
            "metadata": metadata("PriorityClass", "", name, made, generation=1),
            "value": value,
            "preemptionPolicy": "PreemptLowerPriority",
        }
