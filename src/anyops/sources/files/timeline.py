"""The same event read twice is one."""

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec.structs import replace

from anyops.world.resource import Ref
from anyops.world.world import Event

_NEVER = datetime.min.replace(tzinfo=UTC)
_Key = tuple[Ref, str, str]


def distinct(events: Iterable[Event]) -> list[Event]:
    """One event for each object, reason and message: the most exact reading with the highest count.

    Oldest first; those without a time come first.
    """
    by_key: dict[_Key, Event] = {}
    for event in events:
        key = (event.about, event.reason, " ".join(event.message.split()))
        known = by_key.get(key)
        by_key[key] = event if known is None else _joined(known, event)
    return sorted(by_key.values(), key=_order)


def _joined(one: Event, other: Event) -> Event:
    exact, rough = (one, other) if _exactness(one) >= _exactness(other) else (other, one)
    return replace(
        exact,
        count=max(one.count, other.count),
        first=min(filter(None, (exact.first, rough.first)), default=None),
        last=exact.last or rough.last,
        component=exact.component or rough.component,
        field_path=exact.field_path or rough.field_path,
    )


def _exactness(event: Event) -> tuple[bool, float]:
    """Objects before text, then the later one."""
    return event.view is not None, event.last.timestamp() if event.last else 0.0


def _order(event: Event) -> tuple[datetime, Ref, str, str]:
    return event.last or _NEVER, event.about, event.reason, event.message
