"""Health of kinds of well-known operators, where their words differ from the conventions."""

import pytest

from anyops.diagnose.health import assess
from tests.unit.diagnose.objects import Body, obj, said

OPERATORS = {
    "certificate being issued": (
        obj(
            "cert-manager.io/v1",
            "Certificate",
            said("Ready=False DoesNotExist no secret", "Issuing=True DoesNotExist no secret"),
        ),
        "Progressing",
    ),
    "issuer without account": (
        obj("cert-manager.io/v1", "Issuer", said("Ready=False ErrRegisterACMEAccount 404")),
        "Degraded",
    ),
    "flux suspended": (
        obj("kustomize.toolkit.fluxcd.io/v1", "Kustomization", said("Ready=True"), {"suspend": True}),
        "Suspended",
    ),
    "flux repository of OCI": (obj("source.toolkit.fluxcd.io/v1", "HelmRepository", {}), "Healthy"),
    "crossplane creating": (
        obj("rds.aws.crossplane.io/v1", "DBInstance", said("Ready=False Creating", "Synced=True")),
        "Progressing",
    ),
    "crossplane not synced": (
        obj(
            "rds.aws.crossplane.io/v1", "DBInstance", said("Ready=True", "Synced=False ReconcileError denied")
        ),
        "Degraded",
    ),
    "virtual service": (obj("networking.istio.io/v1", "VirtualService"), "Healthy"),
    "service monitor": (obj("monitoring.coreos.com/v1", "ServiceMonitor"), "Healthy"),
    "kafka not ready": (
        obj("kafka.strimzi.io/v1", "Kafka", said("NotReady=True TimeoutException late")),
        "Degraded",
    ),
    "kafka being created": (
        obj("kafka.strimzi.io/v1", "Kafka", said("NotReady=True Creating")),
        "Progressing",
    ),
    "keda fallback": (
        obj("keda.sh/v1alpha1", "ScaledObject", said("Ready=True", "Active=False", "Fallback=True")),
        "Degraded",
    ),
    "knative starting": (
        obj("serving.knative.dev/v1", "Service", said("Ready=Unknown RevisionMissing")),
        "Progressing",
    ),
    "argo application": (
        obj(
            "argoproj.io/v1alpha1",
            "Application",
            {"health": {"status": "Healthy"}, "sync": {"status": "Synced"}},
        ),
        "Healthy",
    ),
    "argo application missing": (
        obj("argoproj.io/v1alpha1", "Application", {"health": {"status": "Missing"}}),
        "Missing",
    ),
    "argo workflow done": (
        obj(
            "argoproj.io/v1alpha1",
            "Workflow",
            {"phase": "Succeeded", **said("PodRunning=False", "Completed=True")},
        ),
        "Healthy",
    ),
    "argo workflow running": (obj("argoproj.io/v1alpha1", "Workflow", {"phase": "Running"}), "Progressing"),
    "rollout paused": (
        obj("argoproj.io/v1alpha1", "Rollout", {"phase": "Paused", **said("Available=True")}),
        "Suspended",
    ),
    "rollout of another workload": (
        obj(
            "argoproj.io/v1alpha1",
            "Rollout",
            {"phase": "Healthy", "workloadObservedGeneration": "1"},
            {"workloadRef": {"name": "cart"}},
            annotations={"rollout.argoproj.io/workload-generation": "2"},
        ),
        "Progressing",
    ),
    "ceph in doubt": (
        obj("ceph.rook.io/v1", "CephCluster", {"ceph": {"health": "HEALTH_WARN"}}),
        "Progressing",
    ),
    "percona keeps history": (
        obj(
            "pxc.percona.com/v1",
            "PerconaXtraDBCluster",
            {"state": "ready", **said("error=True", "ready=True")},
        ),
        "Healthy",
    ),
    "flink suspended on purpose": (
        obj(
            "flink.apache.org/v1beta1",
            "FlinkDeployment",
            {"jobManagerDeploymentStatus": "MISSING"},
            {"job": {"state": "suspended"}},
        ),
        "Healthy",
    ),
    "subscription waits for approval": (
        obj(
            "operators.coreos.com/v1alpha1",
            "Subscription",
            {
                "state": "UpgradePending",
                "installedCSV": "op.v1",
                **said("InstallPlanPending=True RequiresApproval"),
            },
            {"installPlanApproval": "Manual"},
        ),
        "Healthy",
    ),
    "virtual machine stopped": (
        obj(
            "kubevirt.io/v1",
            "VirtualMachine",
            {"printableStatus": "Stopped", **said("Ready=False VMINotExists VMI does not exist")},
        ),
        "Suspended",
    ),
}


@pytest.mark.parametrize(("body", "status"), OPERATORS.values(), ids=OPERATORS)
def test_operators(body: Body, status: str):
    assert assess(body).status == status
