"""The validity of X.509 certificates in PEM text: just enough DER to find two times.

RFC 5280, 4.1: Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { [0] version OPTIONAL, serialNumber,
signature, issuer, validity SEQUENCE { notBefore, notAfter }, subject, ...
"""

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]{1,20000})-----END CERTIFICATE-----")
_SEQUENCE, _UTC_TIME, _GENERALIZED_TIME, _VERSION = 0x30, 0x17, 0x18, 0xA0
_MOST = 300
"""Certificates read from one text; a bundle of all public authorities has about 140."""


class Validity(Struct, frozen=True):
    """From when to when a certificate holds, aware UTC."""

    not_before: datetime
    not_after: datetime


def validities(text: str) -> Iterator[Validity]:
    """The validity of each certificate in a PEM text; what is malformed is left out."""
    for number, match in enumerate(_PEM.finditer(text)):
        if number >= _MOST:
            return
        try:
            found = _validity(base64.b64decode("".join(match[1].split()), validate=True))
        except (ValueError, IndexError, binascii.Error):
            continue
        yield found


def decoded(text: str) -> str:
    """PEM text out of base64, as `caBundle` carries it; "" when it is none."""
    try:
        return base64.b64decode(text, validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        return ""


def _validity(der: bytes) -> Validity:
    at, _ = _enter(der, 0, _SEQUENCE)
    at, _ = _enter(der, at, _SEQUENCE)
    if der[at] == _VERSION:
        at = _skip(der, at)
    for _field in ("serialNumber", "signature", "issuer"):
        at = _skip(der, at)
    at, _ = _enter(der, at, _SEQUENCE)
    return Validity(_time(der, at), _time(der, _skip(der, at)))


def _enter(der: bytes, at: int, tag: int) -> tuple[int, int]:
    """Where the content of the element at `at` begins and ends."""
    if der[at] != tag:
        raise ValueError(f"expected tag {tag:#x}")
    length, start = der[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        if not 1 <= size <= 4:
            raise ValueError("length of lengths")
        length, start = int.from_bytes(der[start : start + size], "big"), start + size
    if start + length > len(der):
        raise ValueError("element runs past its end")
    return start, start + length


def _skip(der: bytes, at: int) -> int:
    return _enter(der, at, der[at])[1]


def _time(der: bytes, at: int) -> datetime:
    start, end = _enter(der, at, der[at])
    text = der[start:end].decode("ascii")
    if der[at] == _UTC_TIME and len(text) == 13:
        # RFC 5280, 4.1.2.5.1: years from 50 belong to the last century.
        text = ("19" if text[:2] >= "50" else "20") + text
    elif der[at] != _GENERALIZED_TIME:
        raise ValueError("no time")
    if len(text) != 15 or not text[:14].isdigit() or text[14] != "Z":
        raise ValueError("no time in UTC")
    month, day, hour, minute, second = (int(text[i : i + 2]) for i in range(4, 14, 2))
    return datetime(int(text[:4]), month, day, hour, minute, second, tzinfo=UTC)
