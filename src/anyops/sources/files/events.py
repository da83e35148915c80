"""Event objects of the core and the events.k8s.io group, and plain summaries of them."""

from datetime import datetime
from typing import Any

from anyops.sources.files.kinds import scope_namespace
from anyops.world.evidence import View
from anyops.world.quantity import parse_time
from anyops.world.resource import Ref, Resource
from anyops.world.world import Event


def event_of(body: dict[str, Any], view: View) -> Event | None:
    """The event that an Event object of either group tells; None when it is about nothing.

    Fields: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
    """
    it = Resource("v1", "Event", "", "", body).root
    about = it.at("involvedObject") if it.at("involvedObject") else it.at("regarding")
    kind, name = about.text("kind"), about.text("name")
    if not kind or not name:
        return None
    namespace = about.text("namespace") or it.text("metadata", "namespace")
    message_key = "message" if it.present("message") else "note"
    first, last = _times(body)
    count = max(
        it.number("series", "count") or 0, it.number("count") or 0, it.number("deprecatedCount") or 0, 1
    )
    component = (
        it.text("source", "component") or it.text("reportingComponent") or it.text("reportingController")
    )
    return Event(
        about=Ref(kind, scope_namespace(kind, namespace), name),
        reason=it.text("reason"),
        message=it.text(message_key),
        warning=it.text("type") not in ("Normal", ""),
        count=count,
        first=first,
        last=last,
        component=component or it.text("deprecatedSource", "component"),
        field_path=about.text("fieldPath"),
        view=view,
        path=(message_key,),
    )


def _times(body: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    it = Resource("v1", "Event", "", "", body).root
    stamps = [
        it.time(*path)
        for path in (
            ("firstTimestamp",),
            ("deprecatedFirstTimestamp",),
            ("eventTime",),
            ("series", "lastObservedTime"),
            ("lastTimestamp",),
            ("deprecatedLastTimestamp",),
        )
    ]
    known = [stamp for stamp in stamps if stamp is not None]
    if not known:
        created = parse_time(it.text("metadata", "creationTimestamp"))
        return created, created
    return min(known), max(known)
