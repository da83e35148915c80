"""Rows of `kubectl get pods`: what the STATUS word says about phase, conditions and containers."""

import re
from collections.abc import Mapping
from typing import Any

from anyops.sources.files.kubectl.sketch import Sketch

Row = Mapping[str, str]
_READY = re.compile(r"(\d{1,4})/(\d{1,4})\Z")
_RESTARTS = re.compile(r"(\d{1,9})(?: \((\S{1,30}) ago\))?\Z")
_INIT_DONE = re.compile(r"(\d{1,3})/(\d{1,3})\Z")
_EXIT = re.compile(r"(ExitCode|Signal):(\d{1,3})\Z")
_REASON = re.compile(r"[A-Z][A-Za-z]{2,60}\Z")
_MOST_CONTAINERS = 64

PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")
_WHOLE_POD = {
    "Evicted", "NodeAffinity", "Shutdown", "Terminated", "NodeShutdown", "DeadlineExceeded", "Preempting",
    "Preempted", "UnexpectedAdmissionError", "OutOfcpu", "OutOfmemory", "OutOfpods", "OutOfephemeral-storage",
}  # fmt: skip
"""Words that are the reason of a whole pod that failed."""
_ENDED = {"OOMKilled", "Error", "ContainerCannotRun", "StartError", "ContainerStatusUnknown", "Completed"}
_STARTED = {"CrashLoopBackOff", "NotReady", "PostStartHookError"}


def read_pod(row: Row, line: int, sketch: Sketch) -> None:
    """One pod, from READY, STATUS, RESTARTS and, in a wide table, its place.

    The word under STATUS is the phase, the pod's reason, or the reason of the first container that is not
    well (printPod in Kubernetes' printers.go). A table does not name containers: as many statuses are made
    as it counts, without names, and the word, the restarts and what is not ready go to the first of them.
    """
    word = row.get("STATUS", "")
    ready = _READY.match(row.get("READY", ""))
    restarts = _RESTARTS.match(row.get("RESTARTS", ""))
    if word:
        sketch.put(word, line, "status", "word")
    if restarts and restarts[2]:
        sketch.put(restarts[2], line, "status", "lastRestartAge")
    up, total = (int(ready[1]), min(int(ready[2]), _MOST_CONTAINERS)) if ready else (0, 0)
    count = int(restarts[1]) if restarts else 0
    _put_phase(word, up, count, line, sketch)
    if ready:
        is_ready = up == int(ready[2]) and word in ("Running", "Terminating")
        sketch.put("Ready", line, "status", "conditions", 0, "type")
        sketch.put("True" if is_ready else "False", line, "status", "conditions", 0, "status")
        _put_containers(word, up, total, count, line, sketch)
    for column, path in _PLACES.items():
        value = row.get(column, "")
        if value and value != "<none>":
            sketch.put(value.partition("/")[0], line, *path)


_PLACES = {
    "NODE": ("spec", "nodeName"),
    "IP": ("status", "podIP"),
    "NOMINATED NODE": ("status", "nominatedNodeName"),
}


def _put_phase(word: str, up: int, restarts: int, line: int, sketch: Sketch) -> None:
    phase = ""
    if word == "Terminating":
        sketch.put("", line, "metadata", "deletionTimestamp")
    elif word in PHASES:
        phase = word
    elif word == "Completed":
        phase = "Succeeded"
    elif word in _WHOLE_POD:
        sketch.put(word, line, "status", "reason")
        phase = "Failed"
    elif word in _STARTED or up:
        phase = "Running"
    elif word.startswith("Init:") or _is_waiting(word, restarts):
        phase = "Pending"
    if phase:
        sketch.put(phase, line, "status", "phase")


def _is_waiting(word: str, restarts: int) -> bool:
    return _REASON.match(word) is not None and word not in _ENDED and not restarts


def _put_containers(word: str, up: int, total: int, restarts: int, line: int, sketch: Sketch) -> None:
    if word.startswith("Init:"):
        _put_init(word[5:], restarts, line, sketch)
        word, restarts = "PodInitializing", 0
    if word in ("Pending", "SchedulingGated", "Unknown") or word in _WHOLE_POD:
        return
    state = _state(word)
    for index in range(total):
        first_down = index == 0 and up < total
        is_ready = index >= total - up
        entry: dict[str, Any] = {"ready": is_ready, "restartCount": restarts if index == 0 else 0}
        if first_down and state:
            entry["state"] = state
        elif is_ready and word in ("Running", "Terminating"):
            entry["state"] = {"running": {}}
        _put_status(entry, line, sketch, "containerStatuses", index)


def _put_init(word: str, restarts: int, line: int, sketch: Sketch) -> None:
    done = _INIT_DONE.match(word)
    if done is None:
        entry = {"ready": False, "restartCount": restarts, "state": _state(word)}
        _put_status(entry, line, sketch, "initContainerStatuses", 0)
        return
    for index in range(min(int(done[2]), _MOST_CONTAINERS)):
        entry = {"ready": index < int(done[1]), "restartCount": restarts if index == int(done[1]) else 0}
        _put_status(entry, line, sketch, "initContainerStatuses", index)


def _put_status(entry: dict[str, Any], line: int, sketch: Sketch, *path: str | int) -> None:
    sketch.put(entry, line, "status", *path)


def _state(word: str) -> dict[str, Any]:
    exit_ = _EXIT.match(word)
    if exit_:
        return {"terminated": {"exitCode" if exit_[1] == "ExitCode" else "signal": int(exit_[2])}}
    if word in ("Running", "Terminating", "NotReady", ""):
        return {}
    return {"terminated" if word in _ENDED else "waiting": {"reason": word}}
