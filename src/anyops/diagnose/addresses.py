"""Hosts and ports, as settings and error messages name them."""

import re
from collections.abc import Iterator

from msgspec import Struct

_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})){0,8}"
_HOST_PORT = re.compile(rf"(?:^|(?<=[\s/@(,;=\"'\[>|\\])|(?<=ipv4:))({_HOST}):(\d{{1,5}})(?![\w-]|[.:]\d)")
_URL = re.compile(
    rf"[a-z][a-z0-9+.-]{{1,20}}://(?:[^\s/@]{{0,200}}@)?({_HOST})(?::(\d{{1,5}}))?(?=[/?#\s,\"']|$)", re.I
)
_LOOKUP = re.compile(
    rf"(?:lookup|resolve host(?:name)?:?|getaddrinfo (?:ENOTFOUND|EAI_AGAIN|for)|ENOTFOUND|EAI_AGAIN"
    rf"|UnknownHostException:?|(?:resolve|translate) host name|unknown host:?) [\"'`]?({_HOST})[\"'`]?",
    re.I,
)
_SPELLED = re.compile(
    rf"host(?:=| )[\"'](?P<a>{_HOST})[\"'],? port[= ](?P<b>\d{{1,5}})"
    rf"|server at \"(?P<c>{_HOST})\"(?: \([\w.:]{{1,45}}\))?, port (?P<d>\d{{1,5}})",
    re.I,
)
_BARE = re.compile(rf"{_HOST}\Z")
_ONLY_NUMBERS = re.compile(r"[\d.]+\Z")
_SOURCES = frozenset(
    (
        "py",
        "go",
        "java",
        "js",
        "ts",
        "mjs",
        "rb",
        "rs",
        "c",
        "cc",
        "cpp",
        "h",
        "cs",
        "php",
        "kt",
        "scala",
        "swift",
        "ex",
        "lua",
        "pl",
        "sql",
        "yaml",
        "yml",
        "json",
    )
)


class Address(Struct, frozen=True, order=True):
    """A host with its port; 0 where none is named."""

    host: str
    port: int = 0

    def __str__(self) -> str:
        return f"{self.host}:{self.port}" if self.port else self.host


def in_setting(value: str, *, names_host: bool = False) -> list[Address]:
    """Addresses in the value of a setting: `host:port`, URLs, DSNs, lists of them.

    `names_host` says that the setting's name promises a host, so that a bare word counts as one.
    """
    if not value or len(value) > 2000:
        return []
    found = list(dict.fromkeys([*_urls(value), *_pairs(value)])) if ":" in value else []
    with_port = {address.host for address in found if address.port}
    found = [a for a in found if a.port or a.host not in with_port]
    if not found and names_host and _BARE.match(value) and not _ONLY_NUMBERS.match(value):
        found = [Address(value.lower())]
    return [a for a in found if not is_local(a.host)]


def in_message(text: str) -> list[Address]:
    """Addresses in an error message, those that were being dialed or looked up first."""
    text = text[:4000]
    looked_up = [Address(m[1].lower().rstrip(".")) for m in _LOOKUP.finditer(text)]
    spelled = [Address((m["a"] or m["c"]).lower(), int(m["b"] or m["d"])) for m in _SPELLED.finditer(text)]
    found = [*looked_up, *_pairs(text), *spelled, *_urls(text)]
    return [a for a in dict.fromkeys(found) if a.port < 65536 and not _is_source_line(a)]


def _is_source_line(address: Address) -> bool:
    """`main.go:17` stands where an address could."""
    return bool(address.port) and address.host.rpartition(".")[2] in _SOURCES


def is_local(host: str) -> bool:
    """Whether the host is the program's own machine or a wildcard."""
    return host in ("localhost", "0.0.0.0", "::", "::1") or host.startswith("127.")  # noqa: S104


def is_ip(host: str) -> bool:
    """Whether it is an IPv4 address."""
    return host.count(".") == 3 and host.replace(".", "").isdigit()


def _pairs(text: str) -> Iterator[Address]:
    for match in _HOST_PORT.finditer(text):
        host, port = match[1].lower(), int(match[2])
        # A clock or a ratio is no address: 12:30, 1.5:2.
        if 0 < port < 65536 and (is_ip(host) or not _ONLY_NUMBERS.match(host)):
            yield Address(host, port)


def _urls(text: str) -> Iterator[Address]:
    for match in _URL.finditer(text):
        yield Address(match[1].lower(), int(match[2] or 0) % 65536)
