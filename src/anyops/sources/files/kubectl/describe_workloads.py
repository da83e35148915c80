"""Descriptions of what makes pods: Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob."""

import re
from typing import Any

from anyops.sources.files.kubectl.describe_pods import put_template
from anyops.sources.files.kubectl.fields import (
    counts,
    put_conditions,
    put_metadata,
    put_pairs,
    put_scalar,
    put_selector,
    put_values,
)
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.tree import Node
from anyops.world.quantity import parse_duration

_REPLICAS = {
    "desired": ("spec", "replicas"),
    "updated": ("status", "updatedReplicas"),
    "total": ("status", "replicas"),
    "current": ("status", "replicas"),
    "available": ("status", "availableReplicas"),
    "unavailable": ("status", "unavailableReplicas"),
}
_DEPLOYMENT = {
    "StrategyType": ("spec", "strategy", "type"),
    "MinReadySeconds": ("spec", "minReadySeconds"),
    "Progress Deadline Seconds": ("spec", "progressDeadlineSeconds"),
}
_ROLLING = re.compile(r"(\S+) max unavailable, (\S+) max surge\Z")
_REPLICA_SET = re.compile(r"([a-z0-9.-]+) \((\d{1,9})/(\d{1,9}) replicas created\)")


def _put_replicas(root: Node, sketch: Sketch) -> None:
    node = root.get("Replicas")
    if node is None:
        return
    seen = counts(node.value)
    for word, path in _REPLICAS.items():
        if word in seen:
            sketch.put(seen[word], node.line, *path)
    # Without a minimum time a pod is available as soon as it is ready.
    if "available" in seen and root.text("MinReadySeconds") in ("0", ""):
        sketch.put(seen["available"], node.line, "status", "readyReplicas")


def _put_pods_status(root: Node, sketch: Sketch) -> None:
    node = root.get("Pods Status")
    if node is not None:
        for word, number in counts(node.value).items():
            sketch.put(number, node.line, "status", "pods", word)


def _put_common(root: Node, sketch: Sketch) -> None:
    put_metadata(root, sketch)
    put_selector(root, sketch, "spec", "selector")
    _put_replicas(root, sketch)
    _put_pods_status(root, sketch)
    put_template(root, sketch, "spec", "template")
    conditions = root.get("Conditions")
    if conditions is not None:
        put_conditions(conditions, sketch, "status", "conditions")


def read_deployment(root: Node, sketch: Sketch) -> None:
    """A Deployment's description; the replica sets it names stand in `status.replicaSets`."""
    _put_common(root, sketch)
    put_values(root, sketch, _DEPLOYMENT)
    rolling = root.get("RollingUpdateStrategy")
    match = _ROLLING.match(rolling.value) if rolling is not None else None
    if rolling is not None and match:
        for value, key in ((match[1], "maxUnavailable"), (match[2], "maxSurge")):
            put_scalar(value, rolling.line, sketch, "spec", "strategy", "rollingUpdate", key)
    index = 0
    for key, role in (("NewReplicaSet", "new"), ("OldReplicaSets", "old")):
        for line, found in replica_sets(root, key):
            entry = {"name": found[0], "created": found[1], "wanted": found[2], "role": role}
            sketch.put(entry, line, "status", "replicaSets", index)
            index += 1


def replica_sets(root: Node, key: str) -> list[tuple[int, tuple[str, int, int]]]:
    """The replica sets a Deployment names: line, (name, pods created, pods wanted)."""
    node = root.get(key)
    if node is None:
        return []
    return [
        (line, (match[1], int(match[2]), int(match[3])))
        for line, text in node.value_lines()
        for match in _REPLICA_SET.finditer(text)
    ]


def read_replica_set(root: Node, sketch: Sketch) -> None:
    """A ReplicaSet's description (a ReplicationController's looks the same)."""
    _put_common(root, sketch)


def read_stateful_set(root: Node, sketch: Sketch) -> None:
    """A StatefulSet's description."""
    _put_common(root, sketch)
    put_values(root, sketch, {"Service Name": ("spec", "serviceName")})
    strategy = root.get("Update Strategy")
    if strategy is not None and strategy.value:
        sketch.put(strategy.value, strategy.line, "spec", "updateStrategy", "type")
        put_values(strategy, sketch, {"Partition": ("partition",)}, "spec", "updateStrategy", "rollingUpdate")
    claims = root.get("Volume Claims")
    index = -1
    for child in claims.children if claims is not None else ():
        path: tuple[str | int, ...] = ("spec", "volumeClaimTemplates", max(index, 0))
        if child.key == "Name":
            index += 1
            path = ("spec", "volumeClaimTemplates", index)
            sketch.put(child.value, child.line, *path, "metadata", "name")
        elif index >= 0:
            _put_claim(child, sketch, path)


def _put_claim(node: Node, sketch: Sketch, path: tuple[str | int, ...]) -> None:
    if node.key == "StorageClass" and node.value:
        sketch.put(node.value, node.line, *path, "spec", "storageClassName")
    elif node.key == "Capacity" and not node.empty:
        sketch.put(node.value, node.line, *path, "spec", "resources", "requests", "storage")
    elif node.key == "Access Modes":
        sketch.put(node.value.strip("[]").split(), node.line, *path, "spec", "accessModes")
    elif node.key == "Labels":
        put_pairs(node, sketch, *path, "metadata", "labels")


_DAEMON_SET = {
    "Desired Number of Nodes Scheduled": ("status", "desiredNumberScheduled"),
    "Current Number of Nodes Scheduled": ("status", "currentNumberScheduled"),
    "Number of Nodes Scheduled with Up-to-date Pods": ("status", "updatedNumberScheduled"),
    "Number of Nodes Scheduled with Available Pods": ("status", "numberAvailable"),
    "Number of Nodes Misscheduled": ("status", "numberMisscheduled"),
}


def read_daemon_set(root: Node, sketch: Sketch) -> None:
    """A DaemonSet's description. It does not print ready pods; those available stand for them."""
    _put_common(root, sketch)
    put_values(root, sketch, _DAEMON_SET)
    available = root.get("Number of Nodes Scheduled with Available Pods")
    if available is not None and available.value.isdecimal():
        put_scalar(available.value, available.line, sketch, "status", "numberReady")
    selector = root.get("Node-Selector")
    if selector is not None and not selector.empty:
        put_pairs(selector, sketch, "spec", "template", "spec", "nodeSelector")


_JOB = {
    "Parallelism": ("parallelism",),
    "Completions": ("completions",),
    "Completion Mode": ("completionMode",),
    "Suspend": ("suspend",),
    "Backoff Limit": ("backoffLimit",),
    "Backoff Limit Per Index": ("backoffLimitPerIndex",),
    "TTL Seconds After Finished": ("ttlSecondsAfterFinished",),
}
_JOB_STATUS = {
    "Start Time": ("status", "startTime"),
    "Completed At": ("status", "completionTime"),
    "Completed Indexes": ("status", "completedIndexes"),
    "Failed Indexes": ("status", "failedIndexes"),
}
_JOB_PODS = {
    "active": "active",
    "ready": "ready",
    "succeeded": "succeeded",
    "failed": "failed",
    "running": "active",
}


def read_job(root: Node, sketch: Sketch) -> None:
    """A Job's description."""
    _put_common(root, sketch)
    put_values(root, sketch, _JOB, "spec")
    put_values(root, sketch, _JOB_STATUS)
    _put_deadline(root, sketch, "spec")
    pods = root.get("Pods Statuses")
    if pods is not None:
        for word, number in counts(pods.value).items():
            if word in _JOB_PODS:
                sketch.put(number, pods.line, "status", _JOB_PODS[word])


def _put_deadline(root: Node, sketch: Sketch, *path: str | int) -> None:
    deadline = root.get("Active Deadline Seconds")
    length = parse_duration(deadline.value) if deadline is not None else None
    if deadline is not None and length is not None:
        sketch.put(int(length.total_seconds()), deadline.line, *path, "activeDeadlineSeconds")


_CRON_JOB = {
    "Schedule": ("schedule",),
    "Time Zone": ("timeZone",),
    "Concurrency Policy": ("concurrencyPolicy",),
    "Suspend": ("suspend",),
    "Successful Job History Limit": ("successfulJobsHistoryLimit",),
    "Failed Job History Limit": ("failedJobsHistoryLimit",),
}
_JOB_TEMPLATE = ("spec", "jobTemplate", "spec")


def read_cron_job(root: Node, sketch: Sketch) -> None:
    """A CronJob's description."""
    put_metadata(root, sketch)
    put_values(root, sketch, _CRON_JOB, "spec")
    job = {key: path for key, path in _JOB.items() if key != "Suspend"}
    put_values(root, sketch, job, *_JOB_TEMPLATE)
    _put_deadline(root, sketch, *_JOB_TEMPLATE)
    put_template(root, sketch, *_JOB_TEMPLATE, "template")
    deadline = root.get("Starting Deadline Seconds")
    length = parse_duration(deadline.value) if deadline is not None else None
    if deadline is not None and length is not None:
        sketch.put(int(length.total_seconds()), deadline.line, "spec", "startingDeadlineSeconds")
    last = root.get("Last Schedule Time")
    if last is not None:
        sketch.put_time(last.value, last.line, "status", "lastScheduleTime")
    _put_active(root, sketch)


def _put_active(root: Node, sketch: Sketch) -> None:
    active = root.get("Active Jobs")
    names: list[Any] = [] if active is None or active.empty else active.value.split(", ")
    for index, name in enumerate(names):
        sketch.put({"kind": "Job", "name": name}, active.line if active else 0, "status", "active", index)
