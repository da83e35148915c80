"""Which lists a cluster is asked for: by what it serves, which namespaces are meant, what is wanted."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyops.sources.kube.collect import LOG_BYTES
from anyops.sources.kube.discovery import Served, discover
from anyops.sources.kube.plan import CUSTOM_ITEMS, FIRST, SECRETS, Read, is_custom, lists, ordered
from anyops.world.resource import Ref
from anyops.world.world import LogWanted, Wanted
from tests.fakes.kube import CURRENT, RELEASE_1_20, KindRow, KubeServer, Release
from tests.flows.live import crashing, ill, meta, namespace, node, pod, well
from tests.unit.sources.kube.reading import FEW, missed, read
from tests.unit.sources.kube.test_discovery import Server

QUEUES = KindRow("mq.example.com/v1", "queues", "Queue", custom=True)
GATEWAYS = KindRow("gateway.networking.k8s.io/v1", "gateways", "Gateway", custom=True)
ENDPOINTS = KindRow("cilium.io/v2", "ciliumendpoints", "CiliumEndpoint", custom=True)


def kind(name: str, namespaced: bool = True) -> Served:
    """`networking.k8s.io/v1/Ingress`, `v1/Node`"""
    api_version, _, it = name.rpartition("/")
    return Served(api_version, f"{it.lower()}s", it, namespaced)


def names(served: list[Served]) -> list[str]:
    return [f"{it.api_version}/{it.kind}" for it in served]


def serving(release: Release) -> tuple[Served, ...]:
    return asyncio.run(discover(Server(release))).served


def asked(server: KubeServer) -> Counter[tuple[str, str, str]]:
    """How often each list was asked for: path, and its selectors."""
    return Counter(
        (r.path, r.params.get("labelSelector", ""), r.params.get("fieldSelector", ""))
        for r in server.requests
        if "continue" not in r.params
    )


@pytest.mark.parametrize("namespaces", [(), ("shop",), ("shop", "web"), ("kube-system",)])
@pytest.mark.parametrize("release", [CURRENT, RELEASE_1_20, CURRENT.plus(QUEUES)], ids=["now", "1.20", "crd"])
def test_no_list_is_asked_for_twice_nor_one_that_is_not_served(
    release: Release, namespaces: tuple[str, ...]
) -> None:
    with KubeServer([*well(), namespace("web")], release=release) as server:
        world = read(server, *namespaces)
        counts, codes = asked(server), {request.code for request in server.requests}
    assert (set(counts.values()), codes, world.unread) == ({1}, {200}, ())


def test_a_namespace_is_asked_for_by_itself_and_what_has_none_once() -> None:
    with KubeServer(well(), release=FEW) as server:
        read(server, "shop", "web")
        paths = [request.path for request in server.requests]
    assert {"/api/v1/namespaces/shop/pods", "/api/v1/namespaces/web/pods"} <= set(paths)
    assert "/api/v1/pods" not in paths
    assert paths.count("/api/v1/nodes") == 1


def test_all_namespaces_are_one_list_of_each_kind() -> None:
    with KubeServer(well(), release=FEW) as server:
        read(server)
        paths = [request.path for request in server.requests if "/namespaces/" in request.path]
    assert paths == []


DNS = "k8s-app in (kube-dns,coredns)"


@pytest.mark.parametrize(("namespaces", "looks"), [(("shop",), 3), (("shop", "kube-system"), 0), ((), 0)])
def test_cluster_dns_is_looked_at_where_its_namespace_is_not_read_anyway(
    namespaces: tuple[str, ...], looks: int
) -> None:
    with KubeServer(well(), release=FEW) as server:
        world = read(server, *namespaces)
        selected = [path for path, labels, _ in asked(server) if labels == DNS]
    assert len(selected) == looks
    assert world.was_listed("Pod", "kube-system") is (looks == 0)


def test_secrets_of_all_namespaces_are_those_of_pods_in_trouble_twenty_at_most() -> None:
    troubled = [
        pod(f"cart-{n:02}", namespace=f"shop-{n:02}", phase="Pending", conditions=[]) for n in range(25)
    ]
    with KubeServer([node(), pod("web-1", "web", "web"), *troubled], release=FEW) as server:
        read(server)
        paths = [request.path for request in server.asked("*/secrets")]
    assert sorted(paths) == [f"/api/v1/namespaces/shop-{n:02}/secrets" for n in range(20)]


def test_usage_is_asked_for_only_where_a_first_look_wants_it() -> None:
    measured = {"containers": [{"name": "main", "usage": {"cpu": "250m", "memory": "64Mi"}}]}
    usage = {
        "apiVersion": "metrics.k8s.io/v1beta1",
        "kind": "PodMetrics",
        "metadata": meta("cart-1"),
        **measured,
    }
    with KubeServer([*well(), usage]) as server:
        assert read(server, "shop").series == ()
        assert server.asked("/apis/metrics.k8s.io/v1beta1/*") == []
        world = read(server, "shop", wants=Wanted(usage=("", "shop")))
        paths = {
            request.path.rpartition("v1beta1/")[2] for request in server.asked("/apis/metrics.k8s.io/v1*/*")
        }
    assert paths == {"nodes", "namespaces/shop/pods"}
    assert world.series == ()


def test_usage_of_a_pod_that_was_read_is_a_series_of_cores_and_of_bytes() -> None:
    containers = [{"name": "main", "usage": {"cpu": "250m", "memory": "64Mi"}}, {"name": "side", "usage": {}}]
    name = "cart-6d9f8b7c5-aaaaa"
    of_pod = {"apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics", "containers": containers}
    with KubeServer([*ill(), {**of_pod, "metadata": meta(name)}]) as server:
        world = read(server, "shop", wants=Wanted(usage=("shop",)))
    found = [(s.metric, s.unit, s.samples[0].value, s.labels["container"]) for s in world.series]
    assert found == [("cpu", "cores", 0.25, "main"), ("memory", "bytes", 64 * 2**20, "main")]
    quote = world.series[1].quote()
    assert quote is not None
    assert (quote.place, quote.text) == (
        f"PodMetrics/shop/{name}#/containers/0/usage/memory",
        '"64Mi"',
    )


def test_a_service_next_door_is_read_with_its_addresses_and_the_pods_that_it_selects() -> None:
    labels = {"app": "db"}
    service = {"metadata": meta("db", "data"), "spec": {"selector": labels}}
    objects = [*well(), {"apiVersion": "v1", "kind": "Service", **service}, pod("db-0", "db", "data")]
    with KubeServer([*objects, pod("etl-0", "etl", "data")]) as server:
        world = read(server, "shop", wants=Wanted(services=(Ref("Service", "data", "db"),)))
        found = {it for it in asked(server) if "/namespaces/data/" in it[0]}
    assert found == {
        ("/api/v1/namespaces/data/services", "", "metadata.name=db"),
        ("/apis/discovery.k8s.io/v1/namespaces/data/endpointslices", "kubernetes.io/service-name=db", ""),
        ("/api/v1/namespaces/data/pods", "app=db", ""),
    }
    assert [it.name for it in world.of_kind("Pod") if it.namespace == "data"] == ["db-0"]
    assert not world.was_listed("Pod", "data")


@pytest.mark.parametrize(
    "spec", [None, [1], "x", {}, *({"selector": it} for it in (None, [], "app=db", {}, {"tier": 3}, ["app"]))]
)
def test_a_service_next_door_may_select_nothing_or_in_another_shape(spec: object) -> None:
    service = {"apiVersion": "v1", "kind": "Service", "metadata": meta("db", "data"), "spec": spec}
    with KubeServer([*well(), service], release=FEW) as server:
        world = read(server, "shop", wants=Wanted(services=(Ref("Service", "data", "db"),)))
        pods = server.asked("/api/v1/namespaces/data/pods")
    assert world.get("Service", "data", "db") is not None
    assert (pods, missed(world)) == ([], {})


def test_logs_are_asked_for_by_container_and_bounded_in_lines_bytes_and_time() -> None:
    cart = Ref("Pod", "shop", "cart-1")
    wants = Wanted(logs=(LogWanted(cart, "main"), LogWanted(cart, "main", previous=True)))
    said = {"shop/cart-1": "one\ntwo\nthree\n"}
    with KubeServer([node(), crashing("cart-1")], release=FEW, logs=said, previous_logs=said) as server:
        world = read(server, "shop", wants=wants, tail=2, since=600)
        params = [request.params for request in server.asked("/api/v1/namespaces/shop/pods/cart-1/log")]
    usual = {"container": "main", "tailLines": "2", "limitBytes": str(LOG_BYTES), "sinceSeconds": "600"}
    assert sorted(params, key=len) == [usual, {**usual, "previous": "true"}]
    assert [(log.about, log.previous, [line.text for line in log.lines]) for log in world.logs] == [
        (cart, False, ["two", "three"]),
        (cart, True, ["two", "three"]),
    ]


def test_a_previous_log_that_there_is_not_is_no_gap_and_any_other_is() -> None:
    cart = Ref("Pod", "shop", "cart-1")
    gone = LogWanted(Ref("Pod", "shop", "gone"), "main")
    wants = Wanted(logs=(LogWanted(cart, "main", previous=True), gone))
    with KubeServer([node(), crashing("cart-1")], release=FEW, logs={"shop/cart-1": "a\n"}) as server:
        world = read(server, "shop", wants=wants)
        codes = {request.code for request in server.asked("*/cart-1/log")}
    assert codes == {400}
    assert missed(world) == {"log of shop/gone/main": 'pods "gone" not found'}


def test_a_custom_kind_of_many_objects_is_read_so_far_and_that_is_said() -> None:
    count = CUSTOM_ITEMS + 30
    queues = [
        {"apiVersion": "mq.example.com/v1", "kind": "Queue", "metadata": meta(f"q-{n:04}")}
        for n in range(count)
    ]
    with KubeServer([node(), *queues], release=FEW.plus(QUEUES)) as server:
        world = read(server, "shop")
    assert len(list(world.of_kind("Queue"))) == CUSTOM_ITEMS
    assert missed(world) == {
        "shop/queues.mq.example.com": "only the first 2000 of about 2030 were read; 2000 were read"
    }
    assert not world.was_listed("Queue", "shop")


def test_what_is_custom_comes_last_and_is_bounded_and_kinds_of_kubernetes_are_not() -> None:
    found = ordered(serving(CURRENT.plus(QUEUES, GATEWAYS)))
    bounds = {read.served.kind: read.most for read in lists(found, ())}
    assert {found[-1].kind, found[-2].kind} == {"Queue", "Gateway"}
    assert {name for name, most in bounds.items() if most} == {"Queue", "Gateway"}


def test_bookkeeping_of_controllers_and_measurements_are_not_listed() -> None:
    assert "CiliumEndpoint" not in {it.kind for it in ordered(serving(CURRENT.plus(ENDPOINTS)))}
    assert not {"PodMetrics", "NodeMetrics", "Lease", "Event", "Secret", "ControllerRevision"} & {
        it.kind for it in ordered(serving(CURRENT))
    }


def test_endpoints_are_listed_only_where_there_are_no_slices() -> None:
    slices, endpoints = kind("discovery.k8s.io/v1/EndpointSlice"), kind("v1/Endpoints")
    assert ordered([endpoints, slices]) == [slices]
    assert ordered([endpoints]) == [endpoints]


def test_what_tells_most_is_asked_for_first() -> None:
    given = [kind("x.io/v1/A"), kind("v1/ConfigMap"), kind("batch/v1/Job"), kind("v1/PersistentVolumeClaim")]
    assert names(ordered(given)) == ["batch/v1/Job", "v1/PersistentVolumeClaim", "v1/ConfigMap", "x.io/v1/A"]


SERVED = st.sampled_from(
    sorted({*serving(CURRENT.plus(QUEUES, GATEWAYS, ENDPOINTS)), *serving(RELEASE_1_20)})
)


@settings(max_examples=60, deadline=None)
@given(st.lists(SERVED, unique=True).flatmap(lambda it: st.tuples(st.just(it), st.permutations(it))))
def test_the_plan_is_a_part_of_what_is_served_whatever_the_order(
    both: tuple[list[Served], list[Served]],
) -> None:
    found, shuffled = both
    plan = ordered(found)
    assert plan == ordered(shuffled)
    assert len(set(plan)) == len(plan)
    assert set(plan) <= set(found) - {*FIRST, SECRETS}


@settings(max_examples=60, deadline=None)
@given(st.lists(SERVED, unique=True), st.lists(st.sampled_from(["shop", "web", "kube-system"]), unique=True))
def test_each_kind_is_read_once_for_each_namespace_or_once_in_all(
    found: list[Served], where: list[str]
) -> None:
    reads = list(lists(found, where))
    assert len({it.path for it in reads}) == len(reads)
    assert len(reads) == sum(len(where) if it.namespaced and where else 1 for it in found)
    assert all((it.most == CUSTOM_ITEMS) is is_custom(it.served) for it in reads)
    assert all(it.is_whole for it in reads)


def test_a_list_by_selectors_does_not_show_what_there_is_not() -> None:
    pods = FIRST[0]
    assert Read(pods, "shop").is_whole
    assert not Read(pods, "shop", label_selector="app=cart").is_whole
    assert not Read(pods, "shop", field_selector="metadata.name=cart").is_whole
