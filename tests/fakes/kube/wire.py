"""How requests and replies travel: HTTP/1.1 with keep-alive, gzip, chunks, and ways to break them."""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .messages import Query, Reply, parameters

if TYPE_CHECKING:
    from .server import KubeServer

GZIP_FROM = 128 * 1024
"""bytes; smaller bodies are not compressed (apiserver's `defaultGzipThresholdBytes`)"""


@dataclass
class Request:
    """One request as it was recorded; `sent` and `body` grow while the answer is sent."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    """by lower-case name"""
    code: int = 0
    """0 when no answer was begun"""
    sent: int = 0
    """bytes of the answer's body on the wire, after gzip"""
    body: bytearray = field(default_factory=bytearray)
    """the answer's body before gzip, when the server keeps bodies"""
    received: bytes = b""
    """the request's own body"""


class ConnectionDone(Exception):  # noqa: N818 - an end, no error
    """This connection is over."""


class Exchange:
    """One request and the ways to answer it; a fault is a function of it."""

    def __init__(self, handler: Handler, query: Query, request: Request) -> None:
        self.query = query
        self._handler, self._request = handler, request
        self._server = handler.server

    def reply(self, query: Query | None = None) -> Reply:
        """The honest answer, to this query or another."""
        return self._server.api.answer(query or self.query)

    def wait(self, seconds: float | None) -> None:
        """Do nothing for a time, or (None) until either side ends. Raises ConnectionDone on an end."""
        if self._handler.gone(seconds):
            raise ConnectionDone

    def send(self, reply: Reply, head: Mapping[str, str] | None = None) -> None:
        """Answer; `head` holds headers that are put over the usual ones."""
        body, headers = reply.body, {"Content-Type": reply.content_type, **reply.headers}
        if not isinstance(body, bytes):
            self.begin(reply.code, {**headers, "Transfer-Encoding": "chunked", **(head or {})})
            self._chunks(body)
            return
        self._keep(body)
        if len(body) >= GZIP_FROM and self._takes_gzip():
            body = self._server.compressed(self.query, body)
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        self.begin(reply.code, {**headers, "Content-Length": str(len(body)), **(head or {})}, body)

    def _takes_gzip(self) -> bool:
        return self._server.gzip and "gzip" in self.query.headers.get("accept-encoding", "")

    def _chunks(self, body: Iterator[bytes]) -> None:
        for chunk in body:
            self._keep(chunk)
            self._request.sent += len(chunk)
            self._handler.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
        self._handler.write(b"0\r\n\r\n")

    def _keep(self, body: bytes) -> None:
        if self._server.keep_bodies:
            self._request.body.extend(body)

    def begin(self, code: int, headers: Mapping[str, str], body: bytes = b"") -> None:
        """The head of an answer, and the body that goes with it."""
        usual = {
            "Audit-Id": f"00000000-0000-4000-8000-{self._server.count():012x}",
            "Cache-Control": "no-cache, private",
            "Date": formatdate(usegmt=True),
        }
        self._request.code = code
        lines = [f"{name}: {value}\r\n" for name, value in {**usual, **headers}.items()]
        head = f"HTTP/1.1 {code} {HTTPStatus(code).phrase}\r\n{''.join(lines)}\r\n".encode()
        self._handler.write(head)
        if self.query.method != "HEAD":
            self.write(body)

    def write(self, body: bytes) -> None:
        """Some of the body; counted before it is sent, so that who has it sees the count."""
        self._request.sent += len(body)
        self._handler.write(body)

    def close(self) -> None:
        """End the connection as a server does that is done."""
        raise ConnectionDone

    def reset(self) -> None:
        """End the connection with RST."""
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise ConnectionDone


class Handler(BaseHTTPRequestHandler):
    """Reads requests of one connection and answers each."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: KubeServer

    def do_GET(self) -> None:
        """Answer one request, whatever its method."""
        target = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = Query(self.command, target.path, parameters(target.query), headers, self._user())
        request = Request(query.method, query.path, query.params, headers)
        request.received = self.rfile.read(int(headers.get("content-length", "0") or 0))
        with self.server.recorded(request):
            exchange = Exchange(self, query, request)
            try:
                self.server.fault_of(query)(exchange)
            except (ConnectionDone, OSError):
                self.close_connection = True

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_GET  # noqa: N815

    def _user(self) -> str:
        """The common name of the client's certificate."""
        read = getattr(self.connection, "getpeercert", None)
        subject = (read() or {}).get("subject", ()) if read else ()
        return next((value for part in subject for name, value in part if name == "commonName"), "")

    def gone(self, seconds: float | None) -> bool:
        """Wait; whether the client or the server ended before the time was over."""
        readable = self.server.wait(self.connection, seconds)
        if not readable or self.server.stopping or isinstance(self.connection, ssl.SSLSocket):
            return readable
        early = self.connection.recv(1, socket.MSG_PEEK)
        return self.server.wait(None, seconds) if early else True

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        if data:
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
