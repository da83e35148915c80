"""Containers that end: crash loops, memory, ports, and what their logs say."""

from typing import Any

import pytest

from tests.unit.diagnose.worlds import event, findings, log, pod, workload, world

Body = dict[str, Any]


def crashing(
    code: int = 1, reason: str = "Error", *, restarts: int = 5, init: bool = False, **ended: Any
) -> Body:
    status = {
        "name": "app",
        "ready": False,
        "restartCount": restarts,
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}},
        "lastState": {"terminated": {"exitCode": code, "reason": reason, **ended}},
    }
    key = "initContainerStatuses" if init else "containerStatuses"
    more = {"containerStatuses": []} if init else {}
    return pod(ready=False, owner=("ReplicaSet", "cart-1"), status={**more, key: [status]})


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (1, "container.crash"),
        (139, "container.crash"),
        (126, "container.permission_denied"),
        (127, "container.command_not_found"),
        (0, "container.exits"),
    ],
)
def test_exit_codes_of_a_crash_loop(code: int, cause: str) -> None:
    [found] = findings(world(crashing(code)), "container.crash")
    assert (found.cause, found.severity, found.state) == (cause, "critical", "now")
    assert f"code {code}" in found.statement


@pytest.mark.parametrize(
    ("line", "cause", "word"),
    [
        ("Environment variable DEPLOY_ENV is undefined", "config.env_missing", "DEPLOY_ENV"),
        ("x509: certificate has expired or is not yet valid", "certificate.expired", "expired"),
        ('FATAL: password authentication failed for user "shop"', "database.credentials_invalid", "shop"),
        ("open /data/db: permission denied", "container.permission_denied", "/data/db"),
        ("sh: 1: wge: not found", "container.command_not_found", "wge"),
        ("exec /app/run: exec format error", "image.architecture_mismatch", "/app/run"),
        ("Caused by: java.lang.StackOverflowError", "container.crash", "StackOverflowError"),
    ],
)
def test_the_log_says_why(line: str, cause: str, word: str) -> None:
    seen = world(crashing(), logs=[log("Pod/shop/cart-0", f"starting\n{line}\nbye", previous=True)])
    [found] = findings(seen, "container.crash")
    assert found.cause == cause
    assert word in found.statement


def test_the_runtime_names_the_command_that_is_not_there() -> None:
    message = 'exec: "serv": executable file not found in $PATH: unknown'
    [found] = findings(world(crashing(128, "StartError", message=message)), "container.crash")
    assert (found.cause, found.certainty) == ("container.command_not_found", "sure")
    assert "serv" in found.statement


def test_an_init_container_that_fails() -> None:
    [found] = findings(world(crashing(init=True)), "container.crash")
    assert found.cause == "init.failed"
    assert "Init container app" in found.statement


def test_kills_by_a_probe_are_left_to_the_probe() -> None:
    kill = event("Pod/shop/cart-0", "Killing", "Container app failed liveness probe, will be restarted")
    assert not findings(world(crashing(137), events=[kill]), "container.crash")


def running(restarts: int, finished: str) -> Body:
    status = {
        "name": "app",
        "ready": True,
        "restartCount": restarts,
        "state": {"running": {"startedAt": finished}},
        "lastState": {"terminated": {"exitCode": 1, "reason": "Error", "finishedAt": finished}},
    }
    return pod(status={"containerStatuses": [status]})


def test_a_restart_that_is_over_is_history_and_a_storm_is_not() -> None:
    [past] = findings(world(running(1, "2026-11-20T09:25:00Z")), "container.crash")
    assert (past.state, past.cause) == ("past", None)
    [now] = findings(world(running(12, "2026-11-20T11:58:00Z")), "container.crash")
    assert (now.state, now.cause) == ("now", "container.crash")


def test_pods_of_a_job_that_succeeded_after_all_are_history() -> None:
    failed = pod("job-1", phase="Failed", ready=False, owner=("Job", "load"))
    failed["status"]["containerStatuses"][0]["state"] = {"terminated": {"exitCode": 1, "reason": "Error"}}
    job = {"kind": "Job", "metadata": {"name": "load", "namespace": "shop"}, "status": {"succeeded": 1}}
    assert [f.state for f in findings(world(failed, job), "container.crash")] == ["past"]


def test_a_container_killed_for_memory_names_its_limit() -> None:
    body = crashing(137, "OOMKilled")
    body["spec"]["containers"][0]["resources"] = {"limits": {"memory": "64Mi"}}
    seen = world(body)
    [found] = findings(seen, "container.oom_killed")
    assert (found.cause, found.certainty, found.state) == ("container.oom_killed", "sure", "now")
    assert "64Mi" in found.statement
    assert not findings(seen, "container.crash")


def test_a_container_killed_for_memory_long_ago_is_history() -> None:
    body = running(1, "2026-11-20T09:25:00Z")
    body["status"]["containerStatuses"][0]["lastState"]["terminated"]["reason"] = "OOMKilled"
    assert [f.state for f in findings(world(body), "container.oom_killed")] == ["past"]


def test_a_sandbox_that_dies_for_memory_as_it_starts() -> None:
    body = pod(ready=False, phase="Pending", status={"containerStatuses": []})
    body["spec"]["containers"][0]["resources"] = {"limits": {"memory": "5Mi"}}
    died = event(
        "Pod/shop/cart-0", "FailedCreatePodSandBox", "container init was OOM-killed (memory limit too low?)"
    )
    [found] = findings(world(body, events=[died]), "container.oom_killed")
    assert found.certainty == "sure"
    assert "5Mi" in found.statement


@pytest.mark.parametrize(
    ("argument", "asks"),
    [
        ("java -Xmx512m -jar app.jar", True),
        ("dd if=/dev/zero of=/tmp/x bs=1M count=500", True),
        ("-Xmx64m", False),
    ],
)
def test_a_command_that_asks_for_more_than_the_limit(argument: str, asks: bool) -> None:
    container = {"name": "app", "args": [argument], "resources": {"limits": {"memory": "128Mi"}}}
    body = workload(template={"containers": [container]})
    assert [f.state for f in findings(world(body), "container.memory_asked")] == (["risk"] if asks else [])
    del body["status"]
    assert [f.state for f in findings(world(body), "container.memory_asked")] == (["now"] if asks else [])


def two(*, ready: bool, port: int = 8080) -> Body:
    names = (("app", 8080), ("proxy", port))
    containers = [{"name": n, "ports": [{"containerPort": p}]} for n, p in names]
    statuses = [
        {"name": "app", "ready": True, "restartCount": 0, "state": {"running": {}}},
        {
            "name": "proxy",
            "ready": ready,
            "restartCount": 0,
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        },
    ]
    return pod(ready=ready, spec={"containers": containers}, status={"containerStatuses": statuses})


def test_two_containers_that_claim_one_port() -> None:
    [found] = findings(world(two(ready=False)), "pod.port_conflict")
    assert (found.cause, found.certainty, found.state) == ("port.conflict", "sure", "now")
    assert "8080" in found.statement
    assert [f.state for f in findings(world(two(ready=True)), "pod.port_conflict")] == ["risk"]
    assert not findings(world(two(ready=False, port=9090)), "pod.port_conflict")


def test_a_log_that_says_the_address_is_in_use() -> None:
    said = log("Pod/shop/cart-0", "listen tcp :9000: bind: address already in use", container="proxy")
    [found] = findings(world(two(ready=False, port=9000), logs=[said]), "pod.port_conflict")
    assert (found.cause, found.certainty) == ("port.conflict", "sure")
    assert "9000" in found.statement
