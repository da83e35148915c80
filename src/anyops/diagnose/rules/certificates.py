"""Certificates that are about to expire, or have, wherever they stand readable."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from anyops.diagnose.clock import spell
from anyops.diagnose.commands import act, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.x509 import decoded, validities
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_SOON = timedelta(days=7)


@rule("certificate.renewal_due", "Certificate", title="Certificate expires soon")
def renewal_due(world: World) -> Iterator[Found]:
    """cert-manager Certificates within a week of status.notAfter, whose renewal was due and has not happened.

    https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.CertificateStatus
    """
    for certificate in world.of_kind("Certificate"):
        ends, now = certificate.at("status", "notAfter").time(), world.captured_at
        due = certificate.at("status", "renewalTime").time()
        if (
            certificate.group != "cert-manager.io"
            or ends is None
            or now is None
            or not now <= ends < now + _SOON
        ):
            continue
        if due is None or due < now:
            yield Found(
                on=certificate,
                title=f"Certificate expires in {spell(ends - now)}",
                detail=f"Valid until {certificate.text('status', 'notAfter')}, and not renewed"
                f"{f' since {due:%Y-%m-%d}' if due else ''}.",
                severity="medium",
                state="risk",
                cites=(certificate.at("status", "notAfter"), certificate.at("status", "renewalTime")),
                cause="certificate.expired",
                fix="See its Ready condition and its newest CertificateRequest for why it is not renewed.",
                commands=(act("describe", certificate.ref),),
            )


@rule(
    "certificate.ca_bundle",
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "APIService",
    "CustomResourceDefinition",
    title="CA bundle has expired",
)
def ca_bundle(world: World) -> Iterator[Found]:
    """caBundle fields of which every certificate has expired: the API server trusts the backend no longer."""
    for resource in world.of_kind(*_BUNDLES):
        for field in _bundles(resource):
            ended = _all_ended(decoded(field.text()[:200_000]), world.captured_at)
            if ended is not None:
                yield _expired(resource, field, ended, "high")
                break


_BUNDLES = (
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "APIService",
    "CustomResourceDefinition",
)


def _bundles(resource: Resource) -> Iterator[Field]:
    for webhook in resource.each("webhooks"):
        yield webhook.at("clientConfig", "caBundle")
    yield resource.at("spec", "caBundle")
    yield resource.at("spec", "conversion", "webhook", "clientConfig", "caBundle")


@rule("certificate.in_configmap", "ConfigMap", title="Certificate in a ConfigMap has expired")
def in_configmap(world: World) -> Iterator[Found]:
    """Values that are PEM, of which every certificate has expired."""
    for config in world.of_kind("ConfigMap"):
        for _, field in config.at("data").entries():
            text = field.text()
            ended = _all_ended(text[:400_000], world.captured_at) if "-----BEGIN CERT" in text else None
            if ended is not None:
                yield _expired(config, field, ended, "medium")


def _all_ended(text: str, now: datetime | None) -> datetime | None:
    """When the last certificate of a PEM text ended; None when one still holds, or there is none."""
    last = max((v.not_after for v in validities(text)), default=None)
    return last if last is not None and now is not None and last < now else None


def _expired(resource: Resource, field: Field, ended: datetime, severity: str) -> Found:
    what = ".".join(str(step) for step in field.path if not isinstance(step, int))
    grave = severity == "high"
    return Found(
        on=resource,
        title="CA bundle has expired" if grave else "Certificate has expired",
        detail=f"{what} of {resource.kind} {resource.name} expired on {ended:%Y-%m-%d}.",
        severity="high" if grave else "medium",
        state="now" if grave else "risk",
        cites=(resource.at("metadata", "name"),),
        cause="certificate.expired",
        fault=resource.ref,
        certainty="likely",
        onset=ended,
        statement=f"{what} of {resource.kind} {resource.name} expired on {ended:%Y-%m-%d}: "
        "the API server cannot verify what answers there.",
        fix="Renew the certificate, and let what injects the bundle (a cainjector) write it anew.",
        commands=(kubectl(resource.namespace, "describe", resource.kind.lower(), resource.name),),
        checks=(act("get", resource.ref),),
    )
