"""Secrets by name and type: the API server is asked for a table without objects, so no value is sent.

A list of metadata, or the default table, would carry values inside the annotation of `kubectl apply`.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

ACCEPT = "application/json;as=Table;g=meta.k8s.io;v=v1,application/json;as=Table;g=meta.k8s.io;v=v1beta1"
QUERY = {"includeObject": "None"}

Body = dict[str, Any]


def rows(body: bytes, namespace: str) -> Iterator[Body]:
    """What each row tells: name, type, number of keys. Raises msgspec.MsgspecError where it is no table."""
    table = msgspec.json.decode(body)
    if not isinstance(table, dict) or table.get("kind") != "Table":
        raise msgspec.ValidationError("no table")
    names = [str(column.get("name", "")).lower() for column in table.get("columnDefinitions") or ()]
    for row in table.get("rows") or ():
        cells = dict(zip(names, row.get("cells") or (), strict=False))
        name = cells.get("name")
        if isinstance(name, str) and name:
            yield {"metadata": {"name": name, "namespace": namespace}, "type": str(cells.get("type") or "")}
