"""The health of everything in a world."""

import msgspec

from anyops.incident.health import assess_world
from tests.unit.diagnose.worlds import meta, pod, resource, world


def test_the_worst_comes_first_and_pseudo_kinds_are_left_out():
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta("pay"), "status": {"active": 1}}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": meta("data")}
    unit = {"apiVersion": "anyops/v1", "kind": "NodeService", "metadata": meta("n1/kubelet", "")}
    told = assess_world(world(pod(), job, {**claim, "status": {"phase": "Lost"}}, unit))
    assert [(o.kind, o.status) for o in told] == [
        ("PersistentVolumeClaim", "Degraded"),
        ("Job", "Progressing"),
        ("Pod", "Healthy"),
    ]


def test_it_is_written_in_the_words_of_the_api():
    (told,) = assess_world(world(pod("cart-0")))
    assert msgspec.to_builtins(told) == {
        "kind": "Pod",
        "namespace": "shop",
        "name": "cart-0",
        "apiVersion": "v1",
        "status": "Healthy",
        "message": "Ready",
    }


def test_what_a_table_leaves_out_is_unknown():
    body = {"apiVersion": "cert-manager.io/v1", "kind": "Certificate", "metadata": meta("edge")}
    (told,) = assess_world(world(resource(body, complete=False)))
    assert told.status == "Unknown"
