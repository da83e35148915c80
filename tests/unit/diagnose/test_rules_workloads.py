from tests.unit.diagnose.worlds import condition, event, findings, meta, owned, pod, workload, world

OLD = {"creationTimestamp": "2026-11-10T08:00:00Z"}


def _progressing(status: str, reason: str, at: str = "2026-11-20T11:55:00Z", message: str = "") -> dict:
    return condition("Progressing", status, reason, message, lastUpdateTime=at, lastTransitionTime=at)


def test_a_workload_with_all_its_pods_is_quiet() -> None:
    seen = world(
        workload(), workload("StatefulSet", "db", spec={"serviceName": "db"}), workload("DaemonSet", "agent")
    )
    assert [f for f in findings(seen, "workload.", "rollout.", "replicaset.") if f.state != "risk"] == []


def test_no_pod_ready_is_worse_than_some() -> None:
    none, some = workload(ready=0, **OLD), workload(name="web", replicas=3, ready=2, **OLD)
    found = findings(world(none, some), "workload.short_of_pods")
    assert [(f.title, f.severity) for f in found] == [
        ("0 of 1 pods ready", "high"),
        ("2 of 3 pods ready", "medium"),
    ]


def test_a_surge_is_noted_and_no_trouble() -> None:
    surging = workload(replicas=3, ready=3, status={"replicas": 4})
    [found] = findings(world(surging), "workload.surplus", "workload.short_of_pods")
    assert (found.title, found.severity) == ("4 pods exist, 3 are asked for", "low")


def test_the_workloads_newest_warning_is_cited() -> None:
    warning = event("StatefulSet/shop/db", "FailedUpdate", "pods db-0 is invalid")
    [found] = findings(
        world(workload("StatefulSet", "db", ready=0, **OLD), events=[warning]), "workload.short_of_pods"
    )
    assert any(cite is warning for cite in found.cites)


def test_a_workload_created_seconds_ago_is_still_starting() -> None:
    table = workload(replicas=2, ready=0, age="14s")
    assert [f.severity for f in findings(world(table, complete=False), "workload.short_of_pods")] == ["low"]


def test_a_young_pod_that_restarts_is_not_just_starting() -> None:
    crash = {"containerStatuses": [{"name": "app", "ready": False, "restartCount": 2}]}
    young = pod(
        "db-0",
        ready=False,
        owner=("StatefulSet", "db"),
        status=crash,
        creationTimestamp="2026-11-20T11:59:30Z",
    )
    seen = world(workload("StatefulSet", "db", ready=0, **OLD), young)
    assert [f.severity for f in findings(seen, "workload.short_of_pods")] == ["high"]


def test_old_replica_sets_are_not_expected_to_have_pods() -> None:
    old = workload("ReplicaSet", "cart-1", replicas=0, ready=0, ownerReferences=owned("Deployment", "cart"))
    new = workload("ReplicaSet", "cart-2", replicas=1, ready=0, ownerReferences=owned("Deployment", "cart"))
    assert findings(world(workload(), old, new), "workload.short_of_pods") == []


def test_a_stuck_rollout_names_the_new_replica_set_and_that_the_old_one_serves() -> None:
    stuck = [
        _progressing(
            "False", "ProgressDeadlineExceeded", message='ReplicaSet "cart-2" has timed out progressing.'
        )
    ]
    revision = "deployment.kubernetes.io/revision"
    owner = owned("Deployment", "cart")
    seen = world(
        workload(replicas=2, ready=2, status={"conditions": stuck}),
        workload(
            "ReplicaSet", "cart-1", replicas=2, ready=2, ownerReferences=owner, annotations={revision: "9"}
        ),
        workload(
            "ReplicaSet", "cart-2", replicas=1, ready=0, ownerReferences=owner, annotations={revision: "10"}
        ),
    )
    [found] = findings(seen, "rollout.stuck")
    assert (found.cause, found.severity) == ("workload.rollout_stuck", "medium")
    assert "new ReplicaSet cart-2 has 0 of 1" in found.statement
    assert "old ReplicaSet cart-1 still serves with 2" in found.statement
    assert found.commands == ("kubectl -n shop rollout undo deployment/cart",)


def test_a_deadline_event_stands_in_for_a_condition_that_was_not_read() -> None:
    late = event(
        "Deployment/shop/cart", "ProgressDeadlineExceeded", "ReplicaSet cart-2 has timed out progressing"
    )
    [found] = findings(world(workload(replicas=3, ready=1), events=[late], complete=False), "rollout.")
    assert (found.state, found.cause) == ("now", "workload.rollout_stuck")


def test_a_rollout_within_its_deadline_says_how_long_it_has() -> None:
    going = [_progressing("True", "ReplicaSetUpdated"), condition("Available", "True")]
    seen = world(workload(replicas=3, ready=2, status={"conditions": going}, **OLD))
    [slow] = findings(seen, "rollout.slow")
    assert "5 min left" in slow.detail
    assert [f.severity for f in findings(seen, "rollout.", "workload.short_of_pods")] == ["low", "low"]


def test_a_deadline_that_passed_before_a_rollback_is_history() -> None:
    late = event(
        "Deployment/shop/cart", "ProgressDeadlineExceeded", "ReplicaSet cart-2 has timed out progressing"
    )
    [found] = findings(world(workload(), events=[late]), "rollout.")
    assert found.state == "past"


def test_refused_pods_carry_the_message_of_the_refusal() -> None:
    message = 'pods "cart-2-x" is forbidden: exceeded quota: compute'
    refused = {"conditions": [condition("ReplicaFailure", "True", "FailedCreate", message)]}
    [found] = findings(
        world(workload("ReplicaSet", "cart-2", ready=0, status=refused)), "replicaset.failed_create"
    )
    assert message in found.detail
    assert found.state == "now"


def test_a_refusal_that_has_healed_is_history() -> None:
    refusal = event("ReplicaSet/shop/cart-2", "FailedCreate", "timeout: request did not complete")
    [found] = findings(world(workload("ReplicaSet", "cart-2"), events=[refusal]), "replicaset.failed_create")
    assert found.state == "past"


def test_a_missing_governing_service_is_a_fault_only_when_services_were_listed_and_pods_lack() -> None:
    named = workload("StatefulSet", "db", ready=0, spec={"serviceName": "db"})
    assert [f.state for f in findings(world(named), "statefulset.service_missing")] == ["risk"]
    assert [f.state for f in findings(world(named, listed=["Service"]), "statefulset.service_missing")] == [
        "now"
    ]


def test_an_empty_service_name_is_no_missing_service() -> None:
    [found] = findings(
        world(workload("StatefulSet", "db", spec={"serviceName": ""})), "statefulset.service_missing"
    )
    assert (found.state, found.severity, found.cause) == ("risk", "low", None)


def test_a_claim_template_with_an_unknown_storage_class() -> None:
    template = {"metadata": {"name": "data"}, "spec": {"storageClassName": "fast"}}
    db = workload("StatefulSet", "db", ready=0, spec={"serviceName": "", "volumeClaimTemplates": [template]})
    [found] = findings(world(db, listed=["StorageClass"]), "statefulset.storage_class_missing")
    assert (found.state, found.cause) == ("now", "volume.storage_class_missing")
    known = {"kind": "StorageClass", "metadata": {"name": "fast"}}
    assert findings(world(db, known), "statefulset.storage_class_missing") == []


def test_the_first_pod_that_holds_up_the_others_is_named() -> None:
    pods = [pod("db-0"), pod("db-1", phase="Pending", ready=False)]
    seen = world(workload("StatefulSet", "db", replicas=3, ready=1, **OLD), *pods)
    [found] = findings(seen, "statefulset.pod_not_running")
    assert found.title == "Pod db-1 is not running"
    assert "wait for it" in found.detail
    assert (
        findings(world({"kind": "StatefulSet", "metadata": meta("x")}), "statefulset.pod_not_running") == []
    )
