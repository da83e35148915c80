"""One page of a list: how it goes on, and its items, looked into no further than is asked for."""

import re
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from anyops.sources.kube.failure import ApiError

_CONTINUE = re.compile(rb'"continue":\s?"([^"\\]+)"')
_HEAD = 4_000

_Shape = TypeVar("_Shape")


class _Meta(Struct, frozen=True):
    resourceVersion: str = ""  # noqa: N815
    remainingItemCount: int | None = None  # noqa: N815
    continues: str = msgspec.field(default="", name="continue")


class Page(Struct, frozen=True):
    """Items in the server's order; `token` asks for the next page, "" where there is none."""

    items: list[Any]
    token: str = ""
    remaining: int | None = None


class _List(Struct, Generic[_Shape], frozen=True):
    kind: str = ""
    metadata: _Meta = _Meta()
    items: list[_Shape] | None = None
    rows: list[msgspec.Raw] | None = None


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(_List[shape])


def read_page(body: bytes, shape: Any = msgspec.Raw) -> Page:
    """The page of a list or of a server-side Table. Raises ApiError where the body is neither.

    Items are of `shape` if all of them can be, else they are their JSON.
    """
    try:
        found = _decoder(shape).decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        if shape is not msgspec.Raw:
            return read_page(body)
        raise ApiError("failed", _no_list(body)) from None
    if not found.kind.endswith(("List", "Table")):
        raise ApiError("failed", _no_list(body))
    items = found.rows if found.kind == "Table" else found.items
    return Page(items or [], found.metadata.continues, found.metadata.remainingItemCount)


def peek_token(body: bytes) -> str:
    """The next page's token by the head of the body, so that it can be asked for before this one is read."""
    found = _CONTINUE.search(body, 0, _HEAD)
    return found[1].decode("utf-8", "replace") if found else ""


def _no_list(body: bytes) -> str:
    head = body[:200].lstrip().lower()
    if head.startswith(b"<"):
        return "the answer is a web page, not a list: is a proxy or a login in between?"
    if not body.strip():
        return "the answer is empty"
    return "the answer is no list, or it was cut off on the way"
