"""The use case behind `anyops cluster snapshot`: what was read of a cluster, kept in a folder or archive."""

import errno
import os
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from anyops.environment import Environment
from anyops.errors import OutputError, UsageError
from anyops.incident.live import Live, read_live

if TYPE_CHECKING:
    from anyops.sources.kube.build import Builder
    from anyops.sources.kube.snapshot import Manifest

PACKED = (".tar.gz", ".tgz")


def take(here: Environment, live: Live, destination: Path) -> "Manifest":
    """Read the cluster and write the snapshot, whole or not at all.

    A destination that ends in `.tar.gz` is an archive, any other a folder. Raises UsageError where something
    is there already, OutputError where it cannot be written, and what `read_live` raises.
    """
    from anyops.redact import Redactor, installation_key
    from anyops.sources.kube.snapshot import Recorder

    packed = destination.name.endswith(PACKED)
    if _is_taken(destination, packed):
        raise _taken(destination)
    redactor = Redactor(installation_key(here.state_home))
    recorders: list[Recorder] = []

    def record(source: str) -> "Builder":
        recorders.append(Recorder(source, redactor, scratch))
        return recorders[0]

    try:
        scratch = Path(tempfile.mkdtemp(prefix=f".{destination.name}-", dir=_nearest(destination)))
        try:
            read_live(here, live, make=record)
            manifest = recorders[0].finish()
            destination.absolute().parent.mkdir(parents=True, exist_ok=True)
            _pack(scratch, destination) if packed else _move(scratch, destination)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise _taken(destination) from None  # somebody else was faster
        raise _unwritable(destination, error) from None
    return manifest


def _is_taken(destination: Path, packed: bool) -> bool:
    """Whether something is there: a folder may be, where it is empty, no link, and has a name of its own."""
    try:
        if not os.path.lexists(destination):
            return False
        named = destination.name not in ("", "..")
        room = named and not packed and not destination.is_symlink() and destination.is_dir()
        return not room or any(destination.iterdir())
    except OSError as error:
        raise _unwritable(destination, error) from None


def _taken(destination: Path) -> UsageError:
    return UsageError(f"{destination} is there already", hint="name another, or move it away")


def _unwritable(destination: Path, error: OSError) -> OutputError:
    hint = "name a place that can be written"
    return OutputError(f"cannot write {destination}: {error.strerror or error}", hint=hint)


def _nearest(destination: Path) -> Path:
    """The folder above that is there already: nothing is made before all is read."""
    return next(folder for folder in destination.absolute().parents if folder.exists())


def _move(scratch: Path, destination: Path) -> None:
    scratch.chmod(0o700)
    scratch.rename(destination)


def _pack(scratch: Path, destination: Path) -> None:
    """The manifest first, so that a reader knows at once what it holds; owners and times say nothing."""
    from anyops.sources.kube.snapshot import MANIFEST

    root = destination.name.removesuffix(".gz").removesuffix(".tar").removesuffix(".tgz")
    files = sorted(path.relative_to(scratch) for path in scratch.rglob("*") if path.is_file())
    files.sort(key=lambda path: path.name != MANIFEST)
    handle, name = tempfile.mkstemp(prefix=f".{destination.name}-", dir=destination.absolute().parent)
    try:
        with os.fdopen(handle, "wb") as stream, tarfile.open(fileobj=stream, mode="w:gz") as archive:
            for file in files:
                archive.add(scratch / file, f"{root}/{file}", filter=_plain)
        Path(name).replace(destination)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
