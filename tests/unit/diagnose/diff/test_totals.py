"""The sums that stand first."""

from typing import Any

from anyops.diagnose.diff import compare
from tests.unit.diagnose.worlds import Body, meta, resource, workload, world

GI = 2.0**30


def sums(*sides: Any) -> list[tuple[str, str, str, float, float]]:
    a, b = (world(*side, listed=["Deployment", "DaemonSet", "Node", "ConfigMap"]) for side in sides)
    return [(t.kind, t.namespace, t.measure, t.a, t.b) for t in compare(a, b).totals]


def asking(cpu: str, memory: str, replicas: int = 1, name: str = "cart", **template: Any) -> Body:
    amounts = {"requests": {"cpu": cpu, "memory": memory}}
    containers = [{"name": "app", "image": "a:1", "resources": amounts}]
    return workload(name=name, replicas=replicas, template={"containers": containers, **template})


def test_nothing_is_said_where_sums_are_equal():
    assert sums([asking("500m", "1Gi", 2)], [asking("0.5", "1024Mi", 2)]) == []


def test_replicas_times_what_a_pod_asks_for():
    assert sums([asking("500m", "1Gi", 2)], [asking("500m", "1Gi", 5)]) == [
        ("Deployment", "shop", "replicas", 2, 5),
        ("Deployment", "shop", "cpu requests", 1, 2.5),
        ("Deployment", "shop", "memory requests", 2 * GI, 5 * GI),
    ]


def test_what_moved_from_one_workload_to_another_is_the_same_sum():
    a = [asking("1", "1Gi", 3), asking("1", "1Gi", 1, name="web")]
    b = [asking("1", "1Gi", 1), asking("1", "1Gi", 3, name="web")]
    assert sums(a, b) == []


def test_readiness_is_a_sum_and_no_change():
    assert sums([workload(replicas=3, ready=3)], [workload(replicas=3, ready=1)]) == [
        ("Deployment", "shop", "ready", 3, 1)
    ]


def test_manifests_say_nothing_of_readiness():
    manifest = workload(replicas=3)
    del manifest["status"]
    assert sums([manifest], [workload(replicas=3, ready=1)]) == []


def test_objects_are_counted_by_kind():
    config = {"kind": "ConfigMap", "metadata": meta("app")}
    assert sums([], [config, {**config, "metadata": meta("other", "pay")}]) == [
        ("ConfigMap", "", "objects", 0, 2)
    ]


def test_an_init_container_counts_where_it_asks_for_more_and_a_sidecar_always():
    def with_init(**more: Any) -> Body:
        init = {"name": "i", "image": "a:1", "resources": {"requests": {"cpu": "2"}}, **more}
        return asking("1", "1Gi", initContainers=[init])

    assert sums([asking("1", "1Gi")], [with_init()]) == [("Deployment", "shop", "cpu requests", 1, 2)]
    assert sums([asking("1", "1Gi")], [with_init(restartPolicy="Always")]) == [
        ("Deployment", "shop", "cpu requests", 1, 3)
    ]


def test_an_outline_without_requests_leaves_the_sum_open():
    outline = resource(
        {
            "kind": "Deployment",
            "metadata": meta("cart"),
            "spec": {"replicas": 1, "template": {"spec": {"containers": [{"name": "app", "image": "a:1"}]}}},
        },
        complete=False,
    )
    assert sums([asking("1", "1Gi")], [outline]) == []


def test_the_capacity_of_all_nodes():
    def node(name: str, cpu: str) -> Body:
        return {"kind": "Node", "metadata": meta(name, ""), "status": {"capacity": {"cpu": cpu}}}

    assert sums([node("a", "4")], [node("b", "8"), node("c", "8")]) == [
        ("Node", "", "objects", 1, 2),
        ("Node", "", "cpu capacity", 4, 16),
    ]


def test_a_workload_that_wants_all_nodes_counts_where_it_runs():
    assert sums(
        [workload("DaemonSet", replicas=3, ready=3)], [workload("DaemonSet", replicas=4, ready=4)]
    ) == [
        ("DaemonSet", "shop", "replicas", 3, 4),
        ("DaemonSet", "shop", "ready", 3, 4),
    ]
