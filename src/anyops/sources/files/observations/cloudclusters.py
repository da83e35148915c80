"""Managed clusters as a cloud's own tool describes them, as `CloudCluster` objects.

`aws eks describe-cluster`, `describe-nodegroup`, `describe-addon`: an object below `cluster`, `nodegroup` or
`addon` with `health.issues`. Format: https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html
"""

from anyops.sources.files.observations.outline import Outline
from anyops.sources.files.shapes import Found

_PARTS = {"cluster": "name", "nodegroup": "nodegroupName", "addon": "addonName"}
_ARN = ":eks:"


def recognize_cloud_cluster(found: Found) -> bool:
    """The object below `cluster`, `nodegroup` or `addon`, told by its ARN."""
    part = found.key
    arn = next((found.field.text(k) for k in ("arn", "nodegroupArn", "addonArn") if found.field.text(k)), "")
    if part not in _PARTS or found.path[-1:] != (part,) or _ARN not in arn:
        return False
    outline = Outline(found)
    outline.take(("metadata", "name"), _PARTS[part])
    outline.take(("metadata", "creationTimestamp"), "createdAt")
    outline.put(("spec", "provider"), "EKS", ())
    outline.put(("spec", "part"), part, ())
    outline.take(("spec", "cluster"), "clusterName")
    outline.take(("spec", "version"), "version")
    outline.take(("status", "state"), "status")
    health = outline.given.get("health")
    if isinstance(health, dict):
        outline.put(("status", "issues"), health.get("issues"), ("health", "issues"))
    resource = outline.resource("anyops/v1", "CloudCluster")
    if resource is not None:
        found.reading.resources.append(resource)
    return resource is not None
