"""A text whose writer is known from beside it, as a Log."""

from anyops.sources.files.kubectl.logs import read_lines
from anyops.world.evidence import Document
from anyops.world.resource import Ref
from anyops.world.world import Log


def log_of(
    document: Document, name: str, about: Ref | None, container: str = "", *, previous: bool = False
) -> Log:
    """The log of a text, whatever it looks like."""
    return Log(name, tuple(read_lines(document)), about, container, previous)
