"""Health of the kinds that a cluster has of itself."""

import pytest

from anyops.diagnose.health import assess
from tests.unit.diagnose.objects import Body, obj, said

POD_READY = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
WAITING = {
    "phase": "Pending",
    "containerStatuses": [
        {"name": "app", "state": {"waiting": {"reason": "ErrImagePull", "message": "no such tag"}}}
    ],
}
CRASHED = {
    "phase": "Running",
    "conditions": [{"type": "Ready", "status": "False"}],
    "containerStatuses": [{"name": "app", "lastState": {"terminated": {"exitCode": 3}}}],
}
ROLLED_OUT = {
    "observedGeneration": 2,
    "replicas": 3,
    "updatedReplicas": 3,
    "readyReplicas": 3,
    "availableReplicas": 3,
    **said("Available=True MinimumReplicasAvailable"),
}
ALL_READY = {"observedGeneration": 1, "replicas": 2, "readyReplicas": 2, "availableReplicas": 2}

FIRST_VERSION = '[{"type": "AbleToScale", "status": "False", "reason": "FailedGetScale"}]'

BUILTIN = {
    "pod ready": (obj("v1", "Pod", POD_READY), "Healthy"),
    "pod without status": (obj("v1", "Pod"), "Progressing"),
    "pod that cannot pull": (obj("v1", "Pod", WAITING), "Degraded"),
    "pod that crashed": (obj("v1", "Pod", CRASHED), "Degraded"),
    "pod that ended": (obj("v1", "Pod", {"phase": "Succeeded"}), "Healthy"),
    "pod that failed": (obj("v1", "Pod", {"phase": "Failed", "message": "evicted"}), "Degraded"),
    "pod that runs to its end": (obj("v1", "Pod", POD_READY, {"restartPolicy": "Never"}), "Progressing"),
    "pod of an unknown phase": (obj("v1", "Pod", {"phase": "Dreaming"}), "Unknown"),
    "pod being deleted": (
        obj("v1", "Pod", POD_READY, deletionTimestamp="2026-01-01T00:00:00Z"),
        "Progressing",
    ),
    "deployment rolled out": (
        obj("apps/v1", "Deployment", ROLLED_OUT, {"replicas": 3}, generation=2),
        "Healthy",
    ),
    "deployment not observed": (
        obj("apps/v1", "Deployment", ROLLED_OUT, {"replicas": 3}, generation=3),
        "Progressing",
    ),
    "deployment paused": (obj("apps/v1", "Deployment", ROLLED_OUT, {"paused": True}), "Suspended"),
    "deployment past its deadline": (
        obj("apps/v1", "Deployment", said("Progressing=False ProgressDeadlineExceeded timed out")),
        "Degraded",
    ),
    "deployment with an old replica": (
        obj("apps/v1", "Deployment", {**ROLLED_OUT, "replicas": 4}, {"replicas": 3}),
        "Progressing",
    ),
    "deployment that may not create pods": (
        obj("apps/v1", "Deployment", said("ReplicaFailure=True FailedCreate exceeded quota")),
        "Degraded",
    ),
    "deployment at zero": (
        obj("apps/v1", "Deployment", {"observedGeneration": 1}, {"replicas": 0}),
        "Healthy",
    ),
    "stateful set ready": (obj("apps/v1", "StatefulSet", ALL_READY, {"replicas": 2}), "Healthy"),
    "stateful set starting": (
        obj("apps/v1", "StatefulSet", {**ALL_READY, "readyReplicas": 1}, {"replicas": 2}),
        "Progressing",
    ),
    "stateful set between revisions": (
        obj(
            "apps/v1",
            "StatefulSet",
            {**ALL_READY, "currentRevision": "a", "updateRevision": "b"},
            {"replicas": 2},
        ),
        "Progressing",
    ),
    "replica set": (obj("apps/v1", "ReplicaSet", ALL_READY, {"replicas": 2}), "Healthy"),
    "daemon set": (
        obj(
            "apps/v1",
            "DaemonSet",
            {
                "desiredNumberScheduled": 2,
                "numberAvailable": 2,
                "numberReady": 2,
                "updatedNumberScheduled": 2,
            },
        ),
        "Healthy",
    ),
    "daemon set short of a pod": (
        obj(
            "apps/v1",
            "DaemonSet",
            {"desiredNumberScheduled": 2, "numberAvailable": 1, "updatedNumberScheduled": 2},
        ),
        "Progressing",
    ),
    "daemon set updated on delete": (
        obj(
            "apps/v1",
            "DaemonSet",
            {"desiredNumberScheduled": 2, "numberAvailable": 2},
            {"updateStrategy": {"type": "OnDelete"}},
        ),
        "Healthy",
    ),
    "job complete": (obj("batch/v1", "Job", said("Complete=True")), "Healthy"),
    "job failed": (obj("batch/v1", "Job", said("Failed=True BackoffLimitExceeded too often")), "Degraded"),
    "job running": (obj("batch/v1", "Job", {"active": 1}), "Progressing"),
    "job suspended": (obj("batch/v1", "Job", said("Suspended=True")), "Suspended"),
    "cron job switched off": (obj("batch/v1", "CronJob", {}, {"suspend": True}), "Suspended"),
    "claim bound": (obj("v1", "PersistentVolumeClaim", {"phase": "Bound"}), "Healthy"),
    "claim lost": (obj("v1", "PersistentVolumeClaim", {"phase": "Lost"}), "Degraded"),
    "claim pending": (obj("v1", "PersistentVolumeClaim", {"phase": "Pending"}), "Progressing"),
    "service": (obj("v1", "Service", {"loadBalancer": {}}, {"type": "ClusterIP"}), "Healthy"),
    "load balancer waiting": (
        obj("v1", "Service", {"loadBalancer": {}}, {"type": "LoadBalancer"}),
        "Progressing",
    ),
    "load balancer ready": (
        obj("v1", "Service", {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}, {"type": "LoadBalancer"}),
        "Healthy",
    ),
    "ingress waiting": (obj("networking.k8s.io/v1", "Ingress", {"loadBalancer": {}}), "Progressing"),
    "autoscaler": (
        obj("autoscaling/v2", "HorizontalPodAutoscaler", said("AbleToScale=True ReadyForNewScale")),
        "Healthy",
    ),
    "autoscaler without metrics": (
        obj(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            said(
                "AbleToScale=True SucceededGetScale", "ScalingActive=False FailedGetResourceMetric no metrics"
            ),
        ),
        "Degraded",
    ),
    "autoscaler of the first version": (
        obj(
            "autoscaling/v1",
            "HorizontalPodAutoscaler",
            {},
            annotations={"autoscaling.alpha.kubernetes.io/conditions": FIRST_VERSION},
        ),
        "Degraded",
    ),
    "node ready": (obj("v1", "Node", said("MemoryPressure=False", "Ready=True KubeletReady")), "Healthy"),
    "node cordoned": (obj("v1", "Node", said("Ready=True"), {"unschedulable": True}), "Healthy"),
    "node lost": (obj("v1", "Node", said("Ready=Unknown NodeStatusUnknown stopped posting")), "Degraded"),
    "node short of disk": (obj("v1", "Node", said("DiskPressure=True", "Ready=True")), "Degraded"),
    "namespace going": (obj("v1", "Namespace", {"phase": "Terminating"}), "Progressing"),
    "budget kept": (
        obj("policy/v1", "PodDisruptionBudget", {"currentHealthy": 2, "desiredHealthy": 2}),
        "Healthy",
    ),
    "aggregated API away": (
        obj("apiregistration.k8s.io/v1", "APIService", said("Available=False MissingEndpoints none")),
        "Progressing",
    ),
    "definition established": (
        obj(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            said("NamesAccepted=True NoConflicts", "Established=True InitialNamesAccepted"),
        ),
        "Healthy",
    ),
    "definition refused": (
        obj(
            "apiextensions.k8s.io/v1",
            "CustomResourceDefinition",
            said("NamesAccepted=False KindConflict taken"),
        ),
        "Degraded",
    ),
    "config map": (obj("v1", "ConfigMap"), "Healthy"),
    "role": (obj("rbac.authorization.k8s.io/v1", "Role"), "Healthy"),
}


@pytest.mark.parametrize(("body", "status"), BUILTIN.values(), ids=BUILTIN)
def test_builtin_kinds(body: Body, status: str):
    assert assess(body).status == status
