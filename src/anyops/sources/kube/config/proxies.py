"""Through which proxy a cluster is reached, if through any.

Source: https://pkg.go.dev/golang.org/x/net/http/httpproxy
"""

from collections.abc import Mapping
from importlib.util import find_spec
from ipaddress import ip_address, ip_network

from anyops.errors import ConfigError
from anyops.sources.kube.config.address import is_address, is_loopback, port_of, split
from anyops.sources.kube.config.connection import Connection

SCHEMES = ("http", "https", "socks5", "socks5h")


def proxy(connection: Connection, variables: Mapping[str, str]) -> str | None:
    """The proxy's URL, None for a direct way. It may hold a password: never print it.

    The cluster's proxy-url comes first, then HTTPS_PROXY or HTTP_PROXY unless NO_PROXY names the server;
    a server on this machine is reached directly. Raises ConfigError for a proxy that cannot be used.
    """
    if connection.proxy_url:
        return _usable(connection.proxy_url, f"proxy-url of cluster {connection.cluster}")
    parts = split(connection.server, "server")
    host, port = (parts.hostname or "").lower(), port_of(parts)
    name = "HTTPS_PROXY" if parts.scheme == "https" else "HTTP_PROXY"
    url = _variable(variables, name)
    if not url or is_loopback(host) or excepted(host, port, _variable(variables, "NO_PROXY")):
        return None
    return _usable(url, name)


def excepted(host: str, port: int, exceptions: str) -> bool:
    """Whether NO_PROXY names a host: `*`, an address, a CIDR range, or a domain; each may name a port.

    `example.com` is that host and all below it, `.example.com` and `*.example.com` are those below it.
    """
    return any(_names(entry.strip().lower(), host, port) for entry in exceptions.split(","))


def _names(entry: str, host: str, port: int) -> bool:
    if not entry:
        return False
    if entry == "*":
        return True
    if "/" in entry:
        return _in_range(host, entry)
    name, at = _host_and_port(entry)
    if at and at != str(port):
        return False
    if is_address(name):
        return is_address(host) and ip_address(host) == ip_address(name)
    name = name.removeprefix("*")
    return host.endswith(name) if name.startswith(".") else host == name or host.endswith(f".{name}")


def _in_range(host: str, entry: str) -> bool:
    try:
        return is_address(host) and ip_address(host) in ip_network(entry, strict=False)
    except ValueError:
        return False


def _host_and_port(entry: str) -> tuple[str, str]:
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        return name, rest.removeprefix(":")
    name, _, port = entry.partition(":")
    return (name, port) if ":" not in port else (entry, "")


def _variable(variables: Mapping[str, str], name: str) -> str:
    return variables.get(name) or variables.get(name.lower()) or ""


def _usable(url: str, where: str) -> str:
    url = url if "://" in url else f"http://{url}"
    scheme = split(url, where).scheme
    if scheme not in SCHEMES:
        raise ConfigError(f"{where} is neither http, https nor socks5", hint="write http://HOST:PORT")
    if scheme.startswith("socks") and find_spec("socksio") is None:
        hint = "pip install 'httpx[socks]' beside anyops, or use an http proxy"
        raise ConfigError(f"{where} is a SOCKS proxy, which this installation does not support", hint=hint)
    return url
