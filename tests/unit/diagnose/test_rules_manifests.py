"""Manifests before they run, and nodes that are full."""

from typing import Any

import pytest

from anyops.world.resource import Ref
from tests.unit.diagnose.worlds import Body, findings, meta, pod, workload, world


def manifest(**spec: Any) -> Body:
    body = workload(template=spec)
    del body["status"]
    return body


def app(**container: Any) -> Body:
    return {"containers": [{"name": "app", "image": "registry.example/cart:1.0", **container}]}


@pytest.mark.parametrize(
    ("spec", "rule", "words"),
    [
        (app(resources={"limits": {"nvidia.com/gpu": 5}}), "manifest.placement", "5 nvidia.com/gpu (GPU"),
        (app() | {"nodeSelector": {"pool": "fast"}}, "manifest.placement", "labelled pool=fast"),
        (app(image="nginx:no-such-tag"), "manifest.image_tag", "nginx:no-such-tag"),
        (app(command=["wge", "-O", "x"]), "manifest.command", "wge, which looks like wget"),
    ],
)
def test_what_a_cluster_must_have_is_a_risk(spec: Body, rule: str, words: str) -> None:
    (found,) = findings(world(manifest(**spec)), rule)
    assert (found.state, found.severity) == ("risk", "medium")
    assert words in found.title
    assert not findings(world(manifest(**spec), pod()), rule)


@pytest.mark.parametrize(
    "image", ["nginx", "nginx:1.27", "nginx:stable-alpine", "nginx:bookworm", "x@sha256:0"]
)
def test_usual_tags(image: str) -> None:
    assert not findings(world(manifest(**app(image=image))), "manifest.image_tag")


def test_a_storage_class_that_no_manifest_has() -> None:
    claim = {"kind": "PersistentVolumeClaim", "metadata": meta("data"), "spec": {"storageClassName": "fast"}}
    (found,) = findings(world(claim), "manifest.storage_class")
    assert "storage class fast" in found.title
    known = {"kind": "StorageClass", "metadata": meta("fast", "")}
    volume = {"kind": "PersistentVolume", "metadata": meta("disk", ""), "spec": {"storageClassName": "fast"}}
    for other in (known, volume):
        assert not findings(world(claim, other), "manifest.storage_class")


def full_node(pods: int = 2) -> Body:
    held = [{"namespace": "shop", "name": f"cart-{n}"} for n in range(pods)]
    status = {"allocatable": {"pods": "2"}, "pods": held}
    return {"kind": "Node", "metadata": meta("n1", ""), "spec": {}, "status": status}


def test_a_full_node_is_trouble_once_an_alert_says_so() -> None:
    assert not findings(world(full_node(1)), "node.pod_limit")
    (risk,) = findings(world(full_node()), "node.pod_limit")
    assert risk.state == "risk"
    alert = {"kind": "Alert", "metadata": meta("TooManyPods", ""), "labels": {"node": "n1"}}
    (found,) = findings(world(full_node(), alert), "node.pod_limit")
    assert (found.state, found.cause, found.fault) == ("now", "scheduling.max_pods", Ref("Node", "", "n1"))
    assert "Too many pods" in found.title
