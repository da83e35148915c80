"""What kubelet and scheduler say of a pod, well or in trouble."""

from __future__ import annotations

from datetime import timedelta

from .identity import Object, sha256, stamp, uid
from .places import ip_of, name_of, node_ip, node_of
from .plan import App, Plan, Trouble

_CONDITIONS = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
_UNREADY = ("Ready", "ContainersReady")


def status_of(app: App, plan: Plan, number: int) -> Object:
    """The status of one of an application's pods."""
    created = app.rolled_out(plan.now)
    if app.trouble is Trouble.UNSCHEDULABLE:
        return _unscheduled(plan, created)
    node, address = node_of(app, number, plan), ip_of(app.first_pod + number)
    unready = app.trouble is not Trouble.NONE
    return {
        "phase": "Pending" if app.trouble is Trouble.IMAGE else "Running",
        "conditions": [_condition(type_, unready and type_ in _UNREADY, created) for type_ in _CONDITIONS],
        "hostIP": node_ip(node),
        "hostIPs": [{"ip": node_ip(node)}],
        "podIP": address,
        "podIPs": [{"ip": address}],
        "startTime": created,
        "containerStatuses": [_container_status(app, plan, number)],
        "qosClass": "Burstable",
    }


def _unscheduled(plan: Plan, created: str) -> Object:
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "lastProbeTime": None,
        "lastTransitionTime": created,
        "reason": "Unschedulable",
        "message": unschedulable_message(plan),
    }
    return {"phase": "Pending", "conditions": [condition], "qosClass": "Burstable"}


def unschedulable_message(plan: Plan) -> str:
    """The scheduler's words."""
    none = f"0/{plan.nodes} nodes are available"
    return (
        f"{none}: {plan.nodes} Insufficient cpu. preemption: {none}: {plan.nodes} No preemption victims "
        "found for incoming pod."
    )


def _condition(type_: str, unready: bool, time: str) -> Object:
    found = {"type": type_, "status": "True", "lastProbeTime": None, "lastTransitionTime": time}
    if not unready:
        return found
    why = {"reason": "ContainersNotReady", "message": "containers with unready status: [main]"}
    return {**found, "status": "False", **why}


def _container_status(app: App, plan: Plan, number: int) -> Object:
    name = name_of(app, number)
    pulled = app.trouble is not Trouble.IMAGE
    image = app.image.rpartition(":")[0]
    state, last, restarts = _states(app, plan, number)
    return {
        "name": "main",
        "state": state,
        "lastState": last,
        "ready": app.trouble is Trouble.NONE,
        "restartCount": restarts,
        "image": app.image,
        "imageID": f"{image}@sha256:{sha256(app.image)}" if pulled else "",
        **({"containerID": _container_id(name, restarts)} if pulled else {}),
        "started": app.trouble is Trouble.NONE,
    }


def _states(app: App, plan: Plan, number: int) -> tuple[Object, Object, int]:
    """State, last state and restarts of the container."""
    if app.trouble is Trouble.NONE:
        return {"running": {"startedAt": app.rolled_out(plan.now)}}, {}, 0
    if app.trouble is Trouble.IMAGE:
        return {"waiting": {"reason": "ImagePullBackOff", "message": pull_message(app)}}, {}, 0
    pod, restarts = name_of(app, number), 41 + number % 5
    ended = plan.now - timedelta(minutes=4, seconds=number % 50)
    oom = app.trouble is Trouble.OOM
    terminated: Object = {
        "exitCode": 137 if oom else 1,
        "reason": "OOMKilled" if oom else "Error",
        "startedAt": stamp(ended - timedelta(seconds=3)),
        "finishedAt": stamp(ended),
        "containerID": _container_id(pod, restarts),
    }
    where = f"{pod}_{app.namespace}({uid('Pod', app.namespace, pod)})"
    message = f"back-off 5m0s restarting failed container=main pod={where}"
    return (
        {"waiting": {"reason": "CrashLoopBackOff", "message": message}},
        {"terminated": terminated},
        restarts,
    )


def pull_message(app: App) -> str:
    """The kubelet's words for an image that is not there."""
    image = app.image
    return (
        f'Back-off pulling image "{image}": ErrImagePull: rpc error: code = NotFound desc = failed to pull '
        f'and unpack image "{image}": failed to resolve reference "{image}": {image}: not found'
    )


def _container_id(pod: str, restarts: int) -> str:
    return f"containerd://{sha256('container', pod, restarts)}"
