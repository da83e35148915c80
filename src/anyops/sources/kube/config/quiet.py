"""Records that hold secrets: what they show of themselves is one harmless line."""

from typing import Any

from msgspec import Struct


class Quiet(Struct, frozen=True):
    """A record whose repr is its `about`, for people, logs and tracebacks alike."""

    def about(self) -> str:
        """What may be seen of it."""
        return ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.about()})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("about", self.about())]
