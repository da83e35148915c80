"""Logs: lines of a program, each with the time that it begins with; a stack trace is one entry."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct

from anyops.sources.files.kubectl.command import Hint, hint_of_name
from anyops.sources.files.reading import Reading
from anyops.world.evidence import Document, Span
from anyops.world.resource import Ref
from anyops.world.world import Log, LogLine

_ISO = re.compile(
    rb"[\[(]?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?[ ]?(Z|[+-]\d\d:?\d\d)?(?![\d:])"
)
_SLASHED = re.compile(rb"\[?(\d{4})/(\d\d)/(\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?")
_IN_JSON = re.compile(
    rb'"(?:time|ts|timestamp|@timestamp|eventTime)" ?: ?'
    rb'(?:"([^"]{10,40})"|(\d{10})(\d{3})?(?:\.(\d{1,9}))?[,}\s])'
)
_LOGFMT = re.compile(rb'(?:time|ts)="?(\d{4}-\d\d-\d\dT[^"\s]{8,40})')
_LEVEL = re.compile(
    rb"\W{0,3}(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|ERR|FATAL|CRITICAL|PANIC|panic:|Traceback|"
    rb"[IWEF]\d{4} \d\d:|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{1,3}(?:\.\d{1,3}){3} - )"
)
_CONTINUED = re.compile(
    rb"[ \t]|Caused by: |Suppressed: |goroutine \d|(?:[a-z_][a-z0-9_]*\.){2,}[A-Z]\w*(?:Exception|Error)\b"
)
_LOG_NAME = re.compile(
    r"(?:^|[/_. -])logs?/[^/]*\Z|(?:^|[/_. -])(?:logs?|stdout|stderr|journal)(?:[_. -][^/]*)?\Z", re.I
)
_MOST_LINES = 400
"""The most lines of one entry."""


def parse_log(document: Document) -> Reading | None:
    """The document as one log; None when it does not look like one. Meant to be tried last.

    It looks like one when its name says so, or when a third of its lines begin with a time or a level.
    """
    data = document.data
    if not data.strip() or b"\0" in data[:4096]:
        return None
    if not _LOG_NAME.search(document.name) and not _looks_like_log(data):
        return None
    lines = read_lines(document)
    if not lines:
        return None
    writer = writer_of(document.name)
    log = Log(document.name, tuple(lines), writer.about, writer.container, writer.previous)
    return Reading(logs=[log])


def _looks_like_log(data: bytes) -> bool:
    lines = [line for line in data[:40000].split(b"\n")[:200] if line.strip()]
    dated = sum(time_of(line) is not None or _LEVEL.match(line) is not None for line in lines)
    return dated * 3 >= len(lines) > 0


def read_lines(document: Document) -> list[LogLine]:
    """The entries of a log. A line that is indented, or part of a trace, belongs to the one before."""
    data, starts = document.data, document.line_starts()
    entries: list[LogLine] = []
    begin = end = -1
    count, in_trace = 0, False
    for number, start in enumerate(starts):
        stop = starts[number + 1] - 1 if number + 1 < len(starts) else len(data)
        line = data[start:stop].rstrip(b"\r")
        if not line.strip():
            continue
        is_first = begin < 0 or count >= _MOST_LINES
        if not is_first and (_CONTINUED.match(line) or (in_trace and line[:1] not in b" \t")):
            in_trace = in_trace and line[:1] in b" \t"
            end, count = start + len(line), count + 1
            continue
        if begin >= 0:
            entries.append(_entry(document, begin, end))
        begin, end, count = start, start + len(line), 1
        in_trace = b"Traceback (most recent call last)" in line
    if begin >= 0:
        entries.append(_entry(document, begin, end))
    return entries


def _entry(document: Document, start: int, end: int) -> LogLine:
    raw = document.data[start:end]
    at = time_of(raw)
    return LogLine(text=raw.decode("utf-8", "replace"), source=Span(document, start, end, at), at=at)


def time_of(line: bytes) -> datetime | None:
    """The time that a line begins with, in UTC; a time without a zone is taken as UTC.

    ISO 8601, Go's `2024/01/02 15:04:05`, and the time fields of JSON and logfmt lines. Forms without a year
    (klog, syslog) give None.
    """
    head = line[:400]
    first = head[:1]
    if first == b"{":
        return _json_time(head)
    match = _ISO.match(head)
    if match:
        zone = match[4] or b"Z"
        return _iso(b"%sT%s.%s%s" % (match[1], match[2], (match[3] or b"0")[:6].ljust(6, b"0"), zone))
    match = _SLASHED.match(head)
    if match:
        fraction = (match[5] or b"0")[:6].ljust(6, b"0")
        return _iso(b"%s-%s-%sT%s.%sZ" % (match[1], match[2], match[3], match[4], fraction))
    match = _LOGFMT.search(head[:120])
    return _iso(match[1]) if match else None


def _json_time(head: bytes) -> datetime | None:
    match = _IN_JSON.search(head)
    if match is None:
        return None
    if match[1]:
        return _iso(match[1])
    fraction = match[3] or match[4] or b"0"
    seconds = int(match[2]) + int(fraction[:6].ljust(6, b"0")) / 1e6
    return datetime.fromtimestamp(seconds, UTC)


def _iso(text: bytes) -> datetime | None:
    try:
        when = datetime.fromisoformat(text.decode("ascii"))
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class Writer(Struct, frozen=True):
    """Who wrote a log, as far as its name says."""

    about: Ref | None = None
    container: str = ""
    previous: bool = False


_N = r"[a-z0-9][a-z0-9.-]{0,252}"
_PATHS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Writer]], ...] = (
    # must-gather: namespaces/NS/pods/POD/CONTAINER/CONTAINER/logs/current.log
    (
        re.compile(
            rf"(?:^|/)namespaces/({_N})/pods/({_N})/({_N})/(?:{_N}/)?logs/(current|previous[a-z.-]*)\.log\Z"
        ),
        lambda m: Writer(Ref("Pod", m[1], m[2]), m[3], m[4] != "current"),
    ),
    # kubelet: /var/log/pods/NS_POD_UID/CONTAINER/0.log
    (
        re.compile(rf"(?:^|/)({_N})_({_N})_[0-9a-f-]{{32,36}}/({_N})/\d+\.log\Z"),
        lambda m: Writer(Ref("Pod", m[1], m[2]), m[3]),
    ),
    # kubelet: /var/log/containers/POD_NS_CONTAINER-ID.log
    (
        re.compile(rf"(?:^|/)({_N})_({_N})_({_N})-[0-9a-f]{{64}}\.log\Z"),
        lambda m: Writer(Ref("Pod", m[2], m[1]), m[3]),
    ),
    # troubleshoot.sh: cluster-resources/pods/logs/NS/POD/CONTAINER-previous.log
    (
        re.compile(rf"(?:^|/)pods/logs/({_N})/({_N})/({_N}?)(-previous)?\.log\Z"),
        lambda m: Writer(Ref("Pod", m[1], m[2]), m[3], bool(m[4])),
    ),
    # kubectl cluster-info dump: NS/POD/logs.txt
    (
        re.compile(rf"(?:^|/)({_N})/({_N})/logs\.txt\Z"),
        lambda m: Writer(Ref("Pod", m[1], m[2])),
    ),
)
_POD = re.compile(
    r"[a-z0-9][a-z0-9.-]{0,240}-(?:[bcdf0-9][bcdfghjklmnpqrstvwxz0-9]{5,9}-)?[bcdfghjklmnpqrstvwxz2456789]{5}\Z"
)
_SET_POD = re.compile(r"[a-z][a-z0-9.-]{0,240}-\d{1,4}\Z")


def writer_of(name: str) -> Writer:
    """Who wrote the log of that name: from a known layout of folders, a command, or a pod's name in it."""
    for pattern, build in _PATHS:
        match = pattern.search(name)
        if match:
            return build(match)
    hint = hint_of_name(name)
    about = _about(name, hint)
    return Writer(about, hint.container, hint.previous)


def _about(name: str, hint: Hint) -> Ref | None:
    stem = name.rpartition("/")[2].removesuffix(".txt").removesuffix(".log")
    words = re.split(r"[\s_,]+", stem)
    pod = next((word for word in words if _POD.match(word)), None)
    if pod is None:
        pod = next((word for word in words if _SET_POD.match(word)), None)
    if pod is None:
        named = [word for word in hint.words if word not in _NO_POD] if hint.verb == "logs" else []
        return Ref(hint.kind or "Pod", hint.namespace, named[0]) if named else None
    after = words[words.index(pod) + 1 :]
    namespace = next((word for word in after if _NAMESPACE.match(word)), "")
    return Ref("Pod", hint.namespace or namespace, pod)


_NO_POD = frozenset({"all", "containers", "previous", "container", "pod", "pods", "log", "logs"})
_NAMESPACE = re.compile(r"[a-z][a-z0-9-]*\Z")
