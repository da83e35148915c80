"""Whatever kubectl printed, in one file: one output, or a session of commands with their outputs."""

from anyops.sources.files.kubectl.command import hint_of_name
from anyops.sources.files.kubectl.describe import read_descriptions
from anyops.sources.files.kubectl.tables import read_tables
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.reading import Reading
from anyops.world.evidence import Document


def read_output(document: Document) -> Reading | None:
    """Descriptions and tables in a document; None when it holds neither."""
    if b"Name:" not in document.data and b"NAME" not in document.data and b"LAST SEEN" not in document.data:
        return None
    text, reading = Text(document), Reading()
    hint = hint_of_name(document.name)
    last = len(text.lines)
    found = read_descriptions(text, 0, last, hint, reading)
    if not found:
        found = read_tables(text, 0, last, hint, reading)
    return reading if found else None
