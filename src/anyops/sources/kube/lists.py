"""Reads one list page by page; where it breaks, what came stays and the rest is named."""

import asyncio
from collections.abc import Mapping
from typing import Protocol

import msgspec
from msgspec import Struct

from anyops.sources.kube.build import Builder, Item
from anyops.sources.kube.failure import ApiError
from anyops.sources.kube.page import Page, peek_token, read_page
from anyops.sources.kube.plan import Read
from anyops.sources.kube.pods import Pod
from anyops.sources.kube.transport import JSON, OVER, Answer

PAGE = 500
MOST = 200_000
"""Objects of one kind that are read at most."""
_RESTARTS = 2
_EMPTY = 10
"""Pages without an object in a row, after which a list is taken for one without end."""


class Getter(Protocol):
    """What asks the server."""

    async def get(self, path: str, query: Mapping[str, str] | None = None, *, accept: str = ...) -> Answer:
        """The answer to GET `path`. Raises ApiError."""


class _Key(Struct, frozen=True):
    name: str = ""
    namespace: str = ""


class _Named(Struct, frozen=True):
    metadata: _Key = _Key()


class Reader:
    """One list that is being read into a builder. `count` is how many objects came."""

    def __init__(self, api: Getter, read: Read, into: Builder, *, accept: str = JSON) -> None:
        self.api = api
        self.read = read
        self.into = into
        self.accept = accept
        self.count = 0
        self._last = ""
        self._skip = False
        self._end: str | None = None
        self._empty = 0

    async def run(self) -> None:
        """Read to the end. What cannot be read is told to the builder, never raised."""
        try:
            await self._pages()
        except ApiError as failure:
            self._missed(failure.why if failure.why != "expired" else "failed", failure.detail)
        except asyncio.CancelledError:
            self._missed("failed", OVER)
            raise

    def _missed(self, why: str, detail: str) -> None:
        so_far = f"; {self.count} were read" if self.count else ""
        self.into.unread(self.read.served, self.read.namespace, why, f"{detail}{so_far}")

    async def _pages(self) -> None:
        token, restarts = "", 0
        ahead: asyncio.Task[Answer] | None = None
        try:
            while True:
                try:
                    answer = await (ahead or self._ask(token))
                    ahead = None
                except ApiError as failure:
                    if failure.why != "expired" or restarts == _RESTARTS:
                        raise
                    # https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks
                    token, restarts, ahead = failure.resume, restarts + 1, None
                    self._skip, self._end = self._skip or not token, None
                    continue
                following = peek_token(answer.body)
                if following and not self._enough(PAGE):
                    ahead = asyncio.create_task(self._ask(following))
                    ahead.add_done_callback(_seen)
                    await asyncio.sleep(0)
                page = read_page(answer.body, self.into.shape(self.read.served))
                if page.token and self._is_stuck(page, token):
                    raise ApiError("failed", "the list does not end: the server gives the same page again")
                self._take(page)
                token, remaining = page.token, page.remaining
                del answer, page  # so much less is held while the next one comes
                if not token:
                    if self.read.is_whole:
                        self.into.listed(self.read.served, self.read.namespace)
                    return
                if self._enough(0):
                    more = f" of about {self.count + remaining}" if remaining else ""
                    raise ApiError("failed", f"only the first {self.count}{more} were read")
                if ahead is not None and token != following:
                    ahead.cancel()
                    ahead = None
        finally:
            if ahead is not None:
                ahead.cancel()

    def _is_stuck(self, page: Page, token: str) -> bool:
        """Whether a page that is not the last one brings us no further."""
        self._empty = 0 if page.items else self._empty + 1
        before, self._end = self._end, _key(page.items[-1]) if page.items else self._end
        return page.token == token or self._empty > _EMPTY or (bool(page.items) and self._end == before)

    def _enough(self, more: int) -> bool:
        return self.count + more >= (self.read.most or MOST)

    async def _ask(self, token: str) -> Answer:
        query = {"limit": str(PAGE)}
        if self.read.label_selector:
            query["labelSelector"] = self.read.label_selector
        if self.read.field_selector:
            query["fieldSelector"] = self.read.field_selector
        if token:
            query["continue"] = token
        answer = await self.api.get(self.read.path, query, accept=self.accept)
        if answer.cut:
            raise ApiError("failed", "a page is too large")
        return answer

    def _take(self, page: Page) -> None:
        items = page.items
        if self._skip:
            # Begun anew: up to there all is known.
            items = [item for item in items if _key(item) > self._last]
        if items:
            self._skip = False
            self._last = _key(items[-1])
            self.count += len(items)
            self.into.items(self.read.served, self.read.namespace, items)


def _key(item: Item) -> str:
    """Where an object stands in a server's list: etcd's order is that of `namespace/name`."""
    try:
        it = item.metadata if isinstance(item, Pod) else msgspec.json.decode(item, type=_Named).metadata
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return ""
    return f"{it.namespace}/{it.name}" if it.namespace else it.name


def _seen(task: asyncio.Task[Answer]) -> None:
    """Look at how a page that nobody waits for any more ended, so that asyncio does not complain."""
    if not task.cancelled():
        task.exception()
