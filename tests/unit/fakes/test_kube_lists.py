import gzip

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.kube import CURRENT, KindRow, KubeServer
from tests.fakes.kube.selectors import label_test
from tests.unit.fakes.cluster import METADATA, TABLE, get, names, pod, thing

SHOP = [pod(f"cart-{n}") for n in range(5)]
OTHERS = [pod("web-1", "front", "web", "n2", phase="Pending"), pod("web-2", "front", "web")]
SECRET = thing(
    "v1",
    "Secret",
    "db",
    "shop",
    data={"password": "aHVudGVyMg=="},
    type="Opaque",
)
SECRET["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "aHVudGVyMg=="}


def pages(server: KubeServer, path: str, limit: int, **params: str) -> list[httpx.Response]:
    found = [get(server, path, limit=limit, **params)]
    while token := found[-1].json()["metadata"].get("continue"):
        found.append(get(server, path, limit=limit, **params, **{"continue": token}))
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_hold_every_object_once_and_in_order(limit: int) -> None:
    with KubeServer([*OTHERS, *SHOP]) as server:
        read = pages(server, "/api/v1/pods", limit)
    listed = [name for page in read for name in names(page)]
    assert listed == ["web-1", "web-2", *(f"cart-{n}" for n in range(5))]
    assert len(read) == -(-7 // limit)
    assert read[0].json()["metadata"].get("remainingItemCount", 0) == max(0, 7 - limit)


def test_a_namespace_is_not_its_longer_neighbour() -> None:
    around = [pod("a", "shop-2"), pod("b", "sho"), pod("c", "shop"), pod("d", "shopper")]
    with KubeServer(around) as server:
        assert names(get(server, "/api/v1/namespaces/shop/pods")) == ["c"]
        assert names(get(server, "/api/v1/namespaces/nowhere/pods")) == []
        assert names(get(server, "/api/v1/namespaces")) == ["sho", "shop", "shop-2", "shopper"]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"labelSelector": "app=web"}, ["web-1", "web-2"]),
        ({"labelSelector": "app!=cart"}, ["web-1", "web-2"]),
        ({"labelSelector": "app in (web, api),app"}, ["web-1", "web-2"]),
        ({"labelSelector": "app notin (cart)"}, ["web-1", "web-2"]),
        ({"labelSelector": "!app"}, []),
        ({"fieldSelector": "spec.nodeName=n2"}, ["web-1"]),
        ({"fieldSelector": "status.phase!=Running"}, ["web-1"]),
        ({"fieldSelector": "metadata.namespace=front,metadata.name=web-2"}, ["web-2"]),
        ({"labelSelector": "app=web", "fieldSelector": "status.phase=Running"}, ["web-2"]),
    ],
)
def test_selectors_leave_what_they_name(params: dict[str, str], expected: list[str]) -> None:
    with KubeServer([*OTHERS, *SHOP]) as server:
        assert names(get(server, "/api/v1/pods", **params)) == expected
        assert [
            name for page in pages(server, "/api/v1/pods", 1, **params) for name in names(page)
        ] == expected


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"fieldSelector": "spec.colour=red"}, "field label not supported: spec.colour"),
        ({"labelSelector": "app in web"}, "unable to parse requirement"),
        ({"limit": "many"}, "invalid syntax"),
        ({"continue": "!!"}, "continue key is not valid"),
    ],
)
def test_a_bad_parameter_is_a_bad_request(params: dict[str, str], message: str) -> None:
    with KubeServer(SHOP) as server:
        answer = get(server, "/api/v1/pods", **params)
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")
    assert message in answer.json()["message"]


@given(st.dictionaries(st.text("ab", min_size=1, max_size=2), st.text("cd", max_size=2)))
def test_labels_meet_the_selector_written_from_them(labels: dict[str, str]) -> None:
    assert label_test(",".join(f"{key}={value}" for key, value in labels.items()))(labels)
    assert label_test(",".join(f"{key} in (x, {value})" for key, value in labels.items()))(labels)
    for key, value in labels.items():
        assert not label_test(f"{key}!={value}")(labels)
        assert not label_test(f"!{key}")(labels)


def test_resource_version_0_ignores_the_limit() -> None:
    with KubeServer(SHOP) as server:
        assert len(names(get(server, "/api/v1/pods", limit=2, resourceVersion="0"))) == 5


def test_items_of_built_in_kinds_come_without_their_kind_and_single_objects_with_it() -> None:
    row = KindRow("shop.example.com/v1", "orders", "Order", custom=True)
    order = thing("shop.example.com/v1", "Order", "o1", "shop")
    with KubeServer([*SHOP, order], release=CURRENT.plus(row)) as server:
        assert "kind" not in get(server, "/api/v1/pods").json()["items"][0]
        assert get(server, "/apis/shop.example.com/v1/orders").json()["items"][0]["kind"] == "Order"
        assert get(server, "/api/v1/namespaces/shop/pods/cart-1").json()["kind"] == "Pod"


def test_an_event_is_served_in_both_groups() -> None:
    about = {"kind": "Pod", "namespace": "shop", "name": "cart-1"}
    event = thing("v1", "Event", "e1", "shop", involvedObject=about, message="Back-off", type="Warning")
    with KubeServer([event]) as server:
        selector = "involvedObject.name=cart-1,type=Warning"
        assert names(get(server, "/api/v1/events", fieldSelector=selector)) == ["e1"]
        (renamed,) = get(server, "/apis/events.k8s.io/v1/events").json()["items"]
    assert (renamed["note"], renamed["regarding"]) == ("Back-off", about)


def test_a_table_of_secrets_holds_no_value_when_it_includes_no_object() -> None:
    with KubeServer([SECRET], keep_bodies=True) as server:
        answer = get(server, "/api/v1/secrets", TABLE, includeObject="None")
        assert b"aHVudGVyMg" not in server.requests[0].body
        assert b"aHVudGVyMg" in get(server, "/api/v1/secrets", TABLE).content
        assert b"aHVudGVyMg" in get(server, "/api/v1/secrets", METADATA).content
    (row,) = answer.json()["rows"]
    assert row["cells"][:3] == ["db", "Opaque", 1]
    assert row["object"] is None


def test_tables_and_metadata_lists_are_paged_too() -> None:
    with KubeServer(SHOP) as server:
        table = get(server, "/api/v1/pods", TABLE, limit=2, includeObject="Object").json()
        bare = get(server, "/api/v1/pods", METADATA, limit=2).json()
    assert [row["object"]["kind"] for row in table["rows"]] == ["Pod", "Pod"]
    assert [set(item) for item in bare["items"]] == [{"kind", "apiVersion", "metadata"}] * 2
    assert table["metadata"] == bare["metadata"]
    assert bare["metadata"]["remainingItemCount"] == 3


def test_a_form_that_nobody_serves_is_not_acceptable() -> None:
    with KubeServer(SHOP) as server:
        answer = get(server, "/api/v1/pods", "application/cbor")
        assert get(server, "/api/v1/pods", f"application/cbor, {TABLE}").json()["kind"] == "Table"
    assert (answer.status_code, answer.json()["reason"]) == (406, "NotAcceptable")


def test_only_large_bodies_are_compressed_and_only_for_who_asks() -> None:
    big = thing("v1", "ConfigMap", "big", "shop", data={"text": "x" * 200_000})
    with KubeServer([*SHOP, big]) as server:
        small, large = get(server, "/api/v1/pods"), get(server, "/api/v1/configmaps")
        plain = httpx.get(server.url + "/api/v1/configmaps", headers={"Accept-Encoding": "identity"})
        sent = [request.sent for request in server.requests]
    assert "content-encoding" not in small.headers
    assert large.headers["content-encoding"] == "gzip"
    assert large.content == plain.content
    assert sent[1] == len(gzip.compress(plain.content, 1)) < 2_000 < len(plain.content) == sent[2]


def test_what_is_not_there_is_not_found() -> None:
    with KubeServer(SHOP) as server:
        gone = get(server, "/api/v1/namespaces/shop/pods/nope")
        assert get(server, "/api/v1/colours").status_code == 404
        assert get(server, "/apis/apps/v2").json()["reason"] == "NotFound"
        assert get(server, "/api/v1/pods", watch="true").status_code == 405
        assert httpx.post(server.url + "/api/v1/namespaces/shop/pods", json={}).status_code == 405
    assert gone.json()["message"] == 'pods "nope" not found'
    assert gone.json()["details"] == {"name": "nope", "kind": "pods"}


def test_an_object_without_a_row_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no row for shop\.example\.com/v1 Order"):
        KubeServer([thing("shop.example.com/v1", "Order", "o1", "shop")])
