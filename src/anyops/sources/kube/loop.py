"""The event loop of a reading: a name server that does not answer holds nobody up when the time is over.

asyncio asks for addresses in threads of a pool, and waits for those threads at its end, and at Python's.
"""

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any

LookUp = Callable[..., Any]


class Loop(asyncio.SelectorEventLoop):
    """A loop whose `look_up` of names runs in threads that end with the process."""

    def __init__(self, look_up: LookUp = socket.getaddrinfo) -> None:
        super().__init__()
        self._look_up = look_up

    async def getaddrinfo(self, host: Any, port: Any, **how: Any) -> Any:
        """As `socket.getaddrinfo`."""
        found: asyncio.Future[Any] = self.create_future()

        def look() -> None:
            try:
                self._tell(found, self._look_up(host, port, **how), None)
            except OSError as error:
                self._tell(found, None, error)

        threading.Thread(target=look, name="addresses", daemon=True).start()
        return await found

    def _tell(self, found: "asyncio.Future[Any]", addresses: Any, error: OSError | None) -> None:
        def tell() -> None:
            if found.done():
                return
            if error is None:
                found.set_result(addresses)
            else:
                found.set_exception(error)

        try:
            self.call_soon_threadsafe(tell)
        except RuntimeError:
            pass  # the loop has ended without waiting
