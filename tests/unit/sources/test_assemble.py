"""Many documents become one World: each object once, each event once, every time absolute."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anyops.sources.files import read
from anyops.world.resource import Ref
from anyops.world.world import World

DESCRIBE = """\
Name:             cart-7d9f8b6c4-x2x2x
Namespace:        shop
Node:             n1/10.0.0.1
Start Time:       Fri, 02 Jan 2026 03:00:00 +0000
Labels:           app=cart
Status:           Running
Controlled By:    ReplicaSet/cart-7d9f8b6c4
Containers:
  app:
    Image:          registry.example/cart:2
    State:          Waiting
      Reason:       CrashLoopBackOff
    Ready:          False
    Restart Count:  7
Conditions:
  Type    Status
  Ready   False
Events:
  Type     Reason   Age                  From     Message
  ----     ------   ----                 ----     -------
  Warning  BackOff  2m (x9 over 20m)     kubelet  Back-off restarting failed container
"""
TABLE = """\
NAMESPACE   NAME                   READY   STATUS             RESTARTS      AGE
shop        cart-7d9f8b6c4-x2x2x   0/1     CrashLoopBackOff   7 (2m ago)    30m
shop        web-0                  1/1     Running            0             4d
"""
EVENTS = """\
LAST SEEN   TYPE      REASON    OBJECT                     MESSAGE
2m          Warning   BackOff   pod/cart-7d9f8b6c4-x2x2x   Back-off restarting failed container
"""


def pod_json(**metadata: object) -> dict[str, object]:
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "cart-7d9f8b6c4-x2x2x", "namespace": "shop", **metadata},
        "spec": {"containers": [{"name": "proxy", "image": "proxy:1"},
                                {"name": "app", "image": "registry.example/cart:2"}]},
        "status": {"phase": "Running", "conditions": [
            {"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-02T03:20:00Z"}]},
    }  # fmt: skip


def world_of(folder: Path, **files: object) -> World:
    """The world of files given as text or as values to write as JSON; `a__b__txt` is a/b.txt."""
    for name, content in files.items():
        *folders, stem, ending = name.split("__")
        file = folder.joinpath(*folders, f"{stem}.{ending}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    return read([folder])


def test_the_same_pod_as_table_description_and_json_is_one(tmp_path: Path) -> None:
    world = world_of(
        tmp_path, pods__txt=TABLE, pod__txt=DESCRIBE, pod__json=pod_json(uid="1"), ev__txt=EVENTS
    )
    (pod,) = [pod for pod in world.of_kind("Pod") if pod.name.startswith("cart")]
    assert pod.complete
    assert pod.text("spec", "containers", 0, "name") == "proxy"
    quotes = [view.quote(("status", "phase")) for view in pod.views]
    assert [quote.source for quote in quotes if quote] == ["pod.json", "pod.txt", "pods.txt"]
    (backoff,) = world.events_of(pod.ref)
    assert backoff.count == 9


def test_a_citation_never_shows_another_container(tmp_path: Path) -> None:
    world = world_of(tmp_path, pod__txt=DESCRIBE, pod__json=pod_json(uid="1"))
    (pod,) = world.of_kind("Pod")
    images = [view.quote(("spec", "containers", 0, "image")) for view in pod.views]
    assert [quote.text for quote in images if quote] == ['"image": "proxy:1"']
    images = [view.quote(("spec", "containers", 1, "image")) for view in pod.views]
    assert all("cart:2" in quote.text for quote in images if quote)
    assert len(images) == 2


def test_a_description_adds_to_a_row_and_both_are_incomplete(tmp_path: Path) -> None:
    world = world_of(tmp_path, pods__txt=TABLE, pod__txt=DESCRIBE)
    pod = world.by_ref[Ref("Pod", "shop", "cart-7d9f8b6c4-x2x2x")]
    assert not pod.complete
    assert pod.text("spec", "nodeName") == "n1"
    assert pod.text("metadata", "age") == "30m"
    assert world.was_listed("Pod", "shop")


def test_a_description_keeps_a_manifest_from_adding_a_probe(tmp_path: Path) -> None:
    manifest = pod_json()
    del manifest["status"]
    manifest["spec"] = {
        "containers": [{"name": "app", "image": "old:1", "livenessProbe": {"exec": {}}}],
        "hostPID": True,
    }
    (pod,) = world_of(tmp_path, pod__txt=DESCRIBE, manifest__json=manifest).of_kind("Pod")
    container = pod.at("spec", "containers", 0)
    assert container.text("image") == "registry.example/cart:2"
    assert not container.present("livenessProbe")
    assert pod.at("spec", "hostPID").value is True


def test_what_only_a_manifest_declares_while_the_live_list_lacks_it_does_not_exist(tmp_path: Path) -> None:
    manifest = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "gone", "namespace": "shop"},
        "spec": {},
    }
    table = "NAMESPACE   NAME   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\nshop        web    ClusterIP   10.0.0.9     <none>        80/TCP    4d\n"  # noqa: E501
    world = world_of(tmp_path, m__json=manifest, svc__txt=table)
    assert [service.name for service in world.of_kind("Service")] == ["web"]


def test_ages_count_from_the_newest_server_time(tmp_path: Path) -> None:
    world = world_of(tmp_path, pods__txt=TABLE, pod__json=pod_json(uid="1"), ev__txt=EVENTS)
    assert world.captured_at == datetime(2026, 1, 2, 3, 20, tzinfo=UTC)
    (event,) = world.events
    assert event.last == datetime(2026, 1, 2, 3, 18, tzinfo=UTC)
    web = world.by_ref[Ref("Pod", "shop", "web-0")]
    assert web.text("metadata", "creationTimestamp") == "2025-12-29T03:20:00Z"
    quote = web.at("metadata", "creationTimestamp").quote()
    assert quote is not None
    assert "4d" in quote.text


def test_without_any_server_time_ages_stay_ages(tmp_path: Path) -> None:
    world = world_of(tmp_path, pods__txt=TABLE, ev__txt=EVENTS)
    assert world.captured_at is None
    assert [event.last for event in world.events] == [None]


NAMESPACED = {
    "a note says it": {"note__txt": "namespace: shop"},
    "every other object has it": {"svc__json": {
        "kind": "Service", "metadata": {"name": "web", "namespace": "shop"}, "spec": {}}},
    "the object is known elsewhere": {"pod__json": pod_json(uid="1"), "x__json": {
        "kind": "Service", "metadata": {"name": "x", "namespace": "other"}, "spec": {}}},
}  # fmt: skip


@pytest.mark.parametrize("why", NAMESPACED)
def test_a_row_without_a_namespace_gets_it_where(tmp_path: Path, why: str) -> None:
    table = "\n".join(line[12:] for line in TABLE.splitlines()[:2]) + "\n"
    world = world_of(tmp_path, pods__txt=table, **NAMESPACED[why])
    assert [pod.namespace for pod in world.of_kind("Pod")] == ["shop"]


def test_a_watch_keeps_the_newest_and_forgets_the_deleted(tmp_path: Path) -> None:
    lines = [
        {"type": "ADDED", "object": pod_json(uid="1")},
        {"type": "MODIFIED", "object": {**pod_json(uid="1"), "status": {"phase": "Failed"}}},
        {"type": "ADDED", "object": {**pod_json(), "metadata": {"name": "gone", "namespace": "shop"}}},
        {"type": "DELETED", "object": {**pod_json(), "metadata": {"name": "gone", "namespace": "shop"}}},
    ]
    world = world_of(tmp_path, watch__json="\n".join(json.dumps(line) for line in lines))
    assert [(pod.name[:4], pod.text("status", "phase")) for pod in world.resources] == [("cart", "Failed")]


def test_what_the_api_server_refused_is_named(tmp_path: Path) -> None:
    refusal = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
               "reason": "Forbidden",
               "message": "secrets is forbidden", "details": {"kind": "secrets"}, "code": 403}  # fmt: skip
    world = world_of(tmp_path, secrets__json=refusal, pod__json=pod_json(uid="1"))
    (unread,) = world.unread
    assert (unread.why, unread.kind) == ("forbidden", "Secret")


MUST_GATHER = "must-gather/registry-sha256/namespaces/shop/pods/cart-0/app/app/logs/previous.log"
BUNDLES = {
    "must-gather": (MUST_GATHER, "app", True),
    "a support bundle": ("bundle/cluster-resources/pods/logs/shop/cart-0/app.log", "app", False),
    "a node": ("node/var/log/pods/shop_cart-0_11111111-2222-3333-4444-555555555555/app/0.log", "app", False),
}


@pytest.mark.parametrize("bundle", BUNDLES)
def test_the_path_of_a_log_tells_its_pod(tmp_path: Path, bundle: str) -> None:
    path, container, previous = BUNDLES[bundle]
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text("2026-01-02T03:04:05Z boom\n")
    (log,) = read([tmp_path]).logs
    assert (log.about, log.container, log.previous) == (Ref("Pod", "shop", "cart-0"), container, previous)


def test_items_of_a_raw_list_get_their_kind_from_the_path(tmp_path: Path) -> None:
    item = {"metadata": {"name": "cart-0", "namespace": "shop"}, "spec": {}, "status": {"phase": "Running"}}
    world = world_of(tmp_path, **{"cluster-resources__pods__shop__json": [item]})
    assert [resource.ref for resource in world.resources] == [Ref("Pod", "shop", "cart-0")]


def test_a_cluster_info_dump_is_objects_and_logs(tmp_path: Path) -> None:
    dump = json.dumps({"kind": "PodList", "apiVersion": "v1", "items": [
        {"metadata": {"name": "cart-0", "namespace": "shop", "uid": "1"}, "spec": {}}]})  # fmt: skip
    dump += "\n==== START logs for container app of pod shop/cart-0 ====\n2026-01-02T03:04:05Z boom\n"
    dump += "==== END logs for container app of pod shop/cart-0 ====\n"
    dump += json.dumps({"kind": "ServiceList", "apiVersion": "v1", "items": []}) + "\n"
    world = world_of(tmp_path, dump__txt=dump)
    assert [resource.ref for resource in world.resources] == [Ref("Pod", "shop", "cart-0")]
    (log,) = world.logs
    assert (log.about, log.container) == (Ref("Pod", "shop", "cart-0"), "app")
    assert log.lines[0].quote().place.startswith("dump.txt:")
    assert log.lines[0].quote().text == "2026-01-02T03:04:05Z boom"


def test_a_log_named_after_a_workload_is_of_its_only_pod(tmp_path: Path) -> None:
    metadata = {"name": "cart", "namespace": "shop", "uid": "2"}
    deployment = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}
    world = world_of(
        tmp_path, pods__txt=TABLE, d__json=deployment, logs__cart__log="2026-01-02T03:04:05Z boom\n"
    )
    (log,) = world.logs
    assert log.about == Ref("Pod", "shop", "cart-7d9f8b6c4-x2x2x")


def test_the_order_of_files_changes_nothing(tmp_path: Path) -> None:
    one = world_of(tmp_path / "one", a__txt=TABLE, b__txt=DESCRIBE, c__json=pod_json(uid="1"))
    two = world_of(tmp_path / "two", c__txt=TABLE, b__txt=DESCRIBE, a__json=pod_json(uid="1"))
    assert [resource.body for resource in one.resources] == [resource.body for resource in two.resources]
    assert [(event.about, event.count, event.last) for event in one.events] == [
        (event.about, event.count, event.last) for event in two.events
    ]
