"""What the server answers: routes, rights and forms, apart from sockets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from . import accept, discovery, lists, tables
from .access import Access, Asked
from .kinds import KindRow, Release
from .logs import Logs
from .messages import Query, Reply, failure, json_reply, text_reply
from .status import NO_SUCH_PATH, NOT_ALLOWED, ONLY_MEDIA_TYPES
from .store import Store, Stored

_OF_NAMESPACES = ("status", "finalize")


@dataclass(frozen=True)
class Place:
    """What a path names: a kind, and an object, and its subresource."""

    row: KindRow
    namespace: str
    name: str = ""
    subresource: str = ""

    @property
    def resource(self) -> str:
        """`pods`, `pods/log`"""
        return f"{self.row.name}/{self.subresource}".rstrip("/")


@dataclass(frozen=True)
class Api:
    """An API server without its sockets."""

    release: Release
    store: Store
    logs: Logs
    access: Access
    stale: Collection[str] = ()
    """group versions whose own server is away: 503, and Stale in aggregated discovery"""
    address: str = ""

    def answer(self, query: Query) -> Reply:
        """The honest reply to a request."""
        authorized = query.headers.get("authorization", "") == f"Bearer {self.access.token}"
        if self.access.token and not query.user and not authorized:
            return failure(401, "Unauthorized")
        parts = query.path.strip("/").split("/")
        if parts[0] == "api" and len(parts) > 2:
            return self._resource(query, "v1", parts[2:])
        if parts[0] == "apis" and len(parts) > 3:
            return self._resource(query, f"{parts[1]}/{parts[2]}", parts[3:])
        return self._other(query, parts)

    def _other(self, query: Query, parts: list[str]) -> Reply:
        if query.method != "GET":
            return failure(405, NOT_ALLOWED)
        if self.access.forbids_path(query.path):
            return failure(
                403, f'forbidden: User "{self.access.user}" cannot get path "{query.path}"', {"kind": ""}
            )
        match parts:
            case ["version"]:
                return json_reply(discovery.version(self.release))
            case ["healthz" | "livez" | "readyz"]:
                return text_reply(200, "ok")
            case ["api"] | ["apis"]:
                return self._groups(query, core=parts == ["api"])
            case ["apis", group]:
                return _found(discovery.group(self.release, group))
            case ["api", version] | ["apis", _, version]:
                group_version = "/".join((*parts[1:-1], version))
                if group_version in self.stale:
                    return failure(503, "service unavailable")
                return _found(discovery.resource_list(self.release, group_version))
        return failure(404, NO_SUCH_PATH)

    def _groups(self, query: Query, core: bool) -> Reply:
        form = accept.for_discovery(query.headers.get("accept", ""), self.release.aggregated)
        if form is None:
            return failure(406, ONLY_MEDIA_TYPES)
        if form.shape:
            content_type = f"application/json;g=apidiscovery.k8s.io;v={form.version};as=APIGroupDiscoveryList"
            return json_reply(
                discovery.aggregated(self.release, form.version, core, self.stale), content_type
            )
        return json_reply(
            discovery.core_versions(self.address) if core else discovery.group_list(self.release)
        )

    def _resource(self, query: Query, group_version: str, parts: list[str]) -> Reply:
        place = self._place(group_version, parts)
        if place is None:
            return text_reply(404, "404 page not found\n")
        verb = "get" if place.name else "list"
        asked = Asked(verb, place.row.group, place.resource, place.namespace, place.name)
        if message := self.access.refusal(asked):
            details = {"name": place.name, "group": place.row.group, "kind": place.row.name}
            return failure(403, message, {key: value for key, value in details.items() if value})
        watch = query.params.get("watch", "") in ("1", "true")
        if query.method != "GET" or verb not in place.row.verbs or watch:
            return failure(405, NOT_ALLOWED)
        if group_version in self.stale:
            return failure(503, "service unavailable")
        return self._one(query, place) if place.name else self._list(query, place)

    def _place(self, group_version: str, parts: list[str]) -> Place | None:
        namespace, rest = "", parts
        if parts[0] == "namespaces" and len(parts) > 2 and parts[2] not in _OF_NAMESPACES:
            namespace, rest = parts[1], parts[2:]
        row = self.release.at(group_version, rest[0])
        if row is None or len(rest) > 3 or (namespace and not row.namespaced):
            return None
        if row.namespaced and not namespace and len(rest) > 1:
            return None
        name, subresource = [*rest[1:], "", ""][:2]
        if subresource and subresource not in row.subresources:
            return None
        return Place(row, namespace, name, subresource)

    def _list(self, query: Query, place: Place) -> Reply:
        form = accept.for_resource(query.headers.get("accept", ""))
        if form is None:
            return failure(406, ONLY_MEDIA_TYPES)
        row = place.row
        try:
            found = lists.page(self.store.of(row), row.kind, place.namespace, query.params)
        except ValueError as error:
            return failure(400, str(error))
        if form.shape == "Table":
            return _table(query, row, found)
        if form.shape:
            return json_reply(tables.partial_list(found.items, found.metadata))
        return Reply(200, lists.body(row.kind, row.group_version, found))

    def _one(self, query: Query, place: Place) -> Reply:
        row, form = place.row, accept.for_resource(query.headers.get("accept", ""))
        if form is None and place.subresource != "log":
            return failure(406, ONLY_MEDIA_TYPES)
        stored = self.store.get(row, place.namespace, place.name)
        if stored is None:
            details = {"name": place.name, "group": row.group, "kind": row.name}
            return failure(
                404,
                f'{row.qualified} "{place.name}" not found',
                {key: value for key, value in details.items() if value},
            )
        if place.subresource == "log":
            return self._log(query, stored)
        if place.subresource not in ("", "status"):
            return failure(405, NOT_ALLOWED)
        if form and form.shape == "Table":
            return _table(query, row, lists.Page([stored], {"resourceVersion": str(lists.RESOURCE_VERSION)}))
        item = stored.decoded()
        return json_reply(tables.partial(item) if form and form.shape else tables.full(row, item))

    def _log(self, query: Query, stored: Stored) -> Reply:
        try:
            return Reply(200, self.logs.answer(stored.decoded(), query.params), "text/plain")
        except ValueError as error:
            return failure(400, str(error))


def _table(query: Query, row: KindRow, found: lists.Page) -> Reply:
    include = query.params.get("includeObject", "Metadata") or "Metadata"
    if include not in ("None", "Metadata", "Object"):
        return failure(400, f'unrecognized includeObject value: "{include}"')
    return json_reply(tables.table(row, found.items, found.metadata, include))


def _found(document: discovery.Document | None) -> Reply:
    return json_reply(document) if document else failure(404, NO_SUCH_PATH)
