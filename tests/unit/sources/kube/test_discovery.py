"""What a server serves: one document or many, they say the same."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyops.sources.kube.discovery import Discovered, Served, discover, distinct
from anyops.sources.kube.failure import ApiError
from anyops.sources.kube.transport import Answer
from tests.fakes.kube import CURRENT, RELEASE_1_20, KindRow
from tests.fakes.kube.access import Access
from tests.fakes.kube.api import Api
from tests.fakes.kube.logs import Logs
from tests.fakes.kube.messages import Query
from tests.fakes.kube.store import Store
from tests.unit.sources.kube.test_page import JSON


class Server:
    """A fake API server without its sockets; `instead` replaces the bodies of some paths."""

    def __init__(self, release: Any, stale: tuple[str, ...] = (), instead: Mapping[str, bytes] | None = None):
        self.api = Api(release, Store((), release), Logs({}, {}), Access(), stale)
        self.instead = instead or {}
        self.asked: list[str] = []

    async def get(self, path: str, *, accept: str) -> Answer:
        self.asked.append(path)
        if path in self.instead:
            return Answer(self.instead[path], None)
        reply = self.api.answer(Query("GET", path, {}, {"accept": accept}))
        if reply.code != 200:
            raise ApiError("failed", str(reply.code), status=reply.code)
        assert isinstance(reply.body, bytes)
        return Answer(reply.body, None)


def discovered(server: Server) -> Discovered:
    return asyncio.run(discover(server))


def test_one_document_and_many_say_the_same() -> None:
    custom = KindRow("db.example.com/v1", "postgresclusters", "PostgresCluster", custom=True)
    release = CURRENT.plus(custom)
    new, old = Server(release), Server(release.old_discovery())
    assert set(discovered(new).served) == set(discovered(old).served)
    assert Served("db.example.com/v1", "postgresclusters", "PostgresCluster", True) in discovered(new).served
    assert len(new.asked) < 5 < len(old.asked)


def test_a_1_20_server_is_read_by_the_versions_that_it_has() -> None:
    served = {(s.kind, s.api_version) for s in discovered(Server(RELEASE_1_20)).served}
    wanted = {("CronJob", "batch/v1beta1"), ("Job", "batch/v1"), ("PodDisruptionBudget", "policy/v1beta1")}
    assert wanted <= served
    assert len({kind for kind, _ in served}) >= len(served) - 2


def test_only_what_can_be_listed_is_named() -> None:
    served = discovered(Server(CURRENT)).served
    assert not [s for s in served if "/" in s.resource or s.kind in ("TokenReview", "Binding")]


@pytest.mark.parametrize("release", [CURRENT, CURRENT.old_discovery()], ids=["new", "old"])
def test_a_group_that_is_away_is_named_and_the_others_are_there(release: Any) -> None:
    found = discovered(Server(release, stale=("metrics.k8s.io/v1beta1",)))
    assert [name for name, _ in found.failed] == ["metrics.k8s.io/v1beta1"]
    assert {"Deployment", "Pod", "Node"} <= {s.kind for s in found.served}


TENANTS = {
    "resource": "tenants",
    "responseKind": {"group": "x.io", "version": "v1", "kind": "Tenant"},
    "scope": "Cluster",
    "verbs": ["list"],
}


def aggregated(*groups: Any) -> Mapping[str, bytes]:
    """The one document with these groups, each as its name and the resources of its version v1."""
    items = [
        {"metadata": {"name": name}, "versions": [{"version": "v1", "resources": resources}]}
        for name, resources in groups
    ]
    return {"/apis": json.dumps({"kind": "APIGroupDiscoveryList", "items": items}).encode()}


@pytest.mark.parametrize(
    "odd", [3, {"verbs": []}, {"resource": "a", "verbs": "list"}, {**TENANTS, "scope": 1}]
)
def test_a_group_of_another_shape_is_named_and_the_others_are_there(odd: Any) -> None:
    found = discovered(Server(CURRENT, instead=aggregated(("y.io", [odd]), ("x.io", [TENANTS]))))
    assert [name for name, _ in found.failed] == ["y.io"]
    assert Served("x.io/v1", "tenants", "Tenant", False) in found.served


@pytest.mark.parametrize("none", [{"verbs": None}, {"responseKind": None}, {"responseKind": {}}])
def test_a_resource_that_says_no_verbs_or_no_kind_cannot_be_listed(none: Any) -> None:
    found = discovered(Server(CURRENT, instead=aggregated(("x.io", [{**TENANTS, **none}, TENANTS]))))
    assert [served for served in found.served if served.group] == [
        Served("x.io/v1", "tenants", "Tenant", False)
    ]
    assert found.failed == ()


@pytest.mark.parametrize("document", [b"<html>", b"", b"{}", b'{"kind": "Status", "status": "Failure"}'])
def test_a_document_of_one_group_that_is_none_costs_that_group_only(document: bytes) -> None:
    server = Server(RELEASE_1_20, instead={"/apis/networking.k8s.io/v1": document})
    found = discovered(server)
    assert [(name, error.detail) for name, error in found.failed] == [
        ("networking.k8s.io/v1", "networking.k8s.io/v1 is no answer of a Kubernetes API")
    ]
    assert {"apps/v1", "batch/v1beta1", "networking.k8s.io/v1beta1"} <= {s.api_version for s in found.served}


@pytest.mark.parametrize("document", [b"<html>", b"{}", b'{"kind": "Status", "status": "Failure"}'])
@pytest.mark.parametrize("path", ["/api/v1", "/apis"])
@pytest.mark.parametrize("release", [CURRENT, RELEASE_1_20], ids=["new", "old"])
def test_where_not_even_the_groups_are_told_nothing_is_taken_for_all(
    release: Any, path: str, document: bytes
) -> None:
    with pytest.raises(ApiError, match="is no answer of a Kubernetes API"):
        discovered(Server(release, instead={path: document}))


def test_lists_that_are_null_are_empty_as_go_writes_them() -> None:
    def kinds(path: str, document: str) -> set[str]:
        return {
            s.api_version for s in discovered(Server(RELEASE_1_20, instead={path: document.encode()})).served
        }

    assert kinds("/apis", '{"kind": "APIGroupList", "groups": null}') == {"v1"}
    assert kinds("/apis", '{"kind": "APIGroupList", "groups": [{"name": "x", "versions": null}]}') == {"v1"}
    assert kinds("/apis", '{"kind": "APIGroupDiscoveryList", "items": null}') == {"v1"}
    assert "apps/v1" not in kinds("/apis/apps/v1", '{"kind": "APIResourceList", "resources": null}')


def test_of_several_versions_the_one_that_the_server_prefers_is_read() -> None:
    group = {
        "name": "autoscaling",
        "versions": [{"groupVersion": "autoscaling/v1"}, {"groupVersion": "autoscaling/v2"}],
        "preferredVersion": {"groupVersion": "autoscaling/v2"},
    }
    instead = {"/apis": json.dumps({"kind": "APIGroupList", "groups": [group]}).encode()}
    found = discovered(Server(CURRENT.old_discovery(), instead=instead)).served
    assert [s.api_version for s in found if s.kind == "HorizontalPodAutoscaler"] == ["autoscaling/v2"]


def test_a_server_that_knows_the_first_one_document_only_is_asked_once_for_it() -> None:
    server = Server(replace(CURRENT, aggregated=("v2beta1",)))
    assert set(discovered(server).served) == set(discovered(Server(CURRENT)).served)
    assert len(server.asked) == 2


def test_paths_are_those_of_the_api() -> None:
    pods, deployments = (
        Served("v1", "pods", "Pod", True),
        Served("apps/v1", "deployments", "Deployment", True),
    )
    assert pods.path("shop", "cart") == "/api/v1/namespaces/shop/pods/cart"
    assert deployments.path() == "/apis/apps/v1/deployments"
    assert Served("v1", "nodes", "Node", False).path("shop") == "/api/v1/nodes"
    assert (pods.group, deployments.group) == ("", "apps")


def test_the_same_objects_under_two_groups_are_read_once() -> None:
    old = Served("extensions/v1beta1", "ingresses", "Ingress", True)
    new = Served("networking.k8s.io/v1", "ingresses", "Ingress", True)
    other = Served("networking.internal.knative.dev/v1", "ingresses", "Ingress", True)
    events = Served("v1", "events", "Event", True), Served("events.k8s.io/v1", "events", "Event", True)
    assert distinct([old, new, other, *events]) == [new, other, events[0]]
    assert distinct([old]) == [old]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["/api/v1", "/apis", "/apis/apps/v1"]),
    JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=30),
    st.booleans(),
)
def test_any_document_is_read_or_refused_in_a_line(path: str, document: bytes, old: bool) -> None:
    release = RELEASE_1_20 if old else CURRENT
    refused_or_read(Server(release, instead={path: document}))


def refused_or_read(server: Server) -> None:
    try:
        found = discovered(server)
    except ApiError as error:
        found = Discovered((), (("", error),))
    assert all(isinstance(served, Served) for served in found.served)
    assert all(error.detail.isprintable() for _, error in found.failed)


NAMES = st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"resource": NAMES | st.just("pods/log"), "verbs": st.lists(NAMES, max_size=3)}
        ),
        max_size=5,
    ),
    JSON,
)
def test_half_made_resources_of_one_group_break_nothing(resources: list[Any], odd: Any) -> None:
    group = {"metadata": {"name": "x.io"}, "versions": [{"version": "v1", "resources": [*resources, odd]}]}
    document = {"kind": "APIGroupDiscoveryList", "items": [group]}
    refused_or_read(Server(CURRENT, instead={"/apis": json.dumps(document).encode()}))
