"""Replica sets in bulk: a deployment keeps ten old, empty ones, which matter when it is in trouble."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from anyops.sources.kube.pods import decoded

KEPT = 3
"""Empty ones of each deployment that are shown: what ran before what runs now."""
_REVISION = "deployment.kubernetes.io/revision"


class _Meta(Struct, frozen=True):
    name: str
    namespace: str = ""
    creationTimestamp: str = ""  # noqa: N815
    annotations: dict[str, str] | None = None
    ownerReferences: msgspec.Raw = msgspec.Raw(b"[]")  # noqa: N815


class _Spec(Struct, frozen=True):
    replicas: int = 1


class _Status(Struct, frozen=True):
    replicas: int = 0
    readyReplicas: int = 0  # noqa: N815
    conditions: list[msgspec.Raw] = []


class _Set(Struct, frozen=True):
    metadata: _Meta
    spec: _Spec
    status: _Status = _Status()


_set = msgspec.json.Decoder(_Set)


class ReplicaSets:
    """Takes replica sets one by one; gives those in use whole, and of the empty ones the newest."""

    def __init__(self) -> None:
        self._used: list[bytes] = []
        self._short: set[tuple[str, bytes]] = set()
        self._empty: dict[tuple[str, bytes], list[tuple[int, str, bytes]]] = {}

    def add(self, raw: bytes) -> None:
        """Take one replica set's JSON. Raises msgspec.MsgspecError where it is no JSON."""
        try:
            it = _set.decode(raw)
        except msgspec.ValidationError:
            self._used.append(bytes(raw))
            return
        meta, owners = it.metadata, bytes(it.metadata.ownerReferences)
        if it.spec.replicas or it.status.replicas or it.status.conditions or owners == b"[]":
            self._used.append(bytes(raw))
            if it.status.readyReplicas < it.spec.replicas or it.status.conditions:
                self._short.add((meta.namespace, owners))
            return
        revision = (meta.annotations or {}).get(_REVISION, "")
        number = int(revision) if len(revision) < 19 and revision.isascii() and revision.isdigit() else 0
        siblings = self._empty.setdefault((meta.namespace, owners), [])
        siblings.append((number, meta.name, bytes(raw)))
        if len(siblings) > 2 * KEPT:
            siblings.sort(reverse=True)
            del siblings[KEPT:]

    def kept(self) -> Iterator[Any]:
        """Those in use, and of each owner that is short of pods the newest empty ones.

        None stands for one that cannot be read.
        """
        told = (sets for key, sets in self._empty.items() if key in self._short)
        empty = (raw for sets in told for _, _, raw in sorted(sets, reverse=True)[:KEPT])
        yield from map(decoded, (*self._used, *empty))
