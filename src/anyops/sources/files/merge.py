"""The appearances of one object as one: a live object over its describe, its row and its manifest."""

from collections.abc import Mapping, Sequence
from typing import Any

from anyops.world.evidence import Path, Quote, View
from anyops.world.resource import Resource

MANIFEST, ROW, DESCRIBED, LIVE = range(4)
_TOLD = frozenset(
    [
        "livenessProbe",
        "readinessProbe",
        "startupProbe",
        "env",
        "envFrom",
        "command",
        "args",
        "ports",
        "resources",
        "volumeMounts",
    ]
)
"""What a description of a container always shows when it is there: a manifest adds none of it."""
_ITEM_KEYS = ("name", "type", "containerPort", "port", "ip", "uid", "key")


def exactness(resource: Resource) -> int:
    """How much a reading says about what is: a live object most, a manifest least."""
    if not resource.complete:
        return ROW if resource.at("metadata", "age").value is not None else DESCRIBED
    metadata = resource.at("metadata")
    live = metadata.present("uid") or metadata.present("resourceVersion") or resource.at("status").value
    return LIVE if live else MANIFEST


def merged(readings: Sequence[Resource]) -> Resource:
    """One resource of all appearances of an object, the most exact first."""
    if len(readings) == 1:
        return readings[0]
    ranked = sorted(readings, key=_rank, reverse=True)
    best = ranked[0]
    body, views = best.body, list(best.views)
    for other in ranked[1:]:
        moves: dict[Path, Path | None] = {}
        whole = best.complete and exactness(best) == LIVE and best.api_version != "anyops/v1"
        from_manifest = exactness(other) == MANIFEST and exactness(best) == DESCRIBED
        join = Join(moves, add=not whole, kept_out=_TOLD if from_manifest else frozenset())
        body = join.value(body, other.body, ())
        views += (MovedView(view, moves) if moves else view for view in other.views)
    return Resource(
        api_version=next((r.api_version for r in ranked if r.api_version), ""),
        kind=best.kind,
        namespace=best.namespace,
        name=best.name,
        body=body,
        views=tuple(views),
        complete=any(r.complete for r in ranked),
    )


def _rank(resource: Resource) -> tuple[int, int]:
    """The more exact first, and of the same kind of reading the newer."""
    version = resource.number("metadata", "resourceVersion") or resource.number("status", "revision")
    return exactness(resource), version or 0


class Join:
    """Adds to one body what only another says.

    `moves` takes where the other has a value elsewhere, or None where it says otherwise. `kept_out` are keys
    of a container that the other may not add.
    """

    def __init__(self, moves: dict[Path, Path | None], *, add: bool, kept_out: frozenset[str]) -> None:
        self.moves = moves
        self.add = add
        self.kept_out = kept_out

    def value(self, mine: Any, other: Any, path: Path) -> Any:
        """`mine` with what only `other` says."""
        if isinstance(mine, dict) and isinstance(other, dict) and mine:
            return self._objects(mine, other, path)
        if isinstance(mine, list) and isinstance(other, list):
            return self._lists(mine, other, path)
        if self.add and other is not None and (mine is None or mine in ({}, [], "")):
            return other
        if mine != other:
            self.moves[path] = None
        return mine

    def _objects(self, mine: Mapping[str, Any], other: Mapping[str, Any], path: Path) -> dict[str, Any]:
        joined = dict(mine)
        in_container = len(path) > 1 and path[-2] in ("containers", "initContainers")
        for key, value in other.items():
            if key in mine:
                joined[key] = self.value(mine[key], value, (*path, key))
            elif self.add and not (in_container and key in self.kept_out):
                joined[key] = value
        return joined

    def _lists(self, mine: list[Any], other: list[Any], path: Path) -> list[Any]:
        key = _item_key(mine + other)
        if key is None:
            if mine != other:
                self.moves[path] = None
            return mine
        places = {item[key]: index for index, item in reversed(list(enumerate(other)))}
        joined = []
        for index, item in enumerate(mine):
            place = places.pop(item[key], None)
            self._move((*path, index), place)
            joined.append(item if place is None else self.value(item, other[place], (*path, index)))
        for place in places.values() if self.add else ():
            self._move((*path, len(joined)), place)
            joined.append(other[place])
        return joined

    def _move(self, path: Path, place: int | None) -> None:
        if place is None:
            self.moves[path] = None
        elif place != path[-1]:
            self.moves[path] = (*path[:-1], place)


def _item_key(items: list[Any]) -> str | None:
    """The key that tells the items apart: name, type, port ..."""
    for key in _ITEM_KEYS:
        if all(isinstance(item, dict) and isinstance(item.get(key), str | int) for item in items):
            return key
    return None


class MovedView:
    """A view of an object whose lists stand in another order than the joined body's.

    `moves` maps a path of the body to the path in this view; None where this view says something else.
    """

    __slots__ = ("moves", "view")

    def __init__(self, view: View, moves: Mapping[Path, Path | None]) -> None:
        self.view = view
        self.moves = moves

    def quote(self, path: Path) -> Quote | None:
        """The span in this view of what the body holds at `path`."""
        end = 0
        source: Path = ()
        while end < len(path):
            end += 1
            source = (*source, path[end - 1])
            if path[:end] in self.moves:
                moved = self.moves[path[:end]]
                if moved is None:
                    return None
                source = (*source[:-1], moved[-1])
        return self.view.quote(source)
