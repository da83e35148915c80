"""The default answer as text; the verdict; and for one set a category of the first cause."""

from typing import Any

from evals.report import Told

EXHAUSTION = {
    "container.oom_killed",
    "memory.pressure",
    "cpu.overload",
    "quota.cpu_exceeded",
    "quota.memory_exceeded",
    "quota.pods_exceeded",
    "quota.services_exceeded",
    "quota.storage_exceeded",
    "quota.exceeded",
    "scheduling.cpu",
    "scheduling.memory",
    "scheduling.ephemeral_storage",
    "scheduling.max_pods",
    "scheduling.extended_resource",
    "node.disk_pressure",
    "node.memory_pressure",
    "node.pid_pressure",
    "pod.evicted",
    "autoscaler.limited",
    "database.connections_exhausted",
    "database.replication_lag",
    "database.storage_full",
    "database.cpu_saturated",
    "database.checkpoint_storm",
}
LAYERS = {"infrastructure": "infrastructure", "network": "infrastructure"}


def predict(told: Told) -> dict[str, Any]:
    """What a person sees, cut to the size allowed, and its first cause."""
    lines = [line[:200] for line in told.text.splitlines()[:40]]
    verdict = told.report["verdict"]
    return {
        "text": "\n".join(lines),
        "top": "\n".join(_first_cause(lines)),
        "healthy": verdict == "healthy",
        "category": "healthy" if verdict == "healthy" else _category(told.report["causes"]),
    }


def _first_cause(lines: list[str]) -> list[str]:
    """The lines of the cause numbered 1, up to the next."""
    start = next((n for n, line in enumerate(lines) if line.startswith("1 ")), len(lines))
    end = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("2 ")), len(lines))
    return lines[start:end]


def _category(causes: list[dict[str, Any]]) -> str:
    if not causes:
        return "unknown"
    if causes[0]["cause"] in EXHAUSTION:
        return "resource_exhaustion"
    return LAYERS.get(causes[0]["layer"], "configuration_error")
