"""The credential of an exec plugin while it holds, for one connection, in memory only."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from anyops.errors import ConfigError

if TYPE_CHECKING:
    from anyops.sources.kube.config.plugin import Answer


class Kept:
    """The last answer. Connections that differ in it only are equal."""

    __slots__ = ("_answer", "_error", "_lock", "_loop", "_times")

    def __init__(self) -> None:
        self._answer: Answer | None = None
        self._error: ConfigError | None = None
        self._times = 0
        self._loop: Any = None
        self._lock: Any = None

    async def get(self, run: Callable[[], Awaitable["Answer"]], *, again: bool) -> "Answer":
        """The kept answer, or what `run` gives. Of several who ask at once, the first one runs it for all,
        and if that fails, it fails for all.

        `again` runs it even though the kept answer still seems to hold, unless another has just done so.
        """
        times = self._times
        async with self._here():
            fresh = self._times != times
            if fresh and self._error is not None:
                raise self._error
            if self._answer is not None and self._holds() and (fresh or not again):
                return self._answer
            return await self._run(run)

    async def _run(self, run: Callable[[], Awaitable["Answer"]]) -> "Answer":
        self._answer, self._error = None, None
        try:
            self._answer = await run()
        except ConfigError as error:
            self._error = error
            raise
        finally:
            self._times += 1
        return self._answer

    def _holds(self) -> bool:
        expires = self._answer.expires if self._answer else None
        return expires is None or datetime.now(UTC) < expires

    def _here(self) -> Any:
        """The lock of the running loop: a lock belongs to the loop in which it was first waited for."""
        import asyncio

        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._lock = loop, asyncio.Lock()
        return self._lock

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Kept)

    def __hash__(self) -> int:
        return hash(Kept)

    def __repr__(self) -> str:
        return "Kept()"
