"""Probes: why they fail, and whether they still do."""

from typing import Any

import pytest

from anyops.diagnose.finding import Found
from anyops.world.world import Event
from tests.unit.diagnose.worlds import event, findings, pod, resource, workload, world

Body = dict[str, Any]
REFUSED = 'Get "http://10.0.0.9:8081/ready": dial tcp 10.0.0.9:8081: connect: connection refused'
GRPC = 'timeout: failed to connect service "10.0.0.9:8080" within 1s: context deadline exceeded'


def probed(
    *,
    ready: bool = False,
    restarts: int = 0,
    last: Body | None = None,
    waiting: str = "",
    ports: tuple[int, ...] = (8080,),
    **probes: Body,
) -> Body:
    container = {"name": "app", "ports": [{"containerPort": p} for p in ports], **probes}
    state: Body = {"waiting": {"reason": waiting}} if waiting else {"running": {}}
    status = {"name": "app", "ready": ready, "restartCount": restarts, "state": state}
    if last:
        status["lastState"] = {"terminated": last}
    return pod(
        ready=ready,
        spec={"containers": [container]},
        status={"containerStatuses": [status]},
        owner=("ReplicaSet", "cart-1"),
    )


def http(port: Any = 8080, path: str = "/ready", **timing: Any) -> Body:
    return {"httpGet": {"port": port, "path": path}, **timing}


def unhealthy(kind: str, message: str, **more: Any) -> Event:
    return event("Pod/shop/cart-0", "Unhealthy", f"{kind} probe failed: {message}", **more)


def killing() -> Event:
    words = "Container app failed liveness probe, will be restarted"
    return event("Pod/shop/cart-0", "Killing", words, warning=False)


def probe_findings(body: Body, *events: Event) -> list[Found]:
    return findings(world(body, events=events), "pod.probe")


def test_a_probe_that_asks_a_port_which_no_container_has() -> None:
    body = probed(readinessProbe=http(8081), livenessProbe=http(8080))
    [found] = probe_findings(body, unhealthy("Readiness", REFUSED, count=9))
    assert (found.cause, found.certainty, found.state) == ("probe.readiness_port", "sure", "now")
    assert "8081" in found.statement
    assert "8080" in found.statement


def test_a_named_port_is_looked_up() -> None:
    body = probed(readinessProbe=http("web"))
    body["spec"]["containers"][0]["ports"] = [{"name": "web", "containerPort": 8080}]
    [found] = probe_findings(body, unhealthy("Readiness", "HTTP probe failed with statuscode: 404"))
    assert found.cause == "probe.readiness_path"


@pytest.mark.parametrize(
    "message",
    [
        'net/http: HTTP/1.x transport connection broken: malformed HTTP response "\x00"',
        'Get "http://10.0.0.9:8080/": malformed HTTP status code "x"',
        "error: this server does not implement the grpc health protocol (grpc.health.v1.Health)",
    ],
)
def test_words_that_tell_of_another_protocol(message: str) -> None:
    [found] = probe_findings(probed(readinessProbe=http()), unhealthy("Readiness", message))
    assert (found.cause, found.certainty) == ("probe.readiness_protocol", "sure")


def test_a_grpc_probe_beside_an_http_probe_of_the_same_port() -> None:
    body = probed(
        ready=True,
        restarts=3,
        livenessProbe={"grpc": {"port": 8080}},
        readinessProbe=http(),
    )
    [found] = probe_findings(body, unhealthy("Liveness", GRPC, count=9), killing())
    assert found.cause == "probe.liveness_protocol"


def test_a_liveness_probe_that_leaves_no_time_to_start() -> None:
    hasty = http(initialDelaySeconds=1, periodSeconds=1, failureThreshold=1)
    body = probed(restarts=4, waiting="CrashLoopBackOff", last={"exitCode": 137}, livenessProbe=hasty)
    [found] = probe_findings(
        body, unhealthy("Liveness", "Get: context deadline exceeded", count=4), killing()
    )
    assert (found.cause, found.certainty) == ("probe.liveness_timing", "sure")
    assert "delay 1 s" in found.statement


def test_readiness_is_only_a_symptom_while_liveness_kills() -> None:
    hasty = http(initialDelaySeconds=1, periodSeconds=1, failureThreshold=1)
    body = probed(restarts=4, waiting="CrashLoopBackOff", livenessProbe=hasty, readinessProbe=http())
    found = probe_findings(
        body,
        unhealthy("Liveness", "context deadline exceeded", count=4),
        unhealthy("Readiness", "context deadline exceeded", count=4),
        killing(),
    )
    assert {(f.title.split()[0], f.cause) for f in found} == {
        ("Liveness", "probe.liveness_timing"),
        ("Readiness", None),
    }


def test_what_failed_while_it_started_and_is_ready_now_is_history() -> None:
    body = probed(ready=True, readinessProbe=http(), livenessProbe=http())
    found = probe_findings(body, unhealthy("Readiness", GRPC, count=3), unhealthy("Liveness", GRPC))
    assert {f.state for f in found} == {"past"}
    assert all(f.cause is None for f in found)


def test_restarts_by_a_probe_that_are_over_are_history() -> None:
    body = probed(ready=True, restarts=3, livenessProbe=http())
    old = unhealthy("Liveness", GRPC, last="2026-11-20T10:00:00Z")
    assert [f.state for f in probe_findings(body, old)] == ["past"]


def test_an_answer_of_500_names_the_path() -> None:
    body = probed(restarts=6, livenessProbe=http(path="/healthz"))
    [found] = probe_findings(
        body, unhealthy("Liveness", "HTTP probe failed with statuscode: 500", count=18), killing()
    )
    assert found.cause == "probe.liveness_path"
    assert "/healthz" in found.statement


def test_a_container_that_crashes_by_itself_is_not_blamed_on_its_probes() -> None:
    body = probed(
        restarts=5,
        waiting="CrashLoopBackOff",
        last={"exitCode": 1, "reason": "Error"},
        livenessProbe=http(),
        readinessProbe=http(),
    )
    found = probe_findings(body, unhealthy("Readiness", "dial tcp: connect: connection refused"))
    assert [f.cause for f in found] == [None]


def test_a_node_that_is_down_explains_its_pods_probes() -> None:
    body = probed(readinessProbe=http())
    body["spec"]["nodeName"] = "n1"
    node = {
        "kind": "Node",
        "metadata": {"name": "n1"},
        "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]},
    }
    seen = world(body, node, events=[unhealthy("Readiness", "context deadline exceeded", count=5)])
    assert [f.cause for f in findings(seen, "pod.probe")] == [None]


def test_a_pod_read_from_a_table_without_its_containers() -> None:
    bare = resource({"kind": "Pod", "metadata": {"name": "cart-0", "namespace": "shop"}}, complete=False)
    seen = world(bare, events=[unhealthy("Liveness", GRPC)])
    assert [f.state for f in findings(seen, "pod.probe")] == ["past"]


def manifest(image: str, probe: Body, **more: Any) -> Body:
    container = {"name": "app", "image": image, "ports": [{"containerPort": 80}], "livenessProbe": probe}
    body = workload(template={"containers": [{**container, **more}]})
    del body["status"]
    return body


def test_a_manifest_alone_tells_of_probes_that_cannot_pass() -> None:
    [port] = findings(world(manifest("registry.example/cart:1", http(81))), "workload.probe_target")
    assert (port.cause, port.state) == ("probe.liveness_port", "risk")
    [path] = findings(world(manifest("nginx:1.29", http(80, "/status"))), "workload.probe_target")
    assert path.cause == "probe.liveness_path"


def test_a_stock_image_with_pages_of_its_own_or_a_running_workload_is_trusted() -> None:
    mounted = manifest(
        "nginx:1.29", http(80, "/status"), volumeMounts=[{"name": "conf", "mountPath": "/etc"}]
    )
    assert not findings(world(mounted), "workload.probe_target")
    running = {**manifest("nginx:1.29", http(81)), "status": {"readyReplicas": 1}}
    assert not findings(world(running), "workload.probe_target")
