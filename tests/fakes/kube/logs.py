"""Container logs as a kubelet gives them: tail, limit, since, timestamps, the previous container.

Source: core/v1 PodLogOptions for the parameters, kubernetes/pkg/kubelet/kubelet_pods.go for the texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

Params = Mapping[str, str]
_STAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) (.*)", re.DOTALL)
_PULLING = ("ErrImagePull", "ImagePullBackOff")
_FINISHED = ("CrashLoopBackOff", "Completed", "Error")


@dataclass(frozen=True)
class Endless:
    """A log of `size` bytes that is written while it is sent, in lines of 100 bytes, oldest first.

    With `heeds=False` the server is one that does not know tailLines and limitBytes.
    """

    size: int
    heeds: bool = True

    def lines(self, tail: int | None) -> Iterator[bytes]:
        """All lines, or the last `tail`; in chunks of several lines."""
        count = self.size // 100
        start = count - min(tail, count) if tail is not None and self.heeds else 0
        for first in range(start, count, 640):
            yield b"".join(_line(number) for number in range(first, min(first + 640, count)))


Log = str | Endless


def _line(number: int) -> bytes:
    return f"INFO request served number={number:012} ".ljust(99, ".").encode() + b"\n"


def sent(log: Log, params: Params) -> Iterator[bytes]:
    """The bytes of a log that the parameters ask for. Raises ValueError for a parameter that is no number."""
    tail, limit = _number(params, "tailLines"), _number(params, "limitBytes")
    if isinstance(log, Endless):
        return _cut(log.lines(tail), limit if log.heeds else None)
    lines = list(_since(log.splitlines(keepends=True), params))
    if tail is not None:
        lines = lines[len(lines) - min(tail, len(lines)) :]
    return _cut((line.encode() for line in lines), limit)


def _number(params: Params, name: str) -> int | None:
    if name not in params:
        return None
    if not params[name].isdecimal():
        raise ValueError(f'strconv.ParseInt: parsing "{params[name]}": invalid syntax')
    return int(params[name])


def _since(lines: Iterable[str], params: Params) -> Iterator[str]:
    """Lines not older than asked; a line's RFC 3339 stamp is its time, shown when `timestamps` asks."""
    seconds, time = _number(params, "sinceSeconds"), params.get("sinceTime")
    start = datetime.fromisoformat(time) if time else datetime.min.replace(tzinfo=UTC)
    if seconds is not None:
        start = datetime.now(UTC) - timedelta(seconds=seconds)
    shown = params.get("timestamps") == "true"
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    for line in lines:
        match = _STAMP.match(line)
        stamp, text = (match[1], match[2]) if match else (now, line)
        if datetime.fromisoformat(stamp) >= start:
            yield f"{stamp} {text}" if shown else text


def _cut(chunks: Iterable[bytes], limit: int | None) -> Iterator[bytes]:
    left = limit
    for chunk in chunks:
        if left is None:
            yield chunk
        elif left > 0:
            yield chunk[:left]
            left -= len(chunk)
        else:
            return


class Logs:
    """Logs by `namespace/pod` or `namespace/pod/container`, of running and of previous containers."""

    def __init__(self, current: Mapping[str, Log], previous: Mapping[str, Log]) -> None:
        self._current, self._previous = current, previous

    def answer(self, pod: Mapping[str, Any], params: Params) -> Iterator[bytes]:
        """What a pod's log request gets. Raises ValueError with the kubelet's words when there is no log."""
        container = _container(pod, params.get("container", ""))
        namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
        before = params.get("previous") == "true"
        logs = self._previous if before else self._current
        log = logs.get(f"{namespace}/{name}/{container}", logs.get(f"{namespace}/{name}"))
        if log is None and before:
            raise ValueError(f'previous terminated container "{container}" in pod "{name}" not found')
        if log is None and (reason := _waits(pod, container)):
            raise ValueError(f'container "{container}" in pod "{name}" is waiting to start: {reason}')
        return sent("" if log is None else log, params)


def _container(pod: Mapping[str, Any], asked: str) -> str:
    spec, name = pod["spec"], pod["metadata"]["name"]
    names = [c["name"] for c in spec["containers"]]
    others = [c["name"] for c in chain(spec.get("initContainers", ()), spec.get("ephemeralContainers", ()))]
    if asked and asked not in (*names, *others):
        raise ValueError(f"container {asked} is not valid for pod {name}")
    if not asked and len(names) > 1:
        choice = f"choose one of: [{' '.join(names)}]"
        raise ValueError(f"a container name must be specified for pod {name}, {choice}")
    return asked or str(names[0])


def _waits(pod: Mapping[str, Any], container: str) -> str:
    """Why a container has never run, or nothing."""
    status = pod.get("status", {})
    for entry in chain(status.get("initContainerStatuses") or (), status.get("containerStatuses") or ()):
        if entry["name"] == container and (waiting := (entry.get("state") or {}).get("waiting")):
            reason = str(waiting.get("reason", "ContainerCreating"))
            if reason in _PULLING:
                return "trying and failing to pull image"
            return "" if reason in _FINISHED else reason
    return ""
