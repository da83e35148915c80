import pytest

from tests.fakes.kube import CURRENT, RELEASE_1_20, KindRow, KubeServer
from tests.unit.fakes.cluster import get

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList"


def old_documents(server: KubeServer) -> dict[str, list[str]]:
    """Resources by group version, read one document at a time."""
    groups = get(server, "/apis").json()["groups"]
    versions = [version["groupVersion"] for group in groups for version in group["versions"]]
    paths = {"v1": "/api/v1", **{version: f"/apis/{version}" for version in versions}}
    listed = {version: get(server, path).json()["resources"] for version, path in paths.items()}
    return {v: [r["name"] for r in resources if "/" not in r["name"]] for v, resources in listed.items()}


def aggregated_documents(server: KubeServer, version: str) -> dict[str, list[str]]:
    """The same from the two aggregated documents."""
    found = {}
    for path in ("/api", "/apis"):
        for group in get(server, path, AGGREGATED.format(version)).json()["items"]:
            for served in group["versions"]:
                name = f"{group['metadata'].get('name', '')}/{served['version']}".lstrip("/")
                found[name] = [resource["resource"] for resource in served["resources"]]
    return found


@pytest.mark.parametrize("version", ["v2", "v2beta1"])
def test_both_ways_of_discovery_tell_the_same(version: str) -> None:
    with KubeServer() as server:
        assert aggregated_documents(server, version) == old_documents(server)


def test_a_server_before_1_26_answers_with_the_old_documents() -> None:
    with KubeServer(release=RELEASE_1_20) as server:
        either = f"{AGGREGATED.format('v2')},{AGGREGATED.format('v2beta1')},application/json"
        assert get(server, "/apis", either).json()["kind"] == "APIGroupList"
        assert get(server, "/apis", AGGREGATED.format("v2")).status_code == 406
        served = old_documents(server)
        assert get(server, "/version").json()["gitVersion"] == "v1.20.15"
        assert get(server, "/api/v1").json()["resources"][0]["singularName"] == ""
    assert served["batch/v1"] == ["jobs"]
    assert served["batch/v1beta1"] == ["cronjobs"]
    assert "policy/v1" not in served


def test_only_the_old_documents_can_be_switched_on_for_any_release() -> None:
    with KubeServer(release=CURRENT.old_discovery()) as server:
        assert (
            get(server, "/apis", AGGREGATED.format("v2") + ",application/json").json()["kind"]
            == "APIGroupList"
        )


def test_a_kind_is_told_with_its_names_verbs_and_subresources() -> None:
    row = KindRow("shop.example.com/v1", "orders", "Order", short_names=("ord",), custom=True)
    with KubeServer(release=CURRENT.plus(row)) as server:
        pods = {r["name"]: r for r in get(server, "/api/v1").json()["resources"]}
        (orders, _) = get(server, "/apis/shop.example.com/v1").json()["resources"]
        group = get(server, "/apis/autoscaling").json()
    assert pods["pods"]["shortNames"] == ["po"]
    assert (pods["pods"]["singularName"], pods["nodes"]["namespaced"]) == ("pod", False)
    assert pods["pods/log"]["verbs"] == ["get"]
    assert {"get", "list", "watch"} <= set(orders["verbs"])
    assert orders["shortNames"] == ["ord"]
    assert group["preferredVersion"] == {"groupVersion": "autoscaling/v2", "version": "v2"}


def test_a_group_whose_own_server_is_away_is_stale() -> None:
    with KubeServer(stale={"metrics.k8s.io/v1beta1"}) as server:
        groups = get(server, "/apis", AGGREGATED.format("v2")).json()["items"]
        (metrics,) = [group for group in groups if group["metadata"]["name"] == "metrics.k8s.io"]
        assert get(server, "/apis/metrics.k8s.io/v1beta1").status_code == 503
        assert get(server, "/apis/metrics.k8s.io/v1beta1/pods").status_code == 503
    assert metrics["versions"] == [{"version": "v1beta1", "freshness": "Stale"}]
