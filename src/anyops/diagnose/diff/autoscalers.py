"""The facts of a HorizontalPodAutoscaler, in whichever version it is written.

v1 keeps all but the CPU in annotations, v2beta1 names targets otherwise:
https://github.com/kubernetes/kubernetes/tree/master/pkg/apis/autoscaling (`v1/conversion.go`, `v2beta1`).
"""

from typing import Any

import msgspec

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
from anyops.world.resource import Resource

_KEPT = "autoscaling.alpha.kubernetes.io/"
_TARGETS = {"targetAverageUtilization": "averageUtilization", "targetAverageValue": "averageValue"}
_PERCENT = {"type": "Percent", "value": 100, "periodSeconds": 15}
_WAYS: dict[str, defaults.Table] = {
    "scaleUp": {
        "stabilizationWindowSeconds": 0,
        "selectPolicy": "Max",
        "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}, _PERCENT],
    },
    "scaleDown": {"selectPolicy": "Max", "policies": [_PERCENT]},
}
"""How fast it scales where its behaviour says nothing of that way."""


def autoscaler_facts(facts: Facts, resource: Resource, reader: Reader) -> None:
    """Add the bounds, the metrics and the behaviour of an autoscaler."""
    spec = defaults.filled(resource.at("spec").value, {"minReplicas": 1}, reader.complete)
    metrics = entries(spec.pop("metrics", None)) + entries(_annotated(resource, "metrics"))
    percent = spec.pop("targetCPUUtilizationPercentage", None)
    if percent is None and not metrics and reader.complete:
        percent = 80
    for metric in metrics:
        name, target = _metric(metric)
        facts[Key("replicas", "", "", f"metric {name}")] = text(target, open=True)
    if percent is not None:
        facts[Key("replicas", "", "", "metric cpu")] = text(f"averageUtilization={word(percent)}", open=True)
    behavior = _camel_starts(meant(spec.pop("behavior", None)) or _annotated(resource, "behavior"))
    if mapping(behavior):
        behavior = {
            way: defaults.filled(behavior.get(way), table, reader.complete) for way, table in _WAYS.items()
        }
    put(facts, Key("replicas", "", "", "behavior"), flatten(behavior))
    scaled = mapping(spec.pop("scaleTargetRef", None))
    if scaled:
        said = f"{word(scaled.get('kind', ''))} {word(scaled.get('name', ''))}"
        facts[Key("replicas", "", "", "scales")] = text(said, open=True)
    put(facts, Key("replicas", "", "", ""), flatten(spec))


def _annotated(resource: Resource, what: str) -> Any:
    """What v1 keeps as JSON in an annotation."""
    try:
        return msgspec.json.decode(resource.annotations.get(_KEPT + what, "null"))
    except (msgspec.DecodeError, RecursionError):
        return None


def _camel_starts(value: Any) -> Any:
    """The annotation writes the behaviour's keys with a capital: ScaleDown."""
    if isinstance(value, dict):
        return {str(k)[:1].lower() + str(k)[1:]: _camel_starts(item) for k, item in value.items()}
    return [_camel_starts(item) for item in value] if isinstance(value, list) else value


def _metric(metric: dict[str, Any]) -> tuple[str, str]:
    """A metric's name, and its target as v2 writes it."""
    kind = word(metric.get("type", ""))
    source = meant(metric.get(kind[:1].lower() + kind[1:]))
    target = {k: v for k, v in meant(source.pop("target", None)).items() if k != "type"}
    if kind == "Object" and "kind" in target:  # v2beta1 calls the object its target
        target = {}
    target |= {new: source.pop(old) for old, new in _TARGETS.items() if old in source}
    if "targetValue" in source:
        target["value"] = source.pop("targetValue")
    inner = meant(source.pop("metric", None))
    name = source.pop("name", None) or inner.get("name") or source.pop("metricName", None) or kind
    where = f" of {word(source['container'])}" if "container" in source else ""
    return f"{word(name)}{where}", compact({k: str(v) for k, v in target.items()})
