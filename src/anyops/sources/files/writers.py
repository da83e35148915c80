"""Which pod wrote a log and which object a metric is of: by the path, and by the names that were read."""

import re
from collections.abc import Iterable

from msgspec.structs import replace

from anyops.sources.files.namespaces import Namespaces
from anyops.world.resource import Ref, Resource
from anyops.world.world import Log, Series, World

_KINDS = ("Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service", "Node")
_SPLIT = re.compile(r"[/_\s]+")
_ENDING = re.compile(r"\.(?:log|txt|json|out)(?:\.\d+)?\Z")
_PREVIOUS = re.compile(r"[-_.]?previous\b")


class Writers:
    """Objects by name, to find the one that a log or a metric means."""

    def __init__(self, resources: Iterable[Resource], namespaces: Namespaces) -> None:
        self._world = World(resources=tuple(resources))
        self._namespaces = namespaces
        self._by_name: dict[str, list[Ref]] = {}
        for kind in _KINDS:
            for resource in self._world.of_kind(kind):
                self._by_name.setdefault(resource.name, []).append(resource.ref)

    def named(self, name: str, namespace: str = "") -> Ref | None:
        """The object of that name, pods first; its only pod stands for a workload."""
        fitting = [ref for ref in self._by_name.get(name, ()) if not namespace or ref.namespace == namespace]
        if not fitting:
            return None
        first = fitting[0]
        if len({ref.namespace for ref in fitting if ref.kind == first.kind}) > 1:
            return None
        pods = self._world.pods_of(first)
        return pods[0].ref if len(pods) == 1 else first

    def log(self, log: Log) -> Log:
        """The log with its pod, where that can be told."""
        if log.about is not None:
            return replace(log, about=self._complete(log.about))
        previous = log.previous or _PREVIOUS.search(log.name) is not None
        for part in reversed(_SPLIT.split(log.name)):
            word = _PREVIOUS.sub("", _ENDING.sub("", part))
            about = self.named(word) or self._within(word)
            if about is not None:
                return replace(log, about=about, previous=previous)
        return log

    def _within(self, word: str) -> Ref | None:
        """A pod whose name the word begins or ends with: `cart-0-nginx`, `shop-cart-0`."""
        parts = word.split("-")
        for length in range(len(parts) - 1, 1, -1):
            for name in ("-".join(parts[:length]), "-".join(parts[-length:])):
                refs = self._by_name.get(name, ())
                if len(refs) == 1 and refs[0].kind == "Pod":
                    return refs[0]
        return None

    def _complete(self, about: Ref) -> Ref:
        """The reference with its namespace."""
        if about.namespace or about.kind == "Node":
            return about
        known = self.named(about.name) if about.kind == "Pod" else None
        return known or Ref(about.kind, self._namespaces.of(about.kind, about.name), about.name)

    def series(self, series: Series) -> Series:
        """The series with the object that its labels name."""
        if series.about is not None:
            return replace(series, about=self._complete(series.about))
        for label in ("service", "app", "instance", "job"):
            about = self.named(series.labels.get(label, "").partition(":")[0])
            if about is not None:
                return replace(series, about=about)
        return series
