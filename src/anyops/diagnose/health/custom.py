"""Custom kinds whose health takes more than conditions and words."""

from collections.abc import Callable

from anyops.diagnose.health.conventions import by_convention
from anyops.diagnose.health.verdict import Health
from anyops.world.resource import Resource

_WORKLOAD_GENERATION = ("metadata", "annotations", "rollout.argoproj.io/workload-generation")


def rollout(obj: Resource) -> Health:
    """An Argo Rollout that refers to a Deployment also has to see that one's newest generation.

    https://argo-rollouts.readthedocs.io/en/stable/migrating/#reference-deployment-from-rollout
    """
    wanted = obj.text(*_WORKLOAD_GENERATION)
    observed = obj.text("status", "workloadObservedGeneration")
    if obj.at("spec", "workloadRef") and wanted and observed and wanted != observed:
        return Health("Progressing", "Waiting for rollout spec update to be observed", _WORKLOAD_GENERATION)
    return by_convention(obj)


def flink_deployment(obj: Resource) -> Health:
    """A job that is suspended on purpose has no JobManager, and is well.

    https://nightlies.apache.org/flink/flink-kubernetes-operator-docs-main/docs/custom-resource/reference/
    """
    wanted, manager = obj.at("spec", "job", "state"), obj.text("status", "jobManagerDeploymentStatus")
    if wanted.text() == "suspended" and manager == "MISSING":
        return Health("Healthy", "The job is suspended, as its spec asks", wanted.path)
    return by_convention(obj)


def subscription(obj: Resource) -> Health:
    """An OLM Subscription with manual approval is well while an upgrade waits for its approval.

    https://olm.operatorframework.io/docs/concepts/crds/subscription/
    """
    manual = obj.text("spec", "installPlanApproval") == "Manual"
    pending = obj.condition("InstallPlanPending")
    installed = obj.text("status", "installedCSV")
    if manual and installed and pending.text("reason") == "RequiresApproval":
        return Health("Healthy", f"{installed} is installed; an upgrade waits for approval", pending.path)
    return by_convention(obj)


CUSTOM: dict[tuple[str, str], Callable[[Resource], Health]] = {
    ("argoproj.io", "Rollout"): rollout,
    ("flink.apache.org", "FlinkDeployment"): flink_deployment,
    ("operators.coreos.com", "Subscription"): subscription,
}
