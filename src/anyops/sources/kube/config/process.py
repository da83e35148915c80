"""One program, run within a time, with bounded output, and ended with all that it started."""

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any

from anyops.sources.kube.config.quiet import Quiet

MOST_OUTPUT = 1 << 20
MOST_ERRORS = 16 << 10
LOOK_AGAIN = 0.1
"""Seconds between two looks at whether the program has ended or is to be stopped."""


class Ended(Quiet, frozen=True):
    """How it ended: `code` is None when it was ended by us, negative for a signal. No output in the repr."""

    code: int | None
    output: bytes
    errors: bytes

    def about(self) -> str:
        """Its exit code."""
        return repr(self.code)


async def run(
    command: Sequence[str],
    variables: Mapping[str, str],
    *,
    interactive: bool,
    timeout: float,
    tell: Callable[[bytes], object],
) -> Ended:
    """Run a program to its end, or to `timeout` seconds. Being cancelled ends it.

    An `interactive` one has standard input and the terminal, and `tell` gets what it writes to standard
    error at once. Any other one has no input and no terminal. Raises OSError when it cannot be started.
    """
    import asyncio

    stop = threading.Event()
    try:
        return await asyncio.to_thread(
            _run, command, variables, interactive, time.monotonic() + timeout, tell, stop
        )
    finally:
        stop.set()


def _run(
    command: Sequence[str],
    variables: Mapping[str, str],
    interactive: bool,
    deadline: float,
    tell: Callable[[bytes], object],
    stop: threading.Event,
) -> Ended:
    with _terminal_kept(interactive):
        process = subprocess.Popen(  # noqa: S603
            command,
            env=dict(variables),
            stdin=None if interactive else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=not interactive,
        )
        try:
            return _read(process, deadline, tell if interactive else _say_nothing, stop)
        finally:
            _end(process, whole_session=not interactive)


def _say_nothing(_: bytes) -> None:
    """What a program without a person says is kept for the error only."""


def _read(
    process: subprocess.Popen[bytes], deadline: float, tell: Callable[[bytes], object], stop: threading.Event
) -> Ended:
    output, errors = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        for stream in _streams(process):
            selector.register(stream, selectors.EVENT_READ, stream is process.stdout)
        while time.monotonic() < deadline and not stop.is_set() and len(output) <= MOST_OUTPUT:
            exited = process.poll() is not None
            ready = selector.select(0 if exited else LOOK_AGAIN) if selector.get_map() else []
            for key, _ in ready:
                chunk = os.read(key.fd, 65536)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.data:
                    output += chunk
                else:
                    tell(chunk)
                    errors = (errors + chunk)[-MOST_ERRORS:]
            if exited and not ready:  # what it started may hold the pipes open: nobody waits for that
                return Ended(process.returncode, bytes(output), bytes(errors))
            if not selector.get_map() and not exited:
                stop.wait(LOOK_AGAIN / 10)
    return Ended(None, bytes(output), bytes(errors))


def _streams(process: subprocess.Popen[bytes]) -> list[IO[bytes]]:
    return [stream for stream in (process.stdout, process.stderr) if stream is not None]


def _end(process: subprocess.Popen[bytes], *, whole_session: bool) -> None:
    """End it with its whole session, where it has one; an interactive one shares ours."""
    try:
        if process.poll() is not None:
            pass  # what it left behind on purpose may go on
        elif whole_session:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.terminate()
            process.wait(1)
    except (ProcessLookupError, PermissionError):
        pass
    except subprocess.TimeoutExpired:
        process.kill()
    process.wait()
    for stream in _streams(process):
        stream.close()


@contextmanager
def _terminal_kept(interactive: bool) -> Iterator[None]:
    """A program that is ended while it asks for a password would leave a terminal that shows nothing."""
    before = _modes() if interactive else None
    try:
        yield
    finally:
        if before is not None:
            import termios

            termios.tcsetattr(0, termios.TCSADRAIN, before)


def _modes() -> list[Any] | None:
    import termios

    try:
        return termios.tcgetattr(0)
    except termios.error:
        return None
