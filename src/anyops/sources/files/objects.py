"""Kubernetes objects in decoded JSON or YAML: single, listed, watched, or deep inside a dump."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from anyops.errors import ReadError
from anyops.sources.files.casing import camelled, is_snake_object
from anyops.sources.files.events import event_of
from anyops.sources.files.jsonspan import JsonPlaces, skip_space
from anyops.sources.files.jsontext import decode
from anyops.sources.files.kinds import (
    CLUSTER_SCOPED,
    kind_of_path,
    kind_of_word,
    scope_namespace,
)
from anyops.sources.files.kubectl.kinds import api_version_of, find_kind
from anyops.sources.files.reading import Parser, Reading
from anyops.sources.files.secrets import helm_release, hidden
from anyops.sources.files.shapes import Found, Recognizer, Source
from anyops.world.evidence import Path
from anyops.world.resource import Resource
from anyops.world.world import Unread

_SEARCH_DEPTH = 8
_VERSION = re.compile(r"(?:[a-z0-9.-]{1,253}/)?v[0-9]{1,4}(?:(?:alpha|beta)[0-9]{1,4})?\Z")
_OBJECT_KEYS = frozenset({"apiVersion", "kind", "metadata", "spec", "status"})
_PARTS = ("spec", "status", "data", "rules", "subjects", "subsets", "endpoints", "involvedObject", "webhooks")
_STATUS_WHY = {"Forbidden": "forbidden", "Unauthorized": "forbidden", "NotFound": "absent"}


class Knowledge(NamedTuple):
    """Who knows shapes of objects, and who knows texts of commands."""

    recognizers: Sequence[Recognizer]
    parsers: Sequence[Parser]


class Collector:
    """Fills a Reading with what one decoded value holds: objects, and what the recognisers know."""

    def __init__(self, reading: Reading, source: Source, known: Knowledge) -> None:
        self.reading = reading
        self.known = known
        self.name = source.document.name
        self.source = source

    def collect(self, value: Any, path: Path = (), depth: int = 0) -> None:
        """Take everything known in `value`."""
        if depth > _SEARCH_DEPTH:
            return
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, dict | list):
                    self.collect(item, (*path, index), depth + 1)
        elif isinstance(value, str):
            self._unwrap(value, path, depth)
        elif isinstance(value, dict) and not self._known(value, path, depth):
            for key, item in value.items():
                if isinstance(item, dict | list | str):
                    self.collect(item, (*path, key), depth + 1)

    def _known(self, value: dict[str, Any], path: Path, depth: int) -> bool:
        if self._wrapped(value, path, depth):
            return True
        found = Found(value, path, self.source, self.reading)
        return any(recognize(found) for recognize in self.known.recognizers)

    def _unwrap(self, text: str, path: Path, depth: int) -> None:
        """JSON inside a JSON string, or what a command printed."""
        is_json = text.lstrip()[:1] in ("{", "[")
        if len(text) < 8 or not (is_json or "\n" in text):
            return
        document = self.source.string(path, text)
        if document is None:
            return
        if not is_json:
            found = next((reading for parse in self.known.parsers if (reading := parse(document))), None)
            if found is not None:
                self.reading.include(found)
            return
        try:
            value = decode(document.data, 0, len(document.data))
        except ReadError:
            return
        key = next((step for step in reversed(path) if isinstance(step, str)), "")
        start = skip_space(document.data, 0)
        places = JsonPlaces(document, document.data, start, len(document.data.rstrip()), key)
        Collector(self.reading, places, self.known).collect(value, (), depth + 1)

    def _wrapped(self, value: dict[str, Any], path: Path, depth: int) -> bool:
        """An object, or one of the API's own wrappings of objects."""
        if is_snake_object(value):
            value = camelled(value)
        kind = value.get("kind")
        if isinstance(kind, str) and kind:
            if kind == "Status" and "status" in value and "metadata" in value:
                self._refusal(value)
                return True
            if kind == "Table" and isinstance(value.get("rows"), list):
                return self._table(value["rows"], path)
            if kind.endswith("List") and isinstance(value.get("items") or [], list):
                self._list(value, path)
                return True
            if is_object(value) or (not path and is_nameless(value)):
                self._take(value, path)
                return True
        if self._kindless(value, path):
            return True
        watched = value.get("object")
        if isinstance(watched, dict) and value.get("type") in ("ADDED", "MODIFIED", "DELETED"):
            self._watched(value["type"], watched, path, depth)
            return True
        return False

    def _watched(self, change: str, body: dict[str, Any], path: Path, depth: int) -> None:
        """What one line of a watch says: the object's newest state, or that it is gone."""
        before = len(self.reading.resources)
        self.collect(body, (*path, "object"), depth + 1)
        for resource in self.reading.resources[before:]:
            earlier = [r for r in self.reading.resources[:before] if r.ref != resource.ref]
            self.reading.resources[:] = earlier + ([] if change == "DELETED" else [resource])

    def _kindless(self, value: dict[str, Any], path: Path) -> bool:
        """An object that lost its kind, as items of a raw list do: the list's key or the path tells it."""
        metadata = value.get("metadata")
        if "kind" in value or not isinstance(metadata, dict) or not _text(metadata.get("name")):
            return False
        if not any(isinstance(value.get(key), dict | list) for key in _PARTS):
            return False
        key = next((step for step in reversed(path) if isinstance(step, str) and step != "items"), "")
        kind = kind_of_word(key) or kind_of_path(self.name)
        if not kind:
            return False
        self._take({"apiVersion": api_version_of(kind), "kind": kind, **value}, path)
        return True

    def _list(self, value: dict[str, Any], path: Path) -> None:
        """A `List` or `PodList`: its items, and that they are all there are."""
        list_kind, version = str(value["kind"]).removesuffix("List"), value.get("apiVersion")
        kinds: dict[str, set[str]] = {list_kind: set()} if list_kind else {}
        for index, item in enumerate(value.get("items") or ()):
            if not isinstance(item, dict):
                continue
            if is_snake_object(item):
                item = camelled(item)
            if list_kind and not item.get("kind"):
                item = {**item, "apiVersion": version, "kind": list_kind}
            if item.get("kind") == "List":
                self._list(item, (*path, "items", index))
            elif is_object(item):
                self._take(item, (*path, "items", index))
                kinds.setdefault(str(item["kind"]), set()).add(_namespace(item))
        self._listed(kinds, value)

    def _listed(self, kinds: dict[str, set[str]], value: dict[str, Any]) -> None:
        metadata = value.get("metadata")
        if isinstance(metadata, dict) and metadata.get("continue"):
            return
        for kind, namespaces in kinds.items():
            if kind in CLUSTER_SCOPED or len(namespaces) > 1:
                self.reading.listed.add((kind, ""))
            elif namespaces:
                self.reading.listed.add((kind, namespaces.pop()))
            elif (namespace := _folder_namespace(self.name)) is not None:
                self.reading.listed.add((kind, namespace))

    def _table(self, rows: list[Any], path: Path) -> bool:
        """A server-side table (application/json;as=Table): the objects its rows carry."""
        found = False
        for index, row in enumerate(rows):
            inner = row.get("object") if isinstance(row, dict) else None
            if isinstance(inner, dict) and is_object(inner) and inner["kind"] != "PartialObjectMetadata":
                self._take(inner, (*path, "rows", index, "object"))
                found = True
        return found

    def _take(self, body: dict[str, Any], path: Path) -> None:
        view = self.source.view(path)
        kind = str(body["kind"])
        if kind == "Event":
            event = event_of(body, view)
            if event is not None:
                self.reading.events.append(event)
                return
        metadata = body.get("metadata") or {}
        if kind == "Secret":
            release = helm_release(body, view)
            self.reading.resources.extend([release] if release else ())
            body, view = hidden(body, view)
            self.reading.unread.append(
                Unread(self.name, "redacted", "values of secrets are not read", "Secret")
            )
        self.reading.resources.append(
            Resource(
                api_version=str(body.get("apiVersion") or ""),
                kind=kind,
                namespace=scope_namespace(kind, _text(metadata.get("namespace"))),
                name=_text(metadata.get("name")) or _text(metadata.get("generateName")),
                body=body,
                views=(view,),
            )
        )

    def _refusal(self, status: dict[str, Any]) -> None:
        """What the API server answered instead of an object: kind Status."""
        if status.get("status") == "Success":
            return
        reason, details = _text(status.get("reason")), status.get("details")
        word = _text(details.get("kind")) if isinstance(details, dict) else ""
        info = find_kind(word) if word else None
        message = _text(status.get("message")) or reason
        # The kubelet calls it a bad request to ask for the log of a run that never was.
        never = message.startswith("previous terminated container")
        why = "absent" if never else _STATUS_WHY.get(reason, "failed")
        self.reading.unread.append(Unread(self.name, why, message, info.kind if info else word))


def is_object(value: dict[str, Any]) -> bool:
    """Whether it is a Kubernetes object: a kind, and metadata with a name."""
    metadata = value.get("metadata")
    if not isinstance(value.get("kind"), str) or not value["kind"] or not isinstance(metadata, dict):
        return False
    return bool(_text(metadata.get("name")) or _text(metadata.get("generateName")))


def is_nameless(value: dict[str, Any]) -> bool:
    """Whether a whole document is an object cut out without its name, as in a question or a unit test.

    Nothing but the parts of an object may stand in it: configuration files have a kind too, and other keys.
    """
    version, metadata = value.get("apiVersion"), value.get("metadata")
    if not isinstance(version, str) or not _VERSION.match(version):
        return False
    return (metadata is None or isinstance(metadata, dict)) and value.keys() <= _OBJECT_KEYS


def _namespace(item: dict[str, Any]) -> str:
    return _text(item["metadata"].get("namespace"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _folder_namespace(name: str) -> str | None:
    """The namespace of an empty list by its folder: `namespaces/shop/core/pods.yaml`, `shop/pods.json`."""
    parts = name.split("/")
    if "namespaces" in parts[:-2]:
        return parts[parts.index("namespaces") + 1]
    return parts[-2] if len(parts) > 1 else None
