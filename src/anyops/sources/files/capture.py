"""When the input was captured: the newest time a server wrote into it, never now and never a file's date."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from anyops.sources.files.reading import AgedEvent, Reading
from anyops.world.resource import Resource
from anyops.world.world import Event

_CONDITION_TIMES = ("lastHeartbeatTime", "lastProbeTime", "lastTransitionTime", "lastUpdateTime")
_ALLOWED_LEAD = timedelta(days=366)


def captured_at(readings: Sequence[Reading]) -> datetime | None:
    """The newest server time; None when there is none."""
    times = [time for reading in readings for time in _times(reading)]
    return max(times, default=None)


def _times(reading: Reading) -> Iterator[datetime]:
    yield from reading.times
    for event in reading.events:
        if event.last is not None:
            yield event.last
    for resource in reading.resources:
        yield from server_times(resource)


def server_times(resource: Resource) -> Iterator[datetime]:
    """Times that the API server and the kubelet wrote into an object."""
    metadata, status = resource.at("metadata"), resource.at("status")
    found = [
        metadata.time("creationTimestamp"),
        status.time("startTime"),
        resource.at("spec").time("renewTime"),
    ]
    found += [entry.time("time") for entry in metadata.each("managedFields")]
    for condition in status.each("conditions"):
        found += [condition.time(key) for key in _CONDITION_TIMES]
    for statuses in ("initContainerStatuses", "containerStatuses"):
        for container in status.each(statuses):
            for state in ("state", "lastState"):
                for _, detail in container.entries(state):
                    found += [detail.time("startedAt"), detail.time("finishedAt")]
    yield from _present(found)


def _present(times: Iterable[datetime | None]) -> Iterator[datetime]:
    return (time for time in times if time is not None)


def absolute(aged: AgedEvent, captured: datetime | None) -> Event:
    """The event with the times that its ages mean."""
    if captured is None:
        return aged.event
    first = captured - aged.first if aged.first is not None else None
    last = captured - aged.last if aged.last is not None else None
    return replace(aged.event, first=first or last, last=last or first)
