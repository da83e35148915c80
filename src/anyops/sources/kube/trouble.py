"""What a request that gave no answer means: a line that says it, and the cure."""

import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from anyops.errors import AnyopsError
from anyops.sources.kube.config.connection import Connection
from anyops.sources.kube.failure import CredentialsError, TrustError, UnreachableError
from anyops.text import safe, shorten

if TYPE_CHECKING:
    import httpx

_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")
"""What OpenSSL says of an answer that is no TLS."""
_OWN_CERTIFICATE = ("CERT", "UNKNOWN_CA", "ACCESS_DENIED")
_WANTS_TLS = (b"HTTP request to an HTTPS server", b"plain HTTP request was sent to HTTPS port")
"""What Go's servers and nginx say to plain http."""
_READ = 2_000
"""Characters of a server's message that are looked at."""


class _Meta(Struct, frozen=True):
    continues: str = field(default="", name="continue")


class Status(Struct, frozen=True):
    """The parts of kind Status that tell what is wrong."""

    kind: str = ""
    message: str = ""
    reason: str = ""
    metadata: _Meta = _Meta()


def status_of(body: bytes) -> Status:
    """The Status in a body, an empty one where it holds none."""
    try:
        return msgspec.json.decode(body, type=Status)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Status()


def detail_of(response: "httpx.Response", said: Status, clean: Callable[[str], str] = str) -> str:
    """The server's own words in a line, `clean` of secrets; of a page that is no API's, what it is."""
    if said.kind == "Status" and (said.message or said.reason):
        return shorten(safe(clean((said.message or said.reason)[:_READ])), 200)
    if response.is_redirect:
        return f"{response.status_code}: it sends us elsewhere, where a key must not go"
    kind = shorten(safe(response.headers.get("content-type", "").partition(";")[0]), 60)
    page = f", {kind}" if kind and "json" not in kind else ""
    return f"{response.status_code} {shorten(safe(response.reason_phrase), 60)}{page}"


def wants_tls(code: int, body: bytes) -> bool:
    """Whether a server says that plain http came to its TLS port."""
    return code == 400 and any(words in body[:2_000] for words in _WANTS_TLS)


def words_of(error: BaseException) -> str:
    """What the system said beneath the errors of libraries."""
    import os
    import socket

    inner = innermost(error)
    text = str(getattr(inner, "strerror", None) or inner) or str(error) or type(error).__name__
    if isinstance(inner, OSError) and inner.errno and not isinstance(inner, socket.gaierror):
        text = os.strerror(inner.errno)  # asyncio puts addresses into it
    return shorten(safe(str(text)), 200)


def innermost(error: BaseException) -> BaseException:
    """The error beneath: httpx wraps what the system said."""
    while (below := _below(error)) is not None:
        error = below
    return error


def _below(error: BaseException) -> BaseException | None:
    """Where a name has several addresses, the first one's error stands for all."""
    if isinstance(error, BaseExceptionGroup):
        return error.exceptions[0]
    return error.__cause__ or error.__context__


class Trouble:
    """The errors to end with where nothing can be read of a cluster."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._where = f"{connection.server} (context {connection.context})"
        self._try = shlex.join(("kubectl", "--context", connection.context, "cluster-info"))

    def silent(self, text: str) -> UnreachableError:
        """No answer at all."""
        hint = f"is the network or VPN up? Try: {self._try}"
        return UnreachableError(f"{self._where} cannot be reached: {text}", hint=hint)

    def useless(self, text: str) -> UnreachableError:
        """Answers, and none that helps."""
        return UnreachableError(f"nothing can be read of {self._where}: {text}", hint=f"try: {self._try}")

    def unknown(self, detail: str) -> CredentialsError:
        """The server does not know us."""
        at = self._connection
        return CredentialsError(
            f"{at.server} does not accept user {at.user} of context {at.context}: {detail}",
            hint=f"log in again, or choose another context; try: {self._try}",
        )

    def late(self, seconds: float) -> AnyopsError:
        """Whoever gives the credential took all the time."""
        return CredentialsError(
            f"{self._connection.credentials} of context {self._connection.context} gave no credential "
            f"within {seconds:g} s",
            hint="log in first, or give it more time: --timeout 2m",
        )

    def plain_http(self) -> TrustError:
        """The server wants TLS, and the kubeconfig says http."""
        return TrustError(f"{self._where} speaks TLS only", hint="write https:// in the kubeconfig's server")

    def distrusted(self, error: Exception) -> AnyopsError | None:
        """What broke TLS; None where the connection did."""
        import ssl

        reason = str(getattr(error, "reason", "") or "")
        if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return None
        if "ALERT" in reason and any(word in reason for word in _OWN_CERTIFICATE):
            return self.unknown(
                f"the client certificate is refused ({safe(reason).replace('_', ' ').lower()})"
            )
        if any(word in reason for word in _NO_TLS):
            hint = "does the address in the kubeconfig lead to the API server? Plain http is http://"
            return TrustError(f"{self._where} does not speak TLS", hint=hint)
        text = getattr(error, "verify_message", "") or reason or str(error)
        return TrustError(
            f"{self._where} is not trusted: {safe(str(text))}",
            hint="check certificate-authority-data, tls-server-name and server in the kubeconfig",
        )
