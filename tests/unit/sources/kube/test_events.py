"""Events in bulk: those that are as they should be are read as any other, and none breaks the list."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyops.redact import Redactor
from anyops.sources.files.events import event_of
from anyops.sources.kube.events import read_event
from anyops.sources.kube.views import LiveView
from anyops.world.resource import Ref
from anyops.world.world import Event
from tests.fakes.kube import KubeServer
from tests.flows.live import STARTED, meta, namespace
from tests.unit.sources.kube.reading import FEW, missed, read
from tests.unit.sources.kube.test_page import JSON

CART = {"kind": "Pod", "namespace": "shop", "name": "cart-1"}


def raw(**parts: Any) -> bytes:
    return json.dumps(
        {"metadata": {"name": "cart-1.1", "namespace": "shop"}, "involvedObject": CART, **parts}
    ).encode()


def told(**parts: Any) -> Event:
    """The event with these parts."""
    found = read_event(raw(**parts), "prod")
    assert found is not None
    return found


def test_an_event_tells_about_whom_what_how_often_and_from_where() -> None:
    event = told(
        involvedObject={**CART, "fieldPath": "spec.containers{main}"},
        type="Warning",
        reason="BackOff",
        message="Back-off restarting failed container",
        count=41,
        firstTimestamp="2026-05-01T08:00:00Z",
        lastTimestamp="2026-05-01T08:30:00Z",
        source={"component": "kubelet", "host": "n1"},
    )
    assert (event.about, event.field_path) == (Ref("Pod", "shop", "cart-1"), "spec.containers{main}")
    assert (event.warning, event.reason, event.count, event.component) == (True, "BackOff", 41, "kubelet")
    assert event.first == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert event.last == datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
    quote = event.quote()
    assert quote is not None
    assert (quote.source, quote.place) == ("prod", "Event/shop/cart-1.1#/message")
    assert quote.text == '"Back-off restarting failed container"'


@pytest.mark.parametrize(
    ("parts", "count", "last"),
    [
        ({}, 1, None),
        ({"metadata": {"name": "a", "creationTimestamp": STARTED}}, 1, 8),
        ({"eventTime": "2026-05-01T09:00:00.123456Z", "firstTimestamp": None, "lastTimestamp": None}, 1, 9),
        ({"eventTime": STARTED, "series": {"count": 7, "lastObservedTime": "2026-05-01T10:00:00.0Z"}}, 7, 10),
        ({"lastTimestamp": "2026-05-01T11:00:00Z", "firstTimestamp": STARTED, "count": 0}, 1, 11),
        ({"lastTimestamp": "2026-05-01T14:00:00+02:00", "count": -3}, 1, 12),
    ],
    ids=["no time", "made", "event time", "series", "count", "zone"],
)
def test_when_it_was_last_seen_is_told_in_one_of_several_ways(
    parts: dict[str, Any], count: int, last: int | None
) -> None:
    event = told(**parts)
    assert event.count == count
    assert (event.last and event.last.hour) == last


NEVER = ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59-23:00"]


@pytest.mark.parametrize("never", NEVER)
def test_a_time_that_no_clock_shows_is_none(never: str) -> None:
    event = told(firstTimestamp=never, eventTime=STARTED)
    assert event.first == event.last == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert told(lastTimestamp=never).last is None


@pytest.mark.parametrize(
    ("type_", "warning"), [("Warning", True), ("Error", True), ("Normal", False), ("", False)]
)
def test_what_is_not_normal_is_a_warning(type_: str, warning: bool) -> None:
    assert told(type=type_).warning is warning


@pytest.mark.parametrize(
    "about",
    [{}, {"kind": "Pod"}, {"name": "cart-1"}, {"kind": "", "name": ""}, None, 3, {"kind": 1, "name": 2.5}],
)
def test_an_event_about_nothing_is_none(about: Any) -> None:
    event = read_event(raw(involvedObject=about), "prod")
    assert event is None or event.about.name == "2.5"


@pytest.mark.parametrize("body", [b"3", b"[]", b"null", b'"Event"'])
def test_what_is_no_object_is_none(body: bytes) -> None:
    assert read_event(body, "prod") is None


def test_an_event_about_a_node_stands_in_no_namespace() -> None:
    assert told(involvedObject={"kind": "Node", "name": "n1"}).about == Ref("Node", "", "n1")


def test_an_event_that_names_no_namespace_is_about_its_own() -> None:
    assert told(involvedObject={"kind": "Pod", "name": "cart-1"}).about == Ref("Pod", "shop", "cart-1")


def test_what_an_event_quotes_passes_the_redactor() -> None:
    message = "cannot connect to postgres://cart:h4rdT0Gu3ss@db:5432/cart"
    for parts in ({"message": message}, {"message": message, "count": "3"}):
        event = read_event(raw(**parts), "prod", Redactor(b"k" * 32))
        assert event is not None
        quote = event.quote()
        assert quote is not None
        assert quote.redacted
        assert "h4rdT0Gu3ss" not in quote.text


TEXT = st.text(max_size=5)
TIMES = st.sampled_from(
    [None, STARTED, "2026-05-01T08:00:00.123456Z", "2026-05-01T10:30:00+02:00", "2026-05-01T09:00:00", *NEVER]
)
EVENTS = st.fixed_dictionaries(
    {
        "metadata": st.fixed_dictionaries(
            {"name": TEXT, "namespace": TEXT}, optional={"creationTimestamp": TIMES}
        )
    },
    optional={
        "involvedObject": st.fixed_dictionaries(
            {"kind": st.sampled_from(["Pod", "Node", "", "Job"]), "name": TEXT},
            optional={"namespace": TEXT, "fieldPath": TEXT},
        ),
        "reason": TEXT,
        "message": TEXT,
        "type": st.sampled_from(["Warning", "Normal", "", "Odd"]),
        "count": st.none() | st.integers(-1, 2**40),
        "firstTimestamp": TIMES,
        "lastTimestamp": TIMES,
        "eventTime": TIMES,
        "series": st.none()
        | st.fixed_dictionaries({}, optional={"count": st.integers(0, 9), "lastObservedTime": TIMES}),
        "source": st.fixed_dictionaries({}, optional={"component": TEXT}),
        "reportingComponent": TEXT,
    },
)


@settings(max_examples=200, deadline=None)
@given(EVENTS)
def test_an_event_is_read_as_one_of_a_file_is(body: dict[str, Any]) -> None:
    live, filed = read_event(json.dumps(body).encode(), "prod"), event_of(body, LiveView("prod", "", body))
    assert (live is None) is (filed is None)
    if live is not None and filed is not None:
        names = [name for name in Event.__struct_fields__ if name not in ("view", "source", "path")]
        assert [getattr(live, name) for name in names] == [getattr(filed, name) for name in names]


@settings(max_examples=200, deadline=None)
@given(
    EVENTS,
    st.sampled_from(["metadata", "involvedObject", "series", "count", "lastTimestamp", "source"]),
    JSON,
)
def test_a_part_of_another_shape_costs_no_more_than_that_part(
    body: dict[str, Any], part: str, odd: Any
) -> None:
    event = read_event(json.dumps({**body, part: odd}).encode(), "prod")
    if event is not None:
        assert event.count >= 1
        assert event.first is None or (event.last is not None and event.first <= event.last)
        assert event.reason == body.get("reason", "")


@given(st.binary(max_size=40))
def test_any_bytes_are_an_event_or_none_or_no_json(body: bytes) -> None:
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
        assert read_event(body, "prod") is None


def event(name: str, **parts: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Event", "metadata": meta(name), "involvedObject": CART, **parts}


def test_events_of_a_server_stand_in_the_order_of_their_times() -> None:
    def at(name: str, time: str | None) -> dict[str, Any]:
        made = {"creationTimestamp": "2026-05-01T08:30:00"} if time is None else {}
        return {**event(name, reason=name, lastTimestamp=time), "metadata": {**meta(name), **made}}

    times = {"b": "2026-05-01T09:00:00Z", "a": "2026-05-01T12:00:00+02:00", "c": None, "d": NEVER[0]}
    with KubeServer([namespace("shop"), *(at(*pair) for pair in times.items())], release=FEW) as server:
        world = read(server, "shop")
    assert [event.reason for event in world.events] == ["d", "c", "b", "a"]
    assert missed(world) == {}


def test_one_thing_told_in_two_events_is_one() -> None:
    again = [event("x.1", reason="Failed", message="no image", count=3, lastTimestamp=STARTED)]
    again += [
        event("x.2", reason="Failed", message="no  image\n", count=5, lastTimestamp="2026-05-01T09:00:00Z")
    ]
    with KubeServer([namespace("shop"), *again], release=FEW) as server:
        (found,) = read(server, "shop").events
    assert (found.count, found.last and found.last.hour, found.first and found.first.hour) == (5, 9, 8)
