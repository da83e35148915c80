"""Kubernetes quantities, durations and times as numbers."""

import re
from datetime import UTC, datetime, timedelta

_SUFFIX = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
    "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50, "Ei": 2.0**60,
}  # fmt: skip
_QUANTITY = re.compile(r"([+-]?[0-9]{0,18}(?:\.[0-9]{0,18})?)(?:[eE]([+-]?[0-9]{1,2})|([numkMGTPE]i?|Ki)?)\Z")
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|us|µs|ns|y|d|h|m|s)")
_NEVER = 1970
"""Go's zero time is in year 1 and the kubelet prints the Unix epoch: both mean that nothing happened yet."""
_UNIT_SECONDS = {
    "y": 365 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9,
}  # fmt: skip


def parse_quantity(value: object) -> float | None:
    """`250m` → 0.25, `1Gi` → 1073741824.0; None when it is no quantity.

    Format: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    match = _QUANTITY.match(value.strip())
    if match is None or not any(c.isdigit() for c in match[1]):
        return None
    number = float(match[1])
    if match[2] is not None:
        return number * 10.0 ** int(match[2])
    suffix = match[3] or ""
    return number * _SUFFIX[suffix] if suffix in _SUFFIX else None


def parse_duration(value: object) -> timedelta | None:
    """`5m30s`, `26h`, `3d4h`, `2y35d` as kubectl and Go write them; None when it is no duration."""
    if not isinstance(value, str) or not value or len(value) > 40:
        return None
    total, end = 0.0, 0
    for match in _DURATION.finditer(value):
        if match.start() != end:
            return None
        total += float(match[1]) * _UNIT_SECONDS[match[2]]
        end = match.end()
    if end != len(value) or total > 3e9:
        return None
    return timedelta(seconds=total)


def parse_time(value: object) -> datetime | None:
    """An RFC 3339 or RFC 1123 (`kubectl describe`) time as an aware UTC datetime; None when it is neither."""
    when = value if isinstance(value, datetime) else _time_of(value)
    if when is None or when.year <= _NEVER:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    try:
        return when.astimezone(UTC)
    except OverflowError:
        return None


def _time_of(value: object) -> datetime | None:
    if not isinstance(value, str) or not 8 <= len(value) <= 64:
        return None
    text = value.strip()
    try:
        if text[:1].isdigit():
            return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
        return datetime.strptime(text, "%a, %d %b %Y %H:%M:%S %z")
    except ValueError:
        return None
