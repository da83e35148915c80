"""Reads a snapshot back: the same World as the one that was read of the cluster."""

import tarfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from anyops.errors import NothingReadableError
from anyops.redact import Redactor
from anyops.sources.files.limits import Limits
from anyops.sources.files.magic import MAGIC_BYTES, archive_format
from anyops.sources.files.walk import Walk
from anyops.sources.kube.build import BROKEN, Builder, plain
from anyops.sources.kube.failure import ApiError
from anyops.sources.kube.page import read_page
from anyops.sources.kube.plan import SECRETS
from anyops.sources.kube.pods import decoded
from anyops.sources.kube.snapshot import MANIFEST, SCHEMA, ListFile, LogFile, Manifest
from anyops.world.evidence import Document
from anyops.world.quantity import parse_time
from anyops.world.resource import Ref
from anyops.world.world import Scope, World

LIMITS = Limits(total_bytes=8 << 30, files=200_000)


def is_snapshot(path: Path) -> bool:
    """Whether the folder or archive is a snapshot: its first entry is the manifest."""
    try:
        if path.is_dir():
            return (path / MANIFEST).is_file()
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            if not archive_format(stream.read(MAGIC_BYTES)):
                return False
        with tarfile.open(path) as archive:
            first = archive.next()
    except (OSError, ValueError, tarfile.TarError, EOFError):
        return False
    return first is not None and first.name.rpartition("/")[2] == MANIFEST


def read_snapshot(path: Path, redactor: Redactor | None = None) -> World:
    """The World of a snapshot. Raises NothingReadableError where the manifest is broken."""
    walk = Walk(LIMITS)
    documents = walk.documents([path], None)
    # A folder's own files come before those below it; somebody may have put a note there.
    first = next((d for d in documents if d.name.rpartition("/")[2] == MANIFEST), Document("", b""))
    manifest = _manifest(first)
    into = Builder(manifest.source, redactor)
    into.at = parse_time(manifest.captured_at)
    into.scope = Scope(manifest.source, manifest.context, tuple(manifest.namespaces), manifest.user)
    missing = _replay(documents, first.name.removesuffix(MANIFEST), manifest, into)
    for unread in manifest.unread:
        into.missed(unread.source, unread.why, unread.detail, unread.kind)
    for name in sorted(missing):
        into.missed(name, "absent", "the manifest names it, and it is not there")
    for refused in walk.unread:
        into.missed(refused.source, refused.why, refused.detail)
    return into.world()


def _manifest(document: Document) -> Manifest:
    broken = "take it again: anyops cluster snapshot DEST"
    if document.name.rpartition("/")[2] != MANIFEST:
        raise NothingReadableError(f"{MANIFEST} cannot be read", hint=broken)
    try:
        manifest = msgspec.json.decode(document.data, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NothingReadableError(f"{document.name} is broken: {error}", hint=broken) from None
    if manifest.schema != SCHEMA:
        hint = "a newer anyops wrote it: upgrade this one"
        raise NothingReadableError(f"{document.name} is {manifest.schema!r}, not {SCHEMA}", hint=hint)
    return manifest


def _replay(documents: Iterator[Document], root: str, manifest: Manifest, into: Builder) -> set[str]:
    """Give the builder every file that the manifest names; the answer is those that did not come."""
    lists = {file: entry for entry in manifest.lists for file in entry.files}
    logs = {entry.file: entry for entry in manifest.logs}
    missing = lists.keys() | logs.keys()
    for document in documents:
        name = document.name.removeprefix(root)
        missing -= {name}
        if name in lists:
            _list(document, lists[name], into)
        elif name in logs:
            _log(document, logs[name], into)
    lost = {id(lists[name]) for name in missing if name in lists}
    for entry in manifest.lists:
        if entry.whole and id(entry) not in lost:
            into.listed(entry.served, entry.namespace)
    return missing


def _list(document: Document, entry: ListFile, into: Builder) -> None:
    try:
        page = read_page(document.data, into.shape(entry.served))
    except ApiError as error:
        into.unread(entry.served, entry.namespace, "failed", f"{document.name}: {error.detail}")
        entry.whole = False
        return
    if (entry.kind, entry.api_version) == (SECRETS.kind, SECRETS.api_version):
        for item in page.items:
            try:
                into.secrets(entry.namespace, [plain(decoded(item))])
            except TypeError:
                into.unread(entry.served, entry.namespace, "failed", BROKEN)
    else:
        into.items(entry.served, entry.namespace, page.items)


def _log(document: Document, entry: LogFile, into: Builder) -> None:
    about = Ref("Pod", entry.namespace, entry.pod)
    into.log(about, entry.container, document.data, previous=entry.previous)
