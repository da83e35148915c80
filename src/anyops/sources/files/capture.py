"""When the input was captured: the newest time a server wrote into it, never now and never a file's date."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import nlargest
from typing import Any

from msgspec.structs import replace

from anyops.sources.files.merge import MovedView
from anyops.sources.files.reading import AgedEvent, Reading
from anyops.world.evidence import Path
from anyops.world.quantity import parse_duration, parse_time
from anyops.world.resource import Resource
from anyops.world.world import Event

_CONDITION_TIMES = ("lastHeartbeatTime", "lastProbeTime", "lastTransitionTime", "lastUpdateTime")


def captured_at(readings: Sequence[Reading]) -> datetime | None:
    """The newest server time, or else the newest measurement; None when there is neither."""
    newest = max((time for reading in readings for time in _times(reading)), default=None)
    if newest is not None:
        return newest
    samples = (s.samples[-1].at for reading in readings for s in reading.series if s.samples)
    return max(_present(samples), default=None)


def _times(reading: Reading) -> Iterator[datetime]:
    yield from reading.times
    for event in reading.events:
        if event.last is not None:
            yield event.last
    stamps = [s for resource in reading.resources for s in server_stamps(resource.body) if isinstance(s, str)]
    in_utc = {s for s in stamps if len(s) == 20 and s[-1] == "Z"}
    others = [s for s in stamps if len(s) != 20 or s[-1] != "Z"]
    yield from _present(parse_time(stamp) for stamp in (*nlargest(8, in_utc), *others))


def server_stamps(body: Mapping[str, Any]) -> Iterator[Any]:
    """What stands where the API server and the kubelet write times into an object."""
    metadata, spec, status = (_object(body.get(part)) for part in ("metadata", "spec", "status"))
    yield from (metadata.get("creationTimestamp"), status.get("startTime"), spec.get("renewTime"))
    for entry in _objects(metadata.get("managedFields")):
        yield entry.get("time")
    for condition in _objects(status.get("conditions")):
        yield from (condition.get(key) for key in _CONDITION_TIMES)
    for statuses in ("initContainerStatuses", "containerStatuses"):
        for container in _objects(status.get(statuses)):
            for state in (
                *_object(container.get("state")).values(),
                *_object(container.get("lastState")).values(),
            ):
                detail = _object(state)
                yield from (detail.get("startedAt"), detail.get("finishedAt"))


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def _present(times: Iterable[datetime | None]) -> Iterator[datetime]:
    return (time for time in times if time is not None)


_CREATED, _AGE = ("metadata", "creationTimestamp"), ("metadata", "age")
_SINCE, _SINCE_AGE = ("status", "since"), ("status", "age")


def dated(resource: Resource, captured: datetime | None) -> Resource:
    """The resource with the times that its ages mean: when it was created, since when a unit is as it is."""
    if captured is None:
        return resource
    for target, source in ((_CREATED, _AGE), (_SINCE, _SINCE_AGE)):
        age = parse_duration(resource.at(*source).value)
        if age is not None and resource.at(*target).time() is None:
            resource = _with_time(resource, target, source, captured - age)
    return resource


def _with_time(resource: Resource, target: Path, source: Path, when: datetime) -> Resource:
    part, key = str(target[0]), str(target[1])
    body = {**resource.body, part: {**resource.body[part], key: when.strftime("%Y-%m-%dT%H:%M:%SZ")}}
    shown = tuple(MovedView(view, {target: source}) for view in resource.views)
    return replace(resource, body=body, views=resource.views + shown)


def absolute(aged: AgedEvent, captured: datetime | None) -> Event:
    """The event with the times that its ages mean."""
    if captured is None:
        return aged.event
    first = captured - aged.first if aged.first is not None else None
    last = captured - aged.last if aged.last is not None else None
    return replace(aged.event, first=first or last, last=last or first)
