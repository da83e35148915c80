"""Tables whose columns stand for one field each: which column of which kind is which field."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from anyops.sources.files.kubectl.sketch import Sketch
from anyops.world.quantity import parse_duration

Row = Mapping[str, str]
Path = tuple[str | int, ...]
_NOTHING = frozenset({"", "<none>", "<unset>", "<unknown>", "<nil>"})
_RATIO = re.compile(r"(\d{1,9})/(\d{1,9})\Z")
_CREATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")
_SET = re.compile(r"([^\s,]+) (in|notin) \(([^()]*)\)")


def number(path: Path, value: str, line: int, sketch: Sketch) -> None:
    """An integer."""
    if value.isascii() and value.isdigit() and len(value) < 19:
        sketch.put(int(value), line, *path)


def word(path: Path, value: str, line: int, sketch: Sketch) -> None:
    """A text."""
    sketch.put(value, line, *path)


def flag(path: Path, value: str, line: int, sketch: Sketch) -> None:
    """A truth value: true, True, Yes."""
    if value.lower() in ("true", "yes", "false", "no"):
        sketch.put(value.lower() in ("true", "yes"), line, *path)


def ratio(paths: tuple[Path, Path], value: str, line: int, sketch: Sketch) -> None:
    """`1/3` as two integers; `0/0` too."""
    match = _RATIO.match(value)
    if match:
        sketch.put(int(match[1]), line, *paths[0])
        sketch.put(int(match[2]), line, *paths[1])


def words(path: Path, value: str, line: int, sketch: Sketch) -> None:
    """A list of texts separated by commas."""
    sketch.put([part.strip() for part in value.split(",") if part.strip()], line, *path)


def labels(path: Path, value: str, line: int, sketch: Sketch) -> None:
    """`a=b,c=d` as a string map."""
    pairs = (pair.strip().partition("=") for pair in _SET.sub("", value).split(","))
    found = {key: text for key, equals, text in pairs if equals and key and not key.endswith("!")}
    sketch.put(found, line, *path)


def selector(path: Path, value: str, line: int, sketch: Sketch) -> None:
    """`a=b,tier in (x,y)` as a LabelSelector."""
    labels((*path, "matchLabels"), value, line, sketch)
    expressions = [
        {
            "key": key,
            "operator": "In" if how == "in" else "NotIn",
            "values": [v for v in values.split(",") if v],
        }
        for key, how, values in _SET.findall(value)
    ]
    if expressions:
        sketch.put(expressions, line, *path, "matchExpressions")
    sketch.mark(line, *path)


def condition(type_: str, value: str, line: int, sketch: Sketch) -> None:
    """A condition's status, where the column names its type."""
    if value in ("True", "False", "Unknown"):
        status = sketch.body.setdefault("status", {})
        conditions = status.setdefault("conditions", []) if isinstance(status, dict) else []
        sketch.put(type_, line, "status", "conditions", len(conditions), "type")
        sketch.put(value, line, "status", "conditions", len(conditions) - 1, "status")


Column = Callable[[str, int, Sketch], None]


def at(convert: Callable[[Any, str, int, Sketch], None], *path: str | int) -> Column:
    """A column that is one field."""
    return partial(convert, path)


def read_columns(table: Mapping[str, Column], row: Row, line: int, sketch: Sketch) -> None:
    """Put every cell that says something where its column belongs."""
    for name, column in table.items():
        value = row.get(name, "")
        if value not in _NOTHING:
            column(value, line, sketch)


def put_age(row: Row, line: int, sketch: Sketch) -> None:
    """AGE as `metadata.age`, or CREATED AT as the creation time."""
    age, created = row.get("AGE", ""), row.get("CREATED AT", "")
    if parse_duration(age) is not None:
        sketch.put(age, line, "metadata", "age")
    elif _CREATED.match(created):
        sketch.put(created, line, "metadata", "creationTimestamp")


def images(path: Path) -> dict[str, Column]:
    """CONTAINERS and IMAGES of a wide table: the containers of a pod template, in step."""

    def names(value: str, line: int, sketch: Sketch) -> None:
        for index, name in enumerate(value.split(",")[:64]):
            sketch.put(name, line, *path, index, "name")

    def references(value: str, line: int, sketch: Sketch) -> None:
        for index, image in enumerate(value.split(",")[:64]):
            sketch.put(image, line, *path, index, "image")

    return {"CONTAINERS": names, "IMAGES": references}
