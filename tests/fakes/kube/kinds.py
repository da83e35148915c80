"""The kinds an API server knows: one row each, and the release that a set of rows makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

EVERY_VERB = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
_VERBS = {
    "bindings": ("create",),
    "componentstatuses": ("get", "list"),
    "localsubjectaccessreviews": ("create",),
    "selfsubjectaccessreviews": ("create",),
    "selfsubjectreviews": ("create",),
    "selfsubjectrulesreviews": ("create",),
    "subjectaccessreviews": ("create",),
    "tokenreviews": ("create",),
}
_SUBRESOURCE_VERBS = {
    "attach": ("create", "get"),
    "binding": ("create",),
    "eviction": ("create",),
    "exec": ("create", "get"),
    "finalize": ("update",),
    "log": ("get",),
    "portforward": ("create", "get"),
    "proxy": ("create", "delete", "get", "patch", "update"),
    "token": ("create",),
    "approval": ("get", "patch", "update"),
}


@dataclass(frozen=True)
class KindRow:
    """One kind as discovery tells it; a custom resource is a row too, with `custom=True`."""

    group_version: str
    """`v1`, `apps/v1`"""
    name: str
    """plural, as in the path: `deployments`"""
    kind: str
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ("status",)
    verbs: tuple[str, ...] = EVERY_VERB
    custom: bool = False

    @property
    def group(self) -> str:
        """`apps`; the core group is the empty text."""
        return self.group_version.rpartition("/")[0]

    @property
    def version(self) -> str:
        """`v1`"""
        return self.group_version.rpartition("/")[2]

    @property
    def singular(self) -> str:
        """`deployment`"""
        return self.kind.lower()

    @property
    def qualified(self) -> str:
        """`deployments.apps`, as messages name it; `pods` in the core group."""
        return f"{self.name}.{self.group}".rstrip(".")

    def verbs_of(self, subresource: str) -> tuple[str, ...]:
        """What may be done with one of its subresources."""
        return _SUBRESOURCE_VERBS.get(subresource, ("get", "patch", "update"))


@dataclass(frozen=True)
class Release:
    """An API server's version and everything it serves; the first version of a group is the preferred one."""

    version: str
    """`v1.34.1`"""
    kinds: tuple[KindRow, ...]
    aggregated: tuple[str, ...] = ("v2", "v2beta1")
    """versions of the one-document discovery; none before 1.26"""
    singular_names: bool = True
    """whether discovery tells them for built-in kinds, as from 1.27 on"""

    def plus(self, *kinds: KindRow) -> Release:
        """The same release with more kinds, as after a CustomResourceDefinition."""
        return replace(self, kinds=(*self.kinds, *kinds))

    def without(self, *group_versions: str) -> Release:
        """The same release without some group versions."""
        return replace(
            self, kinds=tuple(row for row in self.kinds if row.group_version not in group_versions)
        )

    def old_discovery(self) -> Release:
        """The same release with only one discovery document per group version."""
        return replace(self, aggregated=())

    def groups(self) -> dict[str, list[str]]:
        """Versions by group, the preferred first; the core group is the empty text."""
        found: dict[str, list[str]] = {}
        for row in self.kinds:
            versions = found.setdefault(row.group, [])
            if row.version not in versions:
                versions.append(row.version)
        return found

    def of_version(self, group_version: str) -> list[KindRow]:
        """The rows of one group version; none when it is not served."""
        return [row for row in self.kinds if row.group_version == group_version]

    def at(self, group_version: str, name: str) -> KindRow | None:
        """The row behind a path."""
        return next((row for row in self.of_version(group_version) if row.name == name), None)

    def of_object(self, group_version: str, kind: str) -> KindRow | None:
        """The row an object belongs to."""
        return next((row for row in self.of_version(group_version) if row.kind == kind), None)


def rows(group_version: str, table: str) -> Iterator[KindRow]:
    """The rows of a table with the columns NAME KIND SCOPE SHORTNAMES SUBRESOURCES; `-` stands for none."""
    for line in table.strip().splitlines():
        name, kind, scope, shorts, subresources = line.split()
        yield KindRow(
            group_version=group_version,
            name=name,
            kind=kind,
            namespaced=scope == "ns",
            short_names=_listed(shorts),
            subresources=_listed(subresources),
            verbs=("get", "list") if group_version.startswith("metrics.") else _VERBS.get(name, EVERY_VERB),
        )


def _listed(cell: str) -> tuple[str, ...]:
    return () if cell == "-" else tuple(cell.split(","))
