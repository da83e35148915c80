"""Nodes that hold as many pods as they may."""

from collections.abc import Iterator

from anyops.diagnose.commands import describe, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.workloads import alike_on, pods_on
from anyops.world.resource import Resource
from anyops.world.world import World


@rule("node.pod_limit", "Node", title="Node that holds as many pods as it may")
def pod_limit(world: World) -> Iterator[Found]:
    """Pods on a node against its allocatable; trouble once an alert tells of the node, else a risk.

    The limit is the kubelet's maxPods: https://kubernetes.io/docs/setup/best-practices/cluster-large/
    """
    alerted = {name for alert in world.of_kind("Alert") for name in _named(alert)}
    for node in world.of_kind("Node"):
        limit = node.at("status", "allocatable").number("pods")
        held = _held(world, node)
        if limit is None or held is None or held < limit:
            continue
        now = node.name in alerted
        yield Found(
            on=node,
            title="Too many pods: the node holds as many as it may",
            detail=f"{held} of {limit} pods",
            severity="medium" if now else "low",
            state="now" if now else "risk",
            cites=(node.at("status", "allocatable", "pods"), node.at("status", "pods")),
            cause="scheduling.max_pods",
            fault=node.ref,
            certainty="likely",
            statement=f"Node {node.name} holds {held} pods and may hold {limit}: its capacity for pods is "
            "used up, and no other pod can be scheduled there.",
            fix="Add a node, move or remove pods, or raise the kubelet's maxPods.",
            commands=(
                kubectl(
                    "", "get", "pods", "-A", "-o", "wide", "--field-selector", f"spec.nodeName={node.name}"
                ),
            ),
            checks=(describe("node", "", node.name),),
        )


def _named(alert: Resource) -> Iterator[str]:
    """The words of a firing alert's labels and of its name that can be a node."""
    if alert.text("status", "state") != "resolved":
        yield from alert.at("labels").strings().values()
        yield from alert.name.split("/")


def _held(world: World, node: Resource) -> int | None:
    """How many pods that have not ended are on the node; None when they were not read."""
    described = node.at("status", "pods").value
    if isinstance(described, list):
        return len(described)
    if not world.was_listed("Pod"):
        return None
    ended = ("Succeeded", "Failed")
    shown = sum(p.text("status", "phase") not in ended for p in pods_on(world, node.name))
    return shown + alike_on(world, node.name)
