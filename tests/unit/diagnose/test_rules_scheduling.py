"""Why a pod fits on no node: the scheduler's words against the nodes that were read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyops.diagnose.finding import Found
from anyops.diagnose.rules.scheduler import scheduler_unavailable
from anyops.diagnose.rules.scheduling import gated, preempted, unschedulable
from anyops.diagnose.rules.scheduling_text import parse
from anyops.world.resource import Ref
from anyops.world.world import World
from tests.unit.diagnose.worlds import Body, event, pod, resource, workload, world

SHOP = {"app": "cart"}
NO_MATCH = "node(s) didn't match Pod's node affinity/selector"


def node(name: str, *, cordoned: bool = False, taints: list[Body] | None = None, **labels: str) -> Body:
    return {
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, **labels}},
        "spec": {"unschedulable": cordoned, "taints": taints or []},
        "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"}},
    }


def master(name: str = "m1") -> Body:
    return node(name, cordoned=True, **{"node-role.kubernetes.io/control-plane": ""})


def pending(**spec: Any) -> Body:
    return pod(
        "cart-7d9-x",
        phase="Pending",
        owner=("ReplicaSet", "cart-7d9"),
        labels=SHOP,
        spec=spec,
        status={"conditions": [{"type": "PodScheduled", "status": "False"}], "containerStatuses": []},
    )


def refused(message: str, *bodies: Body, **spec: Any) -> World:
    owner = workload(
        "ReplicaSet", "cart-7d9", labels=SHOP, ownerReferences=[{"kind": "Deployment", "name": "cart"}]
    )
    return world(
        pending(**spec), owner, *bodies, events=[event("Pod/shop/cart-7d9-x", "FailedScheduling", message)]
    )


def only(found: Any) -> Found:
    (one,) = list(found)
    return one


def test_selector_that_no_node_carries() -> None:
    message = f"0/3 nodes are available: 1 node(s) were unschedulable, 2 {NO_MATCH}."
    there = refused(message, master(), node("n1", disk="hdd"), node("n2"), nodeSelector={"disk": "ssd"})
    found = only(unschedulable(there))
    assert (found.cause, found.fault, found.certainty) == (
        "scheduling.node_selector",
        Ref("Deployment", "shop", "cart"),
        "sure",
    )
    assert "disk=ssd" in found.statement
    assert "disk is hdd where it is set" in found.statement


def test_affinity_is_told_from_selector_by_the_pods_own_spec() -> None:
    term = {"matchExpressions": [{"key": "state", "operator": "NotIn", "values": ["drained"]}]}
    affinity = {
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    }
    message = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."
    there = refused(message, node("n1", state="drained"), node("n2", state="drained"), affinity=affinity)
    found = only(unschedulable(there))
    assert found.cause == "scheduling.node_affinity"
    assert "state NotIn (drained)" in found.statement


def test_a_cordoned_node_is_the_cause_where_it_is_the_only_one_that_fits() -> None:
    message = f"0/4 nodes are available: 2 {NO_MATCH}, 2 node(s) were unschedulable."
    nodes = [master(), node("n1", cordoned=True, gpu="yes"), node("n2"), node("n3")]
    found = only(unschedulable(refused(message, *nodes, nodeSelector={"gpu": "yes"})))
    assert found.cause == "scheduling.cordoned"
    assert "only n1 would fit" in found.statement
    assert "kubectl uncordon n1" in found.commands


def test_a_cordoned_control_plane_is_not_the_cause() -> None:
    message = "0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu."
    big = {"containers": [{"name": "app", "resources": {"requests": {"cpu": "12"}}}]}
    found = only(unschedulable(refused(message, master(), node("n1"), node("n2"), **big)))
    assert (found.cause, found.certainty) == ("scheduling.cpu", "sure")
    assert "no node is that large" in found.statement


def test_the_largest_hole_is_named() -> None:
    message = "0/2 nodes are available: 2 Insufficient memory."
    full = node("n1")
    full["status"]["allocated"] = {"requests": {"memory": "7Gi"}}
    fuller = node("n2")
    fuller["status"]["allocated"] = {"requests": {"memory": "7936Mi"}}
    asks = {"containers": [{"name": "app", "resources": {"requests": {"memory": "2Gi"}}}]}
    found = only(unschedulable(refused(message, full, fuller, **asks)))
    assert found.cause == "scheduling.memory"
    assert "asks for 2Gi memory" in found.statement
    assert "the largest hole is 1Gi on n1" in found.statement


def test_taint_on_the_node_that_the_selector_means() -> None:
    message = (
        "0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: batch}, "
        "2 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: "
        "3 Preemption is not helpful for scheduling."
    )
    tainted = node(
        "n1", taints=[{"key": "dedicated", "value": "batch", "effect": "NoSchedule"}], pool="batch"
    )
    found = only(
        unschedulable(refused(message, tainted, node("n2"), node("n3"), nodeSelector={"pool": "batch"}))
    )
    assert found.cause == "scheduling.taint"
    assert "dedicated=batch" in found.statement
    assert "n1" in found.statement


def test_a_volume_in_another_zone() -> None:
    term = {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["b"]}]}
    disk = {
        "kind": "PersistentVolume",
        "metadata": {"name": "disk-1"},
        "spec": {"nodeAffinity": {"required": {"nodeSelectorTerms": [term]}}},
    }
    claim = {
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "shop"},
        "spec": {"volumeName": "disk-1"},
    }
    message = "0/1 nodes are available: 1 node(s) had volume node affinity conflict."
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    found = only(unschedulable(refused(message, node("n1", zone="a"), disk, claim, volumes=volumes)))
    assert found.cause == "scheduling.volume_zone"
    assert "disk-1 is only on nodes with zone In (b)" in found.statement


def test_labels_that_were_not_read_leave_the_choice_open() -> None:
    rows = [
        resource(
            {"kind": "Node", "metadata": {"name": name}, "spec": {"unschedulable": name == "n1"}},
            complete=False,
        )
        for name in ("n1", "n2")
    ]
    message = f"0/2 nodes are available: 1 {NO_MATCH}, 1 node(s) were unschedulable."
    told = event("Pod/shop/cart-7d9-x", "FailedScheduling", message)
    found = only(unschedulable(world(pending(nodeSelector={"a": "b"}), *rows, events=[told])))
    assert (found.cause, found.certainty) == ("scheduling.cordoned", "maybe")


def test_a_taint_for_a_sick_node_blames_the_node() -> None:
    message = "0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/not-ready: }."
    sick = node("n1", taints=[{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}])
    found = only(unschedulable(refused(message, sick)))
    assert (found.cause, found.fault) == ("node.not_ready", Ref("Node", "", "n1"))


def test_affinity_of_a_pod_read_from_describe_comes_from_its_deployment() -> None:
    rule = {"labelSelector": {"matchLabels": SHOP}, "topologyKey": "kubernetes.io/hostname"}
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [rule]}}
    here = pod("cart-1", labels=SHOP, spec={"nodeName": "n1"})
    message = "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules."
    waiting = resource(pending(), complete=False)
    there = world(
        waiting,
        here,
        node("n1"),
        workload("Deployment", "cart", replicas=2, template={"affinity": affinity}),
        workload("ReplicaSet", "cart-7d9", ownerReferences=[{"kind": "Deployment", "name": "cart"}]),
        events=[event("Pod/shop/cart-7d9-x", "FailedScheduling", message)],
    )
    found = only(unschedulable(there))
    assert found.cause == "scheduling.pod_anti_affinity"
    assert "cart-1" in found.statement
    assert "2 replicas" in found.statement


def test_a_pod_that_runs_now_is_history() -> None:
    running = pod("cart-0", spec={"nodeName": "n1"})
    told = event("Pod/shop/cart-0", "FailedScheduling", "0/1 nodes are available: 1 Insufficient cpu.")
    found = only(unschedulable(world(running, events=[told])))
    assert (found.state, found.cause) == ("past", None)


def test_a_deleted_pod_says_nothing() -> None:
    told = event("Pod/shop/gone", "FailedScheduling", "0/1 nodes are available: 1 Insufficient cpu.")
    assert not list(unschedulable(world(pod("cart-0"), events=[told], listed=["Pod"])))


def test_a_pod_known_only_by_its_events() -> None:
    told = event(
        "Pod/shop/cart-7d9f8c6b5-x2x4z", "FailedScheduling", "0/1 nodes are available: 1 Insufficient cpu."
    )
    found = only(unschedulable(world(workload("Deployment", "cart"), events=[told])))
    assert (found.cause, found.fault) == ("scheduling.cpu", Ref("Deployment", "shop", "cart"))


def test_gates() -> None:
    held = pod("cart-0", phase="Pending", spec={"schedulingGates": [{"name": "example/quota"}]})
    found = only(gated(world(held)))
    assert (found.cause, "example/quota" in found.statement) == ("scheduling.gated", True)


def test_preempted_counts_while_its_replacement_waits() -> None:
    owner = workload("ReplicaSet", "cart-7d9")
    told = event("Pod/shop/cart-7d9-a", "Preempted", "Preempted by pod 1f on node n1", warning=False)
    gone = pod("cart-7d9-a", owner=("ReplicaSet", "cart-7d9"), spec={"nodeName": "n1"})
    assert only(preempted(world(owner, gone, events=[told]))).state == "past"
    assert only(preempted(world(owner, gone, pending(), events=[told]))).state == "now"


def unnoticed() -> Body:
    status = {"conditions": [], "containerStatuses": []}
    return pod("cart-0", phase="Pending", status=status, creationTimestamp="2026-11-20T11:50:00Z")


def test_a_row_of_a_table_says_nothing_of_the_scheduler() -> None:
    row = {"kind": "Pod", "metadata": {"name": "cart-0", "namespace": "shop", "age": "31d"}}
    waits = resource(row | {"status": {"phase": "Pending"}}, complete=False)
    assert not list(scheduler_unavailable(world(waits, events=[event("Pod/shop/web", "Pulled")])))


def test_scheduler_stopped_on_its_node() -> None:
    unit = {
        "kind": "NodeService",
        "metadata": {"name": "m1/kube-scheduler"},
        "spec": {"node": "m1", "unit": "kube-scheduler.service"},
        "status": {"active": "inactive", "message": "Active: inactive (dead)"},
    }
    silent = unnoticed()
    found = only(scheduler_unavailable(world(unit, silent)))
    assert (found.cause, found.fault, found.certainty) == (
        "scheduler.unavailable",
        Ref("Node", "", "m1"),
        "sure",
    )
    assert Ref("Pod", "shop", "cart-0") in found.explains


def test_pods_of_which_no_scheduler_says_a_word() -> None:
    silent = unnoticed()
    found = only(scheduler_unavailable(world(silent, master())))
    assert (found.cause, found.fault, found.certainty) == (
        "scheduler.unavailable",
        Ref("Node", "", "m1"),
        "likely",
    )
    noticed = event("Pod/shop/cart-0", "FailedScheduling", "0/1 nodes are available: 1 Insufficient cpu.")
    assert not list(scheduler_unavailable(world(silent, master(), events=[noticed])))


@pytest.mark.parametrize(
    ("reasons", "causes"),
    [
        ("1 node(s) had taint {a: }, that the pod didn't tolerate, 3 Insufficient cpu.", "taint cpu"),
        ("4 node(s) had taints that the pod didn't tolerate.", "taint"),
        ("2 node(s) had untolerated taint(s).", "taint"),
        ("2 node(s) didn't match node selector.", "node_selector"),
        ("2 node(s) didn't match Pod's node affinity.", "node_affinity"),
        ("1 Insufficient nvidia.com/gpu, 1 Too many pods.", "extended_resource max_pods"),
        ("3 node(s) didn't match pod topology spread constraints.", "topology_spread"),
        (
            "3 node(s) didn't match pod topology spread constraints (missing required label).",
            "topology_spread",
        ),
        ("3 node(s) didn't have free ports for the requested pod ports.", "host_port"),
        (
            "1 node(s) had volume node affinity conflict, 2 node(s) exceed max volume count.",
            "volume_zone volume_limit",
        ),
        ("3 node(s) didn't match pod affinity rules.", "pod_affinity"),
        ("3 node(s) didn't satisfy existing pods anti-affinity rules.", "pod_anti_affinity"),
        ("3 node(s) didn't match pod affinity/anti-affinity rules.", "pod_anti_affinity"),
    ],
)
def test_reasons_that_nodes_give(reasons: str, causes: str) -> None:
    obstacles = parse(f"0/4 nodes are available: {reasons}").obstacles
    assert [o.cause.removeprefix("scheduling.") for o in obstacles] == causes.split()


@pytest.mark.parametrize(
    ("message", "cause", "subject"),
    [
        ('0/4 nodes are available: persistentvolumeclaim "data" not found.', "volume.claim_missing", "data"),
        ('persistentvolumeclaim "data" not found', "volume.claim_missing", "data"),
        ("0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims.", "volume.unbound", ""),
        ('running PreBind plugin "VolumeBinding": binding volumes: timed out', "volume.unbound", ""),
        ("something new", "scheduling.unschedulable", ""),
    ],
)
def test_what_refuses_the_pod_on_every_node(message: str, cause: str, subject: str) -> None:
    (obstacle,) = parse(f"{message} preemption: 0/4 nodes are available: 4 No preemption victims.").obstacles
    assert (obstacle.cause, obstacle.subject, obstacle.count) == (cause, subject, 0)


def test_the_wording_of_old_releases() -> None:
    head = "No nodes are available that match all of the predicates"
    old = f"{head}: Insufficient cpu (3), MatchNodeSelector (2)."
    assert [(o.cause, o.count) for o in parse(old).obstacles] == [
        ("scheduling.cpu", 3),
        ("scheduling.node_selector", 2),
    ]


def test_counts_subjects_and_the_tail() -> None:
    refusal = parse(
        "0/4 nodes are available: 1 node(s) had untolerated taint {critical: true}, "
        "3 Insufficient example.com/fpga. preemption: 0/4 nodes are available: "
        "1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod."
    )
    assert refusal.total == 4
    assert [(o.count, o.subject) for o in refusal.obstacles] == [
        (1, "critical=true"),
        (3, "example.com/fpga"),
    ]
    assert refusal.preemption.startswith("0/4 nodes")


@given(st.text(max_size=300))
def test_any_message_is_taken_apart(text: str) -> None:
    for message in (text, f"0/3 nodes are available: {text}", f"0/3 nodes are available: 2 {text}, 1 {text}"):
        assert parse(message).obstacles
