from typing import Any

from tests.unit.diagnose.worlds import Body, condition, event, findings, meta, pod, workload, world

SIZED = {"containers": [{"name": "app", "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}]}


def hpa(*conditions: Body, target: Body | None = None, **spec: Any) -> Body:
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cart"} if target is None else target
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": meta("cart"),
        "spec": {"scaleTargetRef": reference, "minReplicas": 1, "maxReplicas": 5, **spec},
        "status": {"conditions": list(conditions)},
    }


def test_an_autoscaler_at_its_minimum_is_healthy() -> None:
    quiet = hpa(
        condition("AbleToScale", "True", "ReadyForNewScale"),
        condition("ScalingActive", "True", "ValidMetricFound"),
        condition("ScalingLimited", "True", "TooFewReplicas", "less than the minimum replica count"),
    )
    assert findings(world(quiet, workload(template=SIZED)), "hpa.") == []


def test_a_missing_target_needs_a_list_or_the_autoscalers_own_word() -> None:
    says = condition("AbleToScale", "False", "FailedGetScale", 'deployments.apps "cart" not found')
    assert [f.state for f in findings(world(hpa()), "hpa.target")] == ["risk"]
    assert [f.state for f in findings(world(hpa(), listed=["Deployment"]), "hpa.target")] == ["now"]
    assert [f.certainty for f in findings(world(hpa(says)), "hpa.target")] == ["sure"]


def test_a_kind_without_scale_is_named_and_a_custom_kind_is_trusted() -> None:
    rollout = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "cart"}
    daemon = {"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "agent"}
    assert findings(world(hpa(target=rollout)), "hpa.") == []
    found = findings(world(hpa(target=daemon), workload("DaemonSet", "agent")), "hpa.target")
    assert [f.title for f in found] == ["Target kind 'DaemonSet' cannot be scaled"]


def test_no_metrics_because_a_container_sets_no_request() -> None:
    blind = hpa(condition("ScalingActive", "False", "FailedGetResourceMetric", "missing request for cpu"))
    found = findings(world(blind, workload()), "hpa.")
    assert {f.cause for f in found} == {"autoscaler.no_metrics"}
    assert any("container app of its target sets no cpu request" in f.statement for f in found)


def test_no_metrics_because_metrics_server_is_not_there() -> None:
    blind = hpa(condition("ScalingActive", "False", "FailedGetResourceMetric", "unable to fetch metrics"))
    [found] = findings(world(blind, workload(template=SIZED), listed=["APIService"]), "hpa.condition")
    assert "metrics-server is not installed" in found.statement


def test_an_autoscaler_of_a_workload_at_zero_rests() -> None:
    resting = hpa(condition("ScalingActive", "False", "ScalingDisabled", "scaling is disabled"))
    assert findings(world(resting, workload(replicas=0, template=SIZED)), "hpa.condition") == []


def test_requests_matter_only_for_utilisation() -> None:
    bare = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "1"}},
    }
    assert findings(world(hpa(metrics=[bare]), workload()), "hpa.no_requests") == []
    assert [f.state for f in findings(world(hpa(), workload()), "hpa.no_requests")] == ["risk"]


def test_the_maximum_matters_when_the_load_is_above_the_aim() -> None:
    limit = condition("ScalingLimited", "True", "TooManyReplicas", "more than the maximum replica count")
    metric = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}},
    }
    busy = hpa(limit, metrics=[metric])
    busy["status"]["currentMetrics"] = [{"resource": {"name": "cpu", "current": {"averageUtilization": 180}}}]
    assert [f.severity for f in findings(world(hpa(limit)), "hpa.limited")] == ["low"]
    [found] = findings(world(busy), "hpa.limited")
    assert (found.severity, str(found.fault)) == ("medium", "Deployment/shop/cart")


def pdb(spec: Body, name: str = "cart", **status: Any) -> Body:
    spec = {"selector": {"matchLabels": {"app": "cart"}}, **spec}
    return {"kind": "PodDisruptionBudget", "metadata": meta(name), "spec": spec, "status": status}


def test_budgets_that_never_allow_an_eviction_are_a_risk() -> None:
    forbids = [
        pdb({"maxUnavailable": 0}),
        pdb({"minAvailable": "100%"}),
        pdb({"minAvailable": 1}, expectedPods=1),
    ]
    for budget in forbids:
        assert [f.state for f in findings(world(budget), "pdb.blocks_drains")] == ["risk"]
    assert findings(world(pdb({"minAvailable": 1}, expectedPods=3)), "pdb.") == []


def test_a_budget_says_which_labels_it_expects() -> None:
    budget = pdb(
        {"minAvailable": 1}, conditions=[condition("DisruptionAllowed", "False", "InsufficientPods")]
    )
    [found] = findings(world(budget), "pdb.not_allowed")
    assert "app=cart" in found.detail


def test_two_budgets_over_one_pod_and_one_over_none() -> None:
    seen = world(pdb({}), pdb({}, "cart-too"), pod(labels={"app": "cart"}))
    assert [f.ref.name for f in findings(seen, "pdb.overlap")] == ["cart-too"]
    [nothing] = findings(world(pdb({}), listed=["Pod"]), "pdb.selects_nothing")
    assert "app=cart" in nothing.detail


def scaled(*conditions: Body, **more: Any) -> Body:
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": meta("cart", **more),
        "spec": {"scaleTargetRef": {"name": "cart"}, "triggers": [{"type": "cpu"}]},
        "status": {"conditions": list(conditions)},
    }


def test_keda_says_why_it_does_not_scale() -> None:
    warning = event("ScaledObject/shop/cart", "KEDAScalerFailed", "error connecting to redis:6379")
    not_ready = scaled(
        condition("Ready", "False", "TriggerError", "Triggers defined in ScaledObject are not working")
    )
    [found] = findings(world(not_ready, workload(template=SIZED), events=[warning]), "keda.")
    assert found.cause == "autoscaler.no_metrics"
    assert "redis:6379" in found.statement


def test_keda_warnings_that_have_healed_are_history() -> None:
    warning = event("ScaledObject/shop/cart", "KEDAScalerFailed", "error connecting to redis:6379")
    ready = scaled(condition("Ready", "True", "ScaledObjectReady"))
    assert [f.state for f in findings(world(ready, workload(template=SIZED), events=[warning]), "keda.")] == [
        "past"
    ]


def test_keda_target_requests_and_pause() -> None:
    assert [f.state for f in findings(world(scaled()), "keda.target")] == ["risk"]
    assert [f.state for f in findings(world(scaled(), workload()), "keda.no_requests")] == ["risk"]
    paused = scaled(annotations={"autoscaling.keda.sh/paused": "true"})
    assert [f.severity for f in findings(world(paused), "keda.paused")] == ["low"]
