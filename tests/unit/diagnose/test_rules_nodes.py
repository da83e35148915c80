"""Nodes: conditions, and the programs that every node needs."""

from typing import Any

import pytest

from tests.unit.diagnose.worlds import condition, event, findings, pod, world

Body = dict[str, Any]


def node(
    name: str = "n1", *conditions: Body, version: str = "v1.34.1", runtime: str = "containerd://2.1.0"
) -> Body:
    info = {"kubeletVersion": version, "containerRuntimeVersion": runtime}
    ready = (
        [] if any(c["type"] == "Ready" for c in conditions) else [condition("Ready", "True", "KubeletReady")]
    )
    return {
        "kind": "Node",
        "metadata": {"name": name},
        "status": {"conditions": [*ready, *conditions], "nodeInfo": info},
    }


def unit(name: str, active: str = "inactive", sub: str = "dead") -> Body:
    return {
        "apiVersion": "anyops/v1",
        "kind": "NodeService",
        "metadata": {"name": f"n1/{name}"},
        "spec": {"node": "n1", "unit": name},
        "status": {"active": active, "sub": sub, "since": "Fri 2026-11-20 11:00:00 UTC"},
    }


def placed(name: str = "cart-0", *, ready: bool = False) -> Body:
    body = pod(name, ready=ready)
    body["spec"]["nodeName"] = "n1"
    return body


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("kubelet", "node.kubelet_down"),
        ("containerd", "node.runtime_down"),
        ("kube-proxy.service", "node.kube_proxy_down"),
        ("etcd", "controlplane.unavailable"),
    ],
)
def test_a_stopped_program_is_the_nodes_fault(name: str, cause: str) -> None:
    [found] = findings(world(unit(name), node(), placed()), "node.service")
    assert (found.cause, found.certainty, str(found.fault)) == (cause, "sure", "Node/n1")
    assert [r.name for r in found.explains] == ["cart-0"]


def test_running_programs_and_unused_runtimes_are_fine() -> None:
    seen = world(unit("kubelet", "active", "running"), unit("docker"), unit("cups"), node())
    assert not findings(seen, "node.service")


def test_a_program_that_restarts_for_ever_is_down() -> None:
    [found] = findings(world(unit("kubelet", "activating", "auto-restart")), "node.service")
    assert found.cause == "node.kubelet_down"


def test_a_node_that_is_not_ready_is_a_symptom_of_its_stopped_kubelet() -> None:
    silent = node(
        "n1", condition("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
    )
    [alone] = findings(world(silent, placed()), "node.ready")
    assert (alone.cause, alone.severity) == ("node.not_ready", "critical")
    assert "1 pods" in alone.statement
    [explained] = findings(world(silent, unit("kubelet")), "node.ready")
    assert explained.cause is None


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("container runtime network not ready: cni plugin not initialized", "node.network_unavailable"),
        ("PLEG is not healthy: pleg was last seen active 3m ago", "node.runtime_down"),
        ("[container runtime is down]", "node.runtime_down"),
    ],
)
def test_the_ready_condition_says_why(message: str, cause: str) -> None:
    [found] = findings(
        world(node("n1", condition("Ready", "False", "KubeletNotReady", message))), "node.ready"
    )
    assert (found.cause, found.certainty) == (cause, "sure")


def test_pressures_are_causes() -> None:
    seen = world(
        node(
            "n1",
            condition("DiskPressure", "True", "KubeletHasDiskPressure"),
            condition("PIDPressure", "False"),
        )
    )
    assert [f.cause for f in findings(seen, "node.condition")] == ["node.disk_pressure"]


def test_conditions_of_third_parties_count_by_what_they_say() -> None:
    seen = world(
        node(
            "n1",
            condition("EtcdIsVoter", "True"),
            condition("KernelDeadlock", "False"),
            condition("NTPProblem", "False"),
        )
    )
    assert not findings(seen, "node.condition")
    bad = world(node("n1", condition("KernelDeadlock", "True", "DockerHung"), condition("GpuReady", "False")))
    assert [f.title for f in findings(bad, "node.condition")] == [
        "Node condition KernelDeadlock=True",
        "Node condition GpuReady=False",
    ]


def test_a_runtime_that_the_kubelet_cannot_reach() -> None:
    message = "rpc error: dial unix /run/containerd/containerd.sock: connect: no such file or directory"
    gone = event("Pod/shop/cart-0", "FailedCreatePodSandBox", message)
    down = node("n1", condition("Ready", "False", "KubeletNotReady", "x"))
    [found] = findings(world(down, placed(), events=[gone]), "node.runtime")
    assert (found.cause, found.state, found.certainty) == ("node.runtime_down", "now", "sure")
    [healed] = findings(world(node(), placed(ready=True), events=[gone]), "node.runtime")
    assert healed.state == "past"


def test_a_kube_proxy_pod_that_does_not_run_is_its_nodes_trouble() -> None:
    proxy = pod("kube-proxy-x1", "kube-system", ready=False, labels={"k8s-app": "kube-proxy"})
    proxy["spec"]["nodeName"] = "n1"
    [found] = findings(world(proxy, node()), "node.kube_proxy")
    assert (found.cause, str(found.fault)) == ("node.kube_proxy_down", "Node/n1")


def test_old_kubelets_are_hygiene_and_reboots_are_history() -> None:
    seen = world(
        node("old", version="v1.30.2"), node("new"), events=[event("Node/new", "Rebooted", "boot id x")]
    )
    assert [(f.ref.name, f.state) for f in findings(seen, "node.version_skew")] == [("old", "risk")]
    assert [f.state for f in findings(seen, "node.rebooted")] == ["past"]
