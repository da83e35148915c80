import base64
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from anyops.diagnose.x509 import Validity, decoded, validities
from tests.unit.diagnose.worlds import Body, findings, meta, world

OLD = """-----BEGIN CERTIFICATE-----
MIIBFzCBvgIBATAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1ndWFyZC5leGFtcGxl
MB4XDTIwMDEwMTAwMDAwMFoXDTIxMDEwMTAwMDAwMFowGDEWMBQGA1UEAwwNZ3Vh
cmQuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABOdH8fyjdtKulkpG
mn8fFOJlQO9DQ3yyCzdWMY8dzXMRR8pAZ/LDaTCquF9Y5QT7WpsWehGZ5j56diFT
Rt/OMsowCgYIKoZIzj0EAwIDSAAwRQIhAPo+75RzcqifrcaiMVjRZll9oUjW/SuB
8vlGSrarpug+AiAJ6JJXJSvmuZZ4al3idV4V2vsVRfe9PS8Mpfi0qgHh/A==
-----END CERTIFICATE-----
"""
GOOD = """-----BEGIN CERTIFICATE-----
MIIBGDCBwAIBAjAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1ndWFyZC5leGFtcGxl
MCAXDTI2MDEwMTAwMDAwMFoYDzIwNTYwMTAxMDAwMDAwWjAYMRYwFAYDVQQDDA1n
dWFyZC5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE50fx/KN20q6W
Skaafx8U4mVA70NDfLILN1Yxjx3NcxFHykBn8sNpMKq4X1jlBPtamxZ6EZnmPnp2
IVNG384yyjAKBggqhkjOPQQDAgNHADBEAiAj6m2bATcZ2tu3DUpqFPPl2Hw7paXF
Q5wNZLhhBVjGmAIgVAc60zIPurJw+vkoqsaG/jbPHGEWd+NeqklERgXs77A=
-----END CERTIFICATE-----
"""


def test_both_forms_of_time_are_read() -> None:
    assert list(validities(OLD + "noise\n" + GOOD)) == [
        Validity(datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)),
        Validity(datetime(2026, 1, 1, tzinfo=UTC), datetime(2056, 1, 1, tzinfo=UTC)),
    ]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    text = f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(data).decode()}\n-----END CERTIFICATE-----"
    assert all(v.not_before.tzinfo for v in validities(text))
    decoded(data.decode("latin-1"))


@given(st.integers(0, 280), st.integers(0, 255))
def test_one_wrong_byte_never_breaks_the_reader(at: int, byte: int) -> None:
    der = bytearray(base64.b64decode("".join(OLD.splitlines()[1:-1])))
    der[at % len(der)] = byte
    list(validities(f"-----BEGIN CERTIFICATE-----{base64.b64encode(der).decode()}-----END CERTIFICATE-----"))


def _webhook(bundle: str) -> Body:
    client = {"caBundle": base64.b64encode(bundle.encode()).decode()}
    return {
        "kind": "MutatingWebhookConfiguration",
        "metadata": meta("guard", ""),
        "webhooks": [{"clientConfig": client}],
    }


def test_an_expired_bundle_is_a_fault_and_one_good_certificate_saves_it() -> None:
    [found] = findings(world(_webhook(OLD)), "certificate.ca_bundle")
    assert (found.cause, found.state, found.severity) == ("certificate.expired", "now", "high")
    assert "expired on 2021-01-01" in found.statement
    assert findings(world(_webhook(OLD + GOOD)), "certificate.ca_bundle") == []
    assert findings(world(_webhook("")), "certificate.ca_bundle") == []


def test_an_expired_certificate_in_a_config_map_is_a_risk() -> None:
    config = {"kind": "ConfigMap", "metadata": meta("trust"), "data": {"ca.crt": OLD, "note": "x"}}
    assert [f.state for f in findings(world(config), "certificate.in_configmap")] == ["risk"]


def _certificate(**status: Any) -> Body:
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": meta("web"),
        "status": status,
    }


def test_a_certificate_whose_renewal_did_not_happen() -> None:
    late = _certificate(notAfter="2026-11-23T12:00:00Z", renewalTime="2026-11-10T12:00:00Z")
    [found] = findings(world(late), "certificate.renewal_due")
    assert (found.title, found.state) == ("Certificate expires in 3 days", "risk")
    young = _certificate(notAfter="2026-11-23T12:00:00Z", renewalTime="2026-11-21T12:00:00Z")
    assert findings(world(young), "certificate.renewal_due") == []
    assert findings(world(_certificate(notAfter="2027-02-01T00:00:00Z")), "certificate.renewal_due") == []
