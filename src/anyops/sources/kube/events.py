"""Events in bulk: typed where they are as they should be, else as any object."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from anyops.redact import Redactor
from anyops.sources.files.events import event_of
from anyops.sources.files.kinds import scope_namespace
from anyops.sources.kube.views import LiveView
from anyops.world.quantity import parse_time
from anyops.world.resource import Ref
from anyops.world.world import Event


class _Meta(Struct, frozen=True):
    name: str = ""
    namespace: str = ""
    creationTimestamp: datetime | None = None  # noqa: N815


class _About(Struct, frozen=True):
    kind: str = ""
    namespace: str = ""
    name: str = ""
    fieldPath: str = ""  # noqa: N815


class _Series(Struct, frozen=True):
    count: int = 0
    lastObservedTime: datetime | None = None  # noqa: N815


class _Source(Struct, frozen=True):
    component: str = ""


class _Event(Struct, frozen=True):
    """The core group's Event: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/"""

    metadata: _Meta
    involvedObject: _About  # noqa: N815
    reason: str = ""
    message: str = ""
    type: str = ""
    count: int | None = None
    firstTimestamp: datetime | None = None  # noqa: N815
    lastTimestamp: datetime | None = None  # noqa: N815
    eventTime: datetime | None = None  # noqa: N815
    series: _Series | None = None
    source: _Source = _Source()
    reportingComponent: str = ""  # noqa: N815


_typed = msgspec.json.Decoder(_Event)
_any = msgspec.json.Decoder()


def read_event(raw: bytes, source: str, redactor: Redactor | None = None) -> Event | None:
    """The event of one object's JSON; None where it is about nothing."""
    try:
        return _of(_typed.decode(raw), source, redactor)
    except msgspec.ValidationError:
        body = _any.decode(raw)
        if not isinstance(body, dict):
            return None
        body = body if redactor is None else redactor.tree(body)
        return event_of(body, LiveView(source, _place(body), body))


def _of(it: _Event, source: str, redactor: Redactor | None) -> Event | None:
    about, meta = it.involvedObject, it.metadata
    if not about.kind or not about.name:
        return None
    first, last = _times(it)
    place = f"Event/{meta.namespace}/{meta.name}"
    message = it.message if redactor is None else redactor.tree(it.message, name="message")
    return Event(
        about=Ref(about.kind, scope_namespace(about.kind, about.namespace or meta.namespace), about.name),
        reason=it.reason,
        message=message,
        warning=it.type not in ("Normal", ""),
        count=max(it.series.count if it.series else 0, it.count or 0, 1),
        first=first,
        last=last,
        component=it.source.component or it.reportingComponent,
        field_path=about.fieldPath,
        view=LiveView(source, place, {"message": message}),
    )


def _times(it: _Event) -> tuple[datetime | None, datetime | None]:
    seen = it.series.lastObservedTime if it.series else None
    times = map(parse_time, (it.firstTimestamp, it.eventTime, seen, it.lastTimestamp))
    known = [time for time in times if time is not None]
    if known:
        return min(known), max(known)
    created = parse_time(it.metadata.creationTimestamp)
    return created, created


def _place(body: dict[str, Any]) -> str:
    meta = body.get("metadata")
    meta = meta if isinstance(meta, dict) else {}
    return f"Event/{meta.get('namespace', '')}/{meta.get('name', '')}"
