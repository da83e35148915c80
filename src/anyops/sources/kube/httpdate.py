"""Times in HTTP headers: https://www.rfc-editor.org/rfc/rfc9110#http.date"""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def http_date(text: str) -> datetime | None:
    """The moment that a header names, in UTC; None where it names none."""
    try:
        at = parsedate_to_datetime(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, given as seconds or as a date by the server's own clock; None where none are given.

    Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:6])
    at = http_date(said)
    now = http_date(headers.get("date", "")) or datetime.now(UTC)
    return None if at is None else max(0.0, (at - now).total_seconds())
