"""Nodes that hold as many pods as they may."""

from anyops.world.resource import Ref
from tests.unit.diagnose.worlds import Body, findings, meta, world


def full_node(pods: int = 2) -> Body:
    held = [{"namespace": "shop", "name": f"cart-{n}"} for n in range(pods)]
    status = {"allocatable": {"pods": "2"}, "pods": held}
    return {"kind": "Node", "metadata": meta("n1", ""), "spec": {}, "status": status}


def test_a_full_node_is_trouble_once_an_alert_says_so() -> None:
    assert not findings(world(full_node(1)), "node.pod_limit")
    (risk,) = findings(world(full_node()), "node.pod_limit")
    assert risk.state == "risk"
    alert = {"kind": "Alert", "metadata": meta("TooManyPods", ""), "labels": {"node": "n1"}}
    (found,) = findings(world(full_node(), alert), "node.pod_limit")
    assert (found.state, found.cause, found.fault) == ("now", "scheduling.max_pods", Ref("Node", "", "n1"))
    assert "Too many pods" in found.title
