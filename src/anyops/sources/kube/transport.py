"""Requests to one API server: bounded in time, number, size and retries. Only GET is ever sent."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from anyops import __version__
from anyops.errors import AnyopsError
from anyops.sources.kube.config.address import is_loopback, split
from anyops.sources.kube.config.connection import Connection
from anyops.sources.kube.config.credentials import Credential
from anyops.sources.kube.failure import ApiError
from anyops.sources.kube.httpdate import http_date, retry_after
from anyops.sources.kube.trouble import Trouble, detail_of, innermost, status_of, wants_tls, words_of
from anyops.text import safe, shorten

if TYPE_CHECKING:
    from anyops.httpclient import httpx

AT_ONCE = 4
"""Requests in flight: an API server's priority and fairness treats a person's client kindly up to there."""
JSON = "application/json"
BODY_BYTES = 128 << 20
"""The largest body that is taken, decompressed."""
OVER = "not within the time (--timeout)"
"""What is said of a request that was cut short."""
_CONNECT = 0.75
"""The part of a request's time that a connection may take to come about."""
_LATER = (429, 503)
_BROKEN = (500, 502, 504)
_PAUSES = (0.2, 0.6, 1.5)
_LONGEST_PAUSE = 30.0
"""Seconds; a server that wants a longer pause is not asked again."""


class Answer(Struct, frozen=True):
    """What the server said: the body decompressed, and when it said so by its own clock."""

    body: bytes
    at: datetime | None
    cut: bool = False


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
    connection: Connection,
    variables: Mapping[str, str],
    *,
    terminal: bool = False,
    timeout: float = 15.0,
    within: float = 60.0,
    clean: Callable[[str], str] = str,
) -> AsyncIterator["Api"]:
    """The API of the connection's server; nothing is sent before the first request.

    `clean` takes secrets out of what the server says in words.
    """
    from anyops.sources.kube.config.credentials import obtain
    from anyops.sources.kube.config.proxies import proxy

    async def identify(again: bool) -> Credential:
        return await obtain(connection, variables, terminal=terminal, again=again)

    through = proxy(connection, variables)
    api = Api(connection, identify, timeout, within=within, through=through, clean=clean)
    try:
        yield api
    finally:
        await api.aclose()


class Api:
    """The API of one server. `timeout` is of one request, `within` of all together, in seconds.

    Make it with `opened`, which closes its connections.
    """

    def __init__(
        self,
        connection: Connection,
        identify: Identify,
        timeout: float,
        *,
        within: float = 60.0,
        through: str | None = None,
        clean: Callable[[str], str] = str,
    ) -> None:
        self.connection = connection
        self.timeout = timeout
        self.within = within
        self.began_at = asyncio.get_running_loop().time()
        self.ends_at = self.began_at + within
        self.answered = 0
        """How many requests the server took, whatever it said to them."""
        self.taken = 0
        """How many it answered with 200."""
        self.heard = False
        """Whether the head of any answer came."""
        self.now: datetime | None = None
        """The server's clock at its last answer."""
        self._identify = identify
        self._proxy = through
        self._clean = clean
        self._sent: tuple[str, ...] = ()
        """Our credentials, longest first, which a server may say back to us."""
        self._client: httpx.AsyncClient | None = None
        self._former: list[httpx.AsyncClient] = []
        self._slots, self._login, self._logins = asyncio.Semaphore(AT_ONCE), asyncio.Lock(), 0
        self.trouble = Trouble(connection)
        self.ended: AnyopsError | None = None
        """Why no further request is sent, once that is sure."""

    @property
    def left(self) -> float:
        """Seconds until no request goes on."""
        return max(0.0, self.ends_at - asyncio.get_running_loop().time())

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
                    wait = self._pause(again, pause)
                    if wait is None:
                        self._give_up(again.failure)
                        raise again.failure from None
                except ApiError as failure:
                    self.ended = failure.ends or self.ended
                    raise
                await asyncio.sleep(wait)
        raise AssertionError

    def _pause(self, again: _AgainError, pause: float | None) -> float | None:
        """Seconds until the next attempt; None where there is none, or where it would be too late."""
        if pause is None:
            return None
        wait = (pause if again.after is None else again.after) * random.uniform(1.0, 1.2)  # noqa: S311
        return wait if wait < min(self.left, _LONGEST_PAUSE) else None

    def _give_up(self, failure: ApiError) -> None:
        """One request that never fared well, before any did, speaks for all others."""
        useless = None if self.taken else self.trouble.useless(failure.detail)
        self.ended = failure.ends or self.ended or useless

    async def _once(self, path: str, query: Mapping[str, str], accept: str, most: int) -> Answer:
        from anyops.httpclient import httpx

        logins = self._logins
        client = self._client or await self._connect(again=False, seen=logins)
        sni = {"sni_hostname": self.connection.tls_server_name} if self.connection.tls_server_name else {}
        seconds = min(self.timeout, self.left)
        try:
            # httpx leaves a socket open whose handshake is cancelled, and closes one that takes too long.
            limit, form = httpx.Timeout(None, connect=_CONNECT * seconds), {"Accept": accept}
            request = client.build_request(
                "GET", path, params=dict(query), headers=form, timeout=limit, extensions=sni
            )
            async with asyncio.timeout(seconds):
                response = await client.send(request, stream=True)
                try:
                    answer = await self._read(response, most)
                finally:
                    await response.aclose()
        except httpx.DecodingError:
            raise _AgainError(ApiError("failed", "the server's compressed answer is broken")) from None
        except (TimeoutError, httpx.ConnectTimeout):
            raise self._too_slow(seconds) from None
        except (httpx.TransportError, httpx.InvalidURL, OSError) as error:
            raise self._unanswered(error) from None
        return await self._judged(response, answer, logins)

    async def _read(self, response: "httpx.Response", most: int) -> Answer:
        packed = response.headers.get("content-encoding", "identity").strip().lower()
        if packed not in ("gzip", "identity"):
            # What is packed twice can grow a million times, and other forms nobody asked for.
            raise ApiError("failed", f"the answer is packed as {shorten(safe(packed), 40)}, not as gzip")
        at = http_date(response.headers.get("date", ""))
        self.heard, self.now = True, at or self.now
        parts, size = [], 0
        async for part in response.aiter_bytes():
            parts.append(part[: most - size])
            size += len(part)
            if size > most:
                break
        return Answer(b"".join(parts), at, cut=size > most)

    async def _judged(self, response: "httpx.Response", answer: Answer, logins: int) -> Answer:
        code = response.status_code
        if wants_tls(code, answer.body):
            raise ApiError("failed", "it speaks TLS only", ends=self.trouble.plain_http())
        self.answered += code != 401
        if code == 200:
            self.taken += 1
            return answer
        said = status_of(answer.body)
        detail = detail_of(response, said, self._without_secrets)
        if code == 401:
            failure = ApiError("forbidden", detail, status=code, ends=self.trouble.unknown(detail))
            if logins == 0:
                await self._connect(again=True, seen=logins)
                raise _AgainError(failure, after=0.0)
            raise failure
        if code in _LATER:
            raise _AgainError(ApiError("failed", detail, status=code), after=retry_after(response.headers))
        if code in _BROKEN:
            raise _AgainError(ApiError("failed", detail, status=code))
        if code == 410:
            raise ApiError("expired", detail, status=code, resume=said.metadata.continues)
        why = {403: "forbidden", 404: "absent"}.get(code, "failed")
        raise ApiError(why, detail, status=code)

    def _without_secrets(self, text: str) -> str:
        for value in self._sent:
            text = text.replace(value, "<hidden>")
        return self._clean(text)

    def _too_slow(self, seconds: float) -> ApiError:
        """A server that was never heard of stays silent; one that was is asked for other things."""
        text = f"no answer within {seconds:g} s" if seconds == self.timeout else OVER
        silent = self.trouble.silent(f"no answer within {min(self.timeout, self.within):g} s")
        return ApiError("failed", text, ends=None if self.heard else silent)

    def _unanswered(self, error: Exception) -> Exception:
        """What a transport's error means. A connection that broke may hold the next time."""
        import ssl

        from anyops.httpclient import httpx

        inner, text = innermost(error), words_of(error)
        if isinstance(inner, ssl.SSLError) and (ends := self.trouble.distrusted(inner)) is not None:
            return ApiError("failed", ends.message, ends=ends)
        broke = isinstance(error, httpx.ReadError | httpx.WriteError | httpx.RemoteProtocolError | OSError)
        text = f"the connection broke: {text}" if broke else text
        failure = ApiError("failed", text, ends=None if self.heard else self.trouble.silent(text))
        return _AgainError(failure) if broke else failure

    async def _connect(self, *, again: bool, seen: int) -> "httpx.AsyncClient":
        """The client with our credential, a new one after a 401. What fails here, fails for all."""
        async with self._login:
            if self.ended is not None:
                raise ApiError("failed", self.ended.message)
            if self._client is not None and (not again or self._logins != seen):
                return self._client
            try:
                client = self._made(await self._identify(again))
            except AnyopsError as error:
                raise ApiError("failed", error.message, ends=error) from None
            if self._client is not None:
                self._former.append(self._client)  # what is under way there may still be answered
            self._client = client
            self._logins += again
            return client

    def _made(self, credential: Credential) -> "httpx.AsyncClient":
        from anyops.httpclient import httpx
        from anyops.sources.kube.config.tls import ssl_context

        context = ssl_context(self.connection, credential)
        words = {word for value in credential.headers.values() for word in value.split() if len(word) >= 8}
        self._sent = tuple(sorted({*words, *self._sent}, key=len, reverse=True))
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

    def nothing(self) -> AnyopsError:
        """The error to end with when the time is over and nothing was answered."""
        if self.ended is not None:
            return self.ended
        if self._client is None:
            return self.trouble.late(self.within)
        seconds = asyncio.get_running_loop().time() - self.began_at
        return self.trouble.silent(f"no answer within {seconds:.2g} s")

    async def aclose(self) -> None:
        """Close every connection."""
        clients = [*self._former, *([self._client] if self._client else [])]
        self._client, self._former = None, []
        for client in clients:
            await client.aclose()
