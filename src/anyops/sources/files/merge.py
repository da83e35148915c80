"""The appearances of one object as one: a live object over its describe, its row and its manifest."""

from collections.abc import Mapping, Sequence
from typing import Any

from anyops.world.evidence import Path, Quote, View
from anyops.world.resource import Resource

MANIFEST, ROW, DESCRIBED, LIVE = range(4)
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
        whole = best.complete and exactness(best) == LIVE
        body = _join(body, other.body, (), moves, add=not whole)
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
    version = resource.text("metadata", "resourceVersion")
    return exactness(resource), int(version) if version.isascii() and version.isdigit() and len(
        version
    ) < 20 else 0


def _join(mine: Any, other: Any, path: Path, moves: dict[Path, Path | None], *, add: bool) -> Any:
    """`mine` with what only `other` says; `moves`: where `other` has it elsewhere (None: says otherwise)."""
    if isinstance(mine, Mapping) and isinstance(other, Mapping):
        joined = dict(mine)
        for key, value in other.items():
            if key not in mine:
                if add:
                    joined[key] = value
            else:
                joined[key] = _join(mine[key], value, (*path, key), moves, add=add)
        return joined
    if isinstance(mine, list) and isinstance(other, list):
        return _join_lists(mine, other, path, moves, add=add)
    if mine is None and other is not None and add:
        return other
    if mine != other:
        moves[path] = None
    return mine


def _join_lists(
    mine: list[Any], other: list[Any], path: Path, moves: dict[Path, Path | None], *, add: bool
) -> list[Any]:
    key = _item_key(mine + other)
    if key is None:
        if mine != other:
            moves[path] = None
        return mine
    places = {item[key]: index for index, item in reversed(list(enumerate(other)))}
    joined = []
    for index, item in enumerate(mine):
        place = places.pop(item[key], None)
        if place is None:
            moves[(*path, index)] = None
            joined.append(item)
            continue
        if place != index:
            moves[(*path, index)] = (*path, place)
        joined.append(_join(item, other[place], (*path, index), moves, add=add))
    for place in places.values() if add else ():
        if place != len(joined):
            moves[(*path, len(joined))] = (*path, place)
        joined.append(other[place])
    return joined


def _item_key(items: list[Any]) -> str | None:
    """The key that tells the items apart: name, type, port ..."""
    for key in _ITEM_KEYS:
        if all(isinstance(item, Mapping) and isinstance(item.get(key), str | int) for item in items):
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
