"""Requests and replies, apart from how they travel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from .status import status
from .store import encoded

JSON = "application/json"


@dataclass(frozen=True)
class Query:
    """One request: path without the query, parameters, headers by lower-case name."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    """the subject's common name of the client certificate, if one came"""

    def without(self, name: str) -> Query:
        """The same request without a parameter."""
        return replace(self, params={key: value for key, value in self.params.items() if key != name})


def parameters(text: str) -> dict[str, str]:
    """A query string as parameters; the last one counts."""
    return dict(parse_qsl(text, keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """One answer; a body of chunks travels in chunks."""

    code: int
    body: bytes | Iterator[bytes]
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def json_reply(document: object, content_type: str = JSON) -> Reply:
    """A document, 200."""
    return Reply(200, encoded(document) + b"\n", content_type)


def failure(code: int, message: str, details: Mapping[str, object] | None = None, proceed: str = "") -> Reply:
    """A Status of a failure."""
    return Reply(code, encoded(status(code, message, details, proceed)) + b"\n")


def text_reply(code: int, text: str, content_type: str = "text/plain; charset=utf-8") -> Reply:
    """Text, as /healthz and proxies answer."""
    return Reply(code, text.encode(), content_type)
