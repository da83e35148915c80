"""One Kubernetes object, and a tolerant cursor into it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from msgspec import Struct

from anyops.world.evidence import Path, Quote, View, first_quote
from anyops.world.quantity import parse_quantity, parse_time

_V = TypeVar("_V")


class Ref(Struct, frozen=True, order=True, cache_hash=True):
    """A resource's identity. `namespace` is "" for cluster-scoped kinds."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.namespace}/{self.name}" if self.namespace else f"{self.kind}/{self.name}"


class Field:
    """A value inside a resource that remembers where it stands, so that it can be cited.

    Reading is tolerant: an absent or wrongly typed value reads as empty, never raises; what comes from a
    cluster or a file is untrusted.
    """

    __slots__ = ("path", "resource", "value")

    def __init__(self, resource: "Resource", path: Path, value: Any) -> None:
        self.resource = resource
        self.path = path
        self.value = value

    def __bool__(self) -> bool:
        return bool(self.value)

    def __repr__(self) -> str:
        return f"Field({self.resource.ref}, {'/'.join(map(str, self.path))}, {self.value!r})"

    def at(self, *path: str | int) -> "Field":
        """The field below; its value is None where there is none."""
        return Field(self.resource, self.path + path, _below(self.value, path))

    def present(self, *path: str | int) -> bool:
        """Whether something stands there, be it empty."""
        return _below(self.value, path) is not None

    def text(self, *path: str | int) -> str:
        """The string there; "" when absent. Numbers and booleans come as JSON would write them."""
        return _as_text(_below(self.value, path))

    def number(self, *path: str | int) -> int | None:
        """The integer there; None when absent or not a number. "80" reads as 80."""
        return _as_number(_below(self.value, path))

    def quantity(self, *path: str | int) -> float | None:
        """The Kubernetes quantity there in base units (cores, bytes); None when absent or malformed."""
        return parse_quantity(_below(self.value, path))

    def time(self, *path: str | int) -> datetime | None:
        """The RFC 3339 time there, aware; None when absent or malformed."""
        return parse_time(_below(self.value, path))

    def flag(self, *path: str | int) -> bool:
        """Whether true stands there."""
        return _below(self.value, path) is True

    def each(self, *path: str | int) -> Iterator["Field"]:
        """The list's items there that are objects or scalars, each with its own place."""
        return _each(self.resource, self.path + path, _below(self.value, path))

    def texts(self, *path: str | int, under: str) -> list[str]:
        """What `text` reads under that key of each of the list's items there, without their places."""
        items = _below(self.value, path)
        if not isinstance(items, list):
            return []
        below = (item.get(under) if type(item) is dict else _below(item, (under,)) for item in items)
        return [value if type(value) is str else _as_text(value) for value in below]

    def each_having(self, key: str, *path: str | int) -> Iterator["Field"]:
        """The list's items there in which something stands under `key`."""
        items = _below(self.value, path)
        where = self.path + path
        for index, item in enumerate(items) if isinstance(items, list) else ():
            if (item.get(key) if type(item) is dict else _below(item, (key,))) is not None:
                yield Field(self.resource, (*where, index), item)

    def entries(self, *path: str | int) -> Iterator[tuple[str, "Field"]]:
        """The object's keys and values there."""
        here = self.at(*path) if path else self
        if isinstance(here.value, Mapping):
            for key, item in here.value.items():
                yield str(key), Field(self.resource, (*here.path, key), item)

    def strings(self, *path: str | int) -> dict[str, str]:
        """The string map there (labels, a selector); entries of other types are left out."""
        return _as_strings(_below(self.value, path))

    def quote(self) -> Quote | None:
        """What was read there."""
        return first_quote(self.resource.views, self.path)


def _below(value: Any, path: Path) -> Any:
    """What stands below a value; None where there is nothing. Most are plain dicts, so those go first."""
    for key in path:
        if type(value) is dict:
            value = value.get(key)
        elif value is None:
            return None
        elif isinstance(value, list):
            value = value[key] if isinstance(key, int) and -len(value) <= key < len(value) else None
        else:
            value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else ""


def _as_number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value == value and abs(value) < 1e18:
        return int(value)
    if (
        isinstance(value, str)
        and value.lstrip("-").isascii()
        and value.lstrip("-").isdigit()
        and len(value) < 19
    ):
        return int(value) if value.count("-") <= 1 else None
    return None


def _as_strings(value: Any) -> dict[str, str]:
    if type(value) is not dict and not isinstance(value, Mapping):
        return {}
    return {str(k): v for k, v in value.items() if isinstance(v, str)}


def _each(resource: "Resource", path: Path, value: Any) -> Iterator[Field]:
    if not isinstance(value, list):
        return iter(())
    return (Field(resource, (*path, n), item) for n, item in enumerate(value) if item is not None)


class Resource(Struct, frozen=True, eq=False, dict=True):
    """One object: `body` in the shape of the Kubernetes API whatever it was read from.

    `complete` is False when it was read from a table or a describe text: there an absent field says
    nothing, for those formats leave fields out. `views` are its appearances, the most exact first.
    """

    api_version: str
    kind: str
    namespace: str
    name: str
    body: dict[str, Any]
    views: tuple[View, ...] = ()
    complete: bool = True

    @cached_property
    def ref(self) -> Ref:
        return Ref(self.kind, self.namespace, self.name)

    @cached_property
    def _derived(self) -> dict[Callable[["Resource"], Any], Any]:
        return {}

    def derived(self, make: Callable[["Resource"], _V]) -> _V:
        """What `make` reads out of this object: made once, shared by all who ask, and so never altered."""
        if make not in self._derived:
            self._derived[make] = make(self)
        return self._derived[make]  # type: ignore[no-any-return]

    @property
    def root(self) -> Field:
        return Field(self, (), self.body)

    @property
    def group(self) -> str:
        """The API group; "" for the core group."""
        return self.api_version.rpartition("/")[0]

    def at(self, *path: str | int) -> Field:
        """The field at `path`."""
        return Field(self, path, _below(self.body, path))

    def present(self, *path: str | int) -> bool:
        """Whether something stands at `path`, be it empty."""
        return _below(self.body, path) is not None

    def text(self, *path: str | int) -> str:
        """The string at `path`; "" when absent."""
        return _as_text(_below(self.body, path))

    def number(self, *path: str | int) -> int | None:
        """The integer at `path`; None when absent."""
        return _as_number(_below(self.body, path))

    def each(self, *path: str | int) -> Iterator[Field]:
        """The items of the list at `path`."""
        return _each(self, path, _below(self.body, path))

    @cached_property
    def labels(self) -> dict[str, str]:
        return _as_strings(_below(self.body, ("metadata", "labels")))

    @property
    def annotations(self) -> dict[str, str]:
        return _as_strings(_below(self.body, ("metadata", "annotations")))

    def condition(self, type_: str) -> Field:
        """The status condition of that type; an empty field when there is none."""
        where = ("status", "conditions")
        conditions = _below(self.body, where)
        for index, condition in enumerate(conditions) if isinstance(conditions, list) else ():
            if _below(condition, ("type",)) == type_:
                return Field(self, (*where, index), condition)
        return Field(self, where, None)
