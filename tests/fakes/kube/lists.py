"""Lists: what selectors leave, cut into pages with continue tokens.

Source: k8s.io/apiserver/pkg/storage/continue.go; limit is ignored at resourceVersion 0, which the watch cache
answers.
"""

from __future__ import annotations

import base64
import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .selectors import field_test, label_test
from .store import Stored, by_key, encoded

RESOURCE_VERSION = 1_048_576


@dataclass(frozen=True)
class Page:
    """Some objects of a list, and the list's metadata."""

    items: Sequence[Stored]
    metadata: Mapping[str, Any]


def page(every: Sequence[Stored], kind: str, namespace: str, params: Mapping[str, str]) -> Page:
    """The page that a list request's parameters ask for. Raises ValueError for a bad parameter.

    `every` is in the order of keys, in which all of a namespace stand together: `0` follows `/`.
    """
    labels, fields = params.get("labelSelector", ""), params.get("fieldSelector", "")
    start = f"{namespace}/" if namespace else ""
    end = bisect_left(every, f"{namespace}0", key=by_key) if namespace else len(every)
    if token := params.get("continue", ""):
        start = max(start, _start(token))
    chosen = every[bisect_left(every, start, key=by_key) : end]
    if labels or fields:
        meets, fits = label_test(labels), field_test(fields, kind)
        chosen = [stored for stored in chosen if meets(stored.labels) and fits(stored.fields)]
    limit = _limit(params)
    metadata: dict[str, Any] = {"resourceVersion": str(RESOURCE_VERSION)}
    if limit and len(chosen) > limit:
        metadata["continue"] = token_after(chosen[limit - 1].key)
        if not labels and not fields:
            metadata["remainingItemCount"] = len(chosen) - limit
        chosen = chosen[:limit]
    return Page(chosen, metadata)


def _limit(params: Mapping[str, str]) -> int:
    text = params.get("limit", "0") or "0"
    if not text.isdecimal():
        raise ValueError(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return 0 if params.get("resourceVersion") == "0" and "continue" not in params else int(text)


def token_after(key: str, resource_version: int = RESOURCE_VERSION) -> str:
    """The token of the page after an object; version -1 is the inconsistent one of a 410 answer."""
    content = {"v": "meta.k8s.io/v1", "rv": resource_version, "start": key + "\0"}
    return base64.urlsafe_b64encode(encoded(content)).decode().rstrip("=")


def inconsistent(token: str) -> str:
    """The token that goes on where an expired one stopped."""
    return token_after(_start(token).removesuffix("\0"), -1)


def _start(token: str) -> str:
    try:
        content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return str(content["start"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"continue key is not valid: {error}") from error


def body(kind: str, api_version: str, found: Page) -> bytes:
    """The list as JSON, from bytes that stand ready."""
    head = {"kind": f"{kind}List", "apiVersion": api_version, "metadata": found.metadata}
    return b"".join(
        (encoded(head)[:-1], b',"items":[', b",".join([stored.encoded for stored in found.items]), b"]}\n")
    )
