"""What is known beside Kubernetes objects, each from a small input of its own."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anyops.sources.files import read
from anyops.world.resource import Ref, Resource
from anyops.world.world import World


def world_of(folder: Path, **files: object) -> World:
    """The world of files given as text or as values to write as JSON; `a__b__txt` is a/b.txt."""
    for name, content in files.items():
        *folders, stem, ending = name.split("__")
        file = folder.joinpath(*folders, f"{stem}.{ending}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    return read([folder])


def only(world: World, kind: str) -> Resource:
    (resource,) = world.of_kind(kind)
    return resource


ALERTS = {
    "Alertmanager's webhook": {
        "receiver": "oncall", "commonLabels": {"alertname": "Down"},
        "alerts": [{"status": "firing", "labels": {"alertname": "Down", "namespace": "shop", "pod": "cart-0"},
                    "annotations": {"summary": "cart is down"}, "startsAt": "2026-01-02T03:04:05Z"}]},
    "Alertmanager's API": [
        {"labels": {"alertname": "Down", "namespace": "shop", "pod": "cart-0"}, "fingerprint": "f",
         "annotations": {"summary": "cart is down"}, "startsAt": "2026-01-02T03:04:05Z",
         "status": {"state": "active"}}],
    "Prometheus' API": {"status": "success", "data": {"alerts": [
        {"labels": {"alertname": "Down", "namespace": "shop", "pod": "cart-0"}, "state": "firing",
         "annotations": {"summary": "cart is down"}, "activeAt": "2026-01-02T03:04:05Z", "value": "1e+00"}]}},
    "a tool's own payload": {
        "title": "Down", "state": "alerting", "description": "cart is down",
        "subject": {"kind": "pod", "namespace": "shop", "name": "cart-0"},
        "startsAt": "2026-01-02T03:04:05Z"},
}  # fmt: skip


@pytest.mark.parametrize("source", ALERTS)
def test_an_alert_has_its_state_its_object_and_its_words(tmp_path: Path, source: str) -> None:
    alert = only(world_of(tmp_path, alert__json=ALERTS[source]), "Alert")
    assert alert.name == "Down/cart-0"
    assert alert.text("status", "state") == "firing"
    assert alert.root.time("status", "startsAt") == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert alert.at("about").value == {"kind": "Pod", "namespace": "shop", "name": "cart-0"}
    words = alert.at("annotations", "summary").quote() or alert.at("annotations", "description").quote()
    assert words is not None
    assert "cart is down" in words.text


STATES = {
    "Datadog": (
        {"monitors": [{"name": "lag", "query": "q > 1", "overall_state": "OK", "tags": ["a:b"]}]},
        "resolved",
    ),
    "CloudWatch": (
        {"MetricAlarms": [{"AlarmName": "lag", "StateValue": "ALARM", "StateReason": "r"}]},
        "firing",
    ),
    "SNS": ({"AlarmName": "lag", "NewStateValue": "INSUFFICIENT_DATA", "NewStateReason": "r"}, "pending"),
    "a list of its own": (
        {"alerts": [{"name": "lag", "status": "ABNORMAL", "evidence": ["slow"]}]},
        "firing",
    ),
}


@pytest.mark.parametrize("source", STATES)
def test_each_tool_says_its_state_in_its_own_words(tmp_path: Path, source: str) -> None:
    payload, state = STATES[source]
    alert = only(world_of(tmp_path, alert__json=payload), "Alert")
    assert (alert.name, alert.text("status", "state")) == ("lag", state)


SERIES = {
    "a Prometheus range": {"status": "success", "data": {"resultType": "matrix", "result": [
        {"metric": {"__name__": "up", "pod": "cart-0", "namespace": "shop"},
         "values": [[1767323045, "1"], [1767323105, "0.5"]]}]}},
    "a Prometheus vector": {"status": "success", "data": {"resultType": "vector", "result": [
        {"metric": {"__name__": "up", "pod": "cart-0", "namespace": "shop"},
         "value": [1767323105.5, "0.5"]}]}},
    "Datadog's points": {"series": [
        {"metric": "up", "tag_set": ["pod_name:cart-0", "kube_namespace:shop"],
         "pointlist": [[1767323105000, 0.5]]}]},
    "CloudWatch's columns": {"metric_data_results": [
        {"metric_name": "up",
         "dimensions": [{"Name": "pod", "Value": "cart-0"}, {"Name": "namespace", "Value": "shop"}],
         "timestamps": ["2026-01-02T03:05:05Z", "2026-01-02T03:04:05Z"], "values": [0.5, 1]}]},
    "CloudWatch's data points": {
        "Label": "up", "dimensions": {"pod": "cart-0", "namespace": "shop"},
        "Datapoints": [{"Timestamp": "2026-01-02T03:05:05Z", "Average": 0.5, "Unit": "None"}]},
}  # fmt: skip


@pytest.mark.parametrize("source", SERIES)
def test_a_series_has_its_values_and_its_object(tmp_path: Path, source: str) -> None:
    (series,) = world_of(tmp_path, metrics__json=SERIES[source]).series
    assert series.metric == "up"
    assert series.samples[-1].value == 0.5
    assert series.samples[-1].at is not None
    assert series.about == Ref("Pod", "shop", "cart-0")
    quote = series.quote()
    assert quote is not None
    assert "0.5" in quote.text


def test_a_table_of_metrics_gives_a_series_a_column(tmp_path: Path) -> None:
    table = "time,cart-cpu,cart-mem,web-cpu,web-mem\n2026-01-02T03:04:05Z,0.1,10,0.2,\n"
    table += "2026-01-02T03:05:05Z,0.4,11,0.2,9\n"
    world = world_of(tmp_path, metrics__csv=table)
    by_name = {(series.labels["service"], series.metric): series for series in world.series}
    assert [sample.value for sample in by_name["cart", "cpu"].samples] == [0.1, 0.4]
    assert [sample.value for sample in by_name["web", "mem"].samples] == [9]
    quote = by_name["cart", "cpu"].quote()
    assert quote is not None
    assert (quote.place, quote.text) == ("metrics.csv:3", "2026-01-02T03:05:05Z,0.4,11,0.2,9")


LOGS = {
    "Loki": {"data": {"resultType": "streams", "result": [
        {"stream": {"namespace": "shop", "pod": "cart-0", "container": "app"},
         "values": [["1767323105000000000", "boom \"x\""], ["1767323045000000000", "start"]]}]}},
    "Datadog": {"logs": [
        {"timestamp": "2026-01-02T03:05:05Z", "message": "boom \"x\"", "service": "cart",
         "tags": ["pod_name:cart-0", "kube_namespace:shop", "container_name:app"]},
        {"timestamp": "2026-01-02T03:04:05Z", "message": "start", "service": "cart",
         "tags": ["pod_name:cart-0", "kube_namespace:shop", "container_name:app"]}]},
    "Elasticsearch": {"hits": {"hits": [
        {"_source": {"@timestamp": "2026-01-02T03:05:05Z", "log": text, "kubernetes":
                     {"pod_name": "cart-0", "namespace_name": "shop", "container_name": "app"}}}
        for text in ("start", "boom \"x\"")]}},
    "a pod's text": {"pod_name": "cart-0", "namespace": "shop", "container": "app",
                     "logs": "2026-01-02T03:04:05Z start\n2026-01-02T03:05:05Z boom \"x\"\n"},
}  # fmt: skip


@pytest.mark.parametrize("source", LOGS)
def test_log_lines_in_json_are_a_log_of_their_pod(tmp_path: Path, source: str) -> None:
    (log,) = world_of(tmp_path, logs__json=LOGS[source]).logs
    assert (log.about, log.container) == (Ref("Pod", "shop", "cart-0"), "app")
    assert [line.text.rpartition("Z ")[2] for line in log.lines] == ["start", 'boom "x"']
    assert log.lines[-1].at == datetime(2026, 1, 2, 3, 5, 5, tzinfo=UTC)
    assert 'boom \\"x\\"' in log.lines[-1].quote().text


def test_counted_patterns_are_log_lines_with_their_count(tmp_path: Path) -> None:
    world = world_of(
        tmp_path, errors__json={"cart": {"patterns": [{"count": 7, "sample": "boom"}], "total_errors": 7}}
    )
    assert [(log.name, log.lines[0].text) for log in world.logs] == [("cart", "boom")]
    assert [(series.labels["service"], series.samples[0].value) for series in world.series] == [("cart", 7)]


def test_connections_are_what_the_check_says_in_the_end(tmp_path: Path) -> None:
    world = world_of(
        tmp_path,
        connectivity__json={"cart:7070": "cart (10.0.0.1:7070) open", "db:5432": "Connection refused"},
        checks__txt="$ nc -zv web 80\nnc: connect to web port 80 (tcp) failed: Connection refused\n"
        "$ curl -v http://api:8080/\n*   Trying 10.0.0.9:8080...\n* connect to 10.0.0.9 failed\n"
        "* Connected to api (10.0.0.10) port 8080\n< HTTP/1.1 200 OK\n",
    )
    assert {check.name: check.at("status", "ok").value for check in world.of_kind("Connectivity")} == {
        "cart:7070": True,
        "db:5432": False,
        "web:80": False,
        "api:8080": True,
    }
    db = world.by_ref[Ref("Connectivity", "", "db:5432")]
    quote = db.at("status", "ok").quote()
    assert quote is not None
    assert quote.text == '"db:5432": "Connection refused"'


def test_a_drawn_tree_of_calls_gives_the_direct_callees(tmp_path: Path) -> None:
    tree = "[Service]: web\n[Upstream (Called By)]: users\n[Downstream (Calls)]:\nweb\n├── cart\n│   └── db   <-- (Database)\n└── cache   <-- (Database)"  # noqa: E501
    world = world_of(tmp_path, dependencies__json={"web": tree})
    edges = {(edge.text("spec", "to"), edge.text("spec", "kind")) for edge in world.of_kind("Dependency")}
    assert edges == {("cart", "service"), ("cache", "database")}


SYSTEMD = """\
● kubelet.service - kubelet: The Kubernetes Node Agent
     Loaded: loaded (/lib/systemd/system/kubelet.service; disabled; vendor preset: enabled)
     Active: activating (auto-restart) (Result: exit-code) since Fri 2026-01-02 03:00:00 UTC; 5s ago
   Main PID: 77 (code=exited, status=1/FAILURE)

Jan 02 03:00:00 node-7 kubelet[77]: E0102 03:00:00.1 77 run.go:74] "command failed" err="no swap"
"""


def test_a_unit_s_status_says_node_state_result_and_log(tmp_path: Path) -> None:
    world = world_of(tmp_path, status__txt=SYSTEMD)
    unit = only(world, "NodeService")
    assert (unit.name, unit.text("spec", "node"), unit.text("spec", "unit")) == (
        "node-7/kubelet",
        "node-7",
        "kubelet",
    )
    assert unit.text("status", "active") == "activating"
    assert unit.text("status", "sub") == "auto-restart"
    assert unit.text("status", "result") == "exit-code"
    assert unit.at("status", "disabled").value is True
    quote = unit.at("status", "active").quote()
    assert quote is not None
    assert quote.place == "status.txt:3"
    assert [log.about for log in world.logs] == [unit.ref]


def test_events_of_a_database_service(tmp_path: Path) -> None:
    event = {"date": "2026-01-02T03:04:05Z", "message": "storage is full", "source_identifier": "orders-db",
             "source_type": "db-instance", "event_categories": ["low storage"]}  # fmt: skip
    (read_event,) = world_of(tmp_path, events__json={"events": [event]}).events
    assert (read_event.about, read_event.warning) == (Ref("DBInstance", "", "orders-db"), True)


def test_the_first_short_note_that_asks_is_the_question(tmp_path: Path) -> None:
    world = world_of(
        tmp_path, a__md="# Runbook\nDo this.", ticket__txt="Checkout is down.\nnamespace: shop\n"
    )
    assert world.question == "Checkout is down."
    assert [note.name for note in world.notes] == ["a.md", "ticket.txt"]


def test_summaries_of_other_tools_become_objects(tmp_path: Path) -> None:
    pod = {"name": "cart-7d9f8b6c4-x2x2x", "namespace": "shop", "phase": "Pending", "node_name": "n1",
           "containers": [{"name": "app", "ready": False, "restart_count": 3,
                           "state": {"waiting": True, "reason": "ImagePullBackOff",
                                     "message": "no such tag"}}]}  # fmt: skip
    node = {"name": "n1", "ready": "False", "memory_pressure": "True", "taints": ["a=b:NoSchedule"]}
    deployment = {"name": "cart", "namespace": "shop", "desired": 2, "ready": 0}
    world = world_of(tmp_path, dump__json={"pods": [pod], "nodes": [node], "deployments": [deployment]})
    read_pod, read_node = only(world, "Pod"), only(world, "Node")
    waiting = read_pod.at("status", "containerStatuses", 0, "state", "waiting")
    assert waiting.text("reason") == "ImagePullBackOff"
    quote = waiting.at("message").quote()
    assert quote is not None
    assert quote.text == '"message": "no such tag"'
    assert world.top_owner(read_pod) == Ref("Deployment", "shop", "cart")
    assert read_node.condition("Ready").text("status") == "False"
    assert read_node.at("spec", "taints").value == [{"key": "a", "value": "b", "effect": "NoSchedule"}]
    assert not read_pod.complete
