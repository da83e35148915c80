"""The facts of what makes pods."""

from typing import Any

from anyops.diagnose.diff import defaults
from anyops.diagnose.diff.facts import (
    Facts,
    Key,
    Reader,
    compact,
    entries,
    flatten,
    mapping,
    meant,
    put,
    text,
    word,
)
from anyops.diagnose.diff.metadata import metadata_facts
from anyops.diagnose.diff.pods import pod_facts
from anyops.diagnose.workloads import TEMPLATE_PATHS
from anyops.world.resource import Resource

_REPLICAS = frozenset(["replicas", "parallelism", "completions"])
_ROLLOUT = frozenset(
    """
    strategy updateStrategy minReadySeconds progressDeadlineSeconds revisionHistoryLimit
    podManagementPolicy paused rollbackTo
    """.split()  # noqa: SIM905
)
_STORAGE = frozenset(["volumeClaimTemplates", "persistentVolumeClaimRetentionPolicy"])


def workload_facts(facts: Facts, resource: Resource, reader: Reader) -> None:
    """Add the facts of a Pod or of a workload with a pod template."""
    if resource.kind == "Pod":
        pod_facts(facts, resource.at("spec").value, reader, is_pod=True)
        return
    spec = mapping(resource.at("spec").value)
    template = mapping(resource.at(*TEMPLATE_PATHS[resource.kind]).value)
    metadata_facts(facts, template.get("metadata"), "pod ")
    pod_facts(facts, template.get("spec"), reader)
    if resource.kind == "CronJob":
        job = mapping(mapping(spec.pop("jobTemplate", None)).get("spec"))
        _spec_facts(facts, "Job", job, reader)
    _spec_facts(facts, resource.kind, spec, reader)


def _spec_facts(facts: Facts, kind: str, spec: dict[str, Any], reader: Reader) -> None:
    said = {k: v for k, v in spec.items() if k != "template"}
    if kind == "Job":
        said = _job(said)
    table = defaults.SPECS[kind]
    for key, value in defaults.filled(said, table, reader.complete).items():
        if key == "selector" and isinstance(value, dict):
            put(facts, Key("workloads", "", "", "selector"), flatten(value))
        elif key in ("strategy", "updateStrategy") and isinstance(value, dict):
            facts[Key("rollout", "", "", key)] = text(_strategy(value), open=True)
        elif key == "volumeClaimTemplates":
            _claims(facts, value)
        else:
            put(facts, Key(_group(key), "", "", key), flatten(value))


def _strategy(value: dict[str, Any]) -> str:
    """`Recreate`, `RollingUpdate, maxSurge=25%, maxUnavailable=25%`."""
    numbers = defaults.without_false(meant(value.get("rollingUpdate")))
    return ", ".join(
        filter(None, (word(value.get("type", "RollingUpdate")), compact(numbers) if numbers else ""))
    )


def _group(key: str) -> str:
    if key in _REPLICAS:
        return "replicas"
    return "rollout" if key in _ROLLOUT else "storage" if key in _STORAGE else "workloads"


def _job(spec: dict[str, Any]) -> dict[str, Any]:
    """A Job's spec without the server's selector; with parallelism alone any pod completes it."""
    if spec.get("manualSelector") is not True:
        spec = {k: v for k, v in spec.items() if k not in ("selector", "manualSelector")}
    if "parallelism" in spec and "completions" not in spec:
        spec = {"completions": "any", **spec}
    return spec


def _claims(facts: Facts, value: Any) -> None:
    for claim in entries(value):
        name = word(mapping(claim.get("metadata")).get("name", ""))
        spec = defaults.filled(claim.get("spec"), defaults.SPECS["PersistentVolumeClaim"])
        put(facts, Key("storage", "", f"claim template {name}", ""), flatten(spec))
        facts.setdefault(Key("storage", "", f"claim template {name}", ""), text(""))
