from typing import Any

import pytest

from tests.unit.diagnose.worlds import Body, findings, meta, owned, pod, workload, world


def config(name: str = "settings", data: Body | None = None, **metadata: Any) -> Body:
    return {
        "kind": "ConfigMap",
        "metadata": meta(name, **metadata),
        "data": {"key": "v"} if data is None else data,
    }


def _unused(*bodies: Body) -> list[str]:
    return [f.ref.name for f in findings(world(*bodies), "configmap.unused")]


def test_a_config_map_that_nothing_names_is_unused() -> None:
    [found] = findings(world(config()), "configmap.unused")
    assert (found.state, found.severity, found.cause) == ("risk", "low", None)


@pytest.mark.parametrize(
    "spec",
    [
        {"volumes": [{"name": "v", "configMap": {"name": "settings"}}]},
        {"volumes": [{"name": "v", "projected": {"sources": [{"configMap": {"name": "settings"}}]}}]},
        {"containers": [{"name": "a", "envFrom": [{"configMapRef": {"name": "settings"}}]}]},
        {
            "initContainers": [
                {"name": "i", "env": [{"valueFrom": {"configMapKeyRef": {"name": "settings"}}}]}
            ]
        },
        {"containers": [{"name": "a", "args": ["--config=shop/settings"]}]},
    ],
)
def test_each_way_of_using_one_counts(spec: Body) -> None:
    assert _unused(config(), pod(spec=spec)) == []


def test_workloads_scaled_to_zero_cron_jobs_and_custom_resources_use_them_too() -> None:
    volumes = {"volumes": [{"name": "v", "configMap": {"name": "settings"}}]}
    template = {"spec": {"template": {"spec": volumes}}}
    cron = {"kind": "CronJob", "metadata": meta("c"), "spec": {"jobTemplate": template}}
    custom = {"kind": "Widget", "metadata": meta("w"), "spec": {"configMapName": "settings"}}
    for user in (workload(replicas=0, ready=0, template=volumes), cron, custom):
        assert _unused(config(), user) == []


def test_a_user_in_another_namespace_does_not_count() -> None:
    volumes = {"volumes": [{"name": "v", "configMap": {"name": "settings"}}]}
    assert _unused(config(), pod(namespace="other", spec=volumes)) == ["settings"]


@pytest.mark.parametrize(
    "metadata",
    [
        {"labels": {"grafana_dashboard": "1"}},
        {"labels": {"k8sgpt.ai/dynamically-loaded": "true"}},
        {"annotations": {"k8sgpt.ai/skip-usage-check": "true"}},
        {"ownerReferences": owned("Prometheus", "main")},
    ],
)
def test_those_that_others_load_are_left_alone(metadata: Body) -> None:
    assert _unused(config(**metadata)) == []


def test_empty_and_very_large_ones_are_named() -> None:
    seen = world(config("hollow", {}), config("huge", {"a": "x" * 1_000_000}))
    assert [f.ref.name for f in findings(seen, "configmap.empty")] == ["hollow"]
    assert [f.ref.name for f in findings(seen, "configmap.large")] == ["huge"]
