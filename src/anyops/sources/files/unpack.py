"""Archives as streams of members: tar in any compression, zip, single packed files. Nothing is extracted.

Names that lead outside, links, devices and encrypted members are refused; the number of members, a total
and a ratio bound what is unpacked.
"""

import bz2
import gzip
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, BinaryIO, NamedTuple

from anyops.errors import ReadError
from anyops.sources.files.limits import MIB, Limits
from anyops.sources.files.magic import MAGIC_BYTES, archive_format

_RATIO_FLOOR = 16 * MIB
_XZ_MEMORY = 128 * MIB
BROKEN = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError,
    ValueError, NotImplementedError, RuntimeError, OverflowError, IndexError, KeyError,
)  # fmt: skip
"""What the standard library raises on archives that are broken on purpose or by accident."""


class Member(NamedTuple):
    """One file of an archive, or why one was refused (then `data` is None)."""

    name: str
    data: bytes | None
    refusal: str = ""


def unpack(stream: BinaryIO, form: str, name: str, size: int, limits: Limits) -> Iterator[Member]:
    """The files of an archive of `size` bytes, in its order, each at most `limits.file_bytes`.

    Raises ReadError where it is broken or unpacks to too much; what came before counts.
    """
    try:
        if form == "zip":
            yield from _zip(stream, limits, size)
            return
        packed = stream if form == "tar" else _decompressed(stream, form)
        bounded = Bounded(packed, size, limits)
        head = bounded.peek(MAGIC_BYTES)
        if archive_format(head) == "tar":
            yield from _tar(bounded, limits)
        else:
            yield Member(_inner_name(name), bounded.read(limits.file_bytes))
    except BROKEN as error:
        what = str(error)[:80] or type(error).__name__
        raise ReadError(f"broken archive: {what}", hint="pack it again; it was cut or damaged") from None


def _inner_name(name: str) -> str:
    stem, _, ending = name.rpartition("/")[2].rpartition(".")
    return stem if stem and ending.lower() in ("gz", "bz2", "xz", "zst", "zstd") else "content"


class Bounded:
    """A stream that stops when it gave more than the limits allow for so few packed bytes."""

    def __init__(self, stream: Any, packed: int, limits: Limits) -> None:
        self._stream = stream
        self._head = b""
        self._given = 0
        self._most = min(limits.total_bytes, max(_RATIO_FLOOR, packed * limits.ratio))

    def peek(self, size: int) -> bytes:
        """The first bytes, which `read` gives again."""
        self._head = self._read(size)
        return self._head

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; raises ReadError beyond the bound."""
        if size < 0:
            size = self._most
        head, self._head = self._head[:size], self._head[size:]
        return head + self._read(size - len(head)) if len(head) < size else head

    def _read(self, size: int) -> bytes:
        parts, missing = [], size
        while missing > 0:
            part = self._stream.read(min(missing, MIB))
            if not part:
                break
            parts.append(part)
            missing -= len(part)
            self._given += len(part)
            if self._given > self._most:
                raise ReadError(
                    f"unpacks to more than {self._most // MIB} MiB, out of proportion to its size",
                    hint="unpack it yourself and hand over the folder, if you trust it",
                )
        return b"".join(parts)


def _decompressed(stream: BinaryIO, form: str) -> Any:
    opened: dict[str, Callable[[], Any]] = {
        "gzip": lambda: gzip.GzipFile(fileobj=stream),
        "bzip2": lambda: bz2.BZ2File(stream),
        "xz": lambda: _Xz(stream),
        "zstd": lambda: _zstd(stream),
    }
    return opened[form]()


class _Xz:
    """Like lzma.LZMAFile, with a bound on memory."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)

    def read(self, size: int) -> bytes:
        """At most `size` unpacked bytes."""
        while not self._decoder.eof:
            packed = self._stream.read(65536) if self._decoder.needs_input else b""
            if self._decoder.needs_input and not packed:
                raise EOFError("the archive is cut off")
            unpacked = self._decoder.decompress(packed, size)
            if unpacked:
                return unpacked
        return b""


def _zstd(stream: BinaryIO) -> Any:
    for module in ("compression.zstd", "zstandard"):
        try:
            zstd = import_module(module)
        except ImportError:
            continue
        if module == "zstandard":
            reader = zstd.ZstdDecompressor(max_window_size=_XZ_MEMORY).stream_reader(stream)
            return _Zstd(reader, zstd.ZstdError)
        return _Zstd(zstd.ZstdFile(stream), zstd.ZstdError)
    raise ReadError(
        "packed with zstd, which this installation cannot read",
        hint='pip install "anyops[zstd]", or unpack it with zstd -d',
    )


class _Zstd:
    """A reader of either package, with the kind of error that the other formats have."""

    def __init__(self, reader: Any, error: type[Exception]) -> None:
        self._reader = reader
        self._error = error

    def read(self, size: int) -> bytes:
        """At most `size` unpacked bytes; raises OSError where the archive is broken."""
        try:
            return bytes(self._reader.read(size))
        except self._error as error:
            raise OSError(str(error)) from None


def _tar(stream: Bounded, limits: Limits) -> Iterator[Member]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]
        for count, info in enumerate(archive):
            if count >= limits.files:
                raise ReadError(
                    f"more than {limits.files} files in it", hint="hand over the part that matters"
                )
            if info.isdir():
                continue
            refusal = _unsafe(info.name) or ("" if info.isreg() else "links and devices are not followed")
            content = None if refusal else archive.extractfile(info)
            yield (
                Member(info.name, None, refusal)
                if content is None
                else _read(info.name, content, info.size, limits)
            )


def _read(name: str, content: Any, size: int, limits: Limits) -> Member:
    if size <= limits.file_bytes:
        return Member(name, content.read(limits.file_bytes))
    head = content.read(limits.excerpt_bytes)
    return Member(
        name, head[: head.rfind(b"\n") + 1] or head, f"{size} bytes: only the first {len(head)} were read"
    )


def _unsafe(name: str) -> str:
    parts = name.replace("\\", "/").split("/")
    outside = name.startswith(("/", "\\")) or ".." in parts or (len(parts[0]) == 2 and parts[0][1] == ":")
    return "names that lead out of the archive are not read" if outside else ""


def _zip(stream: BinaryIO, limits: Limits, size: int) -> Iterator[Member]:
    left = min(limits.total_bytes, max(_RATIO_FLOOR, size * limits.ratio))
    with zipfile.ZipFile(stream) as archive:
        for count, info in enumerate(archive.infolist()):
            if count >= limits.files:
                raise ReadError(
                    f"more than {limits.files} files in it", hint="hand over the part that matters"
                )
            if info.is_dir():
                continue
            refusal = _unsafe(info.filename) or _unreadable(info)
            if refusal:
                yield Member(info.filename, None, refusal)
                continue
            with archive.open(info) as content:
                bounded = Bounded(content, left // max(limits.ratio, 1), limits)
                member = _read(info.filename, bounded, info.file_size, limits)
            left -= len(member.data or b"")
            if left < 0:
                raise ReadError(
                    "unpacks to more than its size allows", hint="unpack it yourself and hand over the folder"
                )
            yield member


def _unreadable(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & 1:
        return "encrypted; unpack it yourself and hand over the folder"
    mode = info.external_attr >> 16
    return (
        "links and devices are not followed"
        if mode and not (stat.S_ISREG(mode) or not stat.S_IFMT(mode))
        else ""
    )
