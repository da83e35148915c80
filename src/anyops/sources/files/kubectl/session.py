"""What kubectl printed into one file: one output, or a session of commands with their outputs."""

import re
from collections.abc import Iterator
from itertools import pairwise

from anyops.sources.files.kubectl.command import Hint, hint_of_name
from anyops.sources.files.kubectl.describe import read_descriptions
from anyops.sources.files.kubectl.failures import read_failures
from anyops.sources.files.kubectl.rollouts import read_history
from anyops.sources.files.kubectl.tables import header_of, read_bare_rows, read_tables
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.kubectl.top import read_top
from anyops.sources.files.reading import Reading
from anyops.sources.files.sections import Part
from anyops.world.evidence import Document

_COMMAND = re.compile(
    r"([^\s$#>%`][^$#>%`]{0,80}[$#>%]\s+|[$#>%+❯=*-]{1,40}\s*|"
    r"(?:Command|Cmd|Running|Executing|Output of|Every [\d.]{1,8}s):?\s+)?"
    r"`?((?:kubectl|oc)\s+(?:[^`]{0,400}?\s)?(?:get|describe|top|logs|events|rollout)\s[^`]{0,600})",
    re.I,
)
_SIGNS = re.compile(
    rb"Name:|NAME|LAST SEEN|REVISION|rror|No (?:resources|events) found|nable to |The connection|"
    rb"\s\d{1,4}/\d{1,4}\s|Normal|Warning|ClusterIP|NodePort|LoadBalancer|Ready"
)
_PROSE = re.compile(r"[A-Za-z*>#](?:\S* ){6}.*[.:;)]\Z")
_LINK = re.compile(rb"\]\((?:https?://|/)")
_MOST_PROSE, _MOST_LINKS = 8, 3


def outputs(document: Document) -> list[Document]:
    """Each command's output in a session, under the command as its name; else the document itself."""
    if b"kubectl" not in document.data and b"oc " not in document.data:
        return [document]
    text = Text(document)
    commands = list(_commands(text))
    if not commands or _is_page(text, len(commands)):
        return [document]
    parts = [Part(document, 0, text.starts[commands[0][0]])]
    for (line, command), (following, _) in pairwise([*commands, (len(text.lines), "")]):
        start = text.starts[line + 1] if line + 1 < len(text.starts) else len(document.data)
        end = text.starts[following] if following < len(text.starts) else len(document.data)
        parts.append(Part(document, start, end, command.rstrip("=-*: ")))
    return [part for part in parts if part.data.strip()]


def _commands(text: Text) -> Iterator[tuple[int, str]]:
    """The lines that are commands.

    The first stands above any output, and all are prompted alike: a script in a ConfigMap parts nothing.
    """
    prompted: bool | None = None
    for number, line in enumerate(text.lines):
        if prompted is None and (line.startswith("Name:") or header_of(line) is not None):
            return
        if len(line) > 1200 or ("kubectl" not in line and "oc " not in line):
            continue
        match = _COMMAND.match(line)
        if match is not None and prompted in (None, match[1] is not None):
            prompted = match[1] is not None
            yield number, match[2]


def _is_page(text: Text, facts: int) -> bool:
    """Whether outputs in a text are examples in a page of prose, such as a runbook, not this cluster's."""
    if len(_LINK.findall(text.document.data)) >= _MOST_LINKS:
        return True
    prose = sum(1 for line in text.lines if "  " not in line and len(line) < 2000 and _PROSE.match(line))
    return prose > max(_MOST_PROSE, 2 * facts)


def read_output(document: Document) -> Reading | None:
    """The descriptions, tables, usage, history or errors that a command printed; None when it is none."""
    if _SIGNS.search(document.data) is None:
        return None
    text, reading = Text(document), Reading()
    if not _read(text, hint_of_name(document.name), reading):
        return None
    facts = len(reading.resources) + len(reading.aged_events) + len(reading.series) + len(reading.unread)
    own_words = any(resource.kind == "ConfigMap" for resource in reading.resources)
    return None if not own_words and _is_page(text, facts) else reading


def _read(text: Text, hint: Hint, into: Reading) -> bool:
    last = len(text.lines)
    begin = read_descriptions(text, 0, last, hint, into)
    end = last if begin is None else begin
    found = begin is not None
    for read in (read_tables, read_top, read_history):
        found = read(text, 0, end, hint, into) or found
    found = read_failures(text, 0, last, hint, into, alone=not found) or found
    return found or read_bare_rows(text, 0, last, hint, into)
