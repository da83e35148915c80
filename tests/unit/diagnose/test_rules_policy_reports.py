from tests.unit.diagnose.worlds import Body, findings, meta, world


def report(*results: Body, kind: str = "PolicyReport") -> Body:
    namespace = "" if kind.startswith("Cluster") else "shop"
    return {
        "kind": kind,
        "metadata": meta("polr", namespace),
        "results": list(results),
        "summary": {"fail": 1},
    }


def _result(result: str, severity: str = "medium") -> Body:
    target = {"kind": "Pod", "namespace": "shop", "name": "cart-0"}
    return {
        "policy": "require-limits",
        "rule": "memory",
        "result": result,
        "severity": severity,
        "message": "limits.memory is required",
        "resources": [target],
    }


def test_a_failed_result_is_a_risk_of_the_resource_that_it_judges() -> None:
    [found] = findings(world(report(_result("fail", "critical"))), "policy.")
    assert (str(found.ref), found.state, found.severity) == ("Pod/shop/cart-0", "risk", "high")
    assert found.title == "Policy require-limits/memory: fail"


def test_passed_and_skipped_results_are_quiet() -> None:
    assert findings(world(report(_result("pass"), _result("skip"), _result("warn"))), "policy.") == []


def test_a_long_report_is_counted_instead_of_repeated() -> None:
    found = findings(
        world(report(*(_result("fail") for _ in range(30)), kind="ClusterPolicyReport")), "policy."
    )
    assert len(found) == 21
    assert found[-1].title == "10 more policy results failed"
