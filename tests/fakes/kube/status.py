"""Status objects, with the texts of a real API server.

Source: k8s.io/apimachinery/pkg/api/errors/errors.go and apiserver/pkg/endpoints/handlers/responsewriters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EXPIRED = (
    "The provided continue parameter is too old to display a consistent list result. "
    "You must start a new list without the continue parameter."
)
EXPIRED_BUT = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new "
    "list without the continue parameter, or use the continue token in this response to retrieve the "
    "remainder of the results. Continuing with the provided token results in an inconsistent list - objects "
    "that were created, modified, or deleted between the time the first chunk was returned and now may show "
    "up in the list."
)
NO_SUCH_PATH = "the server could not find the requested resource"
NOT_ALLOWED = "the server does not allow this method on the requested resource"
ONLY_MEDIA_TYPES = (
    "only the following media types are accepted: application/json, application/yaml, "
    "application/vnd.kubernetes.protobuf"
)
_REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    406: "NotAcceptable",
    410: "Expired",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


def status(
    code: int, message: str, details: Mapping[str, Any] | None = None, proceed: str = ""
) -> dict[str, Any]:
    """A failure; `proceed` is the token of a list that may go on inconsistently."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {"continue": proceed} if proceed else {},
        "status": "Failure",
        "message": message,
        "reason": _REASONS[code],
        **({"details": dict(details)} if details else {}),
        "code": code,
    }
