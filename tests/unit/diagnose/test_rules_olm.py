import pytest

from tests.unit.diagnose.worlds import Body, condition, findings, meta, world


def olm(kind: str, status: Body, name: str = "prom") -> Body:
    return {
        "apiVersion": "operators.coreos.com/v1alpha1",
        "kind": kind,
        "metadata": meta(name),
        "status": status,
    }


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("ClusterServiceVersion", {"phase": "Succeeded"}),
        ("InstallPlan", {"phase": "Complete"}),
        ("Subscription", {"state": "AtLatestKnown"}),
        ("CatalogSource", {"connectionState": {"lastObservedState": "READY"}}),
        ("CatalogSource", {}),
    ],
)
def test_what_is_settled_is_quiet(kind: str, status: Body) -> None:
    assert findings(world(olm(kind, status)), "olm.", "resource.health") == []


@pytest.mark.parametrize(
    ("kind", "status", "word"),
    [
        ("ClusterServiceVersion", {"phase": "Installing"}, "Installing"),
        ("InstallPlan", {"phase": "RequiresApproval"}, "RequiresApproval"),
        ("Subscription", {"state": "UpgradeAvailable"}, "UpgradeAvailable"),
        ("CatalogSource", {"connectionState": {"lastObservedState": "CONNECTING"}}, "CONNECTING"),
    ],
)
def test_what_is_on_its_way_is_a_low_finding(kind: str, status: Body, word: str) -> None:
    [found] = findings(world(olm(kind, status)), "olm.")
    assert found.severity == "low"
    assert word in found.title


def test_a_failed_operator_is_an_incident() -> None:
    failed = olm(
        "ClusterServiceVersion", {"phase": "Failed", "reason": "ComponentUnhealthy", "message": "not ready"}
    )
    assert [f.cause for f in findings(world(failed), "olm.", "resource.health")] == ["olm.operator_failed"]


def test_two_operator_groups_stop_olm() -> None:
    groups = [olm("OperatorGroup", {}, name) for name in ("a", "b")]
    [found] = findings(world(*groups), "olm.operator_groups")
    assert (str(found.ref), found.severity) == ("Namespace/shop", "high")
    assert findings(world(groups[0]), "olm.operator_groups") == []


def _v1(kind: str, spec: Body, *conditions: Body, **status: Body) -> Body:
    return {
        "apiVersion": "olm.operatorframework.io/v1",
        "kind": kind,
        "metadata": meta("x", ""),
        "spec": spec,
        "status": {"conditions": list(conditions), **status},
    }


def test_a_catalog_that_retries_and_one_with_an_odd_image() -> None:
    retries = _v1("ClusterCatalog", {}, condition("Progressing", "True", "Retrying", "manifest unknown"))
    assert [f.title for f in findings(world(retries), "olm.extension")] == ["Progressing: Retrying"]
    odd = _v1("ClusterCatalog", {"source": {"image": {"ref": "not an image"}}})
    assert [f.title for f in findings(world(odd), "olm.extension")] == ["Image reference is invalid"]
    done = _v1(
        "ClusterCatalog",
        {"source": {"image": {"ref": "registry.example:5000/catalog:v1"}}},
        condition("Progressing", "True", "Succeeded"),
        condition("Serving", "True", "Available"),
        resolvedSource={"image": {"ref": "registry.example:5000/catalog@sha256:0"}},
    )
    assert findings(world(done), "olm.extension") == []


def test_an_extension_with_values_that_olm_does_not_know() -> None:
    source = {"sourceType": "Git", "catalog": {"upgradeConstraintPolicy": "Never"}}
    titles = [f.title for f in findings(world(_v1("ClusterExtension", {"source": source})), "olm.extension")]
    assert titles == ["Upgrade policy is invalid", "Source type is invalid"]
