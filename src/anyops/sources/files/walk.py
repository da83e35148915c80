"""Every document in what was handed over: folders, archives, files, standard input. Nothing is written."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from anyops.errors import UsageError
from anyops.sources.files.limits import Limits
from anyops.world.evidence import Document
from anyops.world.world import Unread

SKIPPED = {".git", "node_modules", ".svn", ".hg", "__pycache__", ".venv"}
_CHUNK = 1 << 20


class Walk:
    """Reads documents one by one within the limits; what it leaves out it lists in `unread`."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.unread: list[Unread] = []
        self.files = 0
        self.bytes = 0

    def documents(self, paths: Sequence[Path], stdin: BinaryIO | None) -> Iterator[Document]:
        """Documents of every path, in the order of the paths and of the names in them."""
        several = len(paths) > 1
        for path in paths:
            if str(path) == "-":
                if stdin is not None:
                    yield from self._content("stdin", stdin.read(self.limits.file_bytes))
                continue
            yield from self._path(path, f"{path.name}/" if several and path.is_dir() else "")

    def _path(self, path: Path, prefix: str) -> Iterator[Document]:
        if path.is_dir():
            root = path.resolve()
            for file in sorted_files(path):
                name = prefix + file.relative_to(path).as_posix()
                if self._leaves(file, root):
                    self._refuse(name, "a link that leaves the folder is not followed")
                else:
                    yield from self._file(file, name)
        elif path.exists():
            yield from self._file(path, path.name)
        else:
            raise UsageError(f"no such file or folder: {path}", hint="check the path; - reads standard input")

    def _leaves(self, file: Path, root: Path) -> bool:
        if not any(
            part.is_symlink() for part in (file, *file.parents) if part != root and root in part.parents
        ):
            return False
        return not file.resolve().is_relative_to(root)

    def _file(self, file: Path, name: str) -> Iterator[Document]:
        try:
            info = file.stat()
            if not stat.S_ISREG(info.st_mode):
                self._refuse(name, "not a regular file")
                return
            data = self._read(file, info.st_size, name)
        except OSError as error:
            self._refuse(name, f"{(error.strerror or 'cannot be read').lower()}; make it readable: chmod +r")
            return
        yield from self._content(name, data)

    def _read(self, file: Path, size: int, name: str) -> bytes:
        with file.open("rb") as stream:
            if size <= self.limits.file_bytes:
                return stream.read(self.limits.file_bytes)
            half = self.limits.excerpt_bytes // 2
            head = stream.read(half)
            stream.seek(-half, os.SEEK_END)
            return self._excerpt(head, stream.read(half), size, name)

    def _excerpt(self, head: bytes, tail: bytes, size: int, name: str) -> bytes:
        detail = (
            f"{size} bytes: only the first and last {len(head)} were read; hand over the part that matters"
        )
        self._refuse(name, detail)
        return head[: head.rfind(b"\n") + 1] + tail[tail.find(b"\n") + 1 :]

    def _content(self, name: str, data: bytes) -> Iterator[Document]:
        self.files += 1
        self.bytes += len(data)
        if self.files > self.limits.files or self.bytes > self.limits.total_bytes:
            if self.files <= self.limits.files + 1:
                self._refuse(
                    name, "and all after it: more than the limits of one read; hand over fewer files"
                )
            return
        yield Document(name, data)

    def _refuse(self, name: str, detail: str) -> None:
        self.unread.append(Unread(name, "failed", detail))


def sorted_files(folder: Path) -> Iterator[Path]:
    """Files below a folder in the order of their paths; folders of tools and versions are left out."""
    for here, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        for name in sorted(names):
            yield Path(here, name)
