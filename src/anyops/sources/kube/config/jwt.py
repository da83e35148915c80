"""What a token says of itself. Nothing is verified: that is the server's part."""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

LARGEST = 64 << 10


def claims(token: str) -> Mapping[str, Any]:
    """The claims of a JSON Web Token, none of anything else. Source: RFC 7519."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > LARGEST:
        return {}
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        found = msgspec.json.decode(payload)
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def expiry(token: str) -> datetime | None:
    """When the token ceases to hold, None where it does not say so."""
    seconds = claims(token).get("exp")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
