"""Pages of lists: what they hold, how they go on, and what is none."""

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyops.sources.kube.failure import ApiError
from anyops.sources.kube.page import Page, peek_token, read_page
from tests.fakes.kube import KubeServer, faults
from tests.fakes.kube.wire import Exchange
from tests.flows.live import namespace, pod
from tests.unit.sources.kube.reading import FEW, missed, read

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=6,
)


def body(**parts: Any) -> bytes:
    return json.dumps({"kind": "PodList", "apiVersion": "v1", **parts}).encode()


def test_a_page_gives_its_items_and_how_it_goes_on() -> None:
    page = read_page(body(metadata={"continue": "abc", "remainingItemCount": 7}, items=[{"a": 1}, {"b": 2}]))
    assert [msgspec.json.decode(item) for item in page.items] == [{"a": 1}, {"b": 2}]
    assert (page.token, page.remaining) == ("abc", 7)


@pytest.mark.parametrize("parts", [{}, {"items": None}, {"items": []}, {"items": [], "metadata": {}}])
def test_an_empty_list_is_a_page(parts: dict[str, Any]) -> None:
    page = read_page(body(**parts))
    assert (page.items, page.token, page.remaining) == ([], "", None)


def test_a_table_gives_its_rows() -> None:
    page = read_page(body(kind="Table", rows=[{"cells": ["a"]}], items=[1]))
    assert [msgspec.json.decode(row) for row in page.items] == [{"cells": ["a"]}]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"", "the answer is empty"),
        (b" \n", "the answer is empty"),
        (b"\n<!DOCTYPE html>", "is a web page"),
        (b'{"kind": "PodList", "items": [{"a"', "cut off on the way"),
        (b'{"kind": "Status", "status": "Failure"}', "is no list"),
        (b'{"kind": "PodList", "items": {}}', "is no list"),
        (b'{"kind": "PodList", "metadata": 3}', "is no list"),
        (b"[1]", "is no list"),
        (b"\xff\xfe", "is no list"),
        (b"[" * 100_000, "is no list"),
    ],
)
def test_what_is_no_page_is_said(answer: bytes, says: str) -> None:
    with pytest.raises(ApiError) as raised:
        read_page(answer)
    assert raised.value.why == "failed"
    assert says in raised.value.detail


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=40), st.lists(JSON, max_size=4))
def test_a_token_is_seen_before_the_page_is_read_if_at_all(token: str, items: list[Any]) -> None:
    page = body(metadata={"continue": token}, items=items)
    read = read_page(page)
    assert [msgspec.json.decode(item) for item in read.items] == items
    assert read.token == token
    assert peek_token(page) in (token, "")


def test_a_token_of_a_server_is_seen_whether_it_writes_spaces_or_not() -> None:
    token = "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTIzfQ"
    for separators in ((",", ":"), (", ", ": ")):
        assert (
            peek_token(json.dumps({"metadata": {"continue": token}}, separators=separators).encode()) == token
        )


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_page_or_said_to_be_none(answer: bytes) -> None:
    peek_token(answer)
    try:
        found: Page | ApiError = read_page(answer)
    except ApiError as error:
        found = error
    assert found.detail.isprintable() if isinstance(found, ApiError) else isinstance(found.items, list)


def test_items_are_the_very_bytes_that_came() -> None:
    items = [b'{"metadata": {"name":"a"},\n "b" : 1e2}', b'{"u":"\\u00fc"}', b"null"]
    page = read_page(b'{"kind":"PodList", "items":[ ' + b" , ".join(items) + b" ]}")
    assert [bytes(item) for item in page.items] == items


PODS = "/api/v1/namespaces/shop/pods"


def pages(size: int, *, token_last: bool = False, empty: int = 0) -> faults.Fault:
    """The honest list in pages of this size; `empty` of them come without an item before the second."""
    left = [empty]

    def answer(exchange: Exchange) -> None:
        token = exchange.query.params.get("continue", "")
        params = {**exchange.query.params, "limit": str(size), "continue": token.partition("!")[0]}
        document = json.loads(bytes(exchange.reply(replace(exchange.query, params=params)).body))  # type: ignore[arg-type]
        if token and left[0]:
            left[0] -= 1
            document |= {"items": [], "metadata": {"continue": f"{token}!{left[0]}"}}
        if token_last:
            document["metadata"] = document.pop("metadata")
        exchange.send(faults.Reply(200, json.dumps(document).encode()))

    return answer


def shop(count: int) -> list[dict[str, Any]]:
    return [namespace("shop"), *(pod(f"cart-{n:02}", phase="Failed", conditions=[]) for n in range(count))]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 12), st.integers(1, 6), st.booleans(), st.integers(0, 10))
def test_each_object_is_read_once_however_a_server_cuts_the_list(
    count: int, size: int, token_last: bool, empty: int
) -> None:
    with KubeServer(shop(count), release=FEW) as server:
        server.fault(PODS, pages(size, token_last=token_last, empty=empty))
        world = read(server, "shop")
        asked = [request.params.get("continue", "") for request in server.asked(PODS)]
    assert [it.name for it in world.of_kind("Pod")] == [f"cart-{n:02}" for n in range(count)]
    assert missed(world) == {}
    assert len(set(asked)) == len(asked)


def test_pages_without_an_object_come_to_an_end() -> None:
    with KubeServer(shop(3), release=FEW) as server:
        server.fault(PODS, pages(1, empty=11))
        world = read(server, "shop")
    assert [it.name for it in world.of_kind("Pod")] == ["cart-00"]
    assert missed(world) == {
        "shop/pods": "the list does not end: the server gives the same page again; 1 were read"
    }


def test_a_token_within_an_object_is_none_of_the_list() -> None:
    odd = pod("cart-00", phase="Failed")
    odd["metadata"]["annotations"] = {"continue": "eyJ2"}
    with KubeServer([namespace("shop"), odd, *shop(2)[2:]], release=FEW) as server:
        world = read(server, "shop")
    assert [it.name for it in world.of_kind("Pod")] == ["cart-00", "cart-01"]
    assert missed(world) == {}


def test_a_second_page_that_fails_leaves_the_first_and_says_how_many_were_read() -> None:
    with KubeServer(shop(5), release=FEW) as server:
        server.fault(PODS, pages(2), times=1)
        server.fault(PODS, faults.html())
        world = read(server, "shop")
    assert [it.name for it in world.of_kind("Pod")] == ["cart-00", "cart-01"]
    assert missed(world)["shop/pods"].endswith("is a proxy or a login in between?; 2 were read")
    assert not world.was_listed("Pod", "shop")
