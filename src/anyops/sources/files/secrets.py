"""Secret objects: the keys are facts, the values are never kept."""

from typing import Any

from anyops.world.evidence import Path, Quote, View

HIDDEN = "<redacted>"
_SAFE = {"apiVersion", "kind", "type", "immutable"}
_SAFE_METADATA = {
    "name",
    "namespace",
    "labels",
    "creationTimestamp",
    "ownerReferences",
    "uid",
    "deletionTimestamp",
}


class KeyOnlyView:
    """A secret's view that shows names, never a value."""

    __slots__ = ("view",)

    def __init__(self, view: View) -> None:
        self.view = view

    def quote(self, path: Path) -> Quote | None:
        """The place of a key; the value's text only where it is no secret."""
        if path[:1] and (path[0] in _SAFE or _is_safe_metadata(path)):
            return self.view.quote(path)
        if len(path) > 1 and path[0] in ("data", "stringData"):
            whole = self.view.quote(path[:2])
            return whole and _key_of(whole)
        return None


def _is_safe_metadata(path: Path) -> bool:
    return len(path) > 1 and path[0] == "metadata" and path[1] in _SAFE_METADATA


def _key_of(whole: Quote) -> Quote:
    """The quote up to its colon: the key as it stands, without the value."""
    key = whole.text.partition(":")[0].partition("\n")[0]
    name, _, lines = whole.place.rpartition(":")
    place = f"{name}:{lines.partition('-')[0]}"
    return Quote(source=whole.source, place=place, text=key, at=whole.at, redacted=True)


def hidden(body: dict[str, Any], view: View) -> tuple[dict[str, Any], View]:
    """The secret with its values replaced, and a view that quotes none of them."""
    safe = {key: value for key, value in body.items() if key in _SAFE}
    metadata = body.get("metadata")
    if isinstance(metadata, dict):
        safe["metadata"] = {key: value for key, value in metadata.items() if key in _SAFE_METADATA}
    for part in ("data", "stringData"):
        values = body.get(part)
        if isinstance(values, dict):
            safe[part] = {str(key): HIDDEN for key in values}
    return safe, KeyOnlyView(view)
