"""When a certificate ends: the one field that is needed, read from its DER."""

import base64
import binascii
from datetime import UTC, datetime

_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18


def not_after(chain: bytes) -> datetime | None:
    """When the first certificate of a PEM chain ends, None where that cannot be read.

    Source: RFC 5280, 4.1 (Certificate, Validity).
    """
    encoded = chain.partition(_BEGIN)[2].partition(_END)[0]
    try:
        der = base64.b64decode(encoded)
        certificate, _ = _value(der, 0)
        fields, _ = _value(certificate, 0)
        at = _after(fields, 0) if fields[0] == 0xA0 else 0  # the version is optional
        for _ in ("serial number", "signature", "issuer"):
            at = _after(fields, at)
        validity, _ = _value(fields, at)
        return _time(validity, _after(validity, 0))
    except (binascii.Error, ValueError, IndexError):
        return None


def _value(der: bytes, at: int) -> tuple[bytes, int]:
    """The content of the element at `at`, and where the next one begins."""
    length, start = der[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(der[start : start + count], "big"), start + count
    if start + length > len(der):
        raise ValueError("cut off")
    return der[start : start + length], start + length


def _after(der: bytes, at: int) -> int:
    return _value(der, at)[1]


def _time(der: bytes, at: int) -> datetime:
    """UTCTime's two digits of a year are 1950 to 2049; Python's `%y` turns at 1969."""
    text = _value(der, at)[0].decode("ascii")
    if der[at] == _UTC_TIME:
        text = ("19" if text >= "50" else "20") + text
    elif der[at] != _GENERALIZED_TIME:
        raise ValueError("no time")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
