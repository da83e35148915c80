"""The difference of two worlds, `anyops.diff/1`. Fields are added, never changed in meaning."""

from typing import Literal

import msgspec
from msgspec import Struct

SCHEMA = "anyops.diff/1"

GROUPS: dict[str, str] = {
    "workloads": "workloads",
    "images": "images",
    "replicas": "replicas and scaling",
    "resources": "resources",
    "environment": "environment variables",
    "commands": "commands",
    "probes": "probes",
    "ports": "ports",
    "config": "config data",
    "secrets": "secrets, by key",
    "scheduling": "scheduling",
    "rollout": "rollout",
    "security": "security",
    "storage": "storage",
    "access": "access (RBAC)",
    "network_policies": "network policies",
    "services": "services and routes",
    "quotas": "quotas and limits",
    "admission": "admission and API",
    "nodes": "nodes",
    "custom": "custom resources",
    "labels": "labels and annotations",
    "other": "other",
}
"""Each group of changes with its title, in the order of the answer."""

Only = Literal["", "a", "b"]
"""The one side on which something stands; "" where it stands on both and differs."""


class Selection(Struct, frozen=True, kw_only=True):
    """What to compare. Nothing said is everything; `namespace_map` is from A's names to B's."""

    namespaces: tuple[str, ...] = ()
    namespace_map: dict[str, str] = msgspec.field(default_factory=dict)
    kinds: tuple[str, ...] = ()


class Side(Struct, frozen=True, kw_only=True):
    """One of the two worlds: how it was named, where it is from, and how many objects of it were compared."""

    target: str = ""
    source: str = ""
    context: str = ""
    user: str = ""
    captured_at: str | None = None
    namespaces: list[str] = msgspec.field(default_factory=list)
    objects: int = 0


class Total(Struct, frozen=True, kw_only=True):
    """A sum that differs. `unit` is cores, bytes or "" (a count); `namespace` "" where it is of all."""

    kind: str
    namespace: str
    measure: str
    unit: str
    a: float
    b: float


class Hunk(Struct, frozen=True, kw_only=True):
    """Lines that differ in a text of several lines; `a_line` and `b_line` count from 1.

    `more_removed` and `more_added` are lines that were left out because the hunk is long.
    """

    a_line: int
    b_line: int
    removed: list[str]
    added: list[str]
    more_removed: int = 0
    more_added: int = 0


class Change(Struct, frozen=True, kw_only=True):
    """One thing that differs at one object.

    `namespace` is A's name of it. `part` is a container or the like; `field` is "" where the whole part, or
    without a part the whole object, stands on one side `only`. A value is None where it stands on the other
    side only, or where it is `hidden` because it may be secret. `hunks` are of texts of several lines.
    """

    kind: str
    namespace: str
    name: str
    part: str = ""
    field: str = ""
    only: Only = ""
    a: str | None = None
    b: str | None = None
    hidden: bool = False
    hunks: list[Hunk] = msgspec.field(default_factory=list)
    more_hunks: int = 0


class Group(Struct, frozen=True, kw_only=True):
    """Changes of one meaning; `group` is a key of GROUPS."""

    group: str
    title: str
    changes: list[Change]


class NotCompared(Struct, frozen=True, kw_only=True):
    """What one side could not tell, so that nothing is said about it.

    `why` is forbidden, failed, empty, or absent (it holds no such object and no whole list of them).
    `kind` is "" for an input that could not be read; `objects` is how many the other side has.
    """

    kind: str
    side: Literal["a", "b"]
    why: str
    namespaces: list[str] = msgspec.field(default_factory=list)
    objects: int = 0
    source: str = ""
    detail: str = ""


class Diff(Struct, frozen=True, kw_only=True):
    """What differs between A and B."""

    schema: str = SCHEMA
    a: Side
    b: Side
    namespace_map: dict[str, str]
    totals: list[Total]
    groups: list[Group]
    not_compared: list[NotCompared]

    @property
    def differs(self) -> bool:
        """Whether anything does."""
        return bool(self.totals or self.groups)

    @property
    def changes(self) -> list[Change]:
        """All changes, in the order of the groups."""
        return [change for group in self.groups for change in group.changes]
