"""Readings of many documents → one World: each object once, each event once, every time absolute."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from anyops.sources.files.capture import absolute, captured_at, dated
from anyops.sources.files.merge import MANIFEST, exactness, merged
from anyops.sources.files.namespaces import Namespaces
from anyops.sources.files.observations.notes import context_namespace
from anyops.sources.files.owners import with_owners
from anyops.sources.files.reading import Reading
from anyops.sources.files.timeline import distinct
from anyops.sources.files.writers import Writers
from anyops.world.resource import Ref, Resource
from anyops.world.world import Event, Scope, World


def assemble(readings: Sequence[Reading], *, source: str, question: str = "") -> World:
    """One World of all that was read."""
    namespaces = Namespaces(readings, _context(readings))
    resources = with_owners(_unique(_existing(readings, namespaces)))
    writers = Writers(resources, namespaces)
    when = captured_at(readings)
    resources = [dated(writers.alert(r) if r.kind == "Alert" else r, when) for r in resources]
    events: list[Event] = [namespaces.fill_event(e) for reading in readings for e in reading.events]
    for reading in readings:
        events += (namespaces.fill_event(absolute(aged, when)) for aged in reading.aged_events)
    used = sorted({r.namespace for r in resources if r.namespace})
    return World(
        resources=tuple(resources),
        events=tuple(distinct(events)),
        logs=tuple(writers.log(log) for reading in readings for log in reading.logs),
        series=tuple(writers.series(series) for reading in readings for series in reading.series),
        changes=tuple(change for reading in readings for change in reading.changes),
        notes=tuple(note for reading in readings for note in reading.notes),
        unread=tuple(sorted({u for reading in readings for u in reading.unread})),
        listed=frozenset(pair for reading in readings for pair in namespaces.fill_listed(reading.listed)),
        captured_at=when,
        scope=Scope(source=source, namespaces=tuple(used)),
        question=question or next((r.question for r in readings if r.question), ""),
    )


def _context(readings: Sequence[Reading]) -> str:
    """The namespace that a note says (`namespace: shop`)."""
    said = (context_namespace(note.text) for reading in readings for note in reading.notes)
    return next((namespace for namespace in said if namespace), "")


def _existing(readings: Sequence[Reading], namespaces: Namespaces) -> Iterator[Resource]:
    """All resources but those that only a manifest declares, while a whole live list lacks them."""
    filled = [[namespaces.fill(resource) for resource in reading.resources] for reading in readings]
    live = {r.ref for resources in filled for r in resources if exactness(r) != MANIFEST}
    lists = [
        set(namespaces.fill_listed(reading.listed))
        if not resources or any(resource.ref in live for resource in resources)
        else set()
        for reading, resources in zip(readings, filled, strict=True)
    ]
    times = Counter(pair for pairs in lists for pair in pairs)
    for resources, own in zip(filled, lists, strict=True):
        for resource in resources:
            # What stands in a list itself is not what the list lacks.
            pairs = ((resource.kind, resource.namespace), (resource.kind, ""))
            was_listed = any(times[pair] > (pair in own) for pair in pairs)
            if not was_listed or resource.ref in live or exactness(resource) != MANIFEST:
                yield resource


def _unique(resources: Iterable[Resource]) -> list[Resource]:
    """Appearances of the same object joined, in the order of kind, namespace and name."""
    by_ref: dict[Ref, list[Resource]] = {}
    for resource in resources:
        by_ref.setdefault(resource.ref, []).append(resource)
    return [merged(by_ref[ref]) for ref in sorted(by_ref)]
