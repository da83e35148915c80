"""Addresses of API servers and proxies, checked before anything is sent there."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from anyops.errors import ConfigError
from anyops.sources.kube.config.fields import shown

_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})\Z")
_PRINTABLE = re.compile(r"[\x21-\x7e]+\Z")


def with_scheme(server: str, *, tls: bool) -> str:
    """The address with a scheme: https where the cluster has TLS settings, as client-go reads it."""
    return server if "://" in server else f"{'https' if tls else 'http'}://{server}"


def checked_server(server: str, where: str) -> str:
    """The address of an API server, without a slash at its end.

    Raises ConfigError unless it is http or https, with a host, without user, query or fragment; http must
    lead to this machine.
    """
    parts = split(server, where)
    if parts.scheme not in ("http", "https"):
        raise ConfigError(f"{where} is neither http nor https", hint="write https://HOST:6443")
    if parts.username is not None or parts.password is not None:
        raise ConfigError(f"{where} holds a user", hint="give user and password under users")
    if parts.query or parts.fragment:
        raise ConfigError(f"{where} has more than host, port and path", hint="cut it off behind the path")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        what = f"is plain http to {shown(parts.hostname or '')}: credentials would be readable on the way"
        raise ConfigError(f"{where} {what}", hint="use https; plain http is for this machine only")
    return f"{parts.scheme}{server[len(parts.scheme) :]}".rstrip("/")


def split(url: str, where: str) -> SplitResult:
    """A URL with a host and a port that can be. Raises ConfigError, which does not show the URL."""
    broken = ConfigError(f"{where} is no URL with a host", hint="write SCHEME://HOST:PORT")
    if not _PRINTABLE.match(url):
        raise broken
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise broken from None
    if not _HOST.match(host) and not is_address(host):
        raise broken
    return parts


def port_of(parts: SplitResult) -> int:
    """The port, by default the scheme's."""
    return parts.port or {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}.get(parts.scheme, 0)


def shown_server(server: str) -> str:
    """How a server is called in a line: its host, with the port where it is none of the usual ones."""
    parts = split(server, "server")
    port = port_of(parts)
    return parts.hostname or "" if port in (443, 6443) else f"{parts.hostname}:{port}"


def is_address(host: str) -> bool:
    """Whether it is an IPv4 or IPv6 address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether it is this machine: localhost, 127.0.0.0/8, ::1."""
    if host.lower() == "localhost":
        return True
    return is_address(host) and ip_address(host).is_loopback
