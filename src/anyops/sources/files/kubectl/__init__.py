"""The texts that kubectl prints: descriptions, tables, usage and logs."""

from anyops.sources.files.kubectl.logs import parse_log
from anyops.sources.files.kubectl.session import outputs, read_output
from anyops.sources.files.reading import Parser

PARSERS: tuple[Parser, ...] = (read_output,)
"""In the order they should be tried; each returns None quickly when the content is not its format."""

__all__ = ["PARSERS", "outputs", "parse_log"]
