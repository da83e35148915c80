"""A snapshot: what was read of a cluster, in files that read back to the same World.

`anyops-snapshot.json` says what is inside and what is not; `lists/` holds the objects as lists that other
tools read too, without secrets' values and without who wrote which field; `logs/` holds the ends of logs.
Everything is redacted.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec import Struct, field

from anyops import __version__
from anyops.redact import Redactor
from anyops.sources.kube.build import Builder, Item, plain
from anyops.sources.kube.discovery import Served
from anyops.sources.kube.plan import SECRETS
from anyops.sources.kube.pods import decoded, encoded
from anyops.world.resource import Ref
from anyops.world.world import Unread

SCHEMA = "anyops.snapshot/1"
MANIFEST = "anyops-snapshot.json"
FILE_BYTES = 16 << 20
"""A list goes on in a further file beyond this."""
_LONGEST = 200
_DOTS = re.compile(r"^\.|\.(?=\.)")


class ListFile(Struct, kw_only=True):
    """One list: its files, what it is of, how many objects it holds, and whether they are all."""

    files: list[str]
    api_version: str
    resource: str
    kind: str
    namespaced: bool
    namespace: str
    count: int = 0
    whole: bool = False

    @property
    def served(self) -> Served:
        return Served(self.api_version, self.resource, self.kind, self.namespaced)


class LogFile(Struct, frozen=True, kw_only=True):
    """One log: its file, and who wrote it."""

    file: str
    namespace: str
    pod: str
    container: str
    previous: bool


class Manifest(Struct, kw_only=True):
    """What a snapshot holds, and what it lacks."""

    schema: str = SCHEMA
    version: str
    captured_at: datetime | None
    source: str
    context: str
    user: str
    namespaces: list[str]
    secrets: str = "names and types only"
    redacted: int = 0
    lists: list[ListFile] = field(default_factory=list)
    logs: list[LogFile] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)


def segment(name: str) -> str:
    """A server's name as one part of a path that stays below its folder: real ones are as they are."""
    quoted = _DOTS.sub("%2E", quote(name, safe="")) or "_"
    if len(quoted) <= _LONGEST:
        return quoted
    return f"{quoted[:_LONGEST]}-{sha256(name.encode()).hexdigest()[:16]}"


class _Writing:
    """A list while it is written: `{"apiVersion": ..., "kind": "PodList", "items": [...]}`, one a line.

    No file stays open: there may be more lists than a process may have files.
    """

    def __init__(self, folder: Path, entry: ListFile) -> None:
        self.folder = folder
        self.entry = entry
        self._parts: list[bytes] = []
        self._size = 0

    def add(self, items: Iterable[bytes]) -> None:
        for item in items:
            if not self.entry.files or self._size > FILE_BYTES:
                self.end()
                self._begin()
            else:
                self._parts.append(b",\n")
            self._parts.append(item)
            self._size += len(item)
            self.entry.count += 1
        self._write()

    def end(self) -> None:
        if self.entry.files:
            self._parts.append(b"\n]}\n")
            self._write()

    def _begin(self) -> None:
        entry = self.entry
        where = f".{entry.namespace}" if entry.namespace else ""
        stem = f"lists/{segment(entry.api_version.replace('/', '_'))}/{segment(entry.resource + where)}"
        entry.files.append(f"{stem}-{len(entry.files) + 1}.json" if entry.files else f"{stem}.json")
        head = msgspec.json.encode(
            {"apiVersion": entry.api_version, "kind": f"{entry.kind}List", "items": []}
        )
        self._parts = [head[:-2] + b"\n"]
        self._size = 0

    def _write(self) -> None:
        if self._parts:
            path = self.folder / self.entry.files[-1]
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.writelines(self._parts)
            self._parts = []


class Recorder(Builder):
    """A builder that also writes what it takes into a folder, redacted; `finish` writes the manifest."""

    def __init__(self, source: str, redactor: Redactor, folder: Path) -> None:
        super().__init__(source)  # its World says only what else to read
        self._redactor = redactor
        self._folder = folder
        self._lists: dict[tuple[Served, str], _Writing] = {}
        self._log_files: list[LogFile] = []

    def items(self, served: Served, namespace: str, items: Iterable[Item]) -> None:
        """Take the objects, and write them."""
        items = list(items)
        super().items(served, namespace, items)
        self._write(served, namespace, _plain(map(encoded, items)))

    def secrets(self, namespace: str, bodies: Iterable[dict[str, Any]]) -> None:
        """Take the secrets' names and types, and write those."""
        bodies = list(bodies)
        super().secrets(namespace, bodies)
        self._write(SECRETS, namespace, bodies)

    def listed(self, served: Served, namespace: str) -> None:
        """The whole list was read."""
        super().listed(served, namespace)
        self._writing(served, namespace).entry.whole = True

    def said(self, text: str) -> str:
        """What a server says of a failure, as the manifest may hold it."""
        return self._redactor.text(text)

    def log(self, about: Ref, container: str, data: bytes, *, previous: bool = False) -> None:
        """Take a log, and write it."""
        super().log(about, container, data, previous=previous)
        folder = f"logs/{segment(about.namespace)}/{segment(about.name)}"
        name = f"{folder}/{segment(container)}{'.previous' if previous else ''}.log"
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self._redactor.blob(data))
        self._log_files.append(
            LogFile(
                file=name, namespace=about.namespace, pod=about.name, container=container, previous=previous
            )
        )

    def finish(self) -> Manifest:
        """End every list, write the manifest and return it. Raises OSError."""
        for writing in self._lists.values():
            writing.end()
        manifest = Manifest(
            version=__version__,
            captured_at=self.at,
            source=self.source,
            context=self.scope.context,
            user=self.scope.user,
            namespaces=list(self.scope.namespaces),
            redacted=self._redactor.replaced,
            lists=sorted((w.entry for w in self._lists.values()), key=lambda e: (e.api_version, e.resource)),
            logs=sorted(self._log_files, key=lambda log: log.file),
            unread=list(self.world().unread),
        )
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        (self._folder / MANIFEST).write_bytes(text + b"\n")
        return manifest

    def _write(self, served: Served, namespace: str, bodies: Iterable[dict[str, Any]]) -> None:
        head = {"apiVersion": served.api_version, "kind": served.kind}
        clean = (self._redactor.tree({**head, **body}) for body in bodies)
        self._writing(served, namespace).add(map(msgspec.json.encode, clean))

    def _writing(self, served: Served, namespace: str) -> _Writing:
        key = (served, namespace)
        if key not in self._lists:
            entry = ListFile(
                files=[],
                api_version=served.api_version,
                resource=served.resource,
                kind=served.kind,
                namespaced=served.namespaced,
                namespace=namespace if served.namespaced else "",
            )
            self._lists[key] = _Writing(self._folder, entry)
        return self._lists[key]


def _plain(raws: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The objects among what was read."""
    for raw in raws:
        with suppress(TypeError):
            yield plain(decoded(raw))
