"""A relay between a client and a real server, which writes down what passes."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import httpx

from tests.fakes.kube.certificates import Tls

_OF_ONE_HOP = ("connection", "host", "keep-alive", "transfer-encoding", "content-length")


@dataclass(frozen=True)
class Passed:
    """One request that passed, and its answer: the body decompressed, and its bytes on the wire."""

    method: str
    path: str
    accept: str
    code: int
    body: bytes
    size: int


class Relay(ThreadingHTTPServer):
    """Listens with TLS on a free port of 127.0.0.1 while its `with` lasts; `ca.pem` of the fakes signed it.

    `upstream` is a client with the real server's base URL; whose headers go on is the caller's client's.
    What passed stands in `passed`; `most_at_once` is the largest number of requests that were open together.
    """

    request_queue_size = 64
    daemon_threads = False

    def __init__(self, upstream: httpx.Client) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.passed: list[Passed] = []
        self.most_at_once = 0
        self._open = 0
        self._kept: dict[tuple[str, str, str], tuple[httpx.Response, bytes]] | None = None
        self._lock = threading.Lock()
        self.socket = (
            Tls(client_ca=None)
            .context()
            .wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        )
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://127.0.0.1:{self.server_address[1]}"

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """While it lasts, whoever asks the same gets the same answer, of the same second."""
        self._kept = {}
        try:
            yield
        finally:
            self._kept = None

    def answer(self, asked: httpx.Request) -> tuple[httpx.Response, bytes]:
        """The server's answer, its body as it came."""
        key = (asked.method, str(asked.url), asked.headers.get("Accept", ""))
        kept = self._kept
        if kept is not None and key in kept:
            return kept[key]
        answer = self.upstream.send(asked, stream=True)
        raw = b"".join(answer.iter_raw())
        answer.close()
        if kept is not None:
            with self._lock:
                first, _ = next(iter(kept.values()), (answer, raw))
                answer.headers["Date"] = first.headers["Date"]
                kept[key] = (answer, raw)
        return answer, raw

    @contextmanager
    def one_open(self) -> Iterator[None]:
        """Counts a request while it is open."""
        with self._lock:
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
        try:
            yield
        finally:
            with self._lock:
                self._open -= 1

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Relay

    def log_message(self, *_: Any) -> None:
        """What passes stands in the relay, not on stderr."""

    def _pass(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length) if length else b""
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _OF_ONE_HOP}
        headers.setdefault("Accept-Encoding", "identity")
        with self.server.one_open():
            asked = self.server.upstream.build_request(self.command, self.path, headers=headers, content=sent)
            answer, raw = self.server.answer(asked)
            self.send_response_only(answer.status_code)
            for name, value in answer.headers.multi_items():
                if name.lower() not in _OF_ONE_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)
        packed = answer.headers.get("Content-Encoding") == "gzip"
        body = zlib.decompress(raw, 31) if packed else raw
        self.server.passed.append(
            Passed(
                self.command, self.path, self.headers.get("Accept", ""), answer.status_code, body, len(raw)
            )
        )

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _pass  # noqa: N815
