"""The owners of an object: as it names them, else as its controller would have named it."""

import re
from collections.abc import Container, Iterator

from anyops.world.resource import Ref, Resource

_OF_DEPLOYMENT = re.compile(r"[^-]-[bcdfghjklmnpqrstvwxz2456789]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\Z")
"""The name of a Deployment's pod: both suffixes come from the alphabet of `rand.SafeEncodeString`
(https://github.com/kubernetes/apimachinery/blob/master/pkg/util/rand/rand.go)."""


def owners_of(resource: Resource, known: Container[Ref]) -> Iterator[Ref]:
    """The direct owners, controller first; where a table shows none, the one that the name tells."""
    owners = list(_owner_refs(resource))
    if not owners and not resource.complete and resource.kind in ("Pod", "ReplicaSet"):
        owners = list(_owner_by_name(resource, known))
    yield from owners


def _owner_by_name(resource: Resource, known: Container[Ref]) -> Iterator[Ref]:
    stem, _, suffix = resource.name.rpartition("-")
    kinds = ("ReplicaSet", "StatefulSet", "DaemonSet", "Job") if resource.kind == "Pod" else ("Deployment",)
    for kind in kinds:
        if (kind == "StatefulSet") == suffix.isdigit() and Ref(kind, resource.namespace, stem) in known:
            yield Ref(kind, resource.namespace, stem)
            return
    above = Ref("Deployment", resource.namespace, stem.rpartition("-")[0])
    if resource.kind == "Pod" and (above in known or _OF_DEPLOYMENT.search(resource.name)):
        yield above


def _owner_refs(resource: Resource) -> Iterator[Ref]:
    owners = sorted(resource.each("metadata", "ownerReferences"), key=lambda o: not o.flag("controller"))
    for owner in owners:
        kind, name = owner.text("kind"), owner.text("name")
        if kind and name:
            yield Ref(kind, "" if kind in ("Node", "Namespace") else resource.namespace, name)
