"""Secret objects: the keys are facts, the values are never kept."""

from collections.abc import Mapping
from typing import Any

from anyops.world.evidence import Path, Quote, View
from anyops.world.resource import Resource

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


def helm_release(body: dict[str, Any], view: View) -> Resource | None:
    """The release that a secret of Helm's storage names in its labels; its content is not read.

    Labels: https://github.com/helm/helm/blob/main/pkg/storage/driver/secrets.go
    """
    it = Resource("v1", "Secret", "", "", body)
    name, status, revision = (it.labels.get(key, "") for key in ("name", "status", "version"))
    if it.labels.get("owner") != "helm" or not name or not status or not revision.isdigit():
        return None
    namespace = it.text("metadata", "namespace")
    labels: Path = ("metadata", "labels")
    moves: dict[Path, Path] = {
        ("metadata", "name"): (*labels, "name"),
        ("status", "status"): (*labels, "status"),
        ("status", "revision"): (*labels, "version"),
    }
    return Resource(
        api_version="helm.sh/v3",
        kind="HelmRelease",
        namespace=namespace,
        name=name,
        body={
            "apiVersion": "helm.sh/v3",
            "kind": "HelmRelease",
            "metadata": {"name": name, "namespace": namespace},
            "status": {"status": status, "revision": int(revision[:9])},
        },
        views=(LabelView(view, moves),),
        complete=False,
    )


class LabelView:
    """What a secret's labels show of a release; nothing else of the secret."""

    __slots__ = ("moves", "view")

    def __init__(self, view: View, moves: Mapping[Path, Path]) -> None:
        self.view = view
        self.moves = moves

    def quote(self, path: Path) -> Quote | None:
        """The label that says it."""
        source = self.moves.get(path)
        return self.view.quote(source) if source else None
