"""The server: a thread that listens on loopback, its records and its faults."""

from __future__ import annotations

import fnmatch
import select
import socket
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from gzip import compress
from http.server import ThreadingHTTPServer
from itertools import count
from pathlib import Path
from socketserver import TCPServer
from typing import Any, Self

from . import kubeconfig
from .access import Access, Rule
from .api import Api
from .certificates import Tls
from .faults import Fault, honest
from .kinds import Release
from .logs import Log, Logs
from .messages import Query
from .releases import CURRENT
from .store import Store
from .wire import Handler, Request

_NOT_TLS = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
"""what Go's net/http says to plain HTTP on a TLS port"""


@dataclass
class _Planned:
    """A fault that waits for its requests."""

    pattern: str
    answer: Fault
    skip: int
    left: int | None

    def takes(self, path: str) -> bool:
        """Whether the fault is this request's."""
        if self.left == 0 or not fnmatch.fnmatchcase(path, self.pattern):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.left is not None:
            self.left -= 1
        return True


class KubeServer(ThreadingHTTPServer):
    """A Kubernetes API server with the given objects, on a free port of 127.0.0.1 while its `with` lasts.

    `objects` are dicts with apiVersion, kind and metadata. `logs` and `previous_logs` go by `namespace/pod`
    or `namespace/pod/container`. `stale` are group versions whose own server is away. What was asked stands
    in `requests`. A bug of the fake itself is raised at the end of the `with`.
    """

    request_queue_size = 128
    daemon_threads = False

    def __init__(
        self,
        objects: Iterable[Mapping[str, Any]] = (),
        *,
        release: Release = CURRENT,
        token: str = "",
        user: str = "alice",
        forbid: Collection[Rule] = (),
        only_in: Collection[str] | None = None,
        logs: Mapping[str, Log] | None = None,
        previous_logs: Mapping[str, Log] | None = None,
        stale: Collection[str] = (),
        tls: Tls | None = None,
        keep_bodies: bool = False,
        keep_compressed: bool = False,
        gzip: bool = True,
    ) -> None:
        store = Store(objects, release)
        super().__init__(("127.0.0.1", 0), Handler)
        self.tls, self.keep_bodies, self.gzip = tls, keep_bodies, gzip
        self.api = Api(
            release,
            store,
            Logs(logs or {}, previous_logs or {}),
            Access(user, token, forbid, only_in),
            stale,
            self.address,
        )
        self.requests: list[Request] = []
        self.most_at_once = 0
        self.stopping = False
        self._at_once = 0
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._faults: list[_Planned] = []
        self._open: set[socket.socket] = set()
        self._bugs: list[BaseException] = []
        self._compressed: dict[object, bytes] | None = {} if keep_compressed else None
        self._context = tls.context() if tls else None
        self._woken, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="kube-server")

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`"""
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, or https"""
        return f"{'https' if self.tls else 'http'}://{self.address}"

    def fault(self, pattern: str, answer: Fault, times: int | None = None, after: int = 0) -> None:
        """Answer requests for paths that match (`/api/v1/*`; no query) with a fault.

        `times` bounds how often; the first `after` matching requests are honest. The first fault that takes a
        request wins.
        """
        self._faults.append(_Planned(pattern, answer, after, times))

    def kubeconfig(
        self, folder: Path, *, name: str = "fake", namespace: str = "", user: Mapping[str, Any] | None = None
    ) -> Path:
        """Write `folder/kubeconfig` with one context for this server; `user` replaces its credentials."""
        cluster = {"certificate-authority": str(self.tls.ca)} if self.tls else {}
        token = self.api.access.token
        credentials = dict(user) if user is not None else {"token": token} if token else {}
        context = {"name": name, "namespace": namespace}
        return kubeconfig.write(folder / "kubeconfig", self.url, credentials, cluster, context)

    def asked(self, path: str) -> list[Request]:
        """The requests whose path matches a pattern."""
        return [request for request in list(self.requests) if fnmatch.fnmatchcase(request.path, path)]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.stop()
        if self._bugs and kind is None:
            raise self._bugs[0]

    def stop(self) -> None:
        """End every connection and thread."""
        self.stopping = True
        self._waker.close()
        self.shutdown()
        self._thread.join()
        with self._lock:
            for connection in self._open:
                _shut(connection)
        self.server_close()
        self._woken.close()

    # What the handler needs.

    def fault_of(self, query: Query) -> Fault:
        """The fault that a request meets, or the honest answer."""
        with self._lock:
            return next((plan.answer for plan in self._faults if plan.takes(query.path)), honest)

    @contextmanager
    def recorded(self, request: Request) -> Iterator[None]:
        """Keep a request, and count it as under way."""
        with self._lock:
            self.requests.append(request)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._lock:
                self._at_once -= 1

    def count(self) -> int:
        """A number that no other answer has."""
        return next(self._numbers)

    def wait(self, connection: socket.socket | None, seconds: float | None) -> bool:
        """Wait until the server stops or bytes (or the end) come on a connection; False when time is over."""
        watched = [self._woken, connection] if connection else [self._woken]
        return bool(select.select(watched, [], [], seconds)[0])

    def compressed(self, query: Query, body: bytes) -> bytes:
        """A body with gzip; kept for the next time if the server is to."""
        if self._compressed is None:
            return compress(body, 1)
        key = (query.path, tuple(query.params.items()), query.headers.get("accept", ""))
        if key not in self._compressed:
            self._compressed[key] = compress(body, 1)
        return self._compressed[key]

    # What socketserver asks.

    def server_bind(self) -> None:
        """Bind without asking DNS for the host's name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection in its thread; a failed handshake or a reset ends it silently."""
        try:
            with self._held_open(request):
                if self._context is None:
                    super().finish_request(request, client_address)
                    return
                if request.recv(1, socket.MSG_PEEK).isalpha():
                    request.recv(65536)  # what is left unread would make the close a reset
                    request.sendall(_NOT_TLS)
                    return
            secure = self._context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
            with secure, self._held_open(secure):
                secure.do_handshake()
                super().finish_request(secure, client_address)
        except OSError:
            pass

    @contextmanager
    def _held_open(self, connection: socket.socket) -> Iterator[None]:
        """Have a connection ended by `stop`. Raises OSError when the server stops already."""
        with self._lock:
            if self.stopping:
                raise ConnectionAbortedError
            self._open.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._open.discard(connection)

    def shutdown_request(self, request: Any) -> None:
        """Close without a shutdown, which would send FIN before a planned RST."""
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep a bug of the fake for the end of the `with`."""
        error = sys.exception()
        if error is not None:
            self._bugs.append(error)


def _shut(connection: socket.socket) -> None:
    """Wake the thread that reads or writes; SSLSocket's own shutdown would take its state away."""
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        pass
