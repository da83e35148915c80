"""CPU, memory and latency by metrics; the workload or node that slow answers come from."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from anyops.diagnose.measures import Measure, quantity_of, raised
from anyops.world.resource import Ref
from anyops.world.world import Sample, Series
from tests.unit.diagnose.worlds import findings, pod, span, workload, world

Body = dict[str, Any]
START = datetime(2026, 11, 20, 11, 50, tzinfo=UTC)


def series(service: str, metric: str, *values: float) -> Series:
    samples = tuple(Sample(START + timedelta(seconds=5 * n), v) for n, v in enumerate(values))
    return Series(metric, {"service": service}, samples, source=span(f"{service}-{metric}", "metrics.csv"))


def step(service: str, metric: str, usual: float, then: float, *, back: int = 0) -> Series:
    return series(service, metric, *[usual] * 8, *[then] * (24 - back), *[usual] * back)


def app(name: str, node: str = "n1", cpu: str = "200m", memory: str = "128Mi") -> list[Body]:
    limits = {"resources": {"limits": {"cpu": cpu, "memory": memory}}}
    container = {"name": "app", **limits}
    one = pod(
        f"{name}-x1",
        owner=("ReplicaSet", f"{name}-1"),
        labels={"app": name},
        spec={"containers": [container]},
    )
    one["spec"]["nodeName"] = node
    replicas = workload("ReplicaSet", f"{name}-1", labels={"app": name})
    replicas["metadata"]["ownerReferences"] = [{"kind": "Deployment", "name": name, "controller": True}]
    return [workload(name=name, template={"containers": [container]}), replicas, one]


def call(caller: str, callee: str) -> Body:
    return {
        "apiVersion": "anyops/v1",
        "kind": "Dependency",
        "metadata": {"name": f"{caller}->{callee}"},
        "spec": {"from": caller, "to": callee},
    }


def node(name: str) -> Body:
    return {"kind": "Node", "metadata": {"name": name}, "status": {}}


SHOP = [
    *app("front", "n1"), *app("cart", "n1"), *app("store", "n2"), *app("ads", "n2"), node("n1"), node("n2"),
    call("front", "cart"), call("cart", "store"), call("front", "ads"),
]  # fmt: skip


def causes(*measured: Series, bodies: Sequence[Body] = SHOP, **more: Any) -> list[tuple[str | None, str]]:
    seen = world(*bodies, series=measured, **more)
    found = findings(seen, "metrics.")
    return [(f.cause, f.fault.name if f.fault else f.ref.name) for f in found if f.cause and f.state == "now"]


@pytest.mark.parametrize(
    ("metric", "quantity"),
    [
        ("cpu_cfs", "throttling"), ("container_cpu_cfs_throttled_seconds", "throttling"), ("cpu", "cpu"),
        ("p95latency", "latency"), ("tcp_retans", "retransmits"), ("memory", "memory"), ("replicas", ""),
    ],
)  # fmt: skip
def test_metrics_are_known_by_their_names(metric: str, quantity: str) -> None:
    assert quantity_of(metric) == quantity


def measure(*values: float) -> Measure:
    node = Ref("Node", "", "n1")
    return Measure(node, node, "latency", "p95", values, (None,) * len(values), span("x"))


def test_a_stretch_must_be_long_and_small_gaps_do_not_end_it() -> None:
    assert raised(measure(*[1.0] * 16, 9, 9, 9, *[1.0] * 13), 4) is None
    assert raised(measure(*[1.0] * 16, *[9.0] * 6, 1, 1, *[9.0] * 4, *[1.0] * 4), 4) == slice(16, 28)


def test_throttling_with_more_cpu_use_is_an_overload() -> None:
    seen = world(*SHOP, series=[step("cart", "cpu", 0.05, 0.19), step("cart", "cpu_cfs", 0.0, 1.1)])
    [found] = findings(seen, "metrics.cpu")
    assert (found.cause, found.certainty, found.fault) == (
        "cpu.overload",
        "sure",
        Ref("Deployment", "shop", "cart"),
    )
    assert "200m" in found.statement


def test_an_overload_that_is_over_is_history() -> None:
    seen = world(
        *SHOP, series=[step("cart", "cpu", 0.05, 0.19, back=10), step("cart", "cpu_cfs", 0, 1.1, back=10)]
    )
    assert [f.state for f in findings(seen, "metrics.cpu")] == ["past"]


def test_noise_is_nothing() -> None:
    assert not causes(
        series("cart", "cpu", *[0.05, 0.06] * 16), series("cart", "p95latency", *[5, 7, 6, 8] * 8)
    )


def test_slowness_comes_from_the_deepest_slow_callee() -> None:
    assert causes(
        step("front", "p95latency", 30, 900),
        step("cart", "p95latency", 9, 880),
        step("store", "p95latency", 2, 400),
    ) == [("network.pod_delay", "store")]


def test_a_slow_workload_that_is_short_of_cpu_has_that_cause() -> None:
    found = causes(
        step("front", "p95latency", 30, 900),
        step("cart", "p95latency", 9, 880),
        step("cart", "cpu_cfs", 0, 1.1),
    )
    assert found == [("cpu.overload", "cart")]


def test_several_origins_on_one_node_speak_of_the_node() -> None:
    found = causes(
        step("front", "p95latency", 30, 900),
        step("store", "p95latency", 2, 400),
        step("ads", "p95latency", 3, 300),
    )
    assert found == [("network.node_delay", "n2")]


def test_steady_retransmissions_of_one_node_are_packet_loss() -> None:
    found = causes(
        step("store", "p95latency", 2, 40),
        step("n2", "tcp_retans", 0.0, 7.0),
        step("n1", "tcp_retans", 0, 0.4),
    )
    assert found == [("network.node_packet_loss", "n2")]


def test_slowness_that_is_over_is_history() -> None:
    seen = world(*SHOP, series=[step("store", "p95latency", 2, 400, back=12)])
    assert {f.state for f in findings(seen, "metrics.latency")} == {"past"}


def test_an_alert_that_tells_usual_and_current_values_counts_as_a_measure() -> None:
    alert = {
        "apiVersion": "anyops/v1",
        "kind": "Alert",
        "metadata": {"name": "cart"},
        "annotations": {"evidence": "SATURATION [cpu core] | Normal=0.04 cores -> Current=0.19 cores\n"
                        "SATURATION [cpu_cfs] | Val: 1.08s (Throttled)"},
        "status": {"state": "firing"},
    }  # fmt: skip
    assert causes(bodies=[*SHOP, alert]) == [("cpu.overload", "cart")]


def test_memory_that_grows_towards_the_limit() -> None:
    grows = [80 + 1.4 * n for n in range(32)]
    found = causes(series("cart", "memory", *[g * 2**20 for g in grows]))
    assert found == [("memory.pressure", "cart")]
    assert not causes(step("cart", "memory", 80 * 2**20, 90 * 2**20))


def test_an_alert_about_a_service_and_a_series_about_its_pod_are_one() -> None:
    service = {
        "kind": "Service",
        "metadata": {"name": "store", "namespace": "shop"},
        "spec": {"selector": {"app": "store"}, "ports": [{"port": 80}]},
    }
    alert = {
        "apiVersion": "anyops/v1",
        "kind": "Alert",
        "metadata": {"name": "store"},
        "annotations": {"evidence": "[Slow] | store-p95latency: Normal=2.00ms -> Current=400.00ms"},
        "about": {"kind": "Service", "namespace": "shop", "name": "store"},
        "status": {"state": "firing"},
    }
    measured = step("store", "p95latency", 2, 400)
    assert causes(measured, bodies=[*SHOP, service, alert]) == [("network.pod_delay", "store")]
