"""Names, uids and times that look drawn by chance and are the same each time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import md5
from typing import Any

Object = dict[str, Any]

_SAFE = "bcdfghjklmnpqrstvwxz2456789"
"""the letters of generated names (k8s.io/apimachinery/pkg/util/rand)"""
_LETTERS = bytes(ord(_SAFE[byte % len(_SAFE)]) for byte in range(256))


def digest(*parts: object) -> bytes:
    """16 bytes that belong to these words."""
    return md5("/".join(map(str, parts)).encode(), usedforsecurity=False).digest()


def uid(kind: str, namespace: str, name: str) -> str:
    """An object's uid."""
    text = digest(kind, namespace, name).hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def suffix(length: int, *parts: object) -> str:
    """A generated part of a name: 5 letters for a pod, 10 for a ReplicaSet's hash."""
    return digest("suffix", *parts)[:length].translate(_LETTERS).decode()


def sha256(*parts: object) -> str:
    """A digest as image ids and container ids have it."""
    return (digest(*parts) + digest("more", *parts)).hex()


def stamp(time: datetime) -> str:
    """A time as objects carry it, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def before(now: datetime, **ago: float) -> str:
    """The stamp of some time ago: `before(now, days=9)`."""
    return stamp(now - timedelta(**ago))


def metadata(
    kind: str,
    namespace: str,
    name: str,
    created: str,
    *,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    owner: Object | None = None,
    generate: str = "",
    generation: int = 0,
) -> Object:
    """An object's metadata without managedFields."""
    found: Object = {"name": name}
    if generate:
        found["generateName"] = generate
    if namespace:
        found["namespace"] = namespace
    found["uid"] = uid(kind, namespace, name)
    found["resourceVersion"] = str(
        100_000 + int.from_bytes(digest("rv", kind, namespace, name)[:3], "big") % 900_000
    )
    if generation:
        found["generation"] = generation
    found["creationTimestamp"] = created
    if labels:
        found["labels"] = dict(labels)
    if annotations:
        found["annotations"] = dict(annotations)
    if owner:
        found["ownerReferences"] = [owner]
    return found


def owner(api_version: str, kind: str, namespace: str, name: str) -> Object:
    """The reference to a controller."""
    return {
        "apiVersion": api_version,
        "kind": kind,
        "name": name,
        "uid": uid(kind, namespace, name),
        "controller": True,
        "blockOwnerDeletion": True,
    }
