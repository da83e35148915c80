"""Secrets in what a cluster says in words: in no answer, whatever its form, and in no snapshot."""

import json
from typing import Any

import pytest

from tests.fakes.kube import CURRENT, KindRow, KubeServer, faults
from tests.fakes.kube.messages import failure
from tests.flows.live import STARTED, Shell, ill, meta, refused, unread

TOKEN = "3f9c1d7e5b2a4860"
ROW = KindRow("db.example.com/v1", "postgresclusters", "PostgresCluster", custom=True)
FORMS = [("-o", "json"), ("-o", "wide", "--lint"), ("-o", "markdown"), ("-o", "yaml"), ()]


def said(where: str) -> str:
    """A message with two secrets in it that are to be found again."""
    return f"login failed: password=Leak{where}9x at postgres://app:Leak{where}8y@db/orders"


def talkative() -> list[dict[str, Any]]:
    """A cluster in which everything that can say something says its password."""
    objects = ill()
    deployment, crashing = objects[2], objects[-1]
    failed = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate"}
    deployment["status"]["conditions"].append(failed | {"message": said("Condition")})
    crashing["status"]["containerStatuses"][0]["state"]["waiting"]["message"] = said("Waiting")
    ready = {"type": "Ready", "status": "False", "reason": "AuthFailed", "lastTransitionTime": STARTED}
    custom = {"apiVersion": "db.example.com/v1", "kind": "PostgresCluster", "metadata": meta("orders")}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta("data"), "spec": {}}
    return [
        *objects,
        {**custom, "status": {"conditions": [ready | {"message": said("Custom")}]}},
        {**claim, "status": {"phase": "Pending"}},
        event("a", "Pod", "cart-6d9f8b7c5-aaaaa", "Unhealthy", f"Readiness probe failed: {said('Probe')}"),
        event("b", "PersistentVolumeClaim", "data", "ProvisioningFailed", said("Claim")),
        event("c", "Deployment", "cart", "FailedCreate", said("Event")) | {"count": "many"},
    ]


def event(name: str, kind: str, about: str, reason: str, message: str) -> dict[str, Any]:
    of = {"kind": kind, "namespace": "shop", "name": about}
    words = {"reason": reason, "message": message, "type": "Warning", "lastTimestamp": STARTED}
    return {"apiVersion": "v1", "kind": "Event", "metadata": meta(name), "involvedObject": of, **words}


def test_what_a_cluster_says_is_told_without_its_secrets(shell: Shell) -> None:
    with KubeServer(talkative(), release=CURRENT.plus(ROW)) as server:
        told = [shell.analyze_at(server, *form).out for form in FORMS]
        told += [shell.anyops("cluster", "health", *form).out for form in ((), ("-o", "json"))]
        assert shell.anyops("cluster", "snapshot", str(shell.home / "taken")).code == 0
    told += [path.read_text() for path in (shell.home / "taken").rglob("*.json")]
    again = shell.anyops("incident", "analyze", str(shell.home / "taken"), "-o", "json")
    for text in told:
        assert "Leak" not in text
    live, kept = json.loads(told[0]), json.loads(again.out)
    assert "login failed: password=<secret:" in told[0]
    for part in ("causes", "findings", "timeline", "impact", "evidence"):
        assert live[part] == kept[part]


def test_a_refusal_is_told_without_secrets_and_without_our_token(shell: Shell) -> None:
    message = f"no, Bearer {TOKEN}: {said('Refusal')}"
    with KubeServer(ill(), token=TOKEN) as server:
        server.fault("/apis/batch/*", faults.replies(failure(403, message)))
        done = shell.analyze_at(server, "-o", "json")
        taken = shell.anyops("cluster", "snapshot", str(shell.home / "taken"))
    manifest = (shell.home / "taken" / "anyops-snapshot.json").read_text()
    assert unread(json.loads(done.out))["shop/jobs.batch"][1].startswith("no, Bearer <hidden>: login failed")
    for text in (done.out, taken.out, manifest):
        assert TOKEN not in text
        assert "Leak" not in text


@pytest.mark.parametrize(("code", "exit_code"), [(401, 3), (500, 4)])
def test_the_line_that_ends_a_command_holds_no_secret(shell: Shell, code: int, exit_code: int) -> None:
    with KubeServer(ill(), token=TOKEN) as server:
        server.fault("*", faults.replies(failure(code, f"no {TOKEN} {said('End')}")))
        done = shell.analyze_at(server, timeout="4s")
    refused(done, exit_code, "no <hidden> login failed: password=<secret:", "kubectl --context fake")
    assert "Leak" not in done.err
