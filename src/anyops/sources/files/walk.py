"""Every document in what was handed over: folders, archives, files, standard input. Nothing is written."""

import io
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from anyops.errors import ReadError, UsageError
from anyops.sources.files.limits import Limits
from anyops.sources.files.magic import MAGIC_BYTES, archive_format
from anyops.world.evidence import Document
from anyops.world.world import Unread

SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv"})
_ARCHIVE_DEPTH = 2
_NOT_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A pipe is opened without waiting for its writer."""


def _is_folder(path: Path) -> bool:
    """Whether it is a folder or a file. Raises UsageError when it is neither, or may not be looked at."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except FileNotFoundError:
        what = f"no such file or folder: {path}"
    except (OSError, ValueError) as error:
        what = f"cannot look at {str(path)[:200]}: {(getattr(error, 'strerror', '') or str(error)).lower()}"
    raise UsageError(what, hint="check the path; - reads standard input")


class Walk:
    """Reads documents one by one within the limits; what it leaves out it lists in `unread`."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.unread: list[Unread] = []
        self.files = 0
        self.bytes = 0
        self.full = False

    def documents(self, paths: Sequence[Path], stdin: BinaryIO | None) -> Iterator[Document]:
        """Documents of every path, in the order of the paths and of the names in them."""
        several = len(paths) > 1
        for path in paths:
            if str(path) == "-":
                if stdin is not None:
                    yield from self._content("stdin", stdin.read(self.limits.file_bytes), 0)
            elif _is_folder(path):
                yield from self._folder(path, f"{path.name}/" if several else "")
            else:
                yield from self._file(str(path), path.name)

    def _folder(self, folder: Path, prefix: str) -> Iterator[Document]:
        root = os.path.realpath(folder)
        waiting = [(str(folder), prefix)]
        while waiting:
            here, place = waiting.pop()
            try:
                entries = sorted(os.scandir(here), key=lambda entry: entry.name)
            except OSError as error:
                reason = (error.strerror or "cannot be listed").lower()
                self._refuse(place or ".", f"{reason}; make it readable: chmod +rx")
                continue
            below = [e for e in entries if e.is_dir(follow_symlinks=False) and e.name not in SKIPPED]
            waiting += [(entry.path, f"{place}{entry.name}/") for entry in reversed(below)]
            for entry in entries:
                if entry.is_symlink():
                    self._link(entry.path, place + entry.name, root)
                elif not entry.is_dir(follow_symlinks=False):
                    yield from self._file(entry.path, place + entry.name)

    def _link(self, path: str, name: str, root: str) -> None:
        """A link into the same folder is read where it leads to; one that leads out is refused."""
        target = os.path.realpath(path)
        if target != root and not target.startswith(root + os.sep):
            self._refuse(name, "a link that leaves the folder is not followed; copy what it leads to")

    def _file(self, path: str, name: str) -> Iterator[Document]:
        try:
            with os.fdopen(os.open(path, os.O_RDONLY | _NOT_WAITING), "rb") as stream:
                info = os.fstat(stream.fileno())
                if not stat.S_ISREG(info.st_mode):
                    self._refuse(name, "not a regular file; hand over a file or a folder")
                    return
                form = archive_format(stream.read(MAGIC_BYTES))
                stream.seek(0)
                if form:
                    yield from self._archive(stream, form, name, info.st_size, 0)
                    return
                data = self._read(stream, info.st_size, name)
        except OSError as error:
            self._refuse(name, f"{(error.strerror or 'cannot be read').lower()}; make it readable: chmod +r")
            return
        yield from self._content(name, data, 0)

    def _read(self, stream: BinaryIO, size: int, name: str) -> bytes:
        if size <= self.limits.file_bytes:
            return stream.read(self.limits.file_bytes)
        half = self.limits.excerpt_bytes // 2
        head = stream.read(half)
        stream.seek(-half, os.SEEK_END)
        tail = stream.read(half)
        if b"\0" in head:
            return head
        self._refuse(
            name, f"{size} bytes: only the first and last {half} were read; hand over the part that matters"
        )
        return head[: head.rfind(b"\n") + 1] + tail[tail.find(b"\n") + 1 :]

    def _content(self, name: str, data: bytes, depth: int) -> Iterator[Document]:
        form = archive_format(data[:MAGIC_BYTES])
        if form:
            yield from self._archive(io.BytesIO(data), form, name, len(data), depth)
            return
        self.files += 1
        self.bytes += len(data)
        if self.files <= self.limits.files and self.bytes <= self.limits.total_bytes:
            yield Document(name, data)
        elif not self.full:
            self.full = True
            self._refuse(name, "and all after it: more than one read takes; hand over fewer files")

    def _archive(self, stream: BinaryIO, form: str, name: str, size: int, depth: int) -> Iterator[Document]:
        if depth >= _ARCHIVE_DEPTH:
            self._refuse(name, "an archive in an archive in an archive; unpack it first")
            return
        from anyops.sources.files.unpack import unpack

        refused: dict[str, list[str]] = {}
        try:
            for member in unpack(stream, form, name, size, self.limits):
                if member.refusal:
                    refused.setdefault(member.refusal, []).append(member.name)
                if member.data is not None:
                    yield from self._content(
                        f"{name}/{member.name.removeprefix('./')}", member.data, depth + 1
                    )
        except ReadError as error:
            self._refuse(name, f"{error.message}; {error.hint}")
        for refusal, names in refused.items():
            self._refuse(
                f"{name}/{names[0]}", f"{refusal} ({len(names)} of them)" if len(names) > 1 else refusal
            )

    def _refuse(self, name: str, detail: str) -> None:
        self.unread.append(Unread(name, "failed", detail))
