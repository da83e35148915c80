"""What manifests rely on that no manifest gives them."""

import pytest

from tests.unit.diagnose.manifests import container, deployment, pod
from tests.unit.diagnose.worlds import event, findings, meta, world


def states(rule, *bodies, **more):
    return [f.state for f in findings(world(*bodies, **more), rule)]


def test_devices_labels_and_large_requests_need_such_nodes():
    gpu = container(resources={"limits": {"nvidia.com/gpu": 2, "cpu": 1}, "requests": {"nvidia.com/gpu": 2}})
    found = findings(world(deployment(gpu)), "manifest.nodes")
    assert [(f.state, f.cause) for f in found] == [("risk", "scheduling.extended_resource")]
    assert "GPU" in found[0].detail
    labelled = deployment(container(), nodeSelector={"disk": "ssd", "kubernetes.io/os": "linux"})
    found = findings(world(labelled), "manifest.nodes")
    assert ["disk=ssd" in f.detail for f in found] == [True]
    large = container(resources={"requests": {"memory": "200Gi"}})
    assert [f.cause for f in findings(world(deployment(large)), "manifest.nodes")] == ["scheduling.memory"]
    small = container(resources={"requests": {"memory": "2Gi", "cpu": "1"}})
    assert not findings(
        world(deployment(small, nodeSelector={"kubernetes.io/os": "linux"})), "manifest.nodes"
    )


@pytest.mark.parametrize(
    ("replicas", "key", "told"), [(3, "app", True), (1, "app", False), (3, "other", False)]
)
def test_replicas_that_must_stand_apart_need_as_many_nodes(replicas, key, told):
    term = {"labelSelector": {"matchLabels": {key: "cart"}}, "topologyKey": "kubernetes.io/hostname"}
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    found = findings(world(deployment(container(), replicas=replicas, affinity=affinity)), "manifest.nodes")
    assert [f.cause for f in found] == (["scheduling.pod_anti_affinity"] if told else [])


def claim(storage_class, **spec):
    return {
        "kind": "PersistentVolumeClaim",
        "metadata": meta("disk"),
        "spec": {"storageClassName": storage_class, **spec},
    }


def storage_class(name):
    return {"kind": "StorageClass", "metadata": meta(name, "")}


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ([claim("rapid-disks")], [("risk", "medium")]),
        ([claim("standard")], [("risk", "low")]),
        ([claim("standrad")], [("risk", "high")]),
        ([claim("rapid-disks"), storage_class("rapid-disks")], []),
        ([claim("rapid-disk"), storage_class("rapid-disks")], [("now", "high")]),
        ([claim("")], []),
        ([claim("manual"), {"kind": "PersistentVolume", "metadata": meta("a", ""),
                            "spec": {"storageClassName": "manual"}}], []),
    ],
)  # fmt: skip
def test_storage_classes_that_no_manifest_defines(bodies, expected):
    found = findings(world(*bodies), "manifest.storage_class")
    assert [(f.state, f.severity) for f in found] == expected


def test_ingress_classes_that_no_manifest_defines():
    ingress = {"kind": "Ingress", "metadata": meta("web"), "spec": {"ingressClassName": "inside"}}
    found = findings(world(ingress), "manifest.ingress_class")
    assert [(f.state, f.cause) for f in found] == [("risk", "ingress.class_missing")]
    assert "inside" in found[0].statement
    old = {
        "kind": "Ingress",
        "metadata": meta("web", annotations={"kubernetes.io/ingress.class": "ngnix"}),
        "spec": {},
    }
    assert "meant is perhaps nginx" in findings(world(old), "manifest.ingress_class")[0].detail


def test_service_accounts_that_are_not_in_the_folder():
    made = deployment(container(), serviceAccountName="runer")
    account = {"kind": "ServiceAccount", "metadata": meta("runner")}
    assert states("manifest.account", made) == ["risk"]
    assert states("manifest.account", made, account) == ["now"]
    assert states("manifest.account", deployment(container(), serviceAccountName="runner"), account) == []


def test_a_small_claim_template_is_told():
    spec = {
        "volumeClaimTemplates": [
            {"metadata": {"name": "d"}, "spec": {"resources": {"requests": {"storage": "90Mi"}}}}
        ]
    }
    made = {"kind": "StatefulSet", "metadata": meta("db"), "spec": spec}
    assert [f.cause for f in findings(world(made), "manifest.small_claim")] == ["volume.full"]


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("ngnix:1.27", ("now", "high")),
        ("docker.io/library/busybx", ("now", "high")),
        ("nginx:does-not-exist", ("risk", "high")),
        ("registry.example/shop/cart:invalid", ("risk", "high")),
        ("your-registry/cart:1", ("risk", "high")),
        ("yourcompany/cart:1", ("risk", "high")),
        ("cart:1", ("risk", "low")),
        ("nginx:1.27-alpine", None),
        ("shop.example/cart:stable-alpine", None),
        ("shop.example/cart:mystery", ("risk", "medium")),
        ("nginx@sha256:0", None),
        ("registry.k8s.io/pause:3.9", None),
        ("ghcr.io/badger/badges:1.0-broadband", None),
        ("${IMAGE}", None),
        ("", None),
    ],
)
def test_images_that_no_registry_will_have(image, expected):
    found = findings(world(pod(container(image))), "manifest.image")
    assert [(f.state, f.severity) for f in found] == ([expected] if expected else [])


def service(selector, name="cart"):
    return {
        "kind": "Service",
        "metadata": meta(name),
        "spec": {"selector": selector, "ports": [{"port": 80}]},
    }


def test_selectors_are_held_against_the_manifests():
    made = deployment(container())
    assert not findings(world(made, service({"app": "cart"})), "service.endpoints")
    assert not findings(world(pod(container()) | {"metadata": meta("a", labels={"app": "cart"})},
                              service({"app": "cart"})), "service.endpoints")  # fmt: skip
    found = findings(world(made, service({"app": "carts"})), "service.endpoints")
    assert [(f.state, f.cause) for f in found] == [("now", "service.selector_mismatch")]
    assert states("service.endpoints", service({"app": "cart"})) == ["risk"]


RULES = ("nodes", "storage_class", "ingress_class", "account", "small_claim", "image")


@pytest.mark.parametrize("rule", RULES)
def test_nothing_is_said_beside_a_running_state(rule):
    made = deployment(container("ngnix"), nodeSelector={"disk": "ssd"}, serviceAccountName="x")
    ingress = {"kind": "Ingress", "metadata": meta("web"), "spec": {"ingressClassName": "inside"}}
    told = event("Pod/shop/cart-1", "Started", warning=False)
    assert not findings(world(made, ingress, claim("rapid-disks"), events=[told]), f"manifest.{rule}")
