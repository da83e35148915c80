"""Health by the conventions, of kinds that nobody has heard of; and that nothing makes it raise."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyops.diagnose.health import Health, assess, assess_resource
from anyops.world.resource import Resource
from tests.unit.diagnose.objects import Body, obj, said, widget

CONVENTIONS = {
    "nothing reported yet": (widget(), "Progressing"),
    "conditions without any": (widget({"conditions": []}), "Progressing"),
    "declares settings": (obj("toys.example.org/v1", "WidgetTemplate"), "Healthy"),
    "ready": (widget(said("Ready=True")), "Healthy"),
    "not ready, no word why": (widget(said("Ready=False")), "Progressing"),
    "not ready yet": (widget(said("Ready=False Provisioning creating the disk")), "Progressing"),
    "not ready, failed": (widget(said("Ready=False ReconcileFailed quota exceeded")), "Degraded"),
    "the message outweighs a busy reason": (
        widget(said("Ready=False Migrating Error: checksum mismatch")),
        "Degraded",
    ),
    "unknown is not failed": (widget(said("Ready=Unknown")), "Progressing"),
    "unknown for an error": (widget(said("Ready=Unknown ProbeError the probe broke")), "Degraded"),
    "paused by its reason": (
        widget(said("Ready=False Creating", "Synced=False ReconcilePaused")),
        "Suspended",
    ),
    "ready but stalled": (widget(said("Ready=True", "Stalled=True RetriesExceeded gave up")), "Degraded"),
    "ready and warned": (widget(said("Ready=True", "Warning=True Deprecated old field")), "Healthy"),
    "errors that are off": (widget(said("Failed=False", "Degraded=False")), "Healthy"),
    "no warnings is good": (widget(said("NoWarnings=True", "Ready=True")), "Healthy"),
    "a part that the summary covers": (
        widget(said("Ready=True", "BackupConfigured=False NotUsed")),
        "Healthy",
    ),
    "a part that failed": (widget(said("PodsHealthy=False PodsFailed two of them")), "Degraded"),
    "reconciling": (
        widget(said("Reconciling=True StepTwo of three", "Ready=False StepTwo of three")),
        "Progressing",
    ),
    "progressed": (widget(said("Available=True", "Progressing=True NewReplicaSetAvailable done")), "Healthy"),
    "deadline passed": (
        widget(said("Available=True", "Progressing=False ProgressDeadlineExceeded")),
        "Degraded",
    ),
    "completed badly": (widget(said("Complete=True JobFailed")), "Degraded"),
    "refused without a word": (widget(said("Accepted=False")), "Degraded"),
    "severity says it is fine": (
        widget(
            {"conditions": [{"type": "Ready", "status": "False", "severity": "Info", "message": "1 of 2"}]}
        ),
        "Progressing",
    ),
    "severity says it is not": (
        widget(
            {"conditions": [{"type": "Ready", "status": "False", "severity": "Error", "message": "1 of 2"}]}
        ),
        "Degraded",
    ),
    "spec not observed": (
        widget({"observedGeneration": 1, **said("Ready=True")}, generation=2),
        "Progressing",
    ),
    "condition not observed": (
        widget({"conditions": [{"type": "Ready", "status": "True", "observedGeneration": 1}]}, generation=2),
        "Progressing",
    ),
    "observed and nothing else": (widget({"observedGeneration": 2}, generation=2), "Healthy"),
    "phase in order": (widget({"phase": "Running"}), "Healthy"),
    "phase of something that ends": (
        obj("toys.example.org/v1", "WidgetBackup", {"phase": "Running"}),
        "Progressing",
    ),
    "phase failed": (widget({"phase": "Failed", "message": "disk full"}), "Degraded"),
    "phase under way": (widget({"phase": "Provisioning", **said("Ready=True")}), "Progressing"),
    "phase not there": (widget({"state": "NotFound"}), "Missing"),
    "phase unknown": (widget({"state": "Unknown"}), "Unknown"),
    "phase paused": (widget({"phase": "Paused"}), "Suspended"),
    "phase nobody knows": (widget({"phase": "Zorking2"}), "Progressing"),
    "phase in capitals": (widget({"widgetState": "CREATE_FAILED"}), "Degraded"),
    "phase as a phrase": (widget({"currentState": "Waiting for pods"}), "Progressing"),
    "phrase that denies": (widget({"currentState": "Resize Not Allowed"}), "Degraded"),
    "colours": (widget({"health": "yellow"}), "Progressing"),
    "an error text": (widget({"error": "cannot log in", "endpoint": "x"}), "Degraded"),
    "an empty error text": (widget({"error": "", "endpoint": "x"}), "Healthy"),
    "flag up": (widget({"ready": True}), "Healthy"),
    "flag down": (widget({"ready": False}), "Progressing"),
    "unhealthy by flag": (widget({"healthy": False}), "Degraded"),
    "short of replicas": (widget({"readyReplicas": 1}, {"replicas": 3}), "Progressing"),
    "all replicas": (widget({"readyReplicas": 3}, {"replicas": 3}), "Healthy"),
    "suspended by its spec": (widget(said("Ready=False SyncFailed"), {"suspend": True}), "Suspended"),
    "conditions in a list of parents": (
        widget({"parents": [{"parentRef": {"name": "edge"}, **said("Accepted=False NoMatch refused")}]}),
        "Degraded",
    ),
}


@pytest.mark.parametrize(("body", "status"), CONVENTIONS.values(), ids=CONVENTIONS)
def test_conventions_hold_for_an_unknown_kind(body: Body, status: str):
    assert assess(body).status == status


def test_the_verdict_names_the_field_it_stands_on():
    health = assess(widget(said("Ready=True", "Failed=True DiskFull no space left")))
    assert health == Health("Degraded", "DiskFull: no space left", ("status", "conditions", 1, "message"))


def test_a_route_says_which_parent_refuses_it():
    route = widget({"parents": [{"parentRef": {"name": "edge"}, **said("Accepted=False NoMatch refused")}]})
    assert assess(route).message == "Parent edge: NoMatch: refused"


def test_a_table_row_says_nothing_by_what_it_leaves_out():
    rows = {
        "Deployment": {"spec": {"replicas": 2}, "status": {"readyReplicas": 2}},
        "Certificate": {},
    }
    found = {
        kind: assess_resource(
            Resource(
                "apps/v1" if kind == "Deployment" else "cert-manager.io/v1",
                kind,
                "",
                "a",
                body,
                complete=False,
            )
        ).status
        for kind, body in rows.items()
    }
    assert found == {"Deployment": "Healthy", "Certificate": "Unknown"}


@pytest.mark.parametrize("body", [None, 3, "x", [], {}, {"kind": 5, "apiVersion": []}, {"status": 7}])
def test_things_that_are_no_objects_have_a_verdict(body: Any):
    assert assess(body).status in ("Unknown", "Progressing", "Healthy")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_KINDS = [
    ("v1", "Pod"),
    ("v1", "Node"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("batch/v1", "Job"),
    ("autoscaling/v1", "HorizontalPodAutoscaler"),
    ("policy/v1", "PodDisruptionBudget"),
    ("argoproj.io/v1alpha1", "Rollout"),
    ("x.example/v1", "Y"),
]
_KEYS = [
    "conditions",
    "phase",
    "state",
    "replicas",
    "readyReplicas",
    "containerStatuses",
    "parents",
    "error",
    "observedGeneration",
    "loadBalancer",
    "statuses",
    "health",
]
_CONDITION = st.dictionaries(
    st.sampled_from(["type", "status", "reason", "message", "observedGeneration"]),
    JSON | st.sampled_from(["Ready", "True", "False", "NotReady", "Failed"]),
)


@given(
    st.sampled_from(_KINDS),
    st.dictionaries(st.sampled_from(_KEYS), JSON | st.lists(_CONDITION, max_size=3), max_size=6) | JSON,
    JSON,
    JSON,
)
def test_no_json_makes_it_raise(kind: tuple[str, str], status: Any, spec: Any, metadata: Any):
    body = {"apiVersion": kind[0], "kind": kind[1], "status": status, "spec": spec, "metadata": metadata}
    health = assess(body)
    assert isinstance(health.message, str)
    assert isinstance(health.path, tuple)


@given(JSON)
def test_no_json_at_all_makes_it_raise(body: Any):
    assert assess(body).status
