"""A resource built from a summary: each value remembers which path of the text it came from."""

from itertools import pairwise
from typing import Any

from anyops.sources.files.casing import camelled
from anyops.sources.files.kinds import scope_namespace
from anyops.sources.files.shapes import Found
from anyops.world.evidence import Path
from anyops.world.resource import Resource


class Outline:
    """The body of a resource that is told by a flat summary."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.given: dict[str, Any] = camelled(found.value)
        self.body: dict[str, Any] = {}
        self.renamed: dict[Path, Path] = {}

    def take(self, target: Path, *keys: str) -> Any:
        """Put the first of `keys` that is given at `target`; the value, or None."""
        for key in keys:
            value = self.given.get(key)
            if value not in (None, ""):
                return self.put(target, value, (key,))
        return None

    def put(self, target: Path, value: Any, source: Path) -> Any:
        """Put `value`, which stands at `source` of the summary, at `target` of the body."""
        into: Any = self.body
        for step, following in pairwise(target):
            into = _enter(into, step, [] if isinstance(following, int) else {})
        if isinstance(into, list):
            into.append(value)
        else:
            into[target[-1]] = value
        self.renamed[target] = source
        return value

    def resource(self, api_version: str, kind: str, *, complete: bool = False) -> Resource | None:
        """The resource; None when it has no name."""
        metadata = self.body.get("metadata", {})
        name, namespace = metadata.get("name"), metadata.get("namespace")
        if not isinstance(name, str) or not name:
            return None
        return Resource(
            api_version=api_version,
            kind=kind,
            namespace=scope_namespace(kind, namespace if isinstance(namespace, str) else ""),
            name=name,
            body={"apiVersion": api_version, "kind": kind, **self.body},
            views=(self.found.source.view(self.found.path, self.renamed),),
            complete=complete,
        )


def _enter(into: Any, step: str | int, empty: Any) -> Any:
    if isinstance(into, list):
        if len(into) <= int(step):
            into.append(empty)
        return into[int(step)]
    return into.setdefault(step, empty)
