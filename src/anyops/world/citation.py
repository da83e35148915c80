"""What a citation is of, in a word or two, and when it was so."""

from datetime import datetime

from anyops.world.evidence import Quotable
from anyops.world.resource import Field, Ref
from anyops.world.world import Change, Event, Series


def about(cited: Quotable) -> str:
    """`event Pod/cart-6d9f` for an event, `Pod/cart-6d9f` for its field, `cpu Pod/cart-6d9f` of a metric."""
    match cited:
        case Field():
            return _short(cited.resource.ref)
        case Event():
            return f"event {_short(cited.about)}"
        case Series():
            return f"{cited.metric} {_short(cited.about)}".rstrip()
        case Change():
            return f"change {_short(cited.about)}".rstrip()
    return ""


def when(cited: Quotable) -> datetime | None:
    """The time that the thing itself gives, where its quote does not."""
    return cited.last or cited.first if isinstance(cited, Event) else None


def _short(ref: Ref | None) -> str:
    return f"{ref.kind}/{ref.name}" if ref else ""
