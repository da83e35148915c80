"""The namespace of what was read without one: a row of `kubectl get pods`, a manifest, an event's line."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from anyops.sources.files.kinds import CLUSTER_SCOPED, NAMESPACED
from anyops.sources.files.merge import LIVE, exactness
from anyops.sources.files.reading import UNKNOWN_NAMESPACE, Reading
from anyops.world.resource import Ref, Resource
from anyops.world.world import Event


class Namespaces:
    """What the whole input says about namespaces."""

    def __init__(self, readings: Sequence[Reading], context: str = "") -> None:
        self._of: dict[tuple[str, str], set[str]] = {}
        counted: Counter[str] = Counter()
        for reading in readings:
            for resource in reading.resources:
                if resource.namespace:
                    self._of.setdefault((resource.kind, resource.name), set()).add(resource.namespace)
                    counted[resource.namespace] += 1
            for event in reading.events:
                if event.about.namespace:
                    counted[event.about.namespace] += 1
        only = next(iter(counted)) if len(counted) == 1 else ""
        self.context = context or only or self._shared(readings)

    def _shared(self, readings: Sequence[Reading]) -> str:
        """The namespace in which most names stand that were read both with and without one.

        A person runs `kubectl -n shop get ...` again and again in one place: a table that shows no namespace
        has that of its rows that are known from elsewhere, and so have the tables beside it.
        """
        votes: Counter[str] = Counter()
        for resource in (r for reading in readings for r in reading.resources if not r.namespace):
            known = self._of.get((resource.kind, resource.name), ())
            votes.update(known if len(known) == 1 else ())
        return max(votes, key=lambda name: (votes[name], name), default="")

    def of(self, kind: str, name: str) -> str:
        """The namespace of an object that was read without one; "" for a kind that has none."""
        if kind in CLUSTER_SCOPED:
            return ""
        known = self._of.get((kind, name), set())
        if len(known) == 1:
            return next(iter(known))
        if kind in NAMESPACED:
            return self.context or "default"
        return ""

    def fill_listed(self, listed: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """Lists with the namespace that they are of: the one that their rows get."""
        for kind, namespace in listed:
            yield kind, (self.context or "default") if namespace == UNKNOWN_NAMESPACE else namespace

    def fill(self, resource: Resource) -> Resource:
        """The resource with its namespace."""
        if resource.namespace or (resource.complete and exactness(resource) == LIVE and not self._of):
            return resource
        namespace = self.of(resource.kind, resource.name)
        return replace(resource, namespace=namespace) if namespace else resource

    def fill_event(self, event: Event) -> Event:
        """The event about an object with its namespace."""
        about = event.about
        if about.namespace:
            return event
        namespace = self.of(about.kind, about.name)
        return replace(event, about=Ref(about.kind, namespace, about.name)) if namespace else event
