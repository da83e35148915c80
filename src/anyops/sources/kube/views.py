"""What a live object shows: values by their JSON pointer, encoded again without white space."""

from typing import Any

import msgspec

from anyops.world.evidence import Path, Quote

QUOTED_BYTES = 2_000
"""A value longer than this is quoted up to there."""


class LiveView:
    """One object as the API server gave it. `place` is `Kind/ns/name#/json/pointer`."""

    __slots__ = ("body", "name", "source")

    def __init__(self, source: str, name: str, body: dict[str, Any]) -> None:
        self.source = source
        self.name = name
        self.body = body

    def quote(self, path: Path) -> Quote | None:
        """The value at `path`, encoded compactly; None where there is none."""
        value: Any = self.body
        for key in path:
            if isinstance(value, dict):
                value = value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
                value = value[key]
            else:
                return None
        if value is None:
            return None
        text = msgspec.json.encode(value)[:QUOTED_BYTES].decode("utf-8", "ignore")
        return Quote(source=self.source, place=f"{self.name}#{pointer(path)}", text=text)


def pointer(path: Path) -> str:
    """A JSON pointer: https://www.rfc-editor.org/rfc/rfc6901"""
    return "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in path)
