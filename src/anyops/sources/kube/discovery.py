"""What an API server serves, so that only that is asked for: a 1.20 server and a current one both work.

Aggregated discovery is one request where the server knows it; before 1.26 each group's document is read:
https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from anyops.sources.kube.failure import ApiError
from anyops.sources.kube.transport import Answer

AGGREGATED = ",".join(
    f"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList"
    for version in ("v2", "v2beta1")
)
ACCEPT = f"{AGGREGATED},application/json"


class Served(Struct, frozen=True, order=True):
    """A resource type that can be listed: `deployments` of `apps/v1`, kind Deployment."""

    api_version: str
    resource: str
    kind: str
    namespaced: bool

    @property
    def group(self) -> str:
        return self.api_version.rpartition("/")[0]

    def path(self, namespace: str = "", name: str = "") -> str:
        """The path of the list, of one namespace where one is given, or of one object."""
        root = f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"
        place = f"/namespaces/{namespace}" if namespace and self.namespaced else ""
        return f"{root}{place}/{self.resource}" + (f"/{name}" if name else "")


class Discovered(Struct, frozen=True):
    """Everything that can be listed, and what of the server's documents could not be read."""

    served: tuple[Served, ...]
    failed: tuple[tuple[str, ApiError], ...] = ()


_Part = tuple[str, list[Served] | ApiError]
"""A group's version, and what can be listed of it or why that is not known."""


class Getter(Protocol):
    """What asks the server."""

    async def get(self, path: str, *, accept: str) -> Answer:
        """The answer to GET `path`. Raises ApiError."""


class _Resource(Struct, frozen=True):
    name: str
    kind: str = ""
    namespaced: bool = False
    verbs: list[str] | None = None


class _ResourceList(Struct, frozen=True):
    """A server writes `null` for an empty list; where the word is missing it is another document."""

    resources: list[_Resource] | None


class _Version(Struct, frozen=True):
    groupVersion: str  # noqa: N815


class _Group(Struct, frozen=True):
    name: str
    versions: list[_Version] | None = None
    preferredVersion: _Version | None = None  # noqa: N815


class _GroupList(Struct, frozen=True):
    groups: list[_Group] | None


class _Kind(Struct, frozen=True):
    kind: str = ""


class _Aggregated(Struct, frozen=True):
    resource: str
    responseKind: _Kind | None = None  # noqa: N815
    scope: str = ""
    verbs: list[str] | None = None


class _AggregatedVersion(Struct, frozen=True):
    version: str
    resources: list[_Aggregated] | None = None
    freshness: str = "Current"


class _Named(Struct, frozen=True):
    name: str = ""


class _NamedGroup(Struct, frozen=True):
    metadata: _Named = _Named()


class _AggregatedGroup(_NamedGroup, frozen=True):
    versions: list[_AggregatedVersion] | None = None


class _AggregatedList(Struct, frozen=True):
    kind: str = ""
    items: list[msgspec.Raw] | None = None


async def discover(api: Getter) -> Discovered:
    """Every resource that can be listed, each in the version of its group that the server prefers for it.

    Raises ApiError where not even the groups can be read.
    """
    core, groups = await asyncio.gather(
        api.get("/api/v1", accept="application/json"), api.get("/apis", accept=ACCEPT)
    )
    served, failed = _of_document(core.body, "v1"), list[tuple[str, ApiError]]()
    whole = _aggregated(groups.body)
    for name, found in await _one_by_one(api, groups.body) if whole is None else _of_aggregated(whole):
        if isinstance(found, ApiError):
            failed.append((name, found))
        else:
            served += found
    return Discovered(tuple(_first_of_each(served)), tuple(failed))


async def _one_by_one(api: Getter, body: bytes) -> Iterable[_Part]:
    names = [version.groupVersion for group in _groups(body) for version in _preferred_first(group)]
    return zip(names, await asyncio.gather(*(_document(api, name) for name in names)), strict=True)


def _preferred_first(group: "_Group") -> "list[_Version]":
    return sorted(group.versions or (), key=lambda version: version != group.preferredVersion)


def _first_of_each(served: Iterable[Served]) -> Iterable[Served]:
    """A group may serve some resources in another than its preferred version only: CronJob in 1.20."""
    first: dict[tuple[str, str], Served] = {}
    for it in served:
        first.setdefault((it.group, it.resource), it)
    return first.values()


async def _document(api: Getter, group_version: str) -> list[Served] | ApiError:
    try:
        answer = await api.get(f"/apis/{group_version}", accept="application/json")
        return _of_document(answer.body, group_version)
    except ApiError as failure:
        return failure


def _decoded(body: bytes, kind: Any, what: str) -> Any:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ApiError("failed", f"{what} is no answer of a Kubernetes API") from None


def _aggregated(body: bytes) -> list[msgspec.Raw] | None:
    """The groups of the one document; None where the server gave another one."""
    try:
        found = msgspec.json.decode(body, type=_AggregatedList)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return found.items or [] if found.kind == "APIGroupDiscoveryList" else None


def _groups(body: bytes) -> list[_Group]:
    found: _GroupList = _decoded(body, _GroupList, "/apis")
    return found.groups or []


def _of_document(body: bytes, group_version: str) -> list[Served]:
    found: _ResourceList = _decoded(body, _ResourceList, group_version)
    return [
        Served(group_version, resource.name, resource.kind, resource.namespaced)
        for resource in found.resources or ()
        if "/" not in resource.name and "list" in (resource.verbs or ()) and resource.kind
    ]


def _of_aggregated(groups: Iterable[msgspec.Raw]) -> Iterator[_Part]:
    """The first version of a group is the preferred one; one that is stale may be out of service."""
    for raw in groups:
        try:
            group: _AggregatedGroup = _decoded(raw, _AggregatedGroup, "its document")
        except ApiError as failure:
            yield _name_of(raw), failure
            continue
        for version in group.versions or ():
            name = f"{group.metadata.name}/{version.version}"
            if version.freshness == "Stale":
                yield name, ApiError("failed", "the server behind this API does not answer")
            listed = [it for it in version.resources or () if "list" in (it.verbs or ())]
            kinds = [(it, it.responseKind.kind) for it in listed if it.responseKind is not None]
            served = [Served(name, it.resource, kind, it.scope == "Namespaced") for it, kind in kinds if kind]
            yield name, served


def _name_of(group: msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(group, type=_NamedGroup).metadata.name or "/apis"
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "/apis"


SHADOWED = {
    ("extensions", "Ingress"): "networking.k8s.io",
    ("events.k8s.io", "Event"): "",
    ("extensions", "NetworkPolicy"): "networking.k8s.io",
}
"""The same objects under an older or a second group: (group, kind) → the group that is read instead."""


def distinct(served: Iterable[Served]) -> Sequence[Served]:
    """Each kind of objects once; of a kind that two groups have by chance, both."""
    served = tuple(served)
    groups = {(s.group, s.kind) for s in served}
    return [s for s in served if (SHADOWED.get((s.group, s.kind)), s.kind) not in groups]
