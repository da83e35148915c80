"""Pods that cannot be created: quota, service account, limits, security, webhooks, permissions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyops.diagnose.engine import analyze
from anyops.diagnose.finding import Found
from anyops.diagnose.rules.admission_text import denials, parse
from anyops.world.resource import Ref
from anyops.world.world import World
from tests.unit.diagnose.worlds import Body, condition, event, findings, log, meta, pod, workload, world

SHOP = Ref("Namespace", "", "shop")
CART = workload("Deployment", "cart", ready=0)
OWNED = [{"kind": "Deployment", "name": "cart", "controller": True}]
FORBIDDEN = 'Error creating: pods "cart-7d9-" is forbidden: '


def replica_set(created: int = 0) -> Body:
    return workload(
        "ReplicaSet", "cart-7d9", ready=created, status={"replicas": created}, ownerReferences=OWNED
    )


def quota(**lines: tuple[str, str]) -> Body:
    names = {name.replace("__", "/").replace("_", "."): line for name, line in lines.items()}
    status = {
        "used": {name: used for name, (used, _) in names.items()},
        "hard": {name: hard for name, (_, hard) in names.items()},
    }
    return {"kind": "ResourceQuota", "metadata": meta("tight"), "spec": {}, "status": status}


def refused(message: str, *bodies: Body, created: int = 0) -> World:
    told = event("ReplicaSet/shop/cart-7d9", "FailedCreate", FORBIDDEN + message)
    return world(CART, replica_set(created), *bodies, events=[told])


def only(found: list[Found]) -> Found:
    (one,) = found
    return one


@pytest.mark.parametrize(
    ("resource", "cause"),
    [
        ("requests.cpu", "quota.cpu_exceeded"),
        ("limits.memory", "quota.memory_exceeded"),
        ("pods", "quota.pods_exceeded"),
        ("count/pods", "quota.pods_exceeded"),
        ("services", "quota.services_exceeded"),
        ("requests.storage", "quota.storage_exceeded"),
        ("gold.storageclass.storage.k8s.io/requests.storage", "quota.storage_exceeded"),
        ("persistentvolumeclaims", "quota.storage_exceeded"),
        ("requests.nvidia.com/gpu", "quota.exceeded"),
    ],
)
def test_each_resource_of_a_quota_has_its_cause(resource: str, cause: str) -> None:
    text = f"exceeded quota: tight, requested: {resource}=2, used: {resource}=9, limited: {resource}=10"
    found = only(findings(refused(text), "workload.create_refused"))
    assert (found.cause, found.fault, found.certainty) == (cause, SHOP, "sure")
    assert Ref("Deployment", "shop", "cart") in found.explains
    assert f"{resource}: 9 of 10 used, 2 more asked for" in found.statement


def test_a_pod_that_exceeds_two_resources_has_two_causes() -> None:
    text = "exceeded quota: q, requested: cpu=1,memory=1Gi, used: cpu=9,memory=9Gi, limited: cpu=9,memory=9Gi"
    found = findings(refused(text), "workload.create_refused")
    assert {f.cause for f in found} == {"quota.cpu_exceeded", "quota.memory_exceeded"}


def test_a_refusal_is_history_once_all_pods_are_there() -> None:
    text = "exceeded quota: q, requested: pods=1, used: pods=9, limited: pods=9"
    assert only(findings(refused(text, created=1), "workload.create_refused")).state == "past"


def test_only_the_latest_refusal_holds() -> None:
    account = FORBIDDEN + 'error looking up service account shop/c: serviceaccount "c" not found'
    full = FORBIDDEN + "exceeded quota: q, requested: pods=1, used: pods=9, limited: pods=9"
    about = "ReplicaSet/shop/cart-7d9"
    early = event(about, "FailedCreate", account, last="2026-11-20T11:58:00Z")
    there = world(CART, replica_set(), events=[early, event(about, "FailedCreate", full)])
    states = {f.cause: f.state for f in findings(there, "workload.create_refused")}
    assert states == {None: "past", "quota.pods_exceeded": "now"}


def test_missing_service_account_with_the_name_that_was_meant() -> None:
    text = 'error looking up service account shop/carts: serviceaccount "carts" not found'
    account = {"kind": "ServiceAccount", "metadata": meta("cart")}
    found = only(findings(refused(text, account), "workload.create_refused"))
    assert (found.cause, found.fault) == ("serviceaccount.missing", Ref("Deployment", "shop", "cart"))
    assert "there is cart" in found.statement


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("failed quota: q: must specify limits.cpu for: app", "quota.requests_required"),
        ("maximum cpu usage per Container is 1, but limit is 2", "limitrange.violated"),
        ('violates PodSecurity "restricted:latest": runAsNonRoot != true', "admission.pod_security"),
        ("unable to validate against any security context constraint: []", "admission.pod_security"),
        (
            "unable to create new content in namespace shop because it is being terminated",
            "namespace.terminating",
        ),
        ("no PriorityClass with name gold was found", "admission.invalid"),
    ],
)
def test_what_admission_plugins_say(message: str, cause: str) -> None:
    assert only(findings(refused(message), "workload.create_refused")).cause == cause


def test_webhooks_that_refuse_and_webhooks_that_are_down() -> None:
    hook = {
        "kind": "ValidatingWebhookConfiguration",
        "metadata": meta("guard", ""),
        "webhooks": [{"name": "guard.example.com"}],
    }
    down = 'Internal error occurred: failed calling webhook "guard.example.com": Post "https://guard": EOF'
    denied = 'admission webhook "guard.example.com" denied the request: no owner label'
    for message, cause in ((down, "admission.webhook_unavailable"), (denied, "admission.webhook_denied")):
        told = event("ReplicaSet/shop/cart-7d9", "FailedCreate", "Error creating: " + message)
        there = world(CART, replica_set(), hook, events=[told])
        assert only(findings(there, "workload.create_refused")).cause == cause
    assert "no owner label" in only(findings(there, "workload.create_refused")).statement


def test_a_replica_failure_condition_tells_as_well() -> None:
    failing = replica_set()
    failing["status"]["conditions"] = [condition("ReplicaFailure", "True", "FailedCreate", "something odd")]
    found = only(findings(world(failing), "workload.create_refused"))
    assert (found.cause, found.detail) == (None, "something odd")


def declared_service() -> Body:
    return {"kind": "Service", "metadata": meta("cart"), "spec": {"selector": {"app": "cart"}}}


def test_a_service_that_the_quota_keeps_out() -> None:
    there = world(CART, declared_service(), quota(services=("5", "5")), listed=["Service"])
    found = only(findings(there, "quota.keeps_out"))
    assert (found.cause, found.fault, found.certainty) == ("quota.services_exceeded", SHOP, "sure")
    assert "services 5 of 5 used" in found.statement


def test_a_service_that_only_a_failed_connection_asks_for() -> None:
    check = {
        "apiVersion": "anyops/v1",
        "kind": "Connectivity",
        "metadata": meta("cart:80"),
        "spec": {"host": "cart", "port": 80},
        "status": {"ok": False, "message": "Connection Failed"},
    }
    full = world(CART, check, quota(services=("5", "5")), listed=["Service"])
    assert only(findings(full, "quota.keeps_out")).cause == "quota.services_exceeded"
    roomy = world(CART, check, quota(services=("4", "5")), listed=["Service"])
    assert not findings(roomy, "quota.keeps_out")


def test_what_follows_from_a_service_that_the_quota_keeps_out_is_no_cause_of_its_own() -> None:
    calls = workload(name="web", template={"containers": [{"name": "app", "env": [URL]}]})
    unresolved = log(
        "Deployment/shop/web", "error: dial tcp: lookup cart on 10.0.0.10:53: no such host\n" * 3
    )
    full = quota(services=("5", "5"))
    report = analyze(world(CART, calls, declared_service(), full, listed=["Service"], logs=[unresolved]))
    assert [c.cause for c in report.causes] == ["quota.services_exceeded"]


URL = {"name": "CART_URL", "value": "http://cart:80"}


def test_a_claim_too_large_for_the_storage_quota() -> None:
    text = '0/3 nodes are available: persistentvolumeclaim "data" not found.'
    asks = {"resources": {"requests": {"storage": "5Gi"}}}
    declared = {"kind": "PersistentVolumeClaim", "metadata": meta("data"), "spec": asks}
    waiting = pod("cart-1", phase="Pending", status={"conditions": []})
    there = world(
        waiting,
        declared,
        quota(requests_storage=("0", "1Gi")),
        events=[event("Pod/shop/cart-1", "FailedScheduling", text)],
    )
    assert only(findings(there, "quota.keeps_out")).cause == "quota.storage_exceeded"
    assert only(findings(there, "pod.unschedulable")).cause is None


def test_pods_that_are_not_created_and_nobody_says_why() -> None:
    there = world(replica_set(), quota(pods=("9", "9")))
    assert not findings(there, "quota.no_room_for_pods")
    lone = workload("ReplicaSet", "lone", ready=0, status={"replicas": 0})
    found = only(findings(world(lone, quota(pods=("9", "9"))), "quota.no_room_for_pods"))
    assert (found.cause, found.certainty) == ("quota.pods_exceeded", "likely")


def manifests(hard: Body, resources: Body) -> World:
    limited = {"kind": "ResourceQuota", "metadata": meta("tight"), "spec": {"hard": hard}}
    app = workload(replicas=3, template={"containers": [{"name": "app", "resources": resources}]})
    del app["status"]
    return world(limited, app)


def test_manifests_that_ask_for_more_than_the_quota_has() -> None:
    asks = {"requests": {"cpu": "10m"}, "limits": {"cpu": "20m"}}
    there = manifests({"requests.cpu": "20m"}, asks)
    found = only(findings(there, "quota.no_room_for_pods"))
    assert (found.cause, found.state) == ("quota.cpu_exceeded", "now")
    assert "3 times 10m cpu, 30m in all" in found.statement
    assert not findings(manifests({"requests.cpu": "40m"}, asks), "quota.no_room_for_pods")


def test_a_quota_demands_what_a_container_does_not_set() -> None:
    asks = {"requests": {"cpu": "10m"}}
    found = only(findings(manifests({"limits.cpu": "1"}, asks), "quota.demands"))
    assert (found.cause, found.state) == ("quota.requests_required", "now")
    assert "sets no CPU limit" in found.statement
    assert not findings(manifests({"requests.cpu": "1"}, asks), "quota.demands")


def rbac(*verbs: str) -> list[Body]:
    rule = {"apiGroups": [""], "resources": ["pods"], "verbs": list(verbs)}
    subject = {"kind": "ServiceAccount", "name": "watcher", "namespace": "shop"}
    return [
        {"kind": "Role", "metadata": meta("watch"), "rules": [rule]},
        {
            "kind": "RoleBinding",
            "metadata": meta("watch"),
            "subjects": [subject],
            "roleRef": {"kind": "Role", "name": "watch"},
        },
    ]


DENIED = (
    'pods is forbidden: User "system:serviceaccount:shop:watcher" cannot list resource "pods" '
    'in API group "" in the namespace "shop"'
)


def test_a_denial_names_what_is_granted_and_what_is_needed() -> None:
    runs = workload(name="watcher", template={"serviceAccountName": "watcher"})
    there = world(runs, *rbac("get"), logs=[log("Deployment/shop/watcher", f"E1 {DENIED}\n" * 3)])
    found = only(findings(there, "rbac.denied"))
    assert (found.cause, found.ref, found.severity) == (
        "rbac.forbidden",
        Ref("Deployment", "shop", "watcher"),
        "high",
    )
    assert "its roles grant get on pods" in found.statement
    assert any("can-i list pods" in check for check in found.checks)


def test_a_denial_is_history_once_it_is_granted() -> None:
    there = world(*rbac("get", "list"), logs=[log("Deployment/shop/watcher", DENIED)])
    assert only(findings(there, "rbac.denied")).state == "past"


def test_a_refusal_while_the_api_server_started_is_history() -> None:
    line = 'E1 nodes is forbidden: User "system:kube-proxy" cannot list resource "nodes" at the cluster scope'
    (found,) = findings(world(logs=[log("NodeService/n1/kube-proxy", line)]), "rbac.denied")
    assert found.state == "past"


def test_a_command_that_its_account_may_not_run() -> None:
    container = {
        "name": "app",
        "command": ["sh", "-c"],
        "args": ["while true; do kubectl get pods -n shop; done"],
    }
    runs = workload(name="watcher", template={"serviceAccountName": "watcher", "containers": [container]})
    del runs["status"]
    found = only(findings(world(runs, *rbac("get")), "command.access"))
    assert (found.cause, found.state) == ("rbac.forbidden", "now")
    assert "list pods" in found.statement
    assert not findings(world(runs, *rbac("get", "list")), "command.access")


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for message in (text, f"exceeded quota: {text}", f"exceeded quota: q, requested: {text}, used: {text}"):
        parse(message)
        denials(message)


def test_a_denial_is_taken_apart() -> None:
    (one,) = denials(DENIED)
    assert one.account == ("shop", "watcher")
    assert (one.verb, one.resource, one.group, one.namespace) == ("list", "pods", "", "shop")


def test_templates_that_admission_will_refuse() -> None:
    bounds = {
        "kind": "LimitRange",
        "metadata": meta("small"),
        "spec": {"limits": [{"type": "Container", "max": {"cpu": "1"}, "min": {"memory": "64Mi"}}]},
    }
    resources = {"limits": {"cpu": "2"}, "requests": {"memory": "32Mi"}}
    spec = {"serviceAccountName": "carts", "containers": [{"name": "app", "resources": resources}]}
    account = {"kind": "ServiceAccount", "metadata": meta("cart")}
    there = world(workload(template=spec, ready=0), bounds, account, listed=["ServiceAccount"])
    missing = only(findings(there, "workload.service_account"))
    assert (missing.cause, missing.state) == ("serviceaccount.missing", "now")
    assert "there is cart" in missing.statement
    details = [f.detail for f in findings(there, "workload.limit_range")]
    assert details == ["app: limit above 1: 2 cpu", "app: request below 64Mi: 32Mi memory"]


def test_a_pull_secret_that_is_not_there_is_only_a_risk() -> None:
    there = world(workload("DaemonSet", "agent", template={"imagePullSecrets": [{"name": "regcred"}]}))
    assert only(findings(there, "workload.pull_secret")).state == "risk"
