"""Who owns a pod or replica set that a table or a summary names without its owner: its name tells."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from anyops.world.resource import Ref, Resource

_TEMPLATE_HASH = re.compile(r"[a-z0-9]{5,10}\Z")
_POD_SUFFIX = re.compile(r"[a-z0-9]{5}\Z")
_ORDINAL = re.compile(r"[0-9]{1,4}\Z")
_STEMS: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "Pod": (
        ("ReplicaSet", _POD_SUFFIX),
        ("StatefulSet", _ORDINAL),
        ("DaemonSet", _POD_SUFFIX),
        ("Job", _POD_SUFFIX),
    ),
    "ReplicaSet": (("Deployment", _TEMPLATE_HASH),),
    "Job": (("CronJob", re.compile(r"[0-9]{8,12}\Z")),),
}
"""Each kind's possible owners, and what the name adds to the owner's name."""


def with_owners(resources: Sequence[Resource]) -> list[Resource]:
    """The resources, with the owner where it was not said but an object of the fitting name was read."""
    known = {resource.ref for resource in resources}
    return [_owned(resource, known) for resource in resources]


def _owned(resource: Resource, known: set[Ref]) -> Resource:
    if resource.complete or resource.kind not in _STEMS or resource.at("metadata", "ownerReferences").value:
        return resource
    owner = _owner(resource, known)
    if owner is None:
        return resource
    metadata: Mapping[str, Any] = resource.body.get("metadata") or {}
    reference = {"kind": owner.kind, "name": owner.name, "controller": True}
    body = {**resource.body, "metadata": {**metadata, "ownerReferences": [reference]}}
    return replace(resource, body=body)


def _owner(resource: Resource, known: Iterable[Ref]) -> Ref | None:
    stem, _, suffix = resource.name.rpartition("-")
    if not stem:
        return None
    for kind, pattern in _STEMS[resource.kind]:
        candidate = Ref(kind, resource.namespace, stem)
        if candidate in known and pattern.match(suffix):
            return candidate
    deployment, _, template_hash = stem.rpartition("-")
    candidate = Ref("Deployment", resource.namespace, deployment)
    fits = _POD_SUFFIX.match(suffix) and _TEMPLATE_HASH.match(template_hash)
    return candidate if resource.kind == "Pod" and candidate in known and fits else None
