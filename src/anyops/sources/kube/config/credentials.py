"""What a request says of who asks: headers, and a client certificate."""

import base64
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from anyops.errors import ConfigError
from anyops.sources.kube.config.connection import Connection, Impersonation, Login
from anyops.sources.kube.config.jwt import expiry
from anyops.sources.kube.config.material import pem, read_file
from anyops.sources.kube.config.quiet import Quiet
from anyops.sources.kube.config.x509 import not_after

_TOKEN = re.compile(r"[\x21-\x7e]+\Z")
_VALUE = re.compile(r"[\x20-\x7e]*\Z")
# RFC 9110's token characters, without the one that begins an escape.
_KEY_CHARACTERS = "!#$&'*+-.^_`|~"


class Credential(Quiet, frozen=True):
    """What one user's requests carry. Its repr shows names, never values.

    `headers` holds each header's first value, `repeated` the further ones (Impersonate-Group is sent once a
    group); `lines` has them all. `expires` is when it ceases to hold, None where that cannot be known.
    """

    headers: Mapping[str, str]
    certificate: tuple[bytes, bytes] | None = None
    expires: datetime | None = None
    repeated: tuple[tuple[str, str], ...] = ()

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Every header line to send."""
        return [*self.headers.items(), *self.repeated]

    def about(self) -> str:
        """The names of what it holds."""
        certificate = ", certificate" if self.certificate else ""
        return f"{', '.join(self.headers) or 'no headers'}{certificate}, expires={self.expires}"


async def obtain(
    connection: Connection,
    variables: Mapping[str, str],
    *,
    terminal: bool,
    again: bool = False,
    timeout: float = 30.0,
    tell: Callable[[str], object] | None = None,
) -> Credential:
    """The credential for a connection; files are read anew, an exec plugin's answer is kept while it holds.

    `terminal`: whether a person is at standard input. `again`: after a 401, run the plugin anew. `timeout`
    in seconds is for the plugin. `tell` gets what a plugin says to the person at the terminal, by default
    standard error. Raises ConfigError.
    """
    login = connection.login
    bearer, certificate, expires = _bearer(login), _pair(login), None
    if login.plugin and not (bearer or login.username):
        from anyops.sources.kube.config.plugin import ask

        answer = await connection.kept.get(
            lambda: ask(connection, variables, terminal=terminal, timeout=timeout, tell=tell), again=again
        )
        bearer, expires = answer.token, answer.expires
        certificate = answer.certificate or certificate
    headers = _authorization(bearer, login)
    lines = _impersonation(login.impersonation, login.where)
    return Credential(
        headers=headers | dict(reversed(lines)),
        certificate=certificate,
        expires=_first(expires, expiry(bearer), not_after(certificate[0]) if certificate else None),
        repeated=_further(lines),
    )


def checked_token(token: str, where: str) -> str:
    """A token that can stand in a header. Raises ConfigError, which does not show it."""
    token = token.strip()
    if not _TOKEN.match(token):
        what = "holds characters that no token has" if token else "is empty"
        raise ConfigError(f"{where} {what}", hint="log in again, or copy the token once more")
    return token


def _bearer(login: Login) -> str:
    if login.token_file:
        read = read_file(Path(login.token_file), f"{login.where}.tokenFile")
        return checked_token(read.decode("utf-8", "replace"), f"{login.where}.tokenFile")
    return checked_token(login.token, f"{login.where}.token") if login.token else ""


def _pair(login: Login) -> tuple[bytes, bytes] | None:
    if not login.certificate:
        return None
    chain = pem(login.certificate.read(), "CERTIFICATE", login.certificate.where)
    return chain, pem(login.key.read(), "PRIVATE KEY", login.key.where)


def _authorization(bearer: str, login: Login) -> dict[str, str]:
    if bearer:
        return {"Authorization": f"Bearer {bearer}"}
    if not login.username:
        return {}
    pair = f"{login.username}:{login.password}".encode("utf-8", "surrogatepass")
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _impersonation(acted: Impersonation | None, where: str) -> list[tuple[str, str]]:
    """Header lines. Source: https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/"""
    if acted is None:
        return []
    lines = [("Impersonate-User", acted.user)]
    lines += [("Impersonate-Uid", acted.uid)] if acted.uid else []
    lines += [("Impersonate-Group", group) for group in acted.groups]
    for key, values in acted.extra:
        name = quote(key.encode("utf-8", "surrogatepass"), safe=_KEY_CHARACTERS)
        lines += [(f"Impersonate-Extra-{name}", value) for value in values]
    if not all(_VALUE.match(value) for _, value in lines):
        raise ConfigError(
            f"{where}.as holds characters that no header can have", hint="use plain ASCII names"
        )
    return lines


def _further(lines: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    names: set[str] = set()
    further = []
    for name, value in lines:
        if name in names:
            further.append((name, value))
        names.add(name)
    return tuple(further)


def _first(*times: datetime | None) -> datetime | None:
    return min((time for time in times if time is not None), default=None)
