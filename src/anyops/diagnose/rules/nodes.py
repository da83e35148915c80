"""Conditions of nodes. https://kubernetes.io/docs/reference/node/node-status/#condition"""

import re
from collections.abc import Iterator

from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.rules.node_services import UNITS, pods_there, stopped_units
from anyops.diagnose.workloads import is_ready
from anyops.world.report import Certainty
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_PRESSURES = {
    "MemoryPressure": (
        "node.memory_pressure",
        "is short of memory",
        "Move or limit what uses most memory there.",
    ),
    "DiskPressure": ("node.disk_pressure", "is short of disk", "Free disk: unused images, logs, volumes."),
    "PIDPressure": ("node.pid_pressure", "is short of process ids", "Find what forks too much."),
    "NetworkUnavailable": (
        "node.network_unavailable",
        "has no pod network",
        "Mend the network plugin's pod on the node.",
    ),
}
_READY_WORDS = (
    (r"network ?(?:plugin)? ?not ?ready|NetworkPluginNotReady|cni (?:plugin|config)",
     "node.network_unavailable"),
    (r"container runtime is down|PLEG is not healthy|runtime status check|container runtime not ready"
     r"|containerd\.sock|docker\.sock|crio\.sock", "node.runtime_down"),
    (r"certificate.{0,40}expired", "certificate.expired"),
    (r"no space|disk", "node.disk_pressure"),
)  # fmt: skip
_BAD_WHEN_TRUE = re.compile(
    r"Pressure|Deadlock|Readonly|ReadOnly|Frequent|Problem|Corrupt|Unhealthy|Fail|Error|Unavailable|Expired|Xid|Degraded"
)
_BAD_WHEN_FALSE = re.compile(r"(?:Ready|Healthy|Available|OK)\Z")


@rule("node.ready", "Node", title="Node is ready")
def check_ready(world: World) -> Iterator[Found]:
    """Ready is False or Unknown; why, by its message and by the node's programs."""
    for node in world.of_kind("Node"):
        conditions = [c for c in node.each("status", "conditions") if c.text("type") == "Ready"]
        bad = [c for c in conditions if c.text("status") != "True"]
        if bad:
            yield _not_ready(world, node, bad[0])


def _not_ready(world: World, node: Resource, ready: Field) -> Found:
    message = ready.text("message")
    code, certainty = _cause(message, ready.text("status"))
    explained = [unit for unit in stopped_units(world, node.name) if unit in UNITS]
    pods = [p for p in pods_there(world, node.name) if not is_ready(p)]
    unknown = ready.text("status") == "Unknown"
    why = message or ("its kubelet does not report" if unknown else "no reason was read")
    return Found(
        on=node,
        title="Node is not ready",
        detail=f"Ready={ready.text('status')} {ready.text('reason')}: {why}",
        severity="critical",
        cites=tuple(ready.at(k) for k in ("status", "reason", "message") if ready.at(k).value),
        cause=None if explained else code,
        certainty=certainty,
        onset=ready.time("lastTransitionTime"),
        statement=f"Node {node.name} is not ready: {_sentence(why)}" + _affected(pods),
        fix="Look at the kubelet and the container runtime on the node: their journals say what stopped.",
        commands=(kubectl("", "describe", "node", node.name),),
        checks=(kubectl("", "get", "node", node.name),),
        explains=tuple(p.ref for p in pods),
    )


def _sentence(text: str) -> str:
    return f"{text[0].lower()}{text[1:]}".rstrip(".") + "." if text else ""


def _affected(pods: list[Resource]) -> str:
    return f" {len(pods)} pods on it are not ready." if pods else ""


def _cause(message: str, status: str) -> tuple[str, Certainty]:
    for words, code in _READY_WORDS:
        if re.search(words, message[:2000], re.I):
            return code, "sure"
    return "node.not_ready", "sure" if status == "Unknown" else "likely"


@rule("node.condition", "Node", title="Node has no problem conditions")
def check_conditions(world: World) -> Iterator[Found]:
    """Pressures, missing network, and conditions of node-problem-detector or a vendor that are on."""
    for node in world.of_kind("Node"):
        if any(c.text("type") == "Ready" and c.text("status") == "Unknown" for c in _conditions(node)):
            continue
        for condition in _conditions(node):
            type_, status = condition.text("type"), condition.text("status")
            if type_ in _PRESSURES and status == "True":
                yield _pressure(world, node, condition)
            elif type_ not in ("Ready", *_PRESSURES) and _is_bad(type_, status):
                yield _other(node, condition)


def _conditions(node: Resource) -> list[Field]:
    return list(node.each("status", "conditions"))


def _is_bad(type_: str, status: str) -> bool:
    """Unknown types count by what their name says; a healthy one is nothing to report."""
    if status == "True":
        return bool(_BAD_WHEN_TRUE.search(type_)) and not type_.startswith(("No", "Sufficient"))
    if status == "False":
        return bool(_BAD_WHEN_FALSE.search(type_))
    return status != "Unknown" and bool(status)


def _pressure(world: World, node: Resource, condition: Field) -> Found:
    code, what, fix = _PRESSURES[condition.text("type")]
    message = condition.text("message")
    pods = [p for p in pods_there(world, node.name) if not is_ready(p)]
    return Found(
        on=node,
        title=f"Node {what}",
        detail=f"{condition.text('type')}=True {condition.text('reason')}: {message}",
        severity="high",
        cites=tuple(condition.at(k) for k in ("status", "message") if condition.at(k).value),
        cause=code,
        certainty="sure",
        onset=condition.time("lastTransitionTime"),
        statement=f"Node {node.name} {what} ({condition.text('reason') or condition.text('type')})."
        + _affected(pods),
        fix=fix,
        commands=(
            kubectl("", "describe", "node", node.name),
            kubectl("", "top", "pods", "-A", "--sort-by=memory"),
        ),
        checks=(kubectl("", "get", "node", node.name),),
        explains=tuple(p.ref for p in pods),
    )


def _other(node: Resource, condition: Field) -> Found:
    type_, message = condition.text("type"), condition.text("message")
    return Found(
        on=node,
        title=f"Node condition {type_}={condition.text('status')}",
        detail=f"{condition.text('reason')}: {message}",
        severity="medium",
        cites=tuple(condition.at(k) for k in ("status", "message") if condition.at(k).value),
        cause="node.condition",
        certainty="likely",
        onset=condition.time("lastTransitionTime"),
        statement=f"Node {node.name} reports {type_}={condition.text('status')}"
        + (f": {message}" if message else "."),
        fix="Look at what set the condition; its message names the problem.",
        commands=(kubectl("", "describe", "node", node.name),),
        checks=(kubectl("", "get", "node", node.name),),
    )


@rule("node.rebooted", "Node", title="Node was rebooted")
def check_reboots(world: World) -> Iterator[Found]:
    """Rebooted events, as history."""
    for node in world.of_kind("Node"):
        events = [e for e in world.events_of(node.ref) if e.reason == "Rebooted"]
        if events:
            yield Found(
                on=node,
                title="Node was rebooted",
                detail=events[-1].message[:200],
                severity="low",
                state="past",
                cites=(events[-1],),
            )


@rule("node.version_skew", "Node", title="Kubelet versions are close")
def check_versions(world: World) -> Iterator[Found]:
    """Kubelets that are three minor versions or more apart, the most that a control plane supports.

    Source: https://kubernetes.io/releases/version-skew-policy/
    """
    minors = {node.name: minor for node in world.of_kind("Node") if (minor := _minor(node)) is not None}
    newest = max(minors.values(), default=0)
    for node in world.of_kind("Node"):
        minor = minors.get(node.name, newest)
        if newest - minor >= 3:
            version = node.at("status", "nodeInfo", "kubeletVersion")
            yield Found(
                on=node,
                title="Kubelet is old beside the others",
                detail=f"{version.text()}, the newest node runs 1.{newest}",
                severity="low",
                state="risk",
                cites=(version,),
                fix="Upgrade the node.",
            )


def _minor(node: Resource) -> int | None:
    match = re.match(r"v?1\.(\d{1,3})\b", node.text("status", "nodeInfo", "kubeletVersion"))
    return int(match[1]) if match else None
