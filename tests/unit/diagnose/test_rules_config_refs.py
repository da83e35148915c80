"""Secrets and config maps that are not there, or lack a key."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyops.diagnose.finding import Found
from anyops.world.resource import Ref
from tests.unit.diagnose.worlds import Body, event, findings, meta, pod, workload, world


def only(found: list[Found]) -> Found:
    (one,) = found
    return one


def env(name: str, key: str, kind: str = "secretKeyRef", **more: Any) -> Body:
    return {"name": "X", "valueFrom": {kind: {"name": name, "key": key, **more}}}


def app(**container: Any) -> Body:
    return {"containers": [{"name": "app", **container}]}


def secret(name: str, *keys: str) -> Body:
    return {"kind": "Secret", "metadata": meta(name), "data": dict.fromkeys(keys, "")}


def config(name: str, *keys: str) -> Body:
    return {"kind": "ConfigMap", "metadata": meta(name), "data": dict.fromkeys(keys, "")}


def blocked(reason: str = "CreateContainerConfigError", message: str = "", **container: Any) -> Body:
    state = {"waiting": {"reason": reason, "message": message}}
    return pod(
        "cart-0",
        phase="Pending",
        ready=False,
        spec=app(**container),
        status={"containerStatuses": [{"name": "app", "state": state}]},
    )


@pytest.mark.parametrize(
    ("message", "cause", "words"),
    [
        ('secret "db-auth" not found', "config.secret_missing", "there is db-author"),
        ('configmap "settings" not found', "config.configmap_missing", "config map settings"),
        ("couldn't find key user in Secret shop/db", "config.secret_key_missing", "it has name, pass"),
        ("couldn't find key user in ConfigMap shop/db", "config.configmap_key_missing", "key user"),
    ],
)
def test_what_the_kubelet_waits_for(message: str, cause: str, words: str) -> None:
    there = world(blocked(message=message), secret("db-author"), secret("db", "name", "pass"))
    found = only(findings(there, "pod.config_missing"))
    assert (found.cause, found.state, found.certainty) == (cause, "now", "sure")
    assert words in found.statement


def test_a_volume_that_cannot_be_filled() -> None:
    message = 'MountVolume.SetUp failed for volume "conf" : configmap "settings" not found'
    there = world(blocked("ContainerCreating"), events=[event("Pod/shop/cart-0", "FailedMount", message)])
    assert only(findings(there, "pod.config_missing")).cause == "config.configmap_missing"


def test_a_key_that_a_volume_names() -> None:
    volume = {"name": "conf", "configMap": {"name": "settings", "items": [{"key": "app.yml", "path": "a"}]}}
    message = 'MountVolume.SetUp failed for volume "conf" : references non-existent config key: app.yml'
    there = blocked("ContainerCreating")
    there["spec"]["volumes"] = [volume]
    told = event("Pod/shop/cart-0", "FailedMount", message)
    found = only(findings(world(there, config("settings", "app.yaml"), events=[told]), "pod.config_missing"))
    assert found.cause == "config.configmap_key_missing"
    assert "there is app.yaml" in found.statement


def test_a_mount_that_came_late_is_history() -> None:
    told = event("Pod/shop/cart-0", "FailedMount", 'configmap "settings" not found')
    assert only(findings(world(pod("cart-0"), events=[told]), "pod.config_missing")).state == "past"
    crashing = blocked("CrashLoopBackOff")
    crashing["status"]["containerStatuses"][0]["lastState"] = {"terminated": {"exitCode": 1}}
    assert only(findings(world(crashing, events=[told]), "pod.config_missing")).state == "past"


def test_a_reference_is_checked_against_what_was_listed() -> None:
    needs = workload(template=app(env=[env("db-auth", "user"), env("db-auth", "password")]), ready=0)
    found = only(findings(world(needs, secret("db-login"), listed=["Secret"]), "workload.config_missing"))
    assert (found.cause, found.state, found.ref) == (
        "config.secret_missing",
        "now",
        Ref("Deployment", "shop", "cart"),
    )
    assert only(findings(world(needs), "workload.config_missing")).state == "risk"


def test_a_missing_key_is_certain() -> None:
    needs = workload(template=app(env=[env("db", "user")]), ready=0)
    found = only(findings(world(needs, secret("db", "username")), "workload.config_missing"))
    assert (found.cause, found.state, found.certainty) == ("config.secret_key_missing", "now", "sure")
    assert "there is username" in found.statement


@pytest.mark.parametrize(
    "spec",
    [
        app(envFrom=[{"configMapRef": {"name": "settings"}}]),
        app() | {"volumes": [{"name": "v", "configMap": {"name": "settings"}}]},
        app() | {"volumes": [{"name": "v", "projected": {"sources": [{"configMap": {"name": "settings"}}]}}]},
    ],
)
def test_every_place_of_a_reference(spec: Body) -> None:
    there = world(workload(template=spec, ready=0), listed=["ConfigMap"])
    assert only(findings(there, "workload.config_missing")).cause == "config.configmap_missing"


def test_optional_references_and_running_pods_are_left_alone() -> None:
    optional = workload(template=app(env=[env("db", "user", optional=True)]))
    assert not findings(world(optional, listed=["Secret"]), "workload.config_missing")
    needs = workload(template=app(env=[env("db", "user")]))
    runs = pod("cart-0", owner=("Deployment", "cart"))
    assert not findings(world(needs, runs, listed=["Secret"]), "workload.config_missing")


def test_manifests_that_are_asked_about() -> None:
    volumes = [{"name": "v", "configMap": {"name": "app-config"}}]
    needs = workload(template=app() | {"volumes": volumes})
    del needs["status"]
    found = only(
        findings(world(needs, config("app-configuration"), question="why?"), "workload.config_missing")
    )
    assert found.state == "now"
    assert "there is app-configuration" in found.statement


@given(st.text(max_size=200))
def test_any_message_is_read(text: str) -> None:
    told = event(
        "Pod/shop/cart-0", "FailedMount", f"secret {text} not found, couldn't find key {text} in Secret"
    )
    findings(world(blocked(message=text), events=[told]), "pod.config_missing")
