"""Which pod wrote a log and which object a metric is of: by the path, and by the names that were read."""

import re
from collections.abc import Iterable, Mapping

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

    def named(self, name: str) -> Ref | None:
        """The object of that name, pods and workloads first; None where several namespaces have one."""
        fitting = self._by_name.get(name, ())
        if not fitting or len({ref.namespace for ref in fitting if ref.kind == fitting[0].kind}) > 1:
            return None
        return fitting[0]

    def _pod(self, name: str) -> Ref | None:
        """The pod of that name, or the only pod of the workload; the workload when it has several."""
        found = self.named(name)
        pods = self._world.pods_of(found) if found else []
        return pods[0].ref if len(pods) == 1 else found

    def log(self, log: Log) -> Log:
        """The log with its pod, where that can be told."""
        if log.about is not None:
            return replace(log, about=self._complete(log.about))
        previous = log.previous or _PREVIOUS.search(log.name) is not None
        for part in reversed(_SPLIT.split(log.name)):
            word = _PREVIOUS.sub("", _ENDING.sub("", part))
            about = self._pod(word) or self._within(word)
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
        return replace(series, about=self._labelled(series.labels))

    def _labelled(self, labels: Mapping[str, str]) -> Ref | None:
        names = (labels.get(key, "").partition(":")[0] for key in ("service", "app", "instance", "job"))
        return next((about for name in names if (about := self.named(name))), None)

    def alert(self, alert: Resource) -> Resource:
        """The alert with the object that it is about, in its namespace."""
        about = alert.at("about")
        said = Ref(about.text("kind"), about.text("namespace"), about.text("name"))
        ref = self._complete(said) if said.name else self._labelled(alert.root.strings("labels"))
        if ref is None or ref == said:
            return alert
        reference = {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name}
        return replace(alert, body={**alert.body, "about": reference})
