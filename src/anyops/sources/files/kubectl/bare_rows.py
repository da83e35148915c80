"""Rows of `kubectl get` without their header, as `--no-headers` or a grep leaves them."""

import re
from collections.abc import Mapping

from msgspec import Struct

from anyops.sources.files.kubectl.fields import CELLS
from anyops.sources.files.kubectl.text import Text

_NAME = r"[a-z0-9][a-z0-9.-]{0,252}"
_NAMESPACE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\Z")
_AGE = r"(?:\d{1,9}[a-z]{1,2}){1,4}|<unknown>|<invalid>"
_COUNT = r"\d{1,9}"
_DONE = r"\d{1,9}/\d{1,9}(?: of \d{1,9})?"


class Shape(Struct, frozen=True):
    """A kind's rows: what each of the first cells looks like, and the columns that may follow."""

    kind: str
    first: tuple[tuple[str, re.Pattern[str]], ...]
    rest: tuple[str, ...] = ()


def _shape(kind: str, rest: str, **first: str) -> Shape:
    columns = tuple(
        (name.replace("__", " ").replace("_", "-"), re.compile(p + r"\Z")) for name, p in first.items()
    )
    return Shape(kind, columns, tuple(rest.split(",")) if rest else ())


SHAPES = (
    _shape(
        "Event", "MESSAGE",
        LAST__SEEN=rf"(?:{_AGE})(?: \(x\d{{1,9}} over \S{{1,30}}\))?", TYPE="Normal|Warning",
        REASON=r"[A-Za-z]\S{0,100}", OBJECT=r"[A-Za-z][A-Za-z.]{1,100}/\S{1,253}",
    ),
    _shape(
        "Pod", "IP,NODE,NOMINATED NODE,READINESS GATES,LABELS",
        NAME=_NAME, READY=r"\d{1,4}/\d{1,4}", STATUS=r"[A-Z]\S{1,60}",
        RESTARTS=r"\d{1,9}(?: \(\S{1,30} ago\))?", AGE=_AGE,
    ),
    _shape(
        "Deployment", "CONTAINERS,IMAGES,SELECTOR,LABELS",
        NAME=_NAME, READY=r"\d{1,9}/\d{1,9}", UP_TO_DATE=_COUNT, AVAILABLE=_COUNT, AGE=_AGE,
    ),
    _shape(
        "Job", "CONTAINERS,IMAGES,SELECTOR,LABELS",
        NAME=_NAME, STATUS="Running|Complete|Failed|Suspended|Terminating", COMPLETIONS=_DONE,
        DURATION=_AGE, AGE=_AGE,
    ),
    _shape(
        "Job", "CONTAINERS,IMAGES,SELECTOR,LABELS",
        NAME=_NAME, COMPLETIONS=_DONE, DURATION=_AGE, AGE=_AGE,
    ),
    _shape(
        "Node", "INTERNAL-IP,EXTERNAL-IP,OS-IMAGE,KERNEL-VERSION,CONTAINER-RUNTIME,LABELS",
        NAME=_NAME, STATUS=r"(?:Ready|NotReady|Unknown)(?:,\S{1,60})?", ROLES=r"\S{1,200}", AGE=_AGE,
        VERSION=r"v\d\S{1,60}",
    ),
    _shape(
        "Service", "SELECTOR,LABELS",
        NAME=_NAME, TYPE="ClusterIP|NodePort|LoadBalancer|ExternalName", CLUSTER_IP=r"\S{1,60}",
        EXTERNAL_IP=r"\S{1,300}", PORT="(?:\\S{1,600})", AGE=_AGE,
    ),
)  # fmt: skip
"""The kinds whose rows can be told from anything else by their looks."""


def bare_rows(text: Text, first: int, last: int) -> tuple[Shape, list[tuple[int, Mapping[str, str]]]] | None:
    """The shape and rows of lines `first` to `last` (exclusive); None unless every line fits one shape."""
    lines = [(n, text.lines[n].strip()) for n in range(first, last) if text.lines[n].strip()]
    lines = [(n, line) for n, line in lines if line not in ("stdout:", "stderr:")]
    if not lines:
        return None
    for shape in SHAPES:
        rows: list[tuple[int, Mapping[str, str]]] = []
        for number, line in lines:
            row = _fit(line, shape)
            if row is None:
                break
            rows.append((number, row))
        if len(rows) == len(lines):
            return shape, rows
    return None


def _fit(line: str, shape: Shape) -> Mapping[str, str] | None:
    """The line's cells by column, with or without a namespace before them; None when they look otherwise."""
    names = [*(name for name, _ in shape.first), *shape.rest]
    for before in ([], ["NAMESPACE"]):
        cells = CELLS.split(line, maxsplit=len(names) + len(before) - 1)
        own = cells[len(before) :]
        if before and not _NAMESPACE.match(cells[0]):
            continue
        if len(own) >= len(shape.first) and all(
            like.match(cell) for (_, like), cell in zip(shape.first, own, strict=False)
        ):
            row = dict(zip([*before, *names], cells, strict=False))
            if "PORT" in row:
                row["PORT(S)"] = row.pop("PORT")
            return row
    return None
