"""What a citation is of."""

from datetime import UTC, datetime

from anyops.world.citation import about, when
from anyops.world.evidence import Document, Span
from anyops.world.resource import Ref, Resource
from anyops.world.world import Event, Series

POD = Ref("Pod", "shop", "cart-1")


def test_a_citation_names_what_it_is_of():
    resource = Resource("v1", "Pod", "shop", "cart-1", {"status": {"phase": "Pending"}})
    assert about(resource.at("status", "phase")) == "Pod/cart-1"
    assert about(Event(POD, "Failed", "no such image", True)) == "event Pod/cart-1"
    assert about(Series("cpu", {}, (), POD)) == "cpu Pod/cart-1"
    assert about(Span(Document("notes.txt", b"x"), 0, 1)) == ""


def test_an_event_gives_its_last_time():
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert when(Event(POD, "Failed", "", True, last=at)) == at
    assert when(Event(POD, "Failed", "", True)) is None
