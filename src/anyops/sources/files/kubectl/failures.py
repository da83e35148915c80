"""What kubectl says instead of an answer: an error, or that there is nothing."""

import re

from anyops.sources.files.kubectl.command import Hint
from anyops.sources.files.kubectl.kinds import find_kind, is_namespaced
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.reading import UNKNOWN_NAMESPACE, Reading
from anyops.world.world import Unread

_SERVER = re.compile(r"(?:error: )?error from server(?: \((\w+)\))?: ?(.*)\Z", re.I)
_NONE = re.compile(r"No (resources|events) found(?: in (\S+?) namespace)?\.?\Z")
_SUBJECT = re.compile(r"([a-z][a-z0-9.]*) (?:is forbidden|\"([^\"]{1,260})\")")
_ERROR = re.compile(
    r"(?:error: |Unable to connect to the server|The connection to the server|Error in configuration|Error: |"
    r"couldn't get current server API group list|E\d{4} [\d:.]+ .*memcache\.go|unable to retrieve)"
)
_SIGN = re.compile(
    rb"^\s*(?:[eE]rror|No (?:resources|events) found|Unable to|unable to|The conn|couldn't|E\d{4} )", re.M
)
_NO_TYPE = re.compile(r"the server doesn't have a resource type \"([^\"]{1,120})\"")
_WRAPPER = re.compile(
    r"(?:stdout|stderr|output|exit code|return code|error)\s*:?\s*\d*\Z|Command `.*`.*\Z", re.I
)
_CONTAINER = re.compile(r"(?:previous terminated )?container \"[^\"]{1,260}\" in pod \"([^\"]{1,260})\" ")
_WHY = {
    "Forbidden": "forbidden", "Unauthorized": "forbidden", "NotFound": "absent",
}  # fmt: skip


def read_failures(text: Text, first: int, last: int, hint: Hint, into: Reading, *, alone: bool) -> bool:
    """Read error lines in lines `first` to `last` (exclusive) as things not read.

    With `alone`, anything else in there means that it is not kubectl's answer but some log: then nothing
    is read. False when nothing was.
    """
    if not text.holds(_SIGN):
        return False
    found = [(line, said) for line in range(first, last) if (said := text.lines[line].strip())]
    failures = [(line, said) for line, said in found if _is_failure(said)]
    if not failures:
        return False
    if alone and any(not _is_failure(said) and not _is_wrapper(said) for _, said in found):
        return False
    for _, said in failures:
        _read_failure(said, text.document.name, hint, into)
    return True


def _is_failure(said: str) -> bool:
    return len(said) < 4000 and bool(_SERVER.match(said) or _NONE.match(said) or _ERROR.match(said))


def _is_wrapper(said: str) -> bool:
    if len(said) > 2000:
        return False
    return said.startswith(("Warning: ", "$ ", "command terminated")) or bool(_WRAPPER.match(said))


def _read_failure(said: str, name: str, hint: Hint, into: Reading) -> None:
    nothing = _NONE.match(said)
    if nothing:
        _read_nothing(nothing, said, name, hint, into)
        return
    server = _SERVER.match(said)
    why = _WHY.get(server[1] or "", "failed") if server else _why(said)
    subject = _SUBJECT.match(server[2]) if server else _NO_TYPE.search(said)
    kind, source = "" if hint.verb == "top" else hint.kind, name
    container = _CONTAINER.match(server[2]) if server else None
    if container:
        kind, source = "Pod", f"logs of pod/{container[1]}"
        # The kubelet calls it a bad request to ask for the log of a run that never was.
        why = "absent" if container[0].startswith("previous") else why
    elif subject:
        info = find_kind(subject[1])
        kind = info.kind if info else kind
        named = subject[2] if subject.re is _SUBJECT else None
        source = f"{subject[1]}/{named}" if named else subject[1]
    into.unread.append(Unread(source=source, why=why, detail=said, kind=kind))


def _why(said: str) -> str:
    if "Unauthorized" in said or "must be logged in" in said:
        return "forbidden"
    return "absent" if _NO_TYPE.search(said) or "not found" in said else "failed"


def _read_nothing(match: re.Match[str], said: str, name: str, hint: Hint, into: Reading) -> None:
    """An empty list is an answer: where its kind is known, the kind counts as listed."""
    kind = "Event" if match[1] == "events" else hint.kind
    namespace = match[2] or hint.namespace
    if kind and not hint.words and not hint.filtered:
        everywhere = hint.everywhere or not is_namespaced(kind)
        into.listed.add((kind, "" if everywhere else namespace or UNKNOWN_NAMESPACE))
    into.unread.append(Unread(source=name, why="empty", detail=said, kind=kind))
