"""Findings from what custom resources say of themselves."""

from anyops.diagnose.engine import analyze
from anyops.diagnose.finding import Found
from anyops.diagnose.rules.argocd import applications
from anyops.diagnose.rules.conditions import custom_resources, expired
from anyops.world.world import World
from tests.unit.diagnose.worlds import Body, condition, meta, owned, world

CERT = "cert-manager.io/v1"


def custom(
    api: str, kind: str, name: str, *conditions: Body, spec: Body | None = None, **more: object
) -> Body:
    """A custom resource with these conditions; further keywords stand in its metadata or status."""
    status = {"conditions": list(conditions), **{k: v for k, v in more.items() if k != "ownerReferences"}}
    metadata = meta(name, **{k: v for k, v in more.items() if k == "ownerReferences"})
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec or {}, "status": status}


def failing(api: str, kind: str, name: str = "shop", **more: object) -> Body:
    """One whose Ready condition is false for an error."""
    bad = condition(
        "Ready", "False", "Failed", f"{name} is refused", lastTransitionTime="2026-11-20T11:00:00Z"
    )
    return custom(api, kind, name, bad, **more)


def codes(found: list[Found]) -> list[tuple[str, str | None]]:
    return [(f.ref.kind, f.cause) for f in found]


def test_each_api_has_its_code():
    found = list(
        custom_resources(
            world(
                failing(CERT, "Certificate"),
                failing("helm.toolkit.fluxcd.io/v2", "HelmRelease"),
                failing("external-secrets.io/v1", "ExternalSecret"),
                failing("operators.coreos.com/v1alpha1", "ClusterServiceVersion"),
                failing("toys.example.org/v1", "Widget"),
            )
        )
    )
    assert codes(found) == [
        ("Certificate", "certificate.not_ready"),
        ("HelmRelease", "flux.reconcile_failed"),
        ("ExternalSecret", "externalsecret.sync_failed"),
        ("ClusterServiceVersion", "olm.operator_failed"),
        ("Widget", "crd.degraded"),
    ]


def test_the_finding_cites_the_message_and_knows_since_when():
    (found,) = custom_resources(world(failing(CERT, "Certificate", "edge")))
    quote = found.cites[0].quote()
    assert quote is not None
    assert quote.text == '"edge is refused"'
    assert found.onset is not None
    assert found.onset.hour == 11
    assert found.statement == "Certificate edge is degraded: Failed: edge is refused"


def test_healthy_and_progressing_and_builtin_resources_are_no_findings():
    assert not list(
        custom_resources(
            world(
                custom(CERT, "Certificate", "a", condition("Ready", "True")),
                custom(CERT, "Certificate", "b", condition("Ready", "False", "Pending")),
                failing("apps/v1", "Deployment"),
                failing("storage.k8s.io/v1", "VolumeAttachment"),
                failing("anyops/v1", "NodeService"),
            )
        )
    )


def test_a_certificate_follows_from_its_issuer():
    issuer = failing(CERT, "Issuer", "acme")
    certificate = failing(CERT, "Certificate", "edge", spec={"issuerRef": {"name": "acme"}})
    report = analyze(world(issuer, certificate))
    assert [(c.cause, c.resource.kind) for c in report.causes] == [("certificate.not_ready", "Issuer")]
    assert len(report.causes[0].explains) == 2


def test_the_end_of_the_owner_chain_says_why():
    certificate = failing(CERT, "Certificate", "edge")
    challenge = failing(
        "acme.cert-manager.io/v1", "Challenge", "edge-1", ownerReferences=owned("Certificate", "edge")
    )
    report = analyze(world(certificate, challenge))
    (cause,) = report.causes
    assert cause.resource.kind == "Certificate"
    assert cause.statement.endswith("Challenge edge-1: Failed: edge-1 is refused")
    assert len(cause.evidence) == 2


def test_a_renewal_that_fails_while_the_old_certificate_holds_is_less_severe():
    late, soon = "2027-01-01T00:00:00Z", "2026-11-01T00:00:00Z"
    (valid,) = custom_resources(world(failing(CERT, "Certificate", notAfter=late)))
    (over,) = custom_resources(world(failing(CERT, "Certificate", notAfter=soon)))
    assert (valid.severity, over.severity) == ("medium", "high")


def test_an_expired_certificate():
    ready = condition("Ready", "True")
    over, valid = "2026-11-19T00:00:00Z", "2026-11-21T00:00:00Z"
    found = list(expired(world(custom(CERT, "Certificate", "a", ready, notAfter=over))))
    assert codes(found) == [("Certificate", "certificate.expired")]
    assert not list(expired(world(custom(CERT, "Certificate", "a", ready, notAfter=valid))))
    assert not list(expired(world(custom(CERT, "Certificate", "a", ready, notAfter=over), at=None)))


def application(health: str = "Healthy", sync: str = "Synced", **status: object) -> World:
    """A world of one Argo CD application."""
    return world(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": meta("shop", "argocd"),
            "status": {"health": {"status": health}, "sync": {"status": sync}, **status},
        }
    )


def test_a_healthy_application_is_no_finding():
    assert not list(applications(application()))


def test_an_application_that_cannot_be_compared():
    error = {"type": "ComparisonError", "message": "rpc error: repository not found"}
    (found,) = applications(application(sync="Unknown", conditions=[error]))
    assert (found.cause, found.title, found.severity) == ("argocd.sync_failed", "ComparisonError", "high")


def test_a_failed_sync_counts_until_the_application_is_synced():
    failed = {"phase": "Failed", "message": "one or more objects failed to apply"}
    found = list(applications(application(sync="OutOfSync", operationState=failed)))
    assert [f.cause for f in found] == ["argocd.sync_failed", None]
    assert not list(applications(application(operationState=failed)))


def test_a_degraded_application_names_its_unhealthy_parts():
    part = {
        "kind": "Deployment",
        "name": "cart",
        "health": {"status": "Degraded", "message": "deadline passed"},
    }
    (found,) = applications(application(health="Degraded", resources=[part]))
    assert (found.cause, found.detail) == ("argocd.app_degraded", "Deployment cart (deadline passed)")


def test_a_warning_of_an_application_is_no_finding():
    warning = {"type": "OrphanedResourceWarning", "message": "2 orphaned resources"}
    assert not list(applications(application(conditions=[warning])))
