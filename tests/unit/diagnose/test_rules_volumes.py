"""Claims that are not bound, volumes that do not come to the pod, and storage hygiene."""

import time
from typing import Any

import pytest

from anyops.diagnose.denied import denied_mount
from anyops.world.resource import Ref
from tests.unit.diagnose.worlds import Body, event, findings, meta, pod, resource, workload, world

DATA = {"name": "data", "persistentVolumeClaim": {"claimName": "cart-data"}}
CART = workload(template={"volumes": [DATA]}, ready=0)
WAITING = pod(
    "cart-1", phase="Pending", ready=False, spec={"volumes": [DATA]}, status={"containerStatuses": []}
)
NO_VOLUME = event(
    "PersistentVolumeClaim/shop/cart-data",
    "FailedBinding",
    "no persistent volumes available for this claim",
    warning=False,
)


def claim(name: str = "cart-data", phase: str = "Pending", **spec: Any) -> Body:
    asks = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "",
        "resources": {"requests": {"storage": "1Gi"}},
        **spec,
    }
    return {"kind": "PersistentVolumeClaim", "metadata": meta(name), "spec": asks, "status": {"phase": phase}}


def volume(name: str = "disk-1", phase: str = "Available", labels: Any = None, **spec: Any) -> Body:
    has = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "storageClassName": "", **spec}
    return {
        "kind": "PersistentVolume",
        "metadata": meta(name, "", labels=labels or {}),
        "spec": has,
        "status": {"phase": phase},
    }


def storage_class(name: str, provisioner: str = "ebs.csi.aws.com", *, default: bool = False) -> Body:
    notes = {"storageclass.kubernetes.io/is-default-class": "true"} if default else {}
    return {
        "kind": "StorageClass",
        "metadata": meta(name, "", annotations=notes),
        "provisioner": provisioner,
        "volumeBindingMode": "Immediate",
    }


@pytest.mark.parametrize(
    ("asked", "offered", "cause", "words"),
    [
        (
            {"accessModes": ["ReadWriteMany"]},
            {},
            "volume.access_mode_mismatch",
            "ReadWriteMany, disk-1 offers",
        ),
        (
            {"resources": {"requests": {"storage": "5Gi"}}},
            {},
            "volume.capacity_mismatch",
            "5Gi, disk-1 has 1Gi",
        ),
        (
            {"selector": {"matchLabels": {"disk": "ssd"}}},
            {"labels": {"disk": "hdd"}},
            "volume.selector_mismatch",
            "selects disk=ssd, disk-1 has disk=hdd",
        ),
        (
            {},
            {"phase": "Bound", "claimRef": {"namespace": "shop", "name": "other"}},
            "volume.already_bound",
            "bound to shop/other",
        ),
        (
            {},
            {"phase": "Released", "claimRef": {"namespace": "shop", "name": "old"}},
            "volume.already_bound",
            "still belongs to shop/old",
        ),
        (
            {"storageClassName": "fast"},
            {"storageClassName": "slow"},
            "volume.storage_class_missing",
            '"slow"',
        ),
    ],
)
def test_the_one_difference_between_claim_and_volume(
    asked: Body, offered: Body, cause: str, words: str
) -> None:
    there = world(CART, claim(**asked), volume(**offered), events=[NO_VOLUME])
    (found,) = findings(there, "claim.unbound")
    assert (found.cause, found.certainty) == (cause, "sure")
    assert found.fault == Ref("Deployment", "shop", "cart")
    assert words in found.statement


def test_a_released_volume_can_be_freed() -> None:
    held = volume(phase="Released", claimRef={"namespace": "shop", "name": "old"})
    (found,) = findings(world(CART, claim(), held), "claim.unbound")
    assert any("spec/claimRef" in command for command in found.commands)


def test_a_free_volume_that_differs_is_nearer_than_one_that_is_taken() -> None:
    taken = volume("disk-0", "Bound", claimRef={"namespace": "shop", "name": "other"})
    there = world(CART, claim(accessModes=["ReadWriteMany"]), taken, volume())
    assert findings(there, "claim.unbound")[0].cause == "volume.access_mode_mismatch"


def test_a_class_that_does_not_exist() -> None:
    missing = event(
        "PersistentVolumeClaim/shop/cart-data",
        "ProvisioningFailed",
        'storageclass.storage.k8s.io "standard-v2" not found',
    )
    there = world(CART, claim(storageClassName="standard-v2"), storage_class("standard"), events=[missing])
    (found,) = findings(there, "claim.unbound")
    assert (found.cause, found.certainty) == ("volume.storage_class_missing", "sure")
    assert 'storage class "standard-v2" does not exist (there is standard)' in found.statement


def test_a_provisioner_that_fails() -> None:
    denied = event("PersistentVolumeClaim/shop/cart-data", "ProvisioningFailed", "UnauthorizedOperation: no")
    there = world(CART, claim(storageClassName="ebs"), storage_class("ebs"), volume(), events=[denied])
    (found,) = findings(there, "claim.unbound")
    assert found.cause == "volume.provisioning_failed"
    assert "UnauthorizedOperation" in found.statement


def test_waiting_for_the_first_consumer_is_normal() -> None:
    lazy = storage_class("local")
    lazy["volumeBindingMode"] = "WaitForFirstConsumer"
    waits = event(
        "PersistentVolumeClaim/shop/cart-data",
        "WaitForFirstConsumer",
        "waiting for first consumer",
        warning=False,
    )
    assert not findings(world(claim(storageClassName="local"), lazy, events=[waits]), "claim.unbound")


def test_a_claim_that_nobody_uses_is_only_a_risk() -> None:
    (found,) = findings(world(claim()), "claim.unbound")
    assert (found.state, "Pending" in found.title) == ("risk", True)


def test_a_claim_of_a_stateful_set_blames_the_set() -> None:
    templates = [{"metadata": {"name": "data"}, "spec": {}}]
    there = world(workload("StatefulSet", "db", spec={"volumeClaimTemplates": templates}), claim("data-db-0"))
    assert findings(there, "claim.unbound")[0].fault == Ref("StatefulSet", "shop", "db")


def test_a_claim_read_from_describe_asks_what_its_template_says() -> None:
    asks = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1Gi"}}}
    templates = [{"metadata": {"name": "data"}, "spec": asks}]
    body = {"kind": "PersistentVolumeClaim", "metadata": meta("data-db-0"), "status": {"phase": "Pending"}}
    owner = workload("StatefulSet", "db", spec={"volumeClaimTemplates": templates})
    there = world(owner, resource(body, complete=False), volume())
    assert findings(there, "claim.unbound")[0].cause == "volume.access_mode_mismatch"


def test_lost_and_healed_claims() -> None:
    there = world(CART, claim(phase="Lost", volumeName="disk-9"))
    (lost,) = findings(there, "claim.unbound")
    assert (lost.cause, lost.severity) == ("volume.lost", "critical")
    (healed,) = findings(world(claim(phase="Bound"), events=[NO_VOLUME]), "claim.unbound")
    assert healed.state == "past"


def test_a_claim_that_is_not_there() -> None:
    (found,) = findings(
        world(WAITING, claim("cart-date"), listed=["PersistentVolumeClaim"]), "pod.claim_missing"
    )
    assert (found.cause, found.state, found.certainty) == ("volume.claim_missing", "now", "sure")
    assert "there is cart-date" in found.statement
    assert findings(world(WAITING), "pod.claim_missing")[0].state == "risk"
    running = pod("cart-1", spec={"volumes": [DATA]})
    assert not findings(world(running, CART, listed=["PersistentVolumeClaim"]), "pod.claim_missing")


@pytest.mark.parametrize(
    ("reason", "message", "cause"),
    [
        (
            "FailedAttachVolume",
            'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) cart-0',
            "volume.attach_failed",
        ),
        (
            "FailedAttachVolume",
            'AttachVolume.Attach failed for volume "pvc-1" : rpc error',
            "volume.attach_failed",
        ),
        (
            "FailedMount",
            "mount.nfs: access denied by server while mounting nfs:/data",
            "volume.permission_denied",
        ),
        (
            "FailedMount",
            'MountVolume.SetUp failed for volume "d" : hostPath type check failed: /x is not a directory',
            "volume.mount_failed",
        ),
        (
            "FailedMount",
            "Unable to attach or mount volumes: timed out waiting for the condition",
            "volume.mount_failed",
        ),
    ],
)
def test_attach_and_mount_failures(reason: str, message: str, cause: str) -> None:
    there = world(WAITING, events=[event("Pod/shop/cart-1", reason, message)])
    (found,) = findings(there, "pod.volume_mount")
    assert (found.cause, found.state) == (cause, "now")


def test_a_mount_that_came_late_is_history_and_a_missing_secret_is_told_elsewhere() -> None:
    late = event("Pod/shop/cart-0", "FailedMount", "timed out waiting for the condition")
    assert findings(world(pod("cart-0"), events=[late]), "pod.volume_mount")[0].state == "past"
    secret = event(
        "Pod/shop/cart-1", "FailedMount", 'MountVolume.SetUp failed for volume "s" : secret "x" not found'
    )
    assert not findings(world(WAITING, events=[secret]), "pod.volume_mount")


def test_hygiene_is_never_more_than_a_risk() -> None:
    there = world(
        storage_class("a", default=True),
        storage_class("b", default=True),
        storage_class("local", "kubernetes.io/no-provisioner"),
        volume(phase="Released"),
        claim("small", "Bound", resources={"requests": {"storage": "500Mi"}}, storageClassName=None),
    )
    found = findings(there, "storageclass.hygiene", "volume.left_over", "claim.hygiene")
    assert {f.state for f in found} == {"risk"}
    titles = " | ".join(f.title for f in found)
    for words in (
        "Multiple default",
        "no-provisioner",
        "Released",
        "small capacity (500Mi)",
        "no StorageClass",
    ):
        assert words in titles


def test_a_failed_volume() -> None:
    (found,) = findings(world(volume(phase="Failed")), "volume.left_over")
    assert (found.cause, found.state, found.severity) == ("volume.reclaim_failed", "now", "medium")


@pytest.mark.parametrize(
    ("line", "mount"),
    [
        ("open /data/db/lock: permission denied", "/data"),
        ("can't open the RDB file dump.rdb for reading: Permission denied", "/data"),
        ("PermissionError: [Errno 13] Permission denied: '/data'", "/data"),
        ("bind: permission denied on /var/run/x.sock", None),
        ("open /data/db/lock: no such file", None),
    ],
)
def test_the_mount_that_a_refusal_is_about(line: str, mount: str | None) -> None:
    container = {"name": "app", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}
    there = resource(pod("cart-0", spec={"containers": [container], "volumes": [DATA]}))
    found = denied_mount(there, "app", line)
    assert (found and found.text("mountPath")) == mount


def test_a_thousand_claims_are_held_against_a_thousand_volumes_in_no_time() -> None:
    claims = [claim(f"cart-data-{n}", storageClassName="slow") for n in range(1_000)]
    volumes = [volume(f"disk-{n:04}", storageClassName="fast") for n in range(1_000)]
    there = world(storage_class("slow", "kubernetes.io/no-provisioner"), *claims, *volumes)
    began = time.monotonic()
    found = findings(there, "claim.unbound")
    assert time.monotonic() - began < 5
    assert len(found) == 1_000
    assert all("disk-0000" in f.detail + f.statement for f in found)
