"""Which values are not shown, because their name or they themselves say that they are secret."""

import re
from collections.abc import Iterator, Sequence

HIDDEN = "(hidden)"

_WORDS = (
    r"pass(?:word|wd|phrase|code)?|pwd|secret|token|api[-_.]?key|access[-_.]?key|private[-_.]?key|"
    r"encryption[-_.]?key|signing[-_.]?key|account[-_.]?key|credential|auth(?!or|ent)|authorization|cookie|dsn|"
    r"conn(?:ection)?[-_.]?str(?:ing)?|salt|jwt|license[-_.]?key|webhook[-_.]?url|kubeconfig"
)
_NAME = re.compile(_WORDS, re.IGNORECASE)
_PLAIN_END = re.compile(
    r"(?:name|ref|path|class|kind|seconds|ttl|enabled|policy|type|store|\.key|mode|version|port|issuer)\Z",
    re.IGNORECASE,
)
_USERINFO = re.compile(r"(?<=://)[^/\s@'\"]*:[^/\s@'\"]+(?=@)")
_BARE = re.compile(
    r"(?i:\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{6,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9._-]{8,}"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bglpat-[A-Za-z0-9_-]{10,}"
    r"|\bxox[abposr]-[A-Za-z0-9-]{8,}|\bsk-[A-Za-z0-9_-]{16,}|\$(?:2[aby]|5|6|apr1)\$[^\s'\"]{8,}"
)
_ASSIGNED = re.compile(
    rf"(?P<name>[\w.-]*(?:{_WORDS})[\w.-]*[\"']?(?:\s*[:=]>?\s*|\s+))(?P<value>[^\s,;&][^,;&\n]*)",
    re.IGNORECASE,
)
_FLAG = re.compile(
    rf"(?P<name>--?[\w.-]*(?:{_WORDS})[\w.-]*(?:=|\s+))(?P<value>'[^']*'|\"[^\"]*\"|\S+)", re.I
)
_ENTRY = re.compile(
    rf"^(?P<lead>\s*(?:-\s+)?[\"']?[\w./-]*(?:{_WORDS})[\w./-]*[\"']?\s*(?:=>|[:=]))(?P<value>.*)$", re.I
)
_NAMED = re.compile(rf"^\s*(?:-\s+)?[\"']?(?:name|key)[\"']?\s*[:=].*(?:{_WORDS})", re.IGNORECASE)
_VALUE = re.compile(r"^(?P<lead>\s*(?:-\s+)?[\"']?value[\"']?\s*[:=])(?P<value>.*)$", re.IGNORECASE)
_PRIVATE = "PRIVATE KEY-----"


def is_secret(name: str, value: str, *, plain_ends: bool = False) -> bool:
    """Whether the name looks like that of a secret, or the value holds a credential.

    With `plain_ends` a name such as `tokenTTL` or `secretName`, which tells of a secret, is none itself.
    """
    named = _NAME.search(name) is not None and not (plain_ends and _PLAIN_END.search(name))
    return named or holds_credential(value)


def holds_credential(value: str) -> bool:
    """Whether a password, token or private key stands in the text."""
    return bool(
        _PRIVATE in value or _USERINFO.search(value) or _BARE.search(value) or _assigned(value) is not None
    )


def _assigned(value: str) -> re.Match[str] | None:
    return next((m for m in _ASSIGNED.finditer(value) if any(sign in m["name"] for sign in ":=")), None)


def masked(value: str) -> str:
    """One line, a command or a description, with the credentials in it hidden."""
    value = _FLAG.sub(rf"\g<name>{HIDDEN}", value)
    value = _BARE.sub(HIDDEN, _USERINFO.sub(HIDDEN, value))
    return _ASSIGNED.sub(_hide_assigned, value)


def _hide_assigned(found: re.Match[str]) -> str:
    return found["name"] + HIDDEN if any(sign in found["name"] for sign in ":=") else found[0]


def masked_lines(lines: Sequence[str]) -> list[str]:
    """The lines of a text with the values hidden that may be secret; as many lines as before."""
    if any(_PRIVATE in line for line in lines):
        return [HIDDEN] * len(lines)
    return list(_masked_lines(lines))


def _masked_lines(lines: Sequence[str]) -> Iterator[str]:
    deeper_than: int | None = None
    named = False
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if deeper_than is not None and line.strip():
            if indent > deeper_than:
                yield line[:indent] + HIDDEN
                continue
            deeper_than = None
        entry = (_VALUE.match(line) if named else None) or _ENTRY.match(line)
        named = _NAMED.match(line) is not None
        if entry is None:
            yield masked(line)
            continue
        if entry["value"].strip().strip("|>-+") == "":
            deeper_than = indent
            yield line
        else:
            yield f"{entry['lead']} {HIDDEN}"
