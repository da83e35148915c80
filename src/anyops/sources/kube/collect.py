"""Reads of a cluster what an analysis needs: the namespaces in question, and what they depend on."""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from anyops.sources.kube import metrics, secrets
from anyops.sources.kube.build import Builder
from anyops.sources.kube.discovery import Served, discover
from anyops.sources.kube.failure import ApiError
from anyops.sources.kube.lists import Reader
from anyops.sources.kube.plan import FIRST, SECRETS, Read, lists, ordered
from anyops.sources.kube.transport import OVER, Api
from anyops.world.resource import Ref
from anyops.world.world import LogWanted, Wanted

SYSTEM = "kube-system"
LOG_BYTES = 1 << 20
"""The most of one log; a server that sends more is cut off."""
_FOR_LOGS = 0.2
"""The part of the time that lists may not take: logs tell more."""
_METRICS = "metrics.k8s.io/"
"""In the names of the groups of measurements, whose absence matters only where usage does."""
_PODS = next(s for s in FIRST if s.kind == "Pod")
_SERVICES = next(s for s in FIRST if s.kind == "Service")
_DNS = "k8s-app in (kube-dns,coredns)"
_DNS_LABEL = "kubernetes.io/service-name=kube-dns"


class Ask(Struct, frozen=True):
    """What is to be read: namespaces (none means all), for how many seconds at most.

    `tail` is how many lines of each log; `since` bounds logs to so many seconds, 0 not at all.
    """

    namespaces: tuple[str, ...] = ()
    timeout: float = 60.0
    tail: int = 200
    since: int = 0


class Collector:
    """Reads into a builder until the time is over. What could not be read is told to the builder."""

    def __init__(self, api: Api, ask: Ask, into: Builder) -> None:
        self.api = api
        self.ask = ask
        self.into = into
        self.served: tuple[Served, ...] = FIRST
        self._away: list[tuple[str, ApiError]] = []

    async def lists(self) -> None:
        """Every list that is worth reading. Raises the failure's error where nothing at all could be read."""
        first = [self._read(read) for read in self._first()]
        ends_at = self.api.ends_at
        self.api.ends_at -= _FOR_LOGS * self.ask.timeout
        await self._all([*first, self._discovered()])
        if self.api.answered == 0:
            raise self.api.nothing()
        if (useless := self.into.useless()) is not None:
            raise self.api.ended or self.api.trouble.useless(useless)
        self.api.ends_at = ends_at

    async def more(self, wanted: Wanted, secrets_of: Iterable[str]) -> None:
        """What a first look asks for, and the secrets of these namespaces."""
        for name, failure in self._away if wanted.usage else ():
            self.into.missed(name, "failed", failure.detail)
        await self._all(
            [
                *(self._log(want) for want in wanted.logs),
                *(self._service(ref) for ref in wanted.services),
                *(self._secrets(namespace) for namespace in secrets_of),
                *(self._read(read) for read in self._metered(wanted.usage)),
            ]
        )

    def _metered(self, namespaces: Sequence[str]) -> Iterator[Read]:
        """What pods of these namespaces use now, and the nodes."""
        for served in self.served:
            if served.group == metrics.GROUP and namespaces:
                if served.namespaced:
                    yield from (Read(served, namespace) for namespace in namespaces if namespace)
                else:
                    yield Read(served)

    async def _service(self, ref: Ref) -> None:
        """A service of another namespace: itself, its addresses and the pods that it selects."""
        named = Read(_SERVICES, ref.namespace, field_selector=f"metadata.name={ref.name}")
        slices = [s for s in self.served if s.kind == "EndpointSlice"]
        label = f"kubernetes.io/service-name={ref.name}"
        reads = [named, *(Read(s, ref.namespace, label_selector=label) for s in slices[:1])]
        await asyncio.gather(*(self._read(read) for read in reads))
        selector = self.into.selector_of(ref)
        if selector:
            await self._read(Read(_PODS, ref.namespace, label_selector=selector))

    async def _log(self, want: LogWanted) -> None:
        query = {"container": want.container, "tailLines": str(self.ask.tail), "limitBytes": str(LOG_BYTES)}
        if want.previous:
            query["previous"] = "true"
        if self.ask.since:
            query["sinceSeconds"] = str(self.ask.since)
        path = f"{_PODS.path(want.pod.namespace, want.pod.name)}/log"
        try:
            answer = await self.api.get(path, query, accept="*/*", most=LOG_BYTES)
        except ApiError as error:
            if not want.previous or error.status != 400:
                self.into.missed(f"log of {want}", error.why, error.detail, "Log")
        except asyncio.CancelledError:
            self.into.missed(f"log of {want}", "failed", OVER, "Log")
            raise
        else:
            self.into.log(want.pod, want.container, answer.body, previous=want.previous)

    def _first(self) -> Iterator[Read]:
        yield from lists(FIRST, self.ask.namespaces)
        if self.ask.namespaces and SYSTEM not in self.ask.namespaces:
            yield from _of_cluster_dns()

    async def _discovered(self) -> None:
        try:
            found = await discover(self.api)
        except ApiError as failure:
            self.into.missed("discovery", failure.why, f"which kinds there are: {failure.detail}")
            return
        self._away = [(name, away) for name, away in found.failed if _METRICS in name]
        for name, away in found.failed:
            if _METRICS not in name:
                self.into.missed(name, "failed", away.detail)
        self.served = found.served
        await asyncio.gather(*(self._read(r) for r in lists(ordered(found.served), self.ask.namespaces)))

    def _read(self, read: Read) -> Coroutine[Any, Any, None]:
        return Reader(self.api, read, self.into).run()

    async def _secrets(self, namespace: str) -> None:
        try:
            answer = await self.api.get(SECRETS.path(namespace), secrets.QUERY, accept=secrets.ACCEPT)
            self.into.secrets(namespace, secrets.rows(answer.body, namespace))
            self.into.listed(SECRETS, namespace)
        except ApiError as failure:
            self.into.unread(SECRETS, namespace, failure.why, failure.detail)
        except asyncio.CancelledError:
            self.into.unread(SECRETS, namespace, "failed", OVER)
            raise
        except (msgspec.MsgspecError, AttributeError, TypeError):
            self.into.unread(SECRETS, namespace, "failed", "the server gives no table of them")

    async def _all(self, jobs: Sequence[Coroutine[Any, Any, None]]) -> None:
        """Run together until the time is over; a list that is cut short says so itself."""
        tasks = [asyncio.ensure_future(job) for job in jobs]
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=self.api.left)
        finally:
            late = [task for task in tasks if not task.done()]
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        for task in tasks:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error


def _of_cluster_dns() -> Iterator[Read]:
    """Names are looked up through it, wherever a pod runs."""
    selectors: Mapping[str, str] = {"pods": _DNS, "services": _DNS, "deployments": _DNS}
    for served in FIRST:
        if served.resource in selectors:
            yield Read(served, SYSTEM, label_selector=selectors[served.resource])
