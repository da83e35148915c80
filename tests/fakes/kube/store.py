"""The objects a server holds, each encoded once."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from .kinds import KindRow, Release
from .selectors import fields_of

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """One object: its key, what selectors ask for, and its bytes as an item of a list."""

    key: str
    """where it stands in the order of lists, as in etcd"""
    namespace: str
    name: str
    labels: Mapping[str, str]
    fields: Mapping[str, str]
    encoded: bytes

    def decoded(self) -> Object:
        """The object as an item of a list: a built-in kind has no apiVersion and kind there."""
        item: Object = json.loads(self.encoded)
        return item


by_key = attrgetter("key")
_encoder = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False)


def key_of(namespace: str, name: str) -> str:
    """An object's key among those of its kind."""
    return f"{namespace}/{name}" if namespace else name


def encoded(document: object) -> bytes:
    """JSON as a Go server writes it: compact, UTF-8."""
    return _encoder.encode(document).encode()


class Store:
    """Objects by group and kind, in the order of their keys.

    An object given in one version of a group is served, as it is, in all versions that have the kind; an
    Event also under events.k8s.io, in that group's words. A namespace that holds an object exists, whether it
    was given or not. Raises ValueError for a kind without a row.
    """

    def __init__(self, objects: Iterable[Mapping[str, Any]], release: Release) -> None:
        self._release = release
        self._held: dict[tuple[str, str], list[Stored]] = {}
        self._namespaces: set[str] = set()
        for item in objects:
            self._add(item)
        self._add_namespaces()
        for held in self._held.values():
            held.sort(key=by_key)

    def of(self, row: KindRow) -> list[Stored]:
        """All objects of a kind."""
        return self._held.get((row.group, row.kind), [])

    def get(self, row: KindRow, namespace: str, name: str) -> Stored | None:
        """One object."""
        key, held = key_of(namespace, name), self.of(row)
        place = bisect_left(held, key, key=by_key)
        return held[place] if place < len(held) and held[place].key == key else None

    def _add(self, item: Mapping[str, Any]) -> None:
        group_version, kind = str(item["apiVersion"]), str(item["kind"])
        row = self._release.of_object(group_version, kind)
        if row is None:
            raise ValueError(f"{self._release.version} has no row for {group_version} {kind}")
        self._put(row, item)
        events = self._release.of_object("events.k8s.io/v1", "Event")
        if events and (group_version, kind) == ("v1", "Event"):
            self._put(events, _new_event(item))

    def _add_namespaces(self) -> None:
        for name in self._namespaces - {stored.name for stored in self._held.get(("", "Namespace"), ())}:
            metadata = {"name": name, "labels": {"kubernetes.io/metadata.name": name}}
            made = {
                "metadata": metadata,
                "spec": {"finalizers": ["kubernetes"]},
                "status": {"phase": "Active"},
            }
            self._add({"apiVersion": "v1", "kind": "Namespace", **made})

    def _put(self, row: KindRow, item: Mapping[str, Any]) -> None:
        metadata = item["metadata"]
        if row.namespaced != bool(metadata.get("namespace")):
            raise ValueError(f"{row.kind} {metadata['name']}: namespace missing, or given and not wanted")
        if row.namespaced:
            self._namespaces.add(metadata["namespace"])
        shown = item if row.custom else {k: v for k, v in item.items() if k not in ("apiVersion", "kind")}
        held = self._held.setdefault((row.group, row.kind), [])
        held.append(
            Stored(
                key=key_of(metadata.get("namespace", ""), metadata["name"]),
                namespace=metadata.get("namespace", ""),
                name=metadata["name"],
                labels=metadata.get("labels") or {},
                fields=fields_of(row.kind, item),
                encoded=encoded(shown),
            )
        )


def _new_event(item: Mapping[str, Any]) -> Object:
    """A core Event in the words of events.k8s.io/v1 (pkg/apis/events/v1/conversion.go)."""
    renamed = {
        "involvedObject": "regarding",
        "message": "note",
        "count": "deprecatedCount",
        "firstTimestamp": "deprecatedFirstTimestamp",
        "lastTimestamp": "deprecatedLastTimestamp",
        "source": "deprecatedSource",
        "reportingComponent": "reportingController",
    }
    return {renamed.get(key, key): value for key, value in item.items()}
