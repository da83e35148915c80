"""A real API server, spoken to with all rights: what is made here is removed again."""

from __future__ import annotations

import asyncio
import json
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx

from anyops.sources.kube.config.connection import Connection
from anyops.sources.kube.config.credentials import obtain
from anyops.sources.kube.config.kubeconfig import connect
from anyops.sources.kube.config.tls import ssl_context
from anyops.sources.kube.discovery import Served, discover
from anyops.sources.kube.transport import opened
from tests.fakes.kube.kubeconfig import write

Body = dict[str, Any]
PATIENCE = 120.0
"""Seconds that a real cluster may take for anything that is waited for."""


class Plane:
    """The API of the cluster that a kubeconfig names."""

    def __init__(self, kubeconfig: Path) -> None:
        variables = {"KUBECONFIG": str(kubeconfig), "PATH": os.environ.get("PATH", "")}
        self.connection: Connection = connect(variables, Path.home())
        self._credential = asyncio.run(obtain(self.connection, variables, terminal=False))
        self.client = self.opened(self._credential.lines)
        self._kinds = asyncio.run(_served(self.connection, variables))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def opened(self, headers: Any = ()) -> httpx.Client:
        """A client of the server, with these headers and no others to say who asks."""
        context = ssl_context(self.connection, self._credential)
        return httpx.Client(
            base_url=self.connection.server,
            verify=context if context is not None else False,
            headers=headers,
            trust_env=False,
            timeout=PATIENCE,
        )

    def create(self, *bodies: Body, namespace: str = "") -> None:
        """POST each object; those that know no namespace of their own go into `namespace`."""
        for body in bodies:
            path = self.path(body["apiVersion"], body["kind"], body["metadata"].get("namespace", namespace))
            self._done(self.client.post(path, json=body))

    def path(self, api_version: str, kind: str, namespace: str = "", name: str = "") -> str:
        """Where a kind is served, or one object of it. A kind made since the start is looked up anew."""
        key = (api_version, kind)
        if key not in self._kinds:
            variables = {"PATH": os.environ.get("PATH", "")}
            self._kinds = asyncio.run(_served(self.connection, variables))
        return self._kinds[key].path(namespace, name)

    def patch(self, path: str, changes: Body) -> None:
        """Change an object; `PATH/status` plays the part of whoever owns its status."""
        kind = {"Content-Type": "application/merge-patch+json"}
        self._done(self.client.patch(path, content=json.dumps(changes), headers=kind))

    def delete(self, path: str) -> None:
        """Remove an object, if it is there."""
        answer = self.client.delete(path)
        if answer.status_code != 404:
            self._done(answer)

    def items(self, path: str, **query: str) -> list[Body]:
        """The objects of a list."""
        return self._done(self.client.get(path, params=query)).json()["items"] or []

    def until(self, path: str, holds: Callable[[list[Body]], bool], what: str) -> None:
        """Wait until the list satisfies `holds`, woken by the server at each change of it."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            found = self._done(self.client.get(path)).json()
            if holds(found["items"] or []):
                return
            self._changed(path, found["metadata"]["resourceVersion"], ends)
        raise TimeoutError(f"{what}: not within {PATIENCE:.0f} s")

    def _changed(self, path: str, version: str, ends: float) -> None:
        left = max(1, min(5, int(ends - time.monotonic())))
        query = {"watch": "true", "resourceVersion": version, "timeoutSeconds": str(left)}
        with self.client.stream("GET", path, params=query) as changes:
            next(changes.iter_lines(), None)

    def _done(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_error:
            raise AssertionError(f"{answer.request.method} {answer.request.url}: {answer.text[:500]}")
        return answer

    @contextmanager
    def namespaces(self, *purposes: str) -> Iterator[dict[str, str]]:
        """New namespaces with unique names, by what they are for; at the end they are gone."""
        mark = uuid.uuid4().hex[:6]
        names = {purpose: f"anyops-{purpose}-{mark}" for purpose in purposes}
        try:
            for name in names.values():
                self.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
            yield names
        finally:
            self.remove(names.values())

    def remove(self, namespaces: Iterable[str]) -> None:
        """Delete namespaces with all that is in them, and wait until they are gone."""
        gone = set(namespaces)
        for name in gone:
            self.delete(f"/api/v1/namespaces/{name}")
        self.until(
            "/api/v1/namespaces",
            lambda items: not gone & {item["metadata"]["name"] for item in items},
            f"{', '.join(sorted(gone))} removed",
        )

    def write_kubeconfig(
        self, file: Path, *, token: str = "", server: str = "", ca: Path | None = None, name: str = "plane"
    ) -> Path:
        """A kubeconfig for this server, or for a `server` that `ca` signed; another `token` is another user.

        `name` is what context, cluster and user are called.
        """
        cluster: Body = {"certificate-authority": str(ca)} if ca else {"insecure-skip-tls-verify": True}
        bearer = token or self._credential.headers["Authorization"].removeprefix("Bearer ")
        return write(file, server or self.connection.server, {"token": bearer}, cluster, {"name": name})


async def _served(connection: Connection, variables: dict[str, str]) -> dict[tuple[str, str], Served]:
    async with opened(connection, variables) as api:
        found = await discover(api)
    return {(served.api_version, served.kind): served for served in found.served}
