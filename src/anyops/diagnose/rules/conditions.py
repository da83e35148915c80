"""Custom resources that say themselves that something is wrong: cert-manager, Flux, any operator's."""

from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase

from msgspec import Struct

from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.health import BUILTIN_GROUPS, Health, assess_resource
from anyops.world.report import Certainty, Severity
from anyops.world.resource import Ref, Resource
from anyops.world.world import World


class Trouble(Struct, frozen=True):
    """What a degraded resource of one API means. `groups` is a shell pattern."""

    groups: str
    cause: str
    fix: str
    severity: Severity = "high"
    certainty: Certainty = "sure"


TROUBLES = (
    Trouble(
        "*cert-manager.io",
        "certificate.not_ready",
        "Mend what the message names (issuer, DNS or HTTP challenge, secret); cert-manager then tries again.",
    ),
    Trouble(
        "*.toolkit.fluxcd.io",
        "flux.reconcile_failed",
        "Mend in git what the message names; Flux reconciles at its next interval.",
    ),
    Trouble(
        "*external-secrets.io",
        "externalsecret.sync_failed",
        "Check that the key exists in the store and that the store's credentials may read it.",
    ),
    Trouble(
        "kubernetes-client.io", "externalsecret.sync_failed", "Check the key and the backend's permissions."
    ),
    Trouble("bitnami.com", "externalsecret.sync_failed", "Seal the secret again with this cluster's key."),
    Trouble(
        "argoproj.io",
        "argocd.app_degraded",
        "Look at the resource that the message names; the application follows it.",
        certainty="likely",
    ),
    Trouble("operators.coreos.com", "olm.operator_failed", "Mend what OLM's message names."),
    Trouble("olm.operatorframework.io", "olm.operator_failed", "Mend what OLM's message names."),
    Trouble(
        "*",
        "crd.degraded",
        "Mend what its status names; its controller's log says more.",
        severity="medium",
        certainty="likely",
    ),
)
"""The first row whose pattern fits holds."""

_NOT_HERE = frozenset(
    {"helm.sh", "gateway.networking.k8s.io", "keda.sh", "metrics.k8s.io", "snapshot.storage.k8s.io"}
)
"""Groups with a dot whose trouble other rules tell."""

_NEEDS: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "Certificate": ((("spec", "issuerRef"), "Issuer"),),
    "CertificateRequest": ((("spec", "issuerRef"), "Issuer"),),
    "ExternalSecret": ((("spec", "secretStoreRef"), "SecretStore"),),
    "PushSecret": ((("spec", "secretStoreRefs", "0"), "SecretStore"),),
    "Kustomization": ((("spec", "sourceRef"), "GitRepository"),),
    "HelmRelease": (
        (("spec", "chart", "spec", "sourceRef"), "HelmRepository"),
        (("spec", "chartRef"), "HelmChart"),
    ),
    "HelmChart": ((("spec", "sourceRef"), "HelmRepository"),),
    "ImagePolicy": ((("spec", "imageRepositoryRef"), "ImageRepository"),),
}
"""What a kind stands on: the place of the reference, and the kind where the reference names none."""


def is_custom(resource: Resource) -> bool:
    """Whether an operator, not Kubernetes itself, looks after the kind."""
    group = resource.group
    return "." in group and group not in BUILTIN_GROUPS and group not in _NOT_HERE


@rule("resource.health", title="Custom resource says that it is degraded")
def custom_resources(world: World) -> Iterator[Found]:
    """A finding for each degraded custom resource; what stands on or belongs to another follows from it."""
    degraded = {r.ref: (r, h) for r in world.resources if is_custom(r) and (h := _trouble(r)) is not None}
    roots = {ref: root for ref in degraded if (root := _root(world, ref, set(degraded))) != ref}
    for ref, (resource, health) in degraded.items():
        follows = tuple(other for other in roots if roots[other] == ref)
        deepest = next((other for other in follows if _is_leaf(world, other, follows)), None)
        inner = degraded[deepest] if deepest is not None else None
        yield _found(world, resource, health, inner, is_root=ref not in roots, explains=follows)


def _is_leaf(world: World, ref: Ref, among: tuple[Ref, ...]) -> bool:
    """Whether it is owned and owns none of the others: there the chain of owners says most precisely why."""
    owned = world.is_owned(world.by_ref[ref])
    return owned and not any(child.ref in among for child in world.owned_by(ref))


def _trouble(resource: Resource) -> Health | None:
    if (resource.group, resource.kind) == ("argoproj.io", "Application"):
        return None
    health = assess_resource(resource)
    return health if health.status == "Degraded" else None


def _root(world: World, ref: Ref, degraded: set[Ref]) -> Ref:
    """The degraded resource at the end of what `ref` stands on, or of its owners."""
    seen = {ref}
    while True:
        resource = world.by_ref.get(ref)
        nearest = [] if resource is None else [*_needs(resource), *world.owners(resource)]
        following = next((r for r in nearest if r in degraded and r not in seen), None)
        if following is None:
            return ref
        seen.add(following)
        ref = following


def _needs(resource: Resource) -> Iterator[Ref]:
    for path, kind in _NEEDS.get(resource.kind, ()):
        here = resource.at(*(int(p) if p.isdigit() else p for p in path))
        if here.text("name"):
            named = here.text("kind") or kind
            namespace = "" if named.startswith("Cluster") else here.text("namespace") or resource.namespace
            yield Ref(named, namespace, here.text("name"))


def _found(
    world: World,
    resource: Resource,
    health: Health,
    inner: tuple[Resource, Health] | None,
    *,
    is_root: bool,
    explains: tuple[Ref, ...],
) -> Found:
    trouble = next(t for t in TROUBLES if fnmatchcase(resource.group, t.groups))
    valid = _valid_until(resource, world.captured_at)
    return Found(
        on=resource,
        title=f"{resource.kind} is degraded",
        detail=health.message,
        severity="medium" if valid else trouble.severity,
        cites=(resource.at(*health.path), *([inner[0].at(*inner[1].path)] if inner else [])),
        cause=trouble.cause if is_root else None,
        fault=resource.ref,
        certainty=trouble.certainty,
        statement=f"{resource.kind} {resource.name} is degraded: {health.message}"
        + (f". {inner[0].kind} {inner[0].name}: {inner[1].message}" if inner else ""),
        fix=trouble.fix,
        checks=(_get(resource),),
        explains=explains,
        onset=_onset(resource, health),
    )


def _valid_until(resource: Resource, now: datetime | None) -> bool:
    """Whether the certificate issued before still holds, so that nobody suffers yet."""
    expires = resource.at("status", "notAfter").time()
    return expires is not None and now is not None and expires > now


def _onset(resource: Resource, health: Health) -> datetime | None:
    for length in range(len(health.path), 1, -1):
        at = resource.at(*health.path[:length]).time("lastTransitionTime")
        if at is not None:
            return at
    return None


def _get(resource: Resource) -> str:
    return kubectl(
        resource.namespace, "get", f"{resource.kind.lower()}.{resource.group}", resource.name, "-o", "wide"
    )


@rule("certificate.expiry", "Certificate", title="Certificate has expired")
def expired(world: World) -> Iterator[Found]:
    """A cert-manager Certificate whose `status.notAfter` lies before the capture."""
    for certificate in world.of_kind("Certificate"):
        expires = certificate.at("status", "notAfter")
        at, now = expires.time(), world.captured_at
        if certificate.group == "cert-manager.io" and at is not None and now is not None and at < now:
            yield Found(
                on=certificate,
                title="Certificate has expired",
                detail=f"valid until {expires.text()}",
                severity="high",
                cites=(expires,),
                cause="certificate.expired",
                fault=certificate.ref,
                certainty="sure",
                statement=f"Certificate {certificate.name} expired at {expires.text()}.",
                fix="Find why it was not renewed (its Ready condition says so), or renew it by hand.",
                commands=(kubectl(certificate.namespace, "describe", "certificate", certificate.name),),
                checks=(_get(certificate),),
                onset=at,
            )
