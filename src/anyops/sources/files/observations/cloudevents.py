"""Events of managed services in JSON, as AWS describes those of a database."""

from anyops.sources.files.observations.metrics import time_of
from anyops.sources.files.shapes import Found
from anyops.world.resource import Ref
from anyops.world.world import Event

_KINDS = {"db-instance": "DBInstance", "db-cluster": "DBCluster", "db-snapshot": "DBSnapshot"}
_TROUBLE = ("failure", "availability", "failover", "low storage", "recovery", "maintenance")


def recognize_cloud_event(found: Found) -> bool:
    """`{"source_identifier", "source_type", "message", "date", "event_categories"}`, in either spelling.

    Fields: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Event.html
    """
    name = found.first("source_identifier", "SourceIdentifier").text()
    message = found.first("message", "Message")
    if not name or not message.text():
        return False
    type_ = found.first("source_type", "SourceType").text()
    categories = found.first("event_categories", "EventCategories")
    words = [word.text() for word in categories.each()]
    when = time_of(found.first("date", "Date").value)
    found.reading.events.append(
        Event(
            about=Ref(_KINDS.get(type_, type_ or "DBInstance"), "", name),
            reason=", ".join(words) or "event",
            message=message.text(),
            warning=any(word in _TROUBLE for word in words),
            first=when,
            last=when,
            component="rds",
            view=found.source.view(found.path),
            path=message.path,
        )
    )
    return True
