"""A report as JSON: nothing but JSON, in the order of the schema, the same bytes for the same report."""

import re
from typing import Any

import msgspec

from anyops.text import is_active

_LOG_COMMAND = re.compile(r"##(?=[A-Za-z]*\[)")
_NOTABLE = re.compile(r"[^\x20-\x7e\n]")


def render_json(report: Any, *, ascii: bool = False) -> str:
    r"""A report (or any record) as indented JSON with a newline at its end.

    Characters that act on a terminal stand as `\u` escapes, so that printing it is harmless and reading it
    gives the exact text; with `ascii` so does everything beyond ASCII. A lone surrogate, which
    neither UTF-8 nor most readers of JSON hold, becomes U+FFFD.
    """
    try:
        encoded = msgspec.json.encode(report)
    except UnicodeEncodeError:
        encoded = _without_surrogates(report)
    text = msgspec.json.format(encoded, indent=2).decode()
    text = _LOG_COMMAND.sub("#\\\\u0023", text)
    return _NOTABLE.sub(_escape if ascii else _escape_active, text) + "\n"


def _escape_active(found: re.Match[str]) -> str:
    return _escape(found) if is_active(found[0]) else found[0]


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _without_surrogates(report: Any) -> bytes:
    import json

    text = json.dumps(msgspec.to_builtins(report), ensure_ascii=False)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
