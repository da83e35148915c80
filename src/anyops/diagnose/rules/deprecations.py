"""API versions that Kubernetes no longer serves: https://kubernetes.io/docs/reference/using-api/deprecation-guide/"""

import re
from collections.abc import Iterator

from anyops.diagnose.finding import Found, rule
from anyops.world.world import World

_ADMISSION = "admissionregistration.k8s.io"
_REMOVED: dict[tuple[str, str], tuple[int, str]] = {
    **{
        ("extensions/v1beta1", kind): (16, "apps/v1")
        for kind in ("Deployment", "DaemonSet", "ReplicaSet")
    },
    ("extensions/v1beta1", "NetworkPolicy"): (16, "networking.k8s.io/v1"),
    ("extensions/v1beta1", "PodSecurityPolicy"): (16, "none; use Pod Security admission"),
    ("extensions/v1beta1", "Ingress"): (22, "networking.k8s.io/v1"),
    **{
        (f"apps/{version}", kind): (16, "apps/v1")
        for version in ("v1beta1", "v1beta2")
        for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
    },
    ("networking.k8s.io/v1beta1", "Ingress"): (22, "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "IngressClass"): (22, "networking.k8s.io/v1"),
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"): (22, "apiextensions.k8s.io/v1"),
    **{
        (f"{_ADMISSION}/v1beta1", f"{kind}WebhookConfiguration"): (22, f"{_ADMISSION}/v1")
        for kind in ("Validating", "Mutating")
    },
    **{
        ("rbac.authorization.k8s.io/v1beta1", kind): (22, "rbac.authorization.k8s.io/v1")
        for kind in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
    },
    ("storage.k8s.io/v1beta1", "StorageClass"): (22, "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSIDriver"): (22, "storage.k8s.io/v1"),
    ("scheduling.k8s.io/v1beta1", "PriorityClass"): (22, "scheduling.k8s.io/v1"),
    ("coordination.k8s.io/v1beta1", "Lease"): (22, "coordination.k8s.io/v1"),
    ("batch/v1beta1", "CronJob"): (25, "batch/v1"),
    ("discovery.k8s.io/v1beta1", "EndpointSlice"): (25, "discovery.k8s.io/v1"),
    ("policy/v1beta1", "PodDisruptionBudget"): (25, "policy/v1"),
    ("policy/v1beta1", "PodSecurityPolicy"): (25, "none; use Pod Security admission"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler"): (25, "autoscaling/v2"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler"): (26, "autoscaling/v2"),
    ("flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema"): (29, "flowcontrol.apiserver.k8s.io/v1"),
    ("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema"): (32, "flowcontrol.apiserver.k8s.io/v1"),
}  # fmt: skip
"""(apiVersion, kind) → the minor version of Kubernetes 1 without it, and what replaces it."""

_MINOR = re.compile(r"v?1\.(\d{1,3})")


@rule("manifest.deprecated_api", *sorted({kind for _, kind in _REMOVED}), title="API version is removed")
def deprecated_api(world: World) -> Iterator[Found]:
    """Objects of removed API versions, and whether the cluster, by its nodes, is past that."""
    minor = max((m for m in _minors(world)), default=None)
    for resource in world.of_kind(*sorted({kind for _, kind in _REMOVED})):
        removed = _REMOVED.get((resource.api_version, resource.kind))
        if removed is None:
            continue
        since, instead = removed
        gone = minor is not None and minor >= since
        yield Found(
            on=resource,
            title=f"{resource.api_version} is removed in Kubernetes 1.{since}",
            detail=f"{resource.kind} {resource.name} is written for {resource.api_version}, which "
            f"{f'this cluster (1.{minor}) does not serve' if gone else f'1.{since} no longer serves'}. "
            f"Use instead: {instead}.",
            severity="medium" if gone else "low",
            state="risk",
            cites=(resource.at("apiVersion"),),
            cause="manifest.deprecated_api",
            fix=f"Write it for {instead}.",
        )


def _minors(world: World) -> Iterator[int]:
    for node in world.of_kind("Node"):
        match = _MINOR.match(node.text("status", "nodeInfo", "kubeletVersion"))
        if match is not None:
            yield int(match[1])
