"""Kubernetes objects in JSON and YAML become resources whose quotes are the very bytes."""

import json
from pathlib import Path

import pytest

from anyops.errors import NothingReadableError, UsageError
from anyops.sources.files import read

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web-0", "namespace": "shop", "uid": "u1"},
    "spec": {"containers": [{"name": "web", "image": "registry.example/web:1.2"}]},
    "status": {"phase": "Running"},
}
DEPLOYMENT_YAML = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: web
        image: registry.example/web:1.2
        args:
        - "--port"
        - '8080'
"""


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / name.replace("__", ".")).write_text(text)
    return tmp_path


def test_a_json_list_gives_its_objects_and_says_that_it_is_whole(tmp_path):
    world = read([folder(tmp_path, pods__json=json.dumps({"kind": "List", "items": [POD]}, indent=2))])
    pod = world.get("Pod", "shop", "web-0")
    assert pod.text("status", "phase") == "Running"
    assert pod.at("spec", "containers", 0, "image").quote().text == '"image": "registry.example/web:1.2"'
    assert world.was_listed("Pod", "shop")
    assert not world.was_listed("Pod", "other")


def test_a_yaml_object_is_quoted_in_lines(tmp_path):
    world = read([folder(tmp_path, web__yaml="# written by hand\n---\n" + DEPLOYMENT_YAML)])
    web = world.get("Deployment", "shop", "web")
    quote = web.at("spec", "template", "spec", "containers", 0, "image").quote()
    assert (quote.text, quote.place) == ("image: registry.example/web:1.2", "web.yaml:14")
    assert web.at("spec", "template", "spec", "containers", 0, "args").quote().text == (
        "        args:\n        - \"--port\"\n        - '8080'"
    )
    assert not world.was_listed("Deployment", "shop")


def test_a_live_object_wins_over_its_manifest_and_both_are_one(tmp_path):
    live = {
        **POD,
        "spec": {"containers": [{"name": "sidecar", "image": "s:1"}, {"name": "web", "image": "web:2"}]},
    }
    world = read([folder(tmp_path, a__json=json.dumps(POD | {"status": {}, "metadata": {"name": "web-0", "namespace": "shop"}}), b__json=json.dumps(live))])  # fmt: skip # noqa: E501
    pod = world.get("Pod", "shop", "web-0")
    assert len(world.resources) == 1
    assert pod.text("spec", "containers", 1, "image") == "web:2"
    assert pod.at("spec", "containers", 1, "image").quote().source == "b.json"


def test_an_object_without_a_status_stands_in_its_list_all_the_same(tmp_path):
    running = {
        "kind": "Pod",
        "apiVersion": "v1",
        "metadata": {"name": "a", "namespace": "shop"},
        "status": {"phase": "Running"},
    }
    bare = {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "b", "namespace": "shop"}}
    (tmp_path / "pods.json").write_text(
        json.dumps({"apiVersion": "v1", "kind": "List", "items": [running, bare]})
    )
    assert [r.name for r in read([tmp_path]).of_kind("Pod")] == ["a", "b"]


def test_several_values_in_a_row_and_watch_events(tmp_path):
    rows = [
        {"type": "ADDED", "object": POD},
        {"type": "MODIFIED", "object": POD | {"status": {"phase": "Failed"}}},
    ]
    world = read([folder(tmp_path, w__json="\n".join(json.dumps(row) for row in rows))])
    assert len(world.resources) == 1


def test_objects_deep_inside_a_dump_are_found(tmp_path):
    world = read([folder(tmp_path, dump__json=json.dumps({"data": {"result": [{"obj": POD}]}}))])
    pod = world.get("Pod", "shop", "web-0")
    assert pod.at("status", "phase").quote().text == '"phase": "Running"'


def test_a_secret_keeps_its_keys_and_loses_its_values(tmp_path):
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: s}\ndata:\n  password: aHVudGVyMg\n"
    world = read([folder(tmp_path, s__yaml=text)])
    secret = world.get("Secret", "s", "db")
    assert list(secret.at("data").value) == ["password"]
    quote = secret.at("data", "password").quote()
    assert (quote.text, quote.redacted) == ("password", True)
    assert "aHVudGVyMg" not in repr(secret.body)
    assert world.unread[0].why == "redacted"


def test_events_of_both_groups(tmp_path):
    about = {"kind": "Pod", "namespace": "shop", "name": "web-0"}
    old = {
        "apiVersion": "v1", "kind": "Event", "metadata": {"name": "e1", "namespace": "shop"},
        "involvedObject": about,
        "reason": "BackOff", "message": "Back-off restarting", "type": "Warning", "count": 4,
        "firstTimestamp": "2026-01-02T03:04:05Z", "lastTimestamp": "2026-01-02T03:14:05Z",
    }  # fmt: skip
    new = {
        "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "e2", "namespace": "shop"},
        "regarding": about, "reason": "Pulled", "note": "image present", "type": "Normal",
        "eventTime": "2026-01-02T03:20:05.123456Z",
    }  # fmt: skip
    world = read([folder(tmp_path, e__json=json.dumps({"kind": "EventList", "items": [old, new]}))])
    backoff, pulled = world.events
    assert (backoff.reason, backoff.count, backoff.warning) == ("BackOff", 4, True)
    assert backoff.quote().text == '"message": "Back-off restarting"'
    assert pulled.quote().text == '"note": "image present"'
    assert world.captured_at == pulled.last


@pytest.mark.parametrize("path", ["missing", "empty"])
def test_what_is_not_there_is_a_usage_error_with_a_cure(tmp_path, path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError if path == "missing" else NothingReadableError) as raised:
        read([tmp_path / path])
    assert raised.value.hint
    assert raised.value.exit_code == 2


def test_an_object_cut_out_without_its_name_is_read(tmp_path):
    cut = "apiVersion: toys.example.org/v1\nkind: Widget\nstatus:\n  phase: Failed\n"
    settings = "apiVersion: v1\nkind: Config\nclusters: []\n"
    world = read([str(folder(tmp_path, widget__yaml=f"{cut}---\n{settings}", other__yaml="kind: Event\n"))])
    assert [(r.kind, r.name, r.text("status", "phase")) for r in world.resources] == [
        ("Widget", "", "Failed")
    ]


def test_what_the_python_client_dumps_is_read_as_the_api_s_objects(tmp_path):
    pod = {
        "api_version": None, "kind": None,
        "metadata": {"name": "web-0", "namespace": "shop", "labels": {"my_app": "web"},
                     "creation_timestamp": "2026-01-02 03:04:05+00:00"},
        "spec": {"containers": [{"name": "web", "image_pull_policy": "Always"}]},
        "status": {"pod_ip": "10.0.0.1", "container_statuses": [{"name": "web", "restart_count": 4}]},
    }  # fmt: skip
    world = read(
        [folder(tmp_path, pods__json=json.dumps({"api_version": "v1", "kind": "PodList", "items": [pod]}))]
    )
    read_pod = world.get("Pod", "shop", "web-0")
    assert read_pod.labels == {"my_app": "web"}
    assert read_pod.number("status", "containerStatuses", 0, "restartCount") == 4
    assert read_pod.at("status", "podIP").quote().text == '"pod_ip": "10.0.0.1"'


def test_helm_s_storage_tells_the_newest_revision_and_no_content(tmp_path):
    text = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: sh.helm.release.v1.web.v{0}\n  namespace: shop\n  labels: {{owner: helm, name: web, status: {1}, version: '{0}'}}\ndata: {{release: c2VjcmV0}}\n"  # noqa: E501
    world = read(
        [folder(tmp_path, s__yaml=text.format(9, "superseded") + "---\n" + text.format(10, "failed"))]
    )
    release = world.get("HelmRelease", "shop", "web")
    assert (release.text("status", "status"), release.number("status", "revision")) == ("failed", 10)
    assert "c2VjcmV0" not in repr([resource.body for resource in world.resources])
    assert "c2VjcmV0" not in (release.at("status", "status").quote().text)


def test_what_a_command_printed_into_a_json_string_is_read(tmp_path):
    table = "NAMESPACE   NAME    READY   STATUS             RESTARTS   AGE\nshop        web-0   0/1     ImagePullBackOff   0          3m\n"  # noqa: E501
    calls = [{"tool": "shell", "arguments": {"command": "kubectl get pods -A"}, "result": {"stdout": table}}]
    world = read([folder(tmp_path, transcript__json=json.dumps({"calls": calls}))])
    pod = world.get("Pod", "shop", "web-0")
    quote = pod.at("status", "word").quote()
    assert (quote.source, quote.text) == ("transcript.json", table.splitlines()[1])
