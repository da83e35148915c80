"""When nothing that was read shows a running state."""

import pytest

from anyops.diagnose.engine import analyze
from tests.unit.diagnose.worlds import event, log, meta, resource, world

PLAIN = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta("cart"), "spec": {"replicas": 1}}


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"status": {}},
        {"status": {"loadBalancer": {}}},
        {"status": {"conditions": [], "acceptedNames": {"kind": ""}}},
        {"metadata": {**meta("cart"), "creationTimestamp": None}},
    ],
)
def test_a_manifest_shows_no_running_state(extra):
    made = world({**PLAIN, **extra})
    assert made.only_manifests
    assert not analyze(made, []).scope.live


@pytest.mark.parametrize(
    "extra",
    [
        {"status": {"replicas": 1}},
        {"metadata": {**meta("cart"), "uid": "9d3c"}},
        {"metadata": {**meta("cart"), "ownerReferences": [{"kind": "App", "name": "x"}]}},
        {"kind": "Endpoints"},
    ],
)
def test_what_a_server_gave_is_live(extra):
    made = world({**PLAIN, **extra})
    assert not made.only_manifests
    assert analyze(made, []).scope.live


def test_tables_events_and_logs_are_live():
    assert not world(resource(PLAIN, complete=False)).only_manifests
    assert not world(PLAIN, events=[event("Pod/shop/cart-0", "Failed")]).only_manifests
    assert not world(PLAIN, logs=[log("Pod/shop/cart-0", "started")]).only_manifests
    assert not world().only_manifests
