"""Secrets and config maps that a PodSpec refers to, and the keys of each.

https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets
"""

from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.workloads import containers, pod_spec
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World

SYSTEM_MAPS = ("kube-root-ca.crt", "openshift-service-ca.crt")
"""Config maps that the control plane puts into every namespace."""


class Reference(Struct, frozen=True, eq=False):
    """One reference: kind, name and key ("" for the whole object), where it stands, and what it is for."""

    kind: str
    name: str
    key: str
    at: Field
    use: str
    optional: bool

    @property
    def noun(self) -> str:
        return "secret" if self.kind == "Secret" else "config map"


def references(maker: Resource) -> Iterator[Reference]:
    """Every secret and config map that the pod or template names."""
    for container in containers(maker):
        yield from _environment(container)
    for volume in pod_spec(maker).each("volumes"):
        yield from _volume(volume)


def _environment(container: Field) -> Iterator[Reference]:
    for variable in container.each_having("valueFrom", "env"):
        for kind, path in (("Secret", "secretKeyRef"), ("ConfigMap", "configMapKeyRef")):
            source = variable.at("valueFrom", path)
            if source.text("name"):
                use = f"variable {variable.text('name')}"
                yield _reference(kind, source, "name", source.text("key"), use)
    for source in container.each("envFrom"):
        for kind, path in (("Secret", "secretRef"), ("ConfigMap", "configMapRef")):
            if source.text(path, "name"):
                yield _reference(kind, source.at(path), "name", "", "variables")


def _volume(volume: Field) -> Iterator[Reference]:
    use = f"volume {volume.text('name')}"
    yield from _source(volume, "secretName", use)
    for source in volume.each("projected", "sources"):
        yield from _source(source, "name", use)


def _source(holder: Field, secret_key: str, use: str) -> Iterator[Reference]:
    for kind, path, name in (("Secret", "secret", secret_key), ("ConfigMap", "configMap", "name")):
        source = holder.at(path)
        if source.text(name):
            yield _reference(kind, source, name, "", use)
            for item in source.each("items"):
                yield _reference(kind, source, name, item.text("key"), use, item.at("key"))


def _reference(
    kind: str, source: Field, name: str, key: str, use: str, key_at: Field | None = None
) -> Reference:
    at = key_at if key_at is not None else source.at("key") if key else source.at(name)
    return Reference(kind, source.text(name), key, at, use, source.flag("optional"))


def needs(maker: Resource) -> tuple[Ref, ...]:
    """Claims, config maps, secrets and the account that a pod spec names, each as often as it does."""
    return maker.derived(_needs)


def _needs(maker: Resource) -> tuple[Ref, ...]:
    names = ((kind, field.text(*path)) for field, kind, path in _names(maker))
    return tuple(Ref(kind, maker.namespace, name) for kind, name in names if name)


def _names(maker: Resource) -> Iterator[tuple[Field, str, tuple[str, ...]]]:
    spec = pod_spec(maker)
    for volume in spec.each("volumes"):
        yield from ((volume, kind, path) for kind, path in _OF_VOLUMES)
    for container in containers(maker):
        for source in container.each("envFrom"):
            yield from ((source, kind, path) for kind, path in _OF_SOURCES)
        for variable in container.each_having("valueFrom", "env"):
            yield from ((variable, kind, path) for kind, path in _OF_VARIABLES)
    for secret in spec.each("imagePullSecrets"):
        yield secret, "Secret", ("name",)
    yield spec, "ServiceAccount", ("serviceAccountName",)


_OF_VOLUMES = (
    ("PersistentVolumeClaim", ("persistentVolumeClaim", "claimName")),
    ("ConfigMap", ("configMap", "name")),
    ("Secret", ("secret", "secretName")),
)
_OF_SOURCES = (("ConfigMap", ("configMapRef", "name")), ("Secret", ("secretRef", "name")))
_OF_VARIABLES = (
    ("ConfigMap", ("valueFrom", "configMapKeyRef", "name")),
    ("Secret", ("valueFrom", "secretKeyRef", "name")),
)
"""Where names stand, below a volume, an `envFrom` and an `env` entry."""


def keys_of(thing: Resource) -> frozenset[str] | None:
    """The keys that a secret or config map holds; None when they were not read."""
    parts = ("data", "stringData", "binaryData")
    if not any(thing.at(part).value is not None for part in parts):
        return None
    return frozenset(key for part in parts for key, _ in thing.at(part).entries())


def found(world: World, namespace: str, reference: Reference) -> Resource | None:
    """The object that the reference names, or None when it was not read."""
    return world.get(reference.kind, namespace, reference.name)
