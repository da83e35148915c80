"""The bench server: `python -m fakes.kube.bench PORT_FILE --pods 10000`, a process of its own.

It writes its port to PORT_FILE (and with `--kubeconfig` a kubeconfig) when it is ready, and ends on SIGTERM.
Every object is encoded once, at the start; a page is those bytes joined.
"""

from __future__ import annotations

import argparse
import gc
import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from . import faults, kubeconfig
from .cluster import logs, objects, plan
from .server import KubeServer


def write_kubeconfig(file: Path, port: int, namespace: str = "checkout-live") -> Path:
    """A kubeconfig for the server on a port of 127.0.0.1."""
    context = {"name": "bench", "namespace": namespace}
    return kubeconfig.write(file, f"http://127.0.0.1:{port}", {}, {}, context)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    options = _options(arguments)
    # A signal that comes early waits until the server can end in order.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))
    gc.disable()
    planned = plan(options.pods, options.now)
    written = logs(planned)
    server = KubeServer(
        objects(planned), logs=written, previous_logs=written, keep_compressed=True, gzip=options.gzip
    )
    gc.freeze()
    gc.enable()
    if options.delay:
        for pattern in ("/api/v1/*", "/apis/*/*/*"):
            server.fault(pattern, faults.slow(options.delay))
    with server:
        port = int(server.server_address[1])
        if options.kubeconfig:
            write_kubeconfig(options.kubeconfig, port)
        _write_at_once(options.port_file, f"{port}\n")
        if options.ready:
            print("ready", flush=True)
        signal.sigwait((signal.SIGTERM, signal.SIGINT))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fakes.kube.bench", description=__doc__)
    parser.add_argument("port_file", type=Path, metavar="PORT_FILE")
    parser.add_argument("--pods", type=int, default=10_000, help="how many, at least 100 (10000)")
    parser.add_argument("--delay", type=float, default=0, help="seconds before each list is answered (0)")
    parser.add_argument("--kubeconfig", type=Path, help="write a kubeconfig to this file")
    parser.add_argument("--ready", action="store_true", help="write the line `ready` to stdout when it is")
    parser.add_argument("--gzip", action="store_true", help="compress for clients that ask for it")
    parser.add_argument(
        "--now",
        type=_time,
        default=datetime.now(UTC),
        help="the cluster's moment (RFC 3339; the current time)",
    )
    return parser.parse_args(arguments)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _write_at_once(file: Path, text: str) -> None:
    """Write so that a reader sees all or nothing."""
    partly = file.with_name(file.name + ".part")
    partly.write_text(text)
    partly.replace(file)


if __name__ == "__main__":
    main()
