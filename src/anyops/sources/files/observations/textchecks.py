"""What nc, telnet, curl, wget and nslookup say about a connection, one check after another."""

import re

from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.observations.checks import CHECK_PATHS, connectivity, is_reachable
from anyops.sources.files.reading import Reading
from anyops.sources.files.views import TextView
from anyops.world.evidence import Document

_SIGNS = re.compile(
    rb"^(?:[$#] )?(?:nc|ncat|telnet|curl|wget) [^\n]*$|Connection to \S+ \d+ port|^Trying [0-9a-f.:]+|"
    rb"^curl: \(\d+\)|^nc: |^telnet: |^\* +Trying |^wget: |\) open$",
    re.MULTILINE,
)
_WORDS = (b"nc", b"telnet", b"curl", b"wget", b"Connection to", b"Trying", b") open")
_TARGETS = (
    re.compile(r"(?:nc|ncat)(?: -\S+)*(?: \d+)? ([A-Za-z0-9][\w.-]*) (\d{1,5})\b"),
    re.compile(r"telnet ([A-Za-z0-9][\w.-]*)[ :](\d{1,5})\b"),
    re.compile(r"https?://([A-Za-z0-9][\w.-]*)(?::(\d{1,5}))?"),
    re.compile(r"[Cc]onnect(?:ion)? to (\S+?) (?:\([^)]*\) )?port (\d{1,5})"),
    re.compile(r"Connection to (\S+) (\d{1,5}) port"),
    re.compile(r"([A-Za-z0-9][\w.-]*) (?:\([0-9a-f.:]+\)|\[[0-9a-f.:]+\]) (\d{1,5})\b"),
    re.compile(r"([A-Za-z0-9][\w.-]*) \([0-9a-f.]+:(\d{1,5})\)"),
)
_MOST_BYTES = 65_536


def read_checks(document: Document) -> Reading | None:
    """A Connectivity for each address whose check ended well or not; None when the text is no check."""
    data = document.data
    if len(data) > _MOST_BYTES or not any(word in data for word in _WORDS) or not _SIGNS.search(data):
        return None
    text, reading = Text(document), Reading()
    starts = [(n, target) for n, line in enumerate(text.lines) if (target := _target(line))]
    begins = [
        start for position, start in enumerate(starts) if position == 0 or start[1] != starts[position - 1][1]
    ]
    for position, (line, (host, port)) in enumerate(begins):
        end = begins[position + 1][0] if position + 1 < len(begins) else len(text.lines)
        message = "\n".join(text.lines[line:end]).strip()
        ok = is_reachable(message)
        if ok is not None:
            last = line + max(len(message.split("\n")) - 1, 0)
            view = TextView(
                document, dict.fromkeys(CHECK_PATHS, text.bytes_of(line, min(last, len(text.lines) - 1)))
            )
            reading.resources.append(connectivity(host, port, ok, message[:2000], view))
    return reading if reading.resources else None


def _target(line: str) -> tuple[str, int] | None:
    for pattern in _TARGETS:
        match = pattern.search(line[:2000])
        if match:
            port = int(match[2]) if match[2] else 443 if "https:" in match[0] else 80
            return (match[1].rstrip(":,"), port) if port < 65536 else None
    return None
