"""What one document gave, before the documents are joined into a World."""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct, field

from anyops.world.evidence import Document
from anyops.world.resource import Resource
from anyops.world.world import Change, Event, Log, Note, Series, Unread

UNKNOWN_NAMESPACE = "?"
"""In `Reading.listed`: the list of one namespace, which the document does not name."""


class AgedEvent(Struct, frozen=True):
    """An event whose times the text gives as ages before the capture (`5m22s (x41 over 3h)`)."""

    event: Event
    first: timedelta | None
    last: timedelta | None


class Reading(Struct):
    """What a parser found in one document.

    A resource read from a table or a describe text has `complete=False`, and where the text gives an age
    instead of a time it stands as `metadata.age` ("5d3h") in its body. `listed` are the (kind, namespace)
    of which the document is a whole list: namespace "" for all, `UNKNOWN_NAMESPACE` for one that it does
    not name. `times` are server times seen, the newest of which dates the capture; application log times
    do not count.
    """

    resources: list[Resource] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    aged_events: list[AgedEvent] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    listed: set[tuple[str, str]] = field(default_factory=set)
    times: list[datetime] = field(default_factory=list)
    question: str = ""

    def include(self, other: "Reading") -> None:
        """Add what another reading of the same document found."""
        self.resources += other.resources
        self.events += other.events
        self.aged_events += other.aged_events
        self.logs += other.logs
        self.series += other.series
        self.changes += other.changes
        self.notes += other.notes
        self.unread += other.unread
        self.listed |= other.listed
        self.times += other.times
        self.question = self.question or other.question


Parser = Callable[[Document], Reading | None]
"""Reads one document; None when the content is not of its format. Never raises on any bytes."""
