"""kube-system: coredns with its service, a kube-proxy on every node; and the `kubernetes` service."""

from __future__ import annotations

from collections.abc import Iterator

from .identity import Object, before, metadata, owner, sha256, suffix, uid
from .managed import managed
from .places import ip_of, node_ip, node_name
from .plan import REGISTRY, Plan

_SYSTEM = "kube-system"
_DNS = {"k8s-app": "kube-dns"}
_PROXY = {"k8s-app": "kube-proxy"}
_HASH = suffix(10, "coredns", 1)
_DNS_PORTS = (("dns", 53, "UDP"), ("dns-tcp", 53, "TCP"), ("metrics", 9153, "TCP"))


def system(plan: Plan) -> Iterator[Object]:
    """Everything in kube-system, and how pods reach the API server."""
    made = before(plan.now, days=30)
    for item in (*_coredns(plan, made), _daemon_set(plan, made), *_services(plan, made)):
        yield managed(item, "kube-controller-manager", made)
    for number in range(2):
        reference = owner("apps/v1", "ReplicaSet", _SYSTEM, f"coredns-{_HASH}")
        labels = {**_DNS, "pod-template-hash": _HASH}
        address = ip_of(plan.pods + number)
        yield _pod(f"coredns-{_HASH}", number, number, address, _spec("coredns"), labels, reference, made)
    for number in range(plan.nodes):
        reference = owner("apps/v1", "DaemonSet", _SYSTEM, "kube-proxy")
        spec = {**_spec("kube-proxy"), "hostNetwork": True}
        yield _pod("kube-proxy", number, number, node_ip(number), spec, _PROXY, reference, made)


def _spec(name: str) -> Object:
    container = {
        "name": name,
        "image": f"{REGISTRY}/eks/{name}:v1.12.3",
        "resources": {"limits": {"memory": "170Mi"}, "requests": {"cpu": "100m", "memory": "70Mi"}},
        "imagePullPolicy": "IfNotPresent",
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    }
    return {
        "containers": [container],
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "Default",
        "serviceAccountName": "default",
        "serviceAccount": "default",
        "schedulerName": "default-scheduler",
        "priorityClassName": "system-cluster-critical",
        "priority": 2_000_000_000,
        "tolerations": [{"operator": "Exists"}],
    }


def _pod_name(stem: str, number: int) -> str:
    return f"{stem}-{suffix(5, stem, number)}"


def _pod(
    stem: str,
    number: int,
    node: int,
    address: str,
    spec: Object,
    labels: Object,
    reference: Object,
    made: str,
) -> Object:
    container = spec["containers"][0]
    name = _pod_name(stem, number)
    types = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    status = {
        "phase": "Running",
        "conditions": [
            {"type": t, "status": "True", "lastProbeTime": None, "lastTransitionTime": made} for t in types
        ],
        "hostIP": node_ip(node),
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": made,
        "containerStatuses": [
            {
                "name": container["name"],
                "state": {"running": {"startedAt": made}},
                "lastState": {},
                "ready": True,
                "restartCount": 0,
                "image": container["image"],
                "imageID": f"{container['image'].rpartition(':')[0]}@sha256:{sha256(stem)}",
                "containerID": f"containerd://{sha256(stem, number)}",
                "started": True,
            }
        ],
        "qosClass": "Burstable",
    }
    known = metadata("Pod", _SYSTEM, name, made, labels=labels, owner=reference, generate=f"{stem}-")
    item = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": known,
        "spec": {**spec, "nodeName": node_name(node)},
        "status": status,
    }
    return managed(item, "kubelet", made)


def _coredns(plan: Plan, made: str) -> Iterator[Object]:
    template = {"metadata": {"labels": dict(_DNS)}, "spec": _spec("coredns")}
    counts = {"replicas": 2, "readyReplicas": 2, "availableReplicas": 2, "observedGeneration": 1}
    times = {"lastUpdateTime": made, "lastTransitionTime": made}
    conditions = [
        {"type": "Available", "status": "True", **times, "reason": "MinimumReplicasAvailable", "message": ""},
        {"type": "Progressing", "status": "True", **times, "reason": "NewReplicaSetAvailable", "message": ""},
    ]
    revision = {"deployment.kubernetes.io/revision": "1"}
    yield {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(
            "Deployment", _SYSTEM, "coredns", made, labels=_DNS, annotations=revision, generation=1
        ),
        "spec": {"replicas": 2, "selector": {"matchLabels": dict(_DNS)}, "template": template},
        "status": {**counts, "updatedReplicas": 2, "conditions": conditions},
    }
    labels = {**_DNS, "pod-template-hash": _HASH}
    reference = owner("apps/v1", "Deployment", _SYSTEM, "coredns")
    yield {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": metadata(
            "ReplicaSet",
            _SYSTEM,
            f"coredns-{_HASH}",
            made,
            labels=labels,
            annotations=revision,
            owner=reference,
            generation=1,
        ),
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": labels},
            "template": {**template, "metadata": {"labels": labels}},
        },
        "status": {**counts, "fullyLabeledReplicas": 2},
    }
    corefile = (
        ".:53 {\n    errors\n    health\n    ready\n    kubernetes cluster.local in-addr.arpa ip6.arpa\n}\n"
    )
    yield {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata("ConfigMap", _SYSTEM, "coredns", made),
        "data": {"Corefile": corefile},
    }


def _daemon_set(plan: Plan, made: str) -> Object:
    same = ("currentNumberScheduled", "desiredNumberScheduled", "numberAvailable", "numberReady")
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": metadata("DaemonSet", _SYSTEM, "kube-proxy", made, labels=_PROXY, generation=1),
        "spec": {
            "selector": {"matchLabels": dict(_PROXY)},
            "template": {
                "metadata": {"labels": dict(_PROXY)},
                "spec": {**_spec("kube-proxy"), "hostNetwork": True},
            },
            "updateStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": "10%", "maxSurge": 0},
            },
        },
        "status": {
            **dict.fromkeys((*same, "updatedNumberScheduled"), plan.nodes),
            "numberMisscheduled": 0,
            "observedGeneration": 1,
        },
    }


def _services(plan: Plan, made: str) -> Iterator[Object]:
    dns = [(f"coredns-{_HASH}", number, ip_of(plan.pods + number)) for number in range(2)]
    ports = [{"name": name, "protocol": protocol, "port": port} for name, port, protocol in _DNS_PORTS]
    yield _service(_SYSTEM, "kube-dns", "172.20.255.10", ports, {"selector": dict(_DNS)}, made)
    targets = [
        (
            address,
            {
                "kind": "Pod",
                "namespace": _SYSTEM,
                "name": (n := _pod_name(stem, number)),
                "uid": uid("Pod", _SYSTEM, n),
            },
        )
        for stem, number, address in dns
    ]
    yield from _reached(_SYSTEM, "kube-dns", ports, targets, made)
    https = [{"name": "https", "protocol": "TCP", "port": 443}]
    yield _service("default", "kubernetes", "172.20.0.1", https, {}, made)
    yield from _reached("default", "kubernetes", https, [("10.0.255.1", {}), ("10.0.255.2", {})], made)


def _service(namespace: str, name: str, address: str, ports: list[Object], more: Object, made: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata("Service", namespace, name, made),
        "spec": {
            "ports": [{**port, "targetPort": port["port"]} for port in ports],
            **more,
            "clusterIP": address,
            "clusterIPs": [address],
            "type": "ClusterIP",
            "sessionAffinity": "None",
        },
        "status": {"loadBalancer": {}},
    }


def _reached(
    namespace: str, name: str, ports: list[Object], targets: list[tuple[str, Object]], made: str
) -> Iterator[Object]:
    """The Endpoints and the EndpointSlice of a service."""
    addresses = [{"ip": ip, **({"targetRef": target} if target else {})} for ip, target in targets]
    yield {
        "apiVersion": "v1",
        "kind": "Endpoints",
        "metadata": metadata("Endpoints", namespace, name, made),
        "subsets": [{"addresses": addresses, "ports": ports}],
    }
    endpoints = [
        {"addresses": [ip], "conditions": {"ready": True}, **({"targetRef": target} if target else {})}
        for ip, target in targets
    ]
    yield {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": metadata(
            "EndpointSlice",
            namespace,
            f"{name}-{suffix(5, name)}",
            made,
            labels={"kubernetes.io/service-name": name},
        ),
        "addressType": "IPv4",
        "endpoints": endpoints,
        "ports": ports,
    }
