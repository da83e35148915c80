from tests.unit.diagnose.worlds import condition, event, findings, meta, pod, workload, world

OLD = {"creationTimestamp": "2026-11-20T08:00:00Z"}


def test_a_running_and_ready_pod_is_no_symptom() -> None:
    assert findings(world(pod()), "pod.") == []


def test_a_pod_that_is_not_ready_names_its_containers_and_since_when() -> None:
    ready = condition("Ready", "False", "ContainersNotReady", lastTransitionTime="2026-11-20T11:20:00Z")
    containers = [{"name": "app", "ready": False, "state": {"running": {}}}]
    status = {"conditions": [ready], "containerStatuses": containers}
    [found] = findings(world(pod(status=status, **OLD)), "pod.not_ready")
    assert (found.title, found.severity, found.state) == ("Pod is not ready", "high", "now")
    assert "app" in found.detail
    assert "40 min" in found.detail
    assert found.cause is None


def test_the_newest_warning_stands_beside_a_pod_that_is_not_ready() -> None:
    older = event("Pod/shop/cart-0", "Pulled", "image is present", warning=False, last="2026-11-20T11:00:00Z")
    warning = event("Pod/shop/cart-0", "Unhealthy", "Readiness probe failed: 503")
    [found] = findings(world(pod(ready=False, **OLD), events=[older, warning]), "pod.not_ready")
    assert any(cite is warning for cite in found.cites)
    assert all(cite is not older for cite in found.cites)


def test_a_pod_that_has_just_started_is_only_worth_a_low_finding() -> None:
    young = pod(ready=False, status={"containerStatuses": []}, creationTimestamp="2026-11-20T11:59:40Z")
    assert [f.severity for f in findings(world(young), "pod.not_ready")] == ["low"]


def test_a_failed_pod_that_nobody_replaces_is_told_though_no_container_says_why() -> None:
    failed = {"phase": "Failed", "message": "Pod was rejected", "conditions": [], "containerStatuses": []}
    [found] = findings(world(pod(status=failed, **OLD)), "pod.not_ready")
    assert (found.title, found.state, found.detail) == ("Pod has failed", "now", "Pod was rejected")
    owned = pod(status=failed, owner=("ReplicaSet", "cart-1"), **OLD)
    assert findings(world(owned), "pod.not_ready") == []


def test_one_of_several_replicas_weighs_less_than_all_of_them() -> None:
    owner = ("ReplicaSet", "cart-1")
    both = world(pod("a", ready=False, owner=owner, **OLD), pod("b", owner=owner, **OLD))
    assert [f.severity for f in findings(both, "pod.not_ready")] == ["medium"]


def test_a_pending_pod_says_what_its_container_waits_for() -> None:
    waiting = {"containerStatuses": [{"name": "app", "state": {"waiting": {"reason": "ContainerCreating"}}}]}
    [found] = findings(world(pod(phase="Pending", ready=False, status=waiting, **OLD)), "pod.not_ready")
    assert found.title == "Pod is Pending (ContainerCreating)"
    assert "4 h" in found.detail


def test_finished_and_job_pods_are_not_expected_to_be_ready() -> None:
    done = pod("done", phase="Succeeded", ready=False)
    job = pod("job-x", ready=False, owner=("Job", "report"))
    assert findings(world(done, job), "pod.not_ready") == []


def test_an_evicted_pod_that_was_replaced_is_history() -> None:
    evicted = {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}
    gone = pod("cart-1-x", ready=False, status=evicted, owner=("ReplicaSet", "cart-1"))
    ready = pod("cart-1-y", owner=("ReplicaSet", "cart-1"))
    [found] = findings(world(gone, ready), "pod.left_behind")
    assert (found.state, found.severity) == ("past", "low")


def test_an_evicted_pod_that_nothing_replaces_is_a_fault() -> None:
    evicted = {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}
    [found] = findings(world(pod(ready=False, status=evicted)), "pod.left_behind")
    assert (found.state, found.cause, found.detail) == ("now", "pod.evicted", evicted["message"])


def _creating(name: str, owner: str) -> dict:
    return pod(name, phase="Pending", ready=False, owner=("ReplicaSet", owner), spec={"nodeName": "n1"})


_NO_CNI = 'plugin type="calico" failed (add): error getting ClusterInformation'


def test_sandboxes_of_several_workloads_on_one_node_point_at_the_node() -> None:
    events = [event(f"Pod/shop/{n}", "FailedCreatePodSandBox", f"cni {_NO_CNI}") for n in ("a", "b")]
    found = findings(world(_creating("a", "x"), _creating("b", "y"), events=events), "pod.sandbox_failed")
    assert {str(f.fault) for f in found} == {"Node/n1"}
    assert "network plugin" in found[0].statement


def test_a_sandbox_that_was_created_at_last_is_history() -> None:
    events = [event("Pod/shop/a", "FailedCreatePodSandBox", _NO_CNI)]
    [found] = findings(world(pod("a"), events=events), "pod.sandbox_failed")
    assert found.state == "past"


def test_a_sandbox_failure_before_other_warnings_is_not_what_holds_the_pod_now() -> None:
    events = [
        event("Pod/shop/a", "FailedCreatePodSandBox", _NO_CNI, last="2026-11-20T11:00:00Z"),
        event("Pod/shop/a", "FailedMount", "no such secret"),
    ]
    assert findings(world(_creating("a", "x"), events=events), "pod.sandbox_failed") == []


def test_a_pod_held_by_a_finalizer_names_it() -> None:
    going = pod(deletionTimestamp="2026-11-20T11:00:00Z", finalizers=["example.com/drain"])
    [found] = findings(world(going), "pod.stuck_terminating")
    assert found.cause == "finalizer.stuck"
    assert "example.com/drain" in found.statement


def test_a_pod_within_its_grace_period_is_not_stuck() -> None:
    assert findings(world(pod(deletionTimestamp="2026-11-20T12:00:20Z")), "pod.stuck_terminating") == []


def test_a_pod_on_a_silent_node_waits_for_the_node_to_be_explained() -> None:
    node = {
        "kind": "Node",
        "metadata": {"name": "n1"},
        "status": {"conditions": [condition("Ready", "Unknown")]},
    }
    going = pod(deletionTimestamp="2026-11-20T11:00:00Z", spec={"nodeName": "n1"})
    assert [f.cause for f in findings(world(going, node), "pod.stuck_terminating")] == [None]


def test_a_namespace_stuck_terminating_says_what_remains() -> None:
    remains = condition(
        "NamespaceContentRemaining", "True", message="foos.example.com has 2 resource instances"
    )
    body = {
        "kind": "Namespace",
        "metadata": meta("old", "", deletionTimestamp="2026-11-20T10:00:00Z"),
        "status": {"phase": "Terminating", "conditions": [remains]},
    }
    [found] = findings(world(body), "namespace.stuck_terminating")
    assert (found.cause, found.severity) == ("namespace.terminating", "high")
    assert "foos.example.com" in found.statement


def test_a_volume_claim_in_use_is_not_stuck() -> None:
    claim = {
        "kind": "PersistentVolumeClaim",
        "metadata": meta(
            "data", deletionTimestamp="2026-11-20T10:00:00Z", finalizers=["kubernetes.io/pvc-protection"]
        ),
    }
    widget = {
        "kind": "Widget",
        "metadata": meta("w", deletionTimestamp="2026-11-20T10:00:00Z", finalizers=["example.com/w"]),
    }
    assert [f.ref.kind for f in findings(world(claim, widget, workload()), "object.finalizer_stuck")] == [
        "Widget"
    ]
