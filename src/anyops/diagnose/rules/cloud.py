"""What the cloud says of a managed cluster, its node groups and its add-ons."""

from collections.abc import Iterator

from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.world.report import Severity
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_STATES: dict[str, Severity] = {
    "FAILED": "critical",
    "CREATE_FAILED": "high",
    "DELETE_FAILED": "medium",
    "UPDATE_FAILED": "high",
    "DEGRADED": "high",
}
"""https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html and the pages beside it"""


@rule("cloud.cluster_health", "CloudCluster", title="Cloud provider reports the cluster as unhealthy")
def cluster_health(world: World) -> Iterator[Found]:
    """Each health issue with its code, message and the resources that it names; states that are failures."""
    for cluster in world.of_kind("CloudCluster"):
        issues = list(cluster.each("status", "issues"))
        for issue in issues:
            resources = ", ".join(r.text() for r in list(issue.each("resourceIds"))[:5])
            text = f"{issue.text('message')}{f' ({resources})' if resources else ''}"
            yield _found(cluster, issue.text("code") or "issue", text, issue.at("message"), "high")
        state = cluster.at("status", "state")
        if state.text().upper() in _STATES and not issues:
            yield _found(
                cluster, state.text(), "The cloud gives no reason.", state, _STATES[state.text().upper()]
            )


def _found(cluster: Resource, code: str, text: str, cite: Field, severity: Severity) -> Found:
    part = cluster.text("spec", "part") or "cluster"
    what = f"{cluster.text('spec', 'provider')} {part} {cluster.name}"
    return Found(
        on=cluster,
        title=f"{what}: {code}",
        detail=text,
        severity=severity,
        cites=(cite,),
        cause="cloud.cluster_unhealthy",
        certainty="sure",
        statement=f"{what} has the health issue {code}: {text}",
        fix="Mend the cloud resource that the issue names.",
        checks=(kubectl("", "get", "nodes"),),
    )
