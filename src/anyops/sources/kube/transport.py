"""Requests to one API server: bounded in time, number, size and retries. Only GET is ever sent."""

import asyncio
import random
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, field

from anyops import __version__
from anyops.errors import AnyopsError
from anyops.sources.kube.config.address import is_loopback, split
from anyops.sources.kube.config.connection import Connection
from anyops.sources.kube.config.credentials import Credential
from anyops.sources.kube.failure import ApiError, CredentialsError, TrustError, UnreachableError
from anyops.text import safe, shorten

if TYPE_CHECKING:
    import httpx

AT_ONCE = 4
"""Requests in flight: an API server's priority and fairness treats a person's client kindly up to there."""
JSON = "application/json"
BODY_BYTES = 256 << 20
"""The largest body that is taken, decompressed."""
_LATER = (429, 503)
_BROKEN = (500, 502, 504)
_PAUSES = (0.2, 0.6, 1.5)
_LONGEST_PAUSE = 8.0


class Answer(Struct, frozen=True):
    """What the server said: the body decompressed, and when it said so by its own clock."""

    body: bytes
    at: datetime | None
    cut: bool = False


class _Meta(Struct, frozen=True):
    continues: str = field(default="", name="continue")


class _Status(Struct, frozen=True):
    """The parts of kind Status that tell what is wrong."""

    kind: str = ""
    message: str = ""
    reason: str = ""
    metadata: _Meta = _Meta()


class _AgainError(Exception):
    """A failure that may pass. `after` seconds, where the server says how long to wait."""

    def __init__(self, failure: ApiError, after: float | None = None) -> None:
        super().__init__(failure.detail)
        self.failure = failure
        self.after = after


Identify = Callable[[bool], Awaitable[Credential]]
"""Says who we are; anew when it is called with True, after the server refused what was said before."""


@asynccontextmanager
async def opened(
    connection: Connection, variables: Mapping[str, str], *, terminal: bool = False, timeout: float = 15.0
) -> AsyncIterator["Api"]:
    """The API of the connection's server; nothing is sent before the first request."""
    from anyops.sources.kube.config.credentials import obtain
    from anyops.sources.kube.config.proxies import proxy

    async def identify(again: bool) -> Credential:
        return await obtain(connection, variables, terminal=terminal, again=again)

    api = Api(connection, identify, timeout, through=proxy(connection, variables))
    try:
        yield api
    finally:
        await api.aclose()


class Api:
    """The API of one server. `timeout` is of one request, in seconds; the caller bounds the whole.

    Make it with `opened`, which closes its connections.
    """

    def __init__(
        self, connection: Connection, identify: Identify, timeout: float, through: str | None = None
    ) -> None:
        self.connection = connection
        self.timeout = timeout
        self.answered = 0
        """How many requests the server took, whatever it said to them."""
        self.bytes = 0
        self.now: datetime | None = None
        """The server's clock at its last answer."""
        self._identify = identify
        self._proxy = through
        self._client: httpx.AsyncClient | None = None
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._login = asyncio.Lock()
        self._logins = 0
        self.ended: AnyopsError | None = None
        """Why no further request is sent, once that is sure."""

    async def get(
        self, path: str, query: Mapping[str, str] | None = None, *, accept: str = JSON, most: int = BODY_BYTES
    ) -> Answer:
        """GET `path`; a body beyond `most` bytes is cut there (`cut`). Raises ApiError."""
        async with self._slots:
            for pause in (*_PAUSES, None):
                if self.ended is not None:
                    raise ApiError("failed", self.ended.message)
                try:
                    return await self._once(path, query or {}, accept, most)
                except _AgainError as again:
                    if pause is None:
                        self.ended = again.failure.ends or self.ended
                        raise again.failure from None
                    wait = min(pause if again.after is None else again.after, _LONGEST_PAUSE)
                except ApiError as failure:
                    self.ended = failure.ends or self.ended
                    raise
                await asyncio.sleep(wait * random.uniform(1.0, 1.2))  # noqa: S311
        raise AssertionError

    async def _once(self, path: str, query: Mapping[str, str], accept: str, most: int) -> Answer:
        import httpx

        logins = self._logins
        client = self._client or await self._connect(again=False, seen=logins)
        sni = self.connection.tls_server_name
        extensions = {"sni_hostname": sni} if sni else {}
        try:
            request = client.build_request(
                "GET", path, params=dict(query), headers={"Accept": accept}, extensions=extensions
            )
            async with asyncio.timeout(self.timeout):
                response = await client.send(request, stream=True)
            try:
                answer = await self._read(response, most)
            finally:
                await response.aclose()
        except httpx.DecodingError:
            raise _AgainError(ApiError("failed", "the server's compressed answer is broken")) from None
        except (httpx.TransportError, httpx.InvalidURL, TimeoutError) as error:
            raise self._unanswered(error) from None
        return await self._judged(response, answer, logins)

    async def _read(self, response: "httpx.Response", most: int) -> Answer:
        parts, size = [], 0
        async for part in response.aiter_bytes():
            parts.append(part)
            size += len(part)
            if size > most:
                break
        self.bytes += size
        body = b"".join(parts)
        at = _http_date(response.headers.get("date", ""))
        self.now = at or self.now
        return Answer(body[:most], at, cut=size > most)

    async def _judged(self, response: "httpx.Response", answer: Answer, logins: int) -> Answer:
        code = response.status_code
        self.answered += code != 401
        if code == 200:
            return answer
        said = _said(answer.body)
        detail = _detail(response, said)
        if code == 401:
            failure = ApiError("forbidden", detail, status=code, ends=self._unknown(detail))
            if logins == 0:
                await self._connect(again=True, seen=logins)
                raise _AgainError(failure, after=0.0)
            raise failure
        if code in _LATER:
            raise _AgainError(ApiError("failed", detail, status=code), after=self._retry_after(response))
        if code in _BROKEN:
            raise _AgainError(ApiError("failed", detail, status=code))
        if code == 410:
            raise ApiError("expired", detail, status=code, resume=said.metadata.continues)
        why = {403: "forbidden", 404: "absent"}.get(code, "failed")
        raise ApiError(why, detail, status=code)

    def _retry_after(self, response: "httpx.Response") -> float | None:
        """Seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after"""
        said = response.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdigit():
            return float(said[:6])
        at = _http_date(said)
        now = _http_date(response.headers.get("date", "")) or datetime.now(UTC)
        return None if at is None else max(0.0, (at - now).total_seconds())

    def _unanswered(self, error: Exception) -> Exception:
        """What a transport's error means. A connection that broke may hold the next time."""
        import ssl

        import httpx

        inner = _innermost(error)
        text = _words(inner, error)
        if isinstance(inner, ssl.SSLError):
            return ApiError("failed", text, ends=self._distrusted(inner))
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            text = f"no answer within {self.timeout:g} s"
            return ApiError("failed", text, ends=None if self.now else self._silent(text))
        if isinstance(error, httpx.ReadError | httpx.WriteError | httpx.RemoteProtocolError):
            text = f"the connection broke: {text}"
            return _AgainError(ApiError("failed", text, ends=None if self.now else self._silent(text)))
        return ApiError("failed", text, ends=None if self.now else self._silent(text))

    def _silent(self, text: str) -> UnreachableError:
        where = self.connection
        return UnreachableError(
            f"{where.server} (context {where.context}) cannot be reached: {text}",
            hint=f"is the network or VPN up? Try: {_cluster_info(where)}",
        )

    def _distrusted(self, error: Exception) -> TrustError:
        where = self.connection
        text = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
        return TrustError(
            f"{where.server} (context {where.context}) is not trusted: {safe(str(text))}",
            hint="check certificate-authority-data, tls-server-name and server in the kubeconfig",
        )

    def _unknown(self, detail: str) -> CredentialsError:
        where = self.connection
        return CredentialsError(
            f"{where.server} does not accept user {where.user} of context {where.context}: {detail}",
            hint=f"log in again, or choose another context; try: {_cluster_info(where)}",
        )

    async def _connect(self, *, again: bool, seen: int) -> "httpx.AsyncClient":
        async with self._login:
            if self._client is not None and (not again or self._logins != seen):
                return self._client
            old, credential = self._client, await self._identify(again)
            self._client = self._made(credential)
            self._logins += again
            if old is not None:
                await old.aclose()
            return self._client

    def _made(self, credential: Credential) -> "httpx.AsyncClient":
        import httpx

        from anyops.sources.kube.config.tls import ssl_context

        context = ssl_context(self.connection, credential)
        return httpx.AsyncClient(
            base_url=self.connection.server,
            headers=[
                ("User-Agent", f"anyops/{__version__}"),
                ("Accept-Encoding", self._encoding()),
                *credential.lines,
            ],
            verify=context if context is not None else False,
            proxy=self._proxy,
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE),
        )

    def _encoding(self) -> str:
        """On this machine packing costs more than it saves."""
        local = is_loopback(split(self.connection.server, "server").hostname or "")
        return "identity" if local or self.connection.disable_compression else "gzip"

    async def aclose(self) -> None:
        """Close every connection."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _said(body: bytes) -> _Status:
    try:
        return msgspec.json.decode(body, type=_Status)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _Status()


def _detail(response: "httpx.Response", said: _Status) -> str:
    """The server's own words in a line; of a page that is no API's, what it is."""
    if said.kind == "Status" and (said.message or said.reason):
        return shorten(safe(said.message or said.reason), 200)
    if response.is_redirect:
        return f"{response.status_code}: it sends us elsewhere, where a key must not go"
    kind = safe(response.headers.get("content-type", "")).partition(";")[0]
    page = f", {kind}" if kind and "json" not in kind else ""
    return f"{response.status_code} {response.reason_phrase}{page}"


def _innermost(error: BaseException) -> BaseException:
    """The error beneath: httpx wraps what the system said."""
    while (below := error.__cause__ or error.__context__) is not None:
        error = below
    return error


def _words(inner: BaseException, outer: BaseException) -> str:
    text = getattr(inner, "strerror", None) or str(inner) or str(outer) or type(outer).__name__
    return shorten(safe(str(text)), 200)


def _cluster_info(connection: Connection) -> str:
    return shlex.join(("kubectl", "--context", connection.context, "cluster-info"))
