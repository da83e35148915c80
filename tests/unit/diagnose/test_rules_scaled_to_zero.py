from tests.unit.diagnose.worlds import event, findings, meta, workload, world

SERVICE = {"kind": "Service", "metadata": meta("cart"), "spec": {"selector": {"app": "cart"}}}
EMPTY = workload(replicas=0, ready=0)


def test_a_workload_that_nobody_calls_may_be_zero() -> None:
    assert [f.state for f in findings(world(EMPTY, SERVICE), "workload.scaled_to_zero")] == ["risk"]
    assert [f.state for f in findings(world(EMPTY), "workload.scaled_to_zero")] == ["risk"]


def test_a_workload_that_another_calls_may_not() -> None:
    env = [{"name": "CART_ADDR", "value": "cart:7070"}]
    caller = workload(name="web", template={"containers": [{"name": "web", "env": env}]})
    [found] = findings(world(EMPTY, SERVICE, caller), "workload.scaled_to_zero")
    assert (found.state, found.severity, found.certainty) == ("now", "high", "sure")
    assert "no pods for web" in found.statement
    assert found.commands == ("kubectl -n shop scale deployment/cart --replicas=1",)


def test_a_service_that_others_still_serve_is_not_empty() -> None:
    env = [{"name": "CART_ADDR", "value": "cart:7070"}]
    caller = workload(name="web", template={"containers": [{"name": "web", "env": env}]})
    served = {"kind": "Endpoints", "metadata": meta("cart"), "subsets": [{"addresses": [{"ip": "10.0.0.1"}]}]}
    [found] = findings(world(EMPTY, SERVICE, caller, served), "workload.scaled_to_zero")
    assert found.state == "risk"


def test_a_recent_scaling_down_of_a_served_workload_is_doubtful() -> None:
    down = event("Deployment/shop/cart", "ScalingReplicaSet", "Scaled down replica set cart-1 to 0 from 2")
    [found] = findings(world(EMPTY, SERVICE, events=[down]), "workload.scaled_to_zero")
    assert (found.state, found.certainty) == ("now", "maybe")
