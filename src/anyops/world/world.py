"""All facts of one moment, immutable and indexed."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from msgspec import Struct

from anyops.world.evidence import Path, Quote, Span, View, first_quote
from anyops.world.labels import LabelIndex
from anyops.world.owners import owners_of
from anyops.world.resource import Ref, Resource
from anyops.world.served import was_served

_GENERATED = re.compile(r"-[bcdfghjklmnpqrstvwxz2456789]{5,10}\Z")
_K = TypeVar("_K")
_V = TypeVar("_V")


class Event(Struct, frozen=True, eq=False):
    """A Kubernetes event, from an Event object, an events table or the tail of a describe text.

    `first` and `last` are aware UTC; `count` is at least 1; `warning` is `type != Normal`.
    """

    about: Ref
    reason: str
    message: str
    warning: bool
    count: int = 1
    first: datetime | None = None
    last: datetime | None = None
    component: str = ""
    field_path: str = ""
    source: Span | None = None
    view: View | None = None
    path: Path = ("message",)

    def quote(self) -> Quote | None:
        """The line or the message as it was read."""
        if self.source is not None:
            return self.source.quote()
        return None if self.view is None else first_quote((self.view,), self.path)


class LogLine(Struct, frozen=True, eq=False):
    """One entry of a log (a stack trace is one entry). `text` is decoded, without line end."""

    text: str
    source: Span
    at: datetime | None = None

    def quote(self) -> Quote:
        """The line as it was read."""
        return self.source.quote()


class Log(Struct, frozen=True, eq=False):
    """What one container (or program) wrote; `about` is None when the input does not say who wrote it."""

    name: str
    lines: tuple[LogLine, ...]
    about: Ref | None = None
    container: str = ""
    previous: bool = False


class LogWanted(Struct, frozen=True, order=True):
    """A container's log that would tell more; `previous` is of the run before the last restart."""

    pod: Ref
    container: str
    previous: bool = False

    def __str__(self) -> str:
        run = " (previous)" if self.previous else ""
        return f"{self.pod.namespace}/{self.pod.name}/{self.container}{run}"


class Wanted(Struct, frozen=True):
    """What a first look at a World asks to be read as well.

    `services` of other namespaces are read with what stands behind them; `usage` are the namespaces of which
    what pods use now is read, "" for the nodes.
    """

    logs: tuple[LogWanted, ...] = ()
    services: tuple[Ref, ...] = ()
    usage: tuple[str, ...] = ()


class Sample(Struct, frozen=True):
    """A measured value: `at` aware UTC or None when the input gives no time."""

    at: datetime | None
    value: float


class Series(Struct, frozen=True, eq=False):
    """One metric of one thing over time. `unit` is a symbol (`cores`, `bytes`, `s`, `ratio`, "")."""

    metric: str
    labels: Mapping[str, str]
    samples: tuple[Sample, ...]
    about: Ref | None = None
    unit: str = ""
    source: Span | None = None
    view: View | None = None
    path: Path = ()

    def quote(self) -> Quote | None:
        """The newest value's line, or the value as the API gave it."""
        if self.source is not None:
            return self.source.quote()
        return None if self.view is None else first_quote((self.view,), self.path)


class Change(Struct, frozen=True, eq=False):
    """Something that was altered: a commit hunk, a rollout revision, a Helm or Argo CD revision."""

    about: Ref | None
    at: datetime | None
    summary: str
    revision: str = ""
    commit: str = ""
    path: str = ""
    line: int = 0
    author: str = ""
    source: Span | None = None

    def quote(self) -> Quote | None:
        """The change as it was read."""
        return self.source.quote() if self.source else None


class Unread(Struct, frozen=True, order=True):
    """Something that was asked for, or stands in the input, and could not be read.

    `why` is absent, empty, forbidden, redacted or failed; `detail` says it in a line.
    """

    source: str
    why: str
    detail: str = ""
    kind: str = ""


NOT_SEEN = ("forbidden", "failed")
"""Why a question stays open. Redacted values do not count: keys are read, and no rule needs values."""


class Note(Struct, frozen=True, eq=False):
    """Plain text beside the facts: a question, an alert's description, a runbook's page."""

    name: str
    text: str
    source: Span


class Scope(Struct, frozen=True):
    """What was looked at: a path or a context, the namespaces in it, the objects that were asked for."""

    source: str = ""
    context: str = ""
    namespaces: tuple[str, ...] = ()
    user: str = ""
    targets: tuple[Ref, ...] = ()


class Crowd(Struct, frozen=True):
    """Pods that are well and differ from `like`, which stands in the World, in name and place only.

    `count` is how many there are beside `like`, `nodes` how many of them are on each node.
    """

    like: Ref
    count: int
    nodes: Mapping[str, int]


class World(Struct, frozen=True, eq=False, dict=True):
    """All facts of one moment. Same type whether they came from a live cluster or from files.

    `listed` holds (kind, namespace) for which a whole list was read, with "" for all namespaces or a
    cluster-scoped kind: only there does "no such object" follow from not finding one. Of many well pods of
    one template `resources` may hold one, and `crowds` how many more there are.
    """

    resources: tuple[Resource, ...] = ()
    crowds: tuple[Crowd, ...] = ()
    events: tuple[Event, ...] = ()
    logs: tuple[Log, ...] = ()
    series: tuple[Series, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[Note, ...] = ()
    unread: tuple[Unread, ...] = ()
    listed: frozenset[tuple[str, str]] = frozenset()
    captured_at: datetime | None = None
    scope: Scope = Scope()
    question: str = ""

    @cached_property
    def by_ref(self) -> dict[Ref, Resource]:
        return {r.ref: r for r in self.resources}

    @cached_property
    def by_kind(self) -> dict[str, list[Resource]]:
        return _group((r.kind, r) for r in self.resources)

    @cached_property
    def events_by_ref(self) -> dict[Ref, list[Event]]:
        """Events of each object, oldest first; those without a time come first."""
        grouped = _group((e.about, e) for e in self.events)
        for events in grouped.values():
            events.sort(key=lambda e: (e.last is not None, e.last.timestamp() if e.last else 0.0))
        return grouped

    @cached_property
    def logs_by_ref(self) -> dict[Ref, list[Log]]:
        return _group((log.about, log) for log in self.logs if log.about)

    @cached_property
    def only_manifests(self) -> bool:
        """Whether objects were read, and nothing of them runs: no status, event, log or measurement.

        What a server gave has a uid; a table or a describe text is always of a server.
        """
        objects = [r for r in self.resources if r.kind != "Alert"]
        if self.events or self.logs or self.series or not objects:
            return False
        return not any(was_served(r) for r in objects)

    @cached_property
    def _owned(self) -> dict[Ref, list[Resource]]:
        return _group((owner, r) for r in self.resources for owner in self.owners(r))

    @cached_property
    def _by_namespace(self) -> dict[tuple[str, str], list[Resource]]:
        return _group(((r.kind, r.namespace), r) for r in self.resources)

    @cached_property
    def _owners(self) -> dict[int, tuple[Ref, ...]]:
        """The direct owners of each object by its identity, for two may have been read under one name."""
        return {id(r): tuple(owners_of(r, self.by_ref)) for r in self.resources}

    @cached_property
    def _tops(self) -> dict[int, Ref]:
        return {}

    @cached_property
    def _labelled(self) -> dict[str, LabelIndex[Resource]]:
        return {}

    @cached_property
    def _derived(self) -> dict[Callable[["World"], Any], Any]:
        return {}

    def derived(self, make: Callable[["World"], _V]) -> _V:
        """What `make` reads out of this world: made once, shared by all who ask, and so never altered."""
        if make not in self._derived:
            self._derived[make] = make(self)
        return self._derived[make]  # type: ignore[no-any-return]

    def of_kind(self, *kinds: str) -> Iterator[Resource]:
        """Every resource of these kinds."""
        for kind in kinds:
            yield from self.by_kind.get(kind, ())

    def get(self, kind: str, namespace: str, name: str) -> Resource | None:
        """The resource of that name, or None when it was not read."""
        return self.by_ref.get(Ref(kind, namespace, name))

    def in_namespace(self, kind: str, namespace: str) -> list[Resource]:
        """Every resource of a kind in a namespace."""
        return self._by_namespace.get((kind, namespace), [])

    def selected(self, kind: str, namespace: str, match_labels: Mapping[str, str]) -> list[Resource]:
        """Resources of a kind whose labels hold all of `match_labels` (an empty selector selects none)."""
        if kind not in self._labelled:
            self._labelled[kind] = LabelIndex((r.namespace, r.labels, r) for r in self.of_kind(kind))
        return self._labelled[kind].selected(namespace, match_labels)

    def was_listed(self, kind: str, namespace: str = "") -> bool:
        """Whether all objects of the kind there were read, so that what is missing does not exist."""
        return (kind, namespace) in self.listed or (kind, "") in self.listed

    def owners(self, resource: Resource) -> tuple[Ref, ...]:
        """The direct owners, controller first, whether they were read or not.

        A table shows no owners: there a pod belongs to the read workload whose name it extends as its
        controller would (https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template-hash-label).
        """
        known = self._owners.get(id(resource))
        return tuple(owners_of(resource, self.by_ref)) if known is None else known

    def is_owned(self, resource: Resource) -> bool:
        """Whether it has an owner."""
        return bool(self.owners(resource))

    def top_owner(self, resource: Resource) -> Ref:
        """The outermost owner known: Pod → ReplicaSet → Deployment. A lone object is its own."""
        top = self._tops.get(id(resource))
        if top is None:
            top = self._find_top(resource)
            if id(resource) in self._owners:
                self._tops[id(resource)] = top
        return top

    def _find_top(self, resource: Resource) -> Ref:
        seen, ref = {resource.ref}, resource.ref
        current: Resource | None = resource
        while current is not None:
            owner = next((o for o in self.owners(current) if o not in seen), None)
            if owner is None:
                break
            seen.add(owner)
            ref, current = owner, self.by_ref.get(owner)
        if ref.kind == "ReplicaSet" and ref not in self.by_ref and (name := _GENERATED.sub("", ref.name)):
            return Ref("Deployment", ref.namespace, name) if name != ref.name else ref
        return ref

    def owned_by(self, ref: Ref) -> list[Resource]:
        """The objects whose direct owner it is."""
        return self._owned.get(ref, [])

    def pods_of(self, ref: Ref) -> list[Resource]:
        """The pods at the end of the owner chain below `ref`; a pod's are itself."""
        if ref.kind == "Pod":
            pod = self.by_ref.get(ref)
            return [pod] if pod else []
        found, queue, seen = [], [ref], {ref}
        while queue:
            for child in self.owned_by(queue.pop()):
                if child.ref in seen:
                    continue
                seen.add(child.ref)
                if child.kind == "Pod":
                    found.append(child)
                else:
                    queue.append(child.ref)
        return found

    def events_of(self, ref: Ref) -> list[Event]:
        """An object's events, oldest first."""
        return self.events_by_ref.get(ref, [])


def _group(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, list[_V]]:
    grouped: dict[_K, list[_V]] = {}
    for key, value in pairs:
        grouped.setdefault(key, []).append(value)
    return grouped
