"""What a cluster's API gave, page by page, → one World. A snapshot is built by the same code."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import structs

from anyops.redact import Redactor
from anyops.sources.files.kinds import CLUSTER_SCOPED
from anyops.sources.files.logtext import log_of
from anyops.sources.files.timeline import distinct
from anyops.sources.kube import metrics
from anyops.sources.kube.discovery import Served
from anyops.sources.kube.events import read_event
from anyops.sources.kube.plan import is_custom
from anyops.sources.kube.pods import Pod, Pods
from anyops.sources.kube.replicasets import ReplicaSets
from anyops.sources.kube.views import LiveView
from anyops.world.evidence import Document
from anyops.world.resource import Ref, Resource
from anyops.world.world import Crowd, Event, Log, Scope, Series, Unread, World

Body = dict[str, Any]
Item = bytes | Pod
"""An object of a list: a pod as its page is read, else the object's JSON."""

BROKEN = "one of the objects cannot be read"
_any = msgspec.json.Decoder()
_VOLUME = "PersistentVolume"


class Builder:
    """Takes what was read, in any order; gives the World. What a cluster says in words passes the redactor.

    That is what is quoted, events, logs and every status; what else an object holds, rules need as it is.
    """

    def __init__(self, source: str, redactor: Redactor | None = None) -> None:
        self.source = source
        self.redactor = redactor
        self._pods = Pods()
        self._sets = ReplicaSets()
        self._bodies: list[tuple[Served, Body]] = []
        self._secrets: list[Resource] = []
        self._events: list[Event] = []
        self._logs: list[Log] = []
        self._series: list[Series] = []
        self._unread: set[Unread] = set()
        self._listed: set[tuple[str, str]] = set()
        self._shown: set[str] = set()
        self._spoken: set[tuple[str, str]] = set()
        self._made: tuple[list[Resource], list[Crowd]] | None = None
        """What was made of all objects but secrets, until another one comes."""
        self.objects = 0
        self.scope = Scope(source=source)
        self.at: datetime | None = None
        """When it was read, by the server's clock."""

    @staticmethod
    def shape(served: Served) -> type:
        """What the items of a page of this kind are best read as."""
        return Pod if (served.kind, served.group) == ("Pod", "") else msgspec.Raw

    def items(self, served: Served, namespace: str, items: Iterable[Item]) -> None:
        """Some objects of a list; what is no object is named as unread."""
        for item in items:
            try:
                self._item(served, item)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError, TypeError):
                self.unread(served, namespace, "failed", BROKEN)

    def _item(self, served: Served, item: Item) -> None:
        self.objects += 1
        if served.group != metrics.GROUP:
            self._made = None
        if isinstance(item, Pod) or self.shape(served) is Pod:
            self._pods.add(item)
            return
        match served.kind, served.group:
            case _, metrics.GROUP:
                self._series += metrics.read_metrics(self.source, item)
            case "ReplicaSet", "apps":
                self._sets.add(item)
            case "Event", "":
                event = read_event(item, self.source, self.redactor)
                self._events.extend([event] if event is not None else ())
            case _:
                self._bodies.append((served, self._clean(plain(_any.decode(item)), is_custom(served))))

    def secrets(self, namespace: str, bodies: Iterable[Body]) -> None:
        """Secrets by name and type; their keys are not known."""
        del namespace
        for body in bodies:
            self.objects += 1
            self._secrets.append(structs.replace(self._resource("v1", "Secret", body), complete=False))

    def listed(self, served: Served, namespace: str) -> None:
        """The whole list of the kind there was read."""
        self._listed.add((served.kind, namespace if served.namespaced else ""))

    def unread(self, served: Served, namespace: str, why: str, detail: str) -> None:
        """A list that could not be read, or not to its end."""
        name = f"{served.resource}.{served.group}" if served.group else served.resource
        where = f"{namespace}/{name}" if namespace else name
        self._unread.add(Unread(where, why, detail, served.kind))

    def missed(self, source: str, why: str, detail: str, kind: str = "") -> None:
        """Anything else that could not be read."""
        self._unread.add(Unread(source, why, detail, kind))

    def said(self, text: str) -> str:
        """What a server says of a failure, without secrets."""
        return text if self.redactor is None else self.redactor.text(text)

    def useless(self) -> str | None:
        """What most lists failed with, where not one was read; None where one was, or one is forbidden."""
        if self.objects or self._listed or any(unread.why == "forbidden" for unread in self._unread):
            return None
        details = Counter(unread.detail for unread in sorted(self._unread))
        return details.most_common(1)[0][0] if details else None

    def log(self, about: Ref, container: str, data: bytes, *, previous: bool = False) -> None:
        """What a container wrote; `previous` is the run before."""
        name = f"{about.namespace}/{about.name}/{container}" + (" (previous)" if previous else "")
        if self.redactor is not None:
            data = self.redactor.blob(data)
        self._logs.append(log_of(Document(name, data), name, about, container, previous=previous))

    def selector_of(self, service: Ref) -> str:
        """The labels that a service selects, as a label selector; "" where it is not known."""
        for served, body in self._bodies:
            meta = body["metadata"]
            if served.kind == service.kind and _is(meta, service):
                selector = Resource("v1", "Service", "", "", body).root.strings("spec", "selector")
                return ",".join(f"{key}={value}" for key, value in selector.items())
        return ""

    def show(self, name: str) -> None:
        """Pods of that name are to stand in the World by themselves, however well they are."""
        self._shown.add(name)

    def world(self) -> World:
        """The World of what was taken until now."""
        made, crowds = self._made = self._made or self._make()
        resources = {r.ref: r for r in (*made, *self._secrets) if self._matters(r)}
        return World(
            resources=tuple(resources[ref] for ref in sorted(resources)),
            crowds=tuple(crowds),
            events=tuple(distinct(self._events)),
            logs=tuple(self._logs),
            series=tuple(s for s in self._series if s.about in resources),
            unread=tuple(sorted(self._unread)),
            listed=frozenset(self._listed),
            captured_at=self.at,
            scope=self.scope,
        )

    def _matters(self, resource: Resource) -> bool:
        """Whether it bears on the namespaces in question: a volume that another's claim holds does not."""
        holder = resource.at("spec", "claimRef").text("namespace") if resource.kind == _VOLUME else ""
        return not holder or not self.scope.namespaces or holder in self.scope.namespaces

    def _make(self) -> tuple[list[Resource], list[Crowd]]:
        self._spoken = {(e.about.namespace, e.about.name) for e in self._events if e.warning}
        pods, crowds = self._pods.told(self._is_spoken_of)
        made = [*self._told("v1", "Pod", pods), *self._told("apps/v1", "ReplicaSet", self._sets.kept())]
        made += [self._resource(served.api_version, served.kind, body) for served, body in self._bodies]
        return made, sorted(crowds, key=lambda crowd: crowd.like)

    def _told(self, api_version: str, kind: str, bodies: Iterable[Any]) -> Iterator[Resource]:
        for body in bodies:
            try:
                yield self._resource(api_version, kind, self._clean(plain(body), False))
            except TypeError:
                self.missed(f"{kind.lower()}s", "failed", BROKEN, kind)

    def _clean(self, body: Body, custom: bool) -> Body:
        """The object, its status without secrets: rules tell its messages in sentences of their own.

        A built-in kind has no other free text there; a custom one may say anything anywhere.
        """
        if self.redactor is not None and custom and "status" in body:
            body["status"] = self.redactor.tree(body["status"], name="status")
        elif self.redactor is not None:
            _without_secrets(body.get("status"), self.redactor)
        return body

    def _is_spoken_of(self, namespace: str, name: str) -> bool:
        return (namespace, name) in self._spoken or name in self._shown

    def _resource(self, api_version: str, kind: str, body: Body) -> Resource:
        body = {"apiVersion": api_version, "kind": kind, **body}
        metadata = body["metadata"]
        namespace = "" if kind in CLUSTER_SCOPED else _text(metadata.get("namespace"))
        name = _text(metadata.get("name"))
        place = f"{kind}/{namespace}/{name}" if namespace else f"{kind}/{name}"
        return Resource(
            api_version=api_version,
            kind=kind,
            namespace=namespace,
            name=name,
            body=body,
            views=(LiveView(self.source, place, body, self.redactor),),
        )


_FREE_TEXT = ("message", "reason")


def _without_secrets(status: Any, redactor: Redactor) -> None:
    """Redact the free text in a built-in kind's status, in place."""
    left = [status]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            for key, inner in value.items():
                if isinstance(inner, dict | list):
                    left.append(inner)
                elif key in _FREE_TEXT and isinstance(inner, str):
                    value[key] = redactor.value(key, inner)


def plain(body: Any) -> Body:
    """The object without who wrote which field and what `kubectl apply` sent; TypeError where it is none."""
    if not isinstance(body, dict) or not isinstance(metadata := body.get("metadata"), dict):
        raise TypeError("no object")
    if not isinstance(name := metadata.get("name"), str) or not name:
        raise TypeError("no name")
    metadata.pop("managedFields", None)
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict):
        annotations.pop("kubectl.kubernetes.io/last-applied-configuration", None)
    return body


def _is(metadata: Body, ref: Ref) -> bool:
    return (metadata.get("namespace"), metadata.get("name")) == (ref.namespace, ref.name)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
