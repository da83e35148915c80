from tests.unit.diagnose.worlds import Body, condition, findings, meta, pod, world

SERVICE = {"kind": "Service", "metadata": meta("guard", "policy"), "spec": {"selector": {"app": "guard"}}}


def configuration(policy: str | None = "Fail", version: str = "v1") -> Body:
    webhook = {
        "name": "check.guard.example",
        "clientConfig": {"service": {"name": "guard", "namespace": "policy", "port": 443}},
        "rules": [{"operations": ["CREATE"], "resources": ["pods"]}],
        **({"failurePolicy": policy} if policy else {}),
    }
    return {
        "apiVersion": f"admissionregistration.k8s.io/{version}",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": meta("guard", ""),
        "webhooks": [webhook],
    }


def _pod(*, ready: bool) -> Body:
    return pod("guard-0", "policy", ready=ready, labels={"app": "guard"})


def test_a_webhook_with_a_ready_pod_is_quiet() -> None:
    assert (
        findings(world(configuration(), SERVICE, _pod(ready=True), listed=["Pod", "Service"]), "webhook.")
        == []
    )


def test_a_missing_service_is_proven_only_by_a_whole_list() -> None:
    [guess] = findings(world(configuration()), "webhook.")
    [proof] = findings(world(configuration(), listed=["Service"]), "webhook.")
    assert (guess.state, proof.state) == ("risk", "now")
    assert proof.cause == "admission.webhook_unavailable"
    assert "service policy/guard does not exist" in proof.statement
    assert "Every write of pods is refused" in proof.statement


def test_a_backend_without_pods_and_one_with_unready_pods() -> None:
    [none] = findings(world(configuration(), SERVICE, listed=["Pod"]), "webhook.")
    assert "no active pods" in none.title
    [unready] = findings(world(configuration(), SERVICE, _pod(ready=False)), "webhook.")
    assert (unready.state, "guard-0" in unready.title) == ("now", True)


def test_a_webhook_that_may_fail_is_no_incident() -> None:
    [found] = findings(world(configuration("Ignore"), listed=["Service"]), "webhook.")
    assert found.severity == "low"
    assert "pass unchecked" in found.statement
    assert [f.severity for f in findings(world(configuration(None, "v1beta1")), "webhook.")] == ["low"]


def test_endpoints_prove_a_backend_whose_pods_were_not_read() -> None:
    served = {
        "kind": "EndpointSlice",
        "metadata": meta("guard-x", "policy", labels={"kubernetes.io/service-name": "guard"}),
        "endpoints": [{"addresses": ["10.0.0.9"], "conditions": {"ready": True}}],
    }
    assert findings(world(configuration(), SERVICE, served), "webhook.") == []


def test_an_aggregated_api_says_why_it_does_not_answer() -> None:
    available = condition(
        "Available", "False", "MissingEndpoints", "endpoints for service/metrics-server have no addresses"
    )
    api = {
        "kind": "APIService",
        "metadata": meta("v1beta1.metrics.k8s.io", ""),
        "spec": {"service": {"name": "metrics-server", "namespace": "kube-system"}},
        "status": {"conditions": [available]},
    }
    [found] = findings(world(api), "apiservice.")
    assert found.cause == "apiservice.unavailable"
    assert "MissingEndpoints" in found.statement
