"""Whatever kubectl printed into one file: one output, or a session of commands with their outputs."""

import re
import shlex
from collections.abc import Iterator

from msgspec.structs import replace

from anyops.sources.files.kubectl.command import Hint, hint_of_name, read_command
from anyops.sources.files.kubectl.describe import read_descriptions
from anyops.sources.files.kubectl.failures import read_failures
from anyops.sources.files.kubectl.rollouts import read_history
from anyops.sources.files.kubectl.tables import header_of, read_bare_rows, read_tables
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.kubectl.top import read_top
from anyops.sources.files.reading import Reading
from anyops.world.evidence import Document

_COMMAND = re.compile(
    r"([^\s$#>%`][^$#>%`]{0,80}[$#>%]\s+|[$#>%+❯=*-]{1,40}\s*|"
    r"(?:Command|Cmd|Running|Executing|Output of):?\s+)?"
    r"`?((?:kubectl|oc)\s+(?:[^`]{0,400}?\s)?(?:get|describe|top|logs|events|rollout)\s[^`]{0,600})",
    re.I,
)
_REST = re.compile(r"\s(?:\||>|2>|&&|;)")
_SIGNS = re.compile(
    rb"Name:|NAME|LAST SEEN|REVISION|kubectl|rror|No (?:resources|events) found|nable to |The connection|"
    rb"\s\d{1,4}/\d{1,4}\s|Normal|Warning|ClusterIP|NodePort|LoadBalancer|Ready"
)
_PROSE = re.compile(r"[A-Za-z*>#\d](?:\S* ){6}.*[.:;)]\Z")
_MOST_PROSE = 8


def read_output(document: Document) -> Reading | None:
    """Descriptions, tables and errors in a document; None when it holds none of them."""
    if _SIGNS.search(document.data) is None:
        return None
    text, reading = Text(document), Reading()
    sections = list(_sections(text))
    read = [_read_section(text, first, last, hint, reading) for first, last, hint in sections]
    return reading if any(read) and not _is_a_page(text, reading) else None


def _is_a_page(text: Text, reading: Reading) -> bool:
    """Whether the outputs are examples in a page of prose, such as a runbook, not this cluster."""
    facts = len(reading.resources) + len(reading.aged_events) + len(reading.series) + len(reading.unread)
    if any(resource.kind == "ConfigMap" for resource in reading.resources):
        return False
    prose = sum(1 for line in text.lines if "  " not in line and len(line) < 2000 and _PROSE.match(line))
    return prose > max(_MOST_PROSE, facts)


def _sections(text: Text) -> Iterator[tuple[int, int, Hint]]:
    """Line ranges, each the output of one command; without command lines the whole text is one."""
    first, hint = 0, hint_of_name(text.document.name)
    for number, command in _commands(text):
        yield first, number, hint
        first, hint = number + 1, _hint(command)
    yield first, len(text.lines), hint


def _commands(text: Text) -> Iterator[tuple[int, str]]:
    """The lines that are commands.

    The first stands above any output, and all are prompted alike: a script in a ConfigMap parts nothing.
    """
    prompted: bool | None = None
    if b"kubectl" not in text.document.data and b"oc " not in text.document.data:
        return
    for number, line in enumerate(text.lines):
        if prompted is None and (line.startswith("Name:") or header_of(line) is not None):
            return
        if len(line) > 1200 or ("kubectl" not in line and "oc " not in line):
            continue
        match = _COMMAND.match(line)
        if match is not None and prompted in (None, match[1] is not None):
            prompted = match[1] is not None
            yield number, match[2]


def _hint(command: str) -> Hint:
    """The command's parts; what passed through another program after it was filtered."""
    own, *rest = _REST.split(command.rstrip("=-*: "), maxsplit=1)
    try:
        tokens = shlex.split(own)
    except ValueError:
        tokens = own.split()
    hint = read_command(tokens, exact=True)
    return replace(hint, filtered=True) if rest and "|" in command else hint


def _read_section(text: Text, first: int, last: int, hint: Hint, into: Reading) -> bool:
    begin = read_descriptions(text, first, last, hint, into)
    end = last if begin is None else begin
    found = begin is not None
    for read in (read_tables, read_top, read_history):
        found = read(text, first, end, hint, into) or found
    found = read_failures(text, first, last, hint, into, alone=not found) or found
    return found or read_bare_rows(text, first, last, hint, into)
