"""The facts of one object as a flat table, and any value as such facts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from anyops.world.quantity import parse_quantity

_DEEPEST = 40
_QUANTITY_MAPS = frozenset(
    """
    limits requests capacity allocatable hard max min default defaultRequest maxLimitRequestRatio
    """.split()  # noqa: SIM905
)
_QUANTITIES = frozenset(["sizeLimit", "divisor", "storage", "averageValue"])
_ITEM_KEYS = {"conditions": "type", "volumeMounts": "mountPath", "metrics": "type"}
"""Lists whose items another key than `name` tells apart."""


class Key(NamedTuple):
    """Where a fact stands: its group, part (a container), unit (a probe, a volume) and field in that."""

    group: str
    part: str
    unit: str
    field: str


class Value(NamedTuple):
    """What a fact says as text, and what it is compared by. `open` values are references, never secret."""

    shown: str
    same: object
    open: bool = False


Facts = dict[Key, Value]


class Reader(NamedTuple):
    """How one side's object is read.

    `complete` objects get what a server would fill in. `namespace` gives A's name of a namespace;
    `config` and `secret` give the name under which a generated object is paired.
    """

    complete: bool = True
    namespace: Callable[[str], str] = str
    config: Callable[[str], str] = str
    secret: Callable[[str], str] = str


def mapping(value: Any) -> dict[str, Any]:
    """The entries that say something, with texts as keys; none when it is no mapping."""
    if not isinstance(value, Mapping):
        return {}
    return {str(key): item for key, item in value.items() if item is not None}


def entries(value: Any) -> list[dict[str, Any]]:
    """The items of a list that are mappings."""
    return [mapping(item) for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def meant(value: Any) -> dict[str, Any]:
    """The entries that are not empty: a server keeps no difference between an empty value and none."""
    return {key: item for key, item in mapping(value).items() if item not in ("", [], {})}


def word(value: Any) -> str:
    """A scalar as JSON would write it, without quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def text(value: Any, *, open: bool = False) -> Value:
    """A scalar as a value that is compared by its text."""
    shown = word(value)
    return Value(shown, shown, open)


def quantity(value: Any) -> Value:
    """A Kubernetes quantity, compared by what it amounts to: 1000m is 1."""
    number = parse_quantity(value)
    shown = word(value)
    same = shown if number is None or number != number else float(f"{number:.12g}")
    return Value(shown, same)


def compact(value: Any, depth: int = 0, *, ordered: bool = True) -> str:
    """Any value in one line: `key=app, operator=In, values=[a, b]`; lists sorted where not `ordered`."""
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        said = ((k, compact(item, depth + 1, ordered=ordered)) for k, item in sorted(mapping(value).items()))
        inner = ", ".join(f"{key}={item}" for key, item in said)
        return f"{{{inner}}}" if depth or not inner else inner
    if isinstance(value, list | tuple):
        items = [compact(item, depth + 1, ordered=ordered) for item in value]
        return f"[{', '.join(items if ordered else sorted(items))}]"
    return "null" if value is None else word(value)


class Flat(NamedTuple):
    """A leaf: its path with dots, and its value."""

    path: str
    value: Value


def flatten(value: Any, path: str = "", *, known: bool = True, depth: int = 0) -> Iterator[Flat]:
    """The leaves of any value.

    In `known` objects, those of Kubernetes itself, empty values are none and lists have no order. A list of
    objects with names is keyed by them; in other objects a list without names is keyed by index.
    """
    if isinstance(value, Mapping) and depth < _DEEPEST:
        yield from _flat_mapping(mapping(value), path, known, depth)
    elif isinstance(value, list | tuple) and depth < _DEEPEST:
        yield from _flat_list(list(value), path, known, depth)
    elif value is not None and (value != "" or not known):
        key = path.rpartition(".")[2]
        parent = path.rpartition(".")[0].rpartition(".")[2]
        measured = key in _QUANTITIES or parent in _QUANTITY_MAPS
        if isinstance(value, Mapping | list | tuple):
            value = compact(value)
        yield Flat(path, quantity(value) if measured else text(value))


def _flat_mapping(value: Mapping[str, Any], path: str, known: bool, depth: int) -> Iterator[Flat]:
    if not value and not known and path:
        yield Flat(path, text("{}"))
    for key, item in sorted(value.items()):
        yield from flatten(item, f"{path}.{key}" if path else key, known=known, depth=depth + 1)


def _flat_list(items: list[Any], path: str, known: bool, depth: int) -> Iterator[Flat]:
    if not items:
        if not known:
            yield Flat(path, text("[]"))
    elif not any(isinstance(item, Mapping | list | tuple) for item in items):
        words = [word(item) for item in items if item is not None]
        yield Flat(path, text(", ".join(sorted(words) if known else words)))
    elif names := _names(items, path):
        for name, item in sorted(zip(names, items, strict=True)):
            place = f"{path}[{name}]"
            inner = list(flatten(_without_key(item, path), place, known=known, depth=depth + 1))
            yield from inner or [Flat(place, text(""))]
    elif known:
        for said in sorted({compact(item, ordered=False) for item in items}):
            yield Flat(f"{path} {said}".strip(), text(""))
    else:
        for index, item in enumerate(items):
            yield from flatten(item, f"{path}[{index}]", known=known, depth=depth + 1)


def _key(path: str) -> str:
    return _ITEM_KEYS.get(path.rpartition(".")[2], "name")


def _names(items: list[Any], path: str) -> list[str]:
    """What tells the items apart; nothing when some have no name, or two the same."""
    key = _key(path)
    names = [item.get(key) if isinstance(item, Mapping) else None for item in items]
    told = [name for name in names if isinstance(name, str) and name]
    return told if len(told) == len(items) == len(set(told)) else []


def _without_key(item: Mapping[str, Any], path: str) -> dict[str, Any]:
    key = _key(path)
    return {k: v for k, v in mapping(item).items() if k != key}


def put(facts: Facts, key: Key, flats: Iterable[Flat]) -> None:
    """Add leaves below a key."""
    for flat in flats:
        field = f"{key.field}.{flat.path}" if key.field and flat.path else key.field or flat.path
        facts[key._replace(field=field)] = flat.value
