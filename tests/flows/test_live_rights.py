"""A live cluster of which not all may be read, or which serves other kinds; and what it sees of us."""

import json
from typing import Any

import pytest

import anyops
from tests.fakes.kube import CURRENT, RELEASE_1_20, KindRow, KubeServer, faults
from tests.flows.live import (
    SECRET_VALUE,
    Shell,
    crashing,
    ill,
    meta,
    node,
    refused,
    report,
    unread,
    well,
    workload,
)


def test_forbidden_kinds_leave_it_open_and_are_named(shell: Shell) -> None:
    with KubeServer(well(), forbid={"pods", "replicasets"}) as server:
        done = shell.analyze_at(server, "-o", "json")
        found = report(done, 4)
        shown = shell.analyze_at(server)
    assert found["verdict"] == "inconclusive"
    assert set(unread(found)) == {"shop/pods", "shop/replicasets.apps", "kube-system/pods"}
    assert {why for why, _ in unread(found).values()} == {"forbidden"}
    assert 'User "alice" cannot list resource "pods"' in unread(found)["shop/pods"][1]
    assert "may not read in kube-system: pods · in shop: pods, replicasets.apps" in shown.out
    assert "--accept-unread KIND" in shown.out


@pytest.mark.parametrize("word", ["secrets", "Secret", "secret", "shop/secrets"])
def test_one_forbidden_kind_can_be_gone_without(shell: Shell, word: str) -> None:
    with KubeServer(well(), forbid={"secrets"}) as server:
        assert shell.analyze_at(server).code == 4
        assert shell.analyze_at(server, "--accept-unread", word).code == 0
        assert shell.analyze_at(server, "--accept-unread", "configmaps").code == 4


def test_an_incident_wins_over_what_is_forbidden(shell: Shell) -> None:
    with KubeServer(ill(), forbid={"secrets", "nodes"}) as server:
        found = report(shell.analyze_at(server, "-o", "json"), 1)
    assert found["verdict"] == "incident"
    assert {"nodes", "shop/secrets"} <= set(unread(found))


def test_who_may_read_nothing_gets_the_names_of_all_that_is_forbidden(shell: Shell) -> None:
    with KubeServer(well(), only_in=()) as server:
        found = report(shell.analyze_at(server, "-o", "json"), 4)
    assert {why for why, _ in unread(found).values()} == {"forbidden"}
    assert {"shop/pods", "shop/deployments.apps", "nodes", "shop/secrets"} <= set(unread(found))
    assert found["healthy"]["checked"] == 0


def test_who_may_read_one_namespace_only_learns_of_it(shell: Shell) -> None:
    with KubeServer(ill(), only_in={"shop"}) as server:
        found = report(shell.analyze_at(server, "-o", "json"), 1)
        every = report(shell.analyze("-A", "-o", "json"), 4)
    assert found["causes"][0]["resource"]["name"] == "cart"
    assert "pods" in unread(every)


@pytest.mark.parametrize(
    "release", [RELEASE_1_20, CURRENT.old_discovery(), CURRENT], ids=["1.20", "old", "new"]
)
def test_an_old_server_and_a_new_one_are_read_alike(shell: Shell, release: Any) -> None:
    with KubeServer(well(), release=release) as server:
        assert report(shell.analyze_at(server, "-o", "json"), 0)["verdict"] == "healthy"
    with KubeServer(ill(), release=release) as server:
        found = report(shell.analyze_at(server, "-o", "json"), 1)
        missed = [request.path for request in server.requests if request.code == 404]
    assert found["causes"][0]["cause"] == "container.crash"
    assert (unread(found), missed) == ({}, [])


TENANTS = KindRow("tenants.example.com/v1", "tenants", "Tenant", custom=True)


@pytest.mark.parametrize("old", [True, False], ids=["old", "new"])
def test_an_aggregated_api_that_is_away_is_named(shell: Shell, old: bool) -> None:
    release = CURRENT.plus(TENANTS)
    away = {"tenants.example.com/v1"}
    with KubeServer(well(), release=release.old_discovery() if old else release, stale=away) as server:
        found = report(shell.analyze_at(server, "-o", "json", timeout="10s"), 4)
    assert [why for why, _ in unread(found).values()] == ["failed"]
    assert set(unread(found)) == away


@pytest.mark.parametrize("killed", [True, False], ids=["killed for memory", "well"])
def test_measurements_that_are_away_are_missed_only_where_usage_matters(shell: Shell, killed: bool) -> None:
    objects = ill() if killed else well()
    if killed:
        ended = objects[-1]["status"]["containerStatuses"][0]["lastState"]["terminated"]
        ended |= {"exitCode": 137, "reason": "OOMKilled"}
    with KubeServer(objects, stale={"metrics.k8s.io/v1beta1"}) as server:
        found = report(shell.analyze_at(server, "-o", "json"), 1 if killed else 0)
    assert list(unread(found)) == ["metrics.k8s.io/v1beta1"] * killed


@pytest.mark.parametrize("fault", [faults.broken(500), faults.html(200), faults.hang(), faults.cut_json()])
def test_where_discovery_fails_what_every_server_has_is_read(shell: Shell, fault: faults.Fault) -> None:
    with KubeServer(ill()) as server:
        server.fault("/apis", fault)
        found = report(shell.analyze_at(server, "-o", "json", timeout="1.5s"), 1)
    assert found["causes"][0]["cause"] == "container.crash"
    assert unread(found)["discovery"][0] == "failed"


def test_a_forbidden_discovery_is_said(shell: Shell) -> None:
    with KubeServer(well(), forbid={"/apis"}) as server:
        found = report(shell.analyze_at(server, "-o", "json"), 4)
    assert unread(found)["discovery"][0] == "forbidden"


def test_a_custom_resource_is_judged_by_its_conditions(shell: Shell) -> None:
    row = KindRow("db.example.com/v1", "postgresclusters", "PostgresCluster", custom=True)
    condition = {
        "type": "Ready",
        "status": "False",
        "reason": "QuorumLost",
        "message": "1 of 3 members answer",
        "lastTransitionTime": "2026-05-01T08:00:00Z",
    }
    broken = {
        "apiVersion": "db.example.com/v1",
        "kind": "PostgresCluster",
        "metadata": meta("orders"),
        "status": {"conditions": [condition]},
    }
    with KubeServer([*well(), broken], release=CURRENT.plus(row)) as server:
        server_rows = shell.analyze_at(server, "-o", "json")
        health = shell.anyops("cluster", "health", "-o", "json")
    found = json.loads(server_rows.out)
    assert "1 of 3 members answer" in json.dumps(found["findings"])
    row_of = {(row["kind"], row["name"]): row["status"] for row in json.loads(health.out)}
    assert row_of[("PostgresCluster", "orders")] == "Degraded"


def test_all_that_is_sent_is_get_by_name_at_most_four_at_once(shell: Shell) -> None:
    said = {"shop/cart-6d9f8b7c5-aaaaa": "panic: no route\n"}
    with KubeServer(ill(), token="key", logs=said, previous_logs=said) as server:
        server.fault("/ap*", faults.slow(0.02))
        shell.analyze_at(server)
        shell.analyze("-A")
        shell.anyops("cluster", "snapshot", str(shell.home / "taken"), "--timeout", "5s")
        shell.anyops("cluster", "health", "--timeout", "5s")
        sent = list(server.requests)
        assert server.most_at_once == 4
    assert {request.method for request in sent} == {"GET"}
    assert {request.headers["user-agent"] for request in sent} == {f"anyops/{anyops.__version__}"}
    assert {request.received for request in sent} == {b""}
    assert not [request.path for request in sent if "watch" in request.params or "/exec" in request.path]
    assert all(request.code == 200 for request in sent)


def test_no_secret_value_crosses_the_wire_or_stands_in_an_answer(shell: Shell) -> None:
    with KubeServer(ill(), keep_bodies=True) as server:
        answers = [
            shell.analyze_at(server, "-o", form) for form in ("text", "wide", "json", "yaml", "markdown")
        ]
        answers.append(shell.analyze("-A", "-o", "json"))
        answers.append(shell.anyops("cluster", "snapshot", str(shell.home / "taken"), "--timeout", "5s"))
        sent = b"".join(bytes(request.body) for request in server.requests)
        listed = server.asked("*/secrets")
    assert b"database" in sent
    assert SECRET_VALUE.encode() not in sent
    assert listed
    assert {request.params["includeObject"] for request in listed} == {"None"}
    kept = b"".join(path.read_bytes() for path in (shell.home / "taken").rglob("*") if path.is_file())
    assert SECRET_VALUE not in "".join(answer.out + answer.err for answer in answers) + kept.decode()


def test_what_a_pod_says_of_secrets_is_redacted(shell: Shell) -> None:
    said = "FATAL: connecting to postgres://cart:h4rdT0Gu3ss@db:5432/cart failed\n"
    logs = {"shop/cart-6d9f8b7c5-aaaaa": said}
    with KubeServer(ill(), logs=logs, previous_logs=logs) as server:
        outs = [shell.analyze_at(server, "-o", form).out for form in ("text", "wide", "json", "markdown")]
        shell.anyops("cluster", "snapshot", str(shell.home / "taken"), "--timeout", "5s")
    kept = b"".join(path.read_bytes() for path in (shell.home / "taken").rglob("*.log"))
    assert "postgres://cart" in outs[2]
    assert "h4rdT0Gu3ss" not in "".join(outs) + kept.decode()
    assert b"<secret:" in kept


def test_names_of_objects_that_are_asked_for_are_looked_up(shell: Shell) -> None:
    with KubeServer([node(), *workload("cart", 0, 1), crashing("cart-6d9f8b7c5-aaaaa")]) as server:
        shell.use(server.kubeconfig(shell.home, namespace="shop"))
        assert report(shell.analyze("deploy/cart", "-o", "json"), 1)["scope"]["source"].startswith(
            "127.0.0.1"
        )
        done = shell.analyze("deploy/cort")
    assert (done.code, done.out) == (2, "")
    assert "there is no Deployment/cort in shop" in done.err
    assert "did you mean deployment/cart?" in done.err


def test_health_of_what_may_not_be_read_is_unknown_and_not_well(shell: Shell) -> None:
    with KubeServer(well(), forbid={"pods"}) as server:
        shell.use(server.kubeconfig(shell.home, namespace="shop"))
        open_ = shell.anyops("cluster", "health")
    with KubeServer(ill(), forbid={"secrets"}) as server:
        shell.use(server.kubeconfig(shell.home, namespace="shop"))
        sick = shell.anyops("cluster", "health")
    assert open_.code == 4
    assert "not read     2 sources forbidden: kube-system/pods, shop/pods\n" in open_.out
    assert (sick.code, "shop/secrets" in sick.out) == (0, True)


def test_a_target_of_a_kind_that_may_not_be_read_leaves_the_question_open(shell: Shell) -> None:
    with KubeServer(well(), forbid={"deployments"}) as server:
        done = shell.analyze_at(server, "deploy/cart")
    refused(done, 4, "Deployment/cart cannot be looked up: shop/deployments.apps (forbidden)", "read access")


def test_what_may_not_be_read_next_door_says_nothing_of_a_target_here(shell: Shell) -> None:
    with KubeServer(well()) as server:
        server.fault("/apis/apps/v1/namespaces/kube-system/*", faults.broken(403, "not yours"))
        done = shell.analyze_at(server, "deploy/crat")
    refused(done, 2, "there is no Deployment/crat in shop", "did you mean deployment/cart?")
