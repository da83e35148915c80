"""A report as JSON: nothing but JSON, in the order of the schema, the same bytes for the same report."""

import re
from typing import Any

import msgspec

from anyops.text import is_active

_NOTABLE = re.compile(r"[^\x20-\x7e\n]")


def render_json(report: Any) -> str:
    r"""A report (or any record) as indented JSON with a newline at its end.

    Characters that act on a terminal stand as `\u` escapes, so that printing it is harmless and reading it
    gives the exact text. Lone surrogates, which UTF-8 cannot hold, come out as escapes too.
    """
    try:
        encoded = msgspec.json.encode(report)
    except UnicodeEncodeError:
        encoded = _with_surrogates(report)
    return _NOTABLE.sub(_escaped, msgspec.json.format(encoded, indent=2).decode()) + "\n"


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if not is_active(character):
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def _with_surrogates(report: Any) -> bytes:
    import json

    return json.dumps(msgspec.to_builtins(report), ensure_ascii=True).encode()
