"""Health of a pod."""

from collections.abc import Iterator

from anyops.diagnose.health.verdict import Health
from anyops.world.resource import Field, Resource


def pod(obj: Resource) -> Health:
    """Phase, readiness and container states, as Argo CD and kubectl read them."""
    phase = obj.text("status", "phase")
    if phase == "Succeeded":
        return Health("Healthy", obj.text("status", "message") or "Succeeded", ("status", "phase"))
    if phase == "Failed":
        return _failed(obj)
    return next(_stuck(obj), None) or _alive(obj, phase)


def _alive(obj: Resource, phase: str) -> Health:
    if phase in ("Pending", ""):
        return _pending(obj)
    if phase != "Running":
        return Health("Unknown", obj.text("status", "message") or f"Phase is {phase}", ("status", "phase"))
    ready = obj.condition("Ready")
    finite = obj.text("spec", "restartPolicy") in ("OnFailure", "Never")
    if ready.text("status") == "True":
        if finite:
            return Health("Progressing", "Running to its end", ("status", "phase"))
        return Health("Healthy", "Ready", ready.path)
    crashed = next(_crashed(obj), None)
    if crashed is not None and not finite:
        return crashed
    if not ready and not obj.complete:
        return Health("Unknown", "Running; the input does not show readiness", ("status", "phase"))
    return Health("Progressing", _waiting_text(ready) or "Running, not ready yet", ready.path)


def _pending(obj: Resource) -> Health:
    scheduled = obj.condition("PodScheduled")
    if scheduled.text("status") == "False":
        return Health("Progressing", _waiting_text(scheduled), scheduled.path)
    return Health("Progressing", obj.text("status", "message") or "Pending", ("status", "phase"))


def _waiting_text(condition: Field) -> str:
    return ": ".join(t for t in (condition.text("reason"), condition.text("message")) if t)


def _stuck(obj: Resource) -> Iterator[Health]:
    """Containers that wait for an error: ErrImagePull, CreateContainerConfigError, CrashLoopBackOff ..."""
    waiting = [c.at("state", "waiting") for c in _containers(obj)]
    bad = [w for w in waiting if _is_error(w.text("reason"))]
    if bad:
        texts = dict.fromkeys(w.text("message") or w.text("reason") for w in bad)
        path = (*bad[0].path, "message") if bad[0].text("message") else (*bad[0].path, "reason")
        yield Health("Degraded", ", ".join(texts), path)


def _is_error(reason: str) -> bool:
    return reason.startswith(("Err", "Invalid")) or reason.endswith(("Error", "BackOff", "NeverPull"))


def _crashed(obj: Resource) -> Iterator[Health]:
    for status in _containers(obj):
        for state in ("state", "lastState"):
            ended = status.at(state, "terminated")
            if ended and (state == "lastState" or ended.number("exitCode")):
                yield Health("Degraded", _ended(status.text("name"), ended), ended.path)


def _failed(obj: Resource) -> Health:
    if obj.text("status", "message"):
        return Health("Degraded", obj.text("status", "message"), ("status", "message"))
    for status in _containers(obj):
        ended = status.at("state", "terminated")
        if ended and (
            ended.text("message") or ended.number("exitCode") or ended.text("reason") == "OOMKilled"
        ):
            return Health("Degraded", _ended(status.text("name"), ended), ended.path)
    return Health("Degraded", obj.text("status", "reason") or "Pod failed", ("status", "phase"))


def _ended(name: str, ended: Field) -> str:
    if ended.text("message"):
        return ended.text("message")
    if ended.text("reason") == "OOMKilled":
        return "OOMKilled"
    return f'container "{name}" failed with exit code {ended.text("exitCode")}'


def _containers(obj: Resource) -> Iterator[Field]:
    yield from obj.each("status", "initContainerStatuses")
    yield from obj.each("status", "containerStatuses")
