"""What a live object shows: values by their JSON pointer, encoded again without white space."""

from typing import Any

import msgspec

from anyops.redact import Redactor
from anyops.world.evidence import Path, Quote

QUOTED_BYTES = 2_000
"""A value longer than this is quoted up to there."""


class LiveView:
    """One object as the API server gave it. `place` of a quote is `Kind/ns/name#/json/pointer`.

    What is quoted passes the redactor, with the name that the value stands under.
    """

    __slots__ = ("body", "name", "redactor", "source")

    def __init__(
        self, source: str, name: str, body: dict[str, Any], redactor: Redactor | None = None
    ) -> None:
        self.source = source
        self.name = name
        self.body = body
        self.redactor = redactor

    def quote(self, path: Path) -> Quote | None:
        """The value at `path`, encoded compactly; None where there is none."""
        value: Any = self.body
        under: Any = None
        for key in path:
            if isinstance(value, dict):
                under, value = value, value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
                value = value[key]
            else:
                return None
        if value is None:
            return None
        shown = value if self.redactor is None else self.redactor.tree(value, name=_name(path, under))
        text = msgspec.json.encode(shown)[:QUOTED_BYTES].decode("utf-8", "ignore")
        place = f"{self.name}#{pointer(path)}"
        return Quote(source=self.source, place=place, text=text, redacted=Redactor.is_redacted(text))


def _name(path: Path, under: Any) -> str:
    """What the value is called: of an entry `{name, value}` the name, else the last key on its path."""
    keys = [key for key in path if isinstance(key, str)]
    last = keys[-1] if keys else ""
    named = under.get("name") if last == "value" and isinstance(under, dict) else None
    return named if isinstance(named, str) else last


def pointer(path: Path) -> str:
    """A JSON pointer: https://www.rfc-editor.org/rfc/rfc6901"""
    return "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in path)
