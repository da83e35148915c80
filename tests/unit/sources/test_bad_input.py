"""Whatever is handed over: one clear line with the cure, the right exit code; what is whole still counts."""

import gzip
import io
import json
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anyops.errors import NothingReadableError, UsageError
from anyops.sources.files import Limits, read

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web-0, namespace: shop}\nstatus: {phase: Running}\n"
OTHER = POD.replace("web-0", "web-1")
POD_JSON = (
    '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-0", "namespace": "shop", "uid": "1"}}'
)


def tar(*members: tuple[str, bytes], mode: str = "w", **special: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for name, kind in special.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    return packed.getvalue()


def zipped(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed.getvalue()


def alias_bomb() -> str:
    lines = ["kind: Pod", "a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    return "\n".join(lines) + "\n"


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "nothing in it": (b" \n", "empty"),
    "binary": (bytes(range(256)) * 40, "binary"),
    "zeros": (b"\0" * 5000, "binary"),
    "JSON cut off in its first object": (POD_JSON[:60].encode(), "cut off at line 1, column 61"),
    "JSON broken": (b'{"kind": "Pod",\n "metadata": }', "line 2, column 14"),
    "JSON nested too deeply": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "nested too deeply"),
    "JSON brackets without end": (b"[" * 200_000, "JSON"),
    "YAML broken": (b"apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n bad: [", "line 5"),
    "YAML alias bomb": (alias_bomb().encode(), "aliases stand for more than"),
    "YAML nested too deeply": (b"kind: Pod\na: " + b"[" * 500 + b"]" * 500, "nested more than 200 levels"),
    "YAML nested without end": (b"kind: Pod\na: " + b"[" * 50_000 + b"]" * 50_000, "nest"),
    "zip bomb": (zipped(("zeros.txt", b"0" * (64 << 20))), "only the first"),
    "gzip bomb": (gzip.compress(b"\0" * (64 << 20)), "out of proportion"),
    "gzip cut off": (gzip.compress(POD.encode() * 100)[:-20], "broken archive"),
    "tar with a name that leads out": (tar(("../../etc/x.yaml", POD.encode())), "lead out of the archive"),
    "tar with an absolute name": (tar(("/etc/x.yaml", POD.encode())), "lead out of the archive"),
    "tar with a link": (tar(link=tarfile.SYMTYPE), "links and devices"),
    "tar with a hard link": (tar(link=tarfile.LNKTYPE), "links and devices"),
    "tar with a device": (tar(null=tarfile.CHRTYPE), "links and devices"),
    "zip with a name that leads out": (zipped(("../x.yaml", POD.encode())), "lead out of the archive"),
    "zip of nothing that is one": (b"PK\x03\x04" + b"garbage" * 40, "broken archive"),
    "archives three deep": (tar(("a.tar", tar(("b.tar", tar(("c.yaml", POD.encode())))))), "unpack it first"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_nothing_readable_says_why_in_one_line(tmp_path: Path, case: str) -> None:
    content, reason = UNREADABLE[case]
    (tmp_path / "given").write_bytes(content)
    limits = Limits(file_bytes=8 << 20) if case == "zip bomb" else Limits()
    if case == "zip bomb":
        assert any(reason in unread.detail for unread in read([tmp_path], limits=limits).unread)
        return
    with pytest.raises(NothingReadableError) as raised:
        read([tmp_path], limits=limits)
    assert reason in raised.value.message
    assert "\n" not in raised.value.message
    assert raised.value.hint
    assert raised.value.exit_code == 2


PARTLY: dict[str, tuple[bytes, set[str], str]] = {
    "one YAML document of three is broken": (
        f"{POD}---\nkind: Pod\nmetadata:\n  name: [x\n---\n{OTHER}".encode(), {"web-0", "web-1"}, "line 9, "),
    "a JSON list is cut off": (
        f'{{"kind": "List", "items": [{POD_JSON}, {POD_JSON[:50]}'.encode(), {"web-0"}, "cut off at line 1"),
    "a JSON list is broken in the middle": (
        f'{{"kind": "List", "items": [{POD_JSON}, {{"kind": oops}}]}}'.encode(), {"web-0"}, "line 1, column"),
    "the second JSON value is cut off": (
        f"{POD_JSON}\n{POD_JSON[:40]}".encode(), {"web-0"}, "cut off at line 2"),
    "an archive is cut off": (
        tar(("a.yaml", POD.encode()), ("b.yaml", os.urandom(30_000)), mode="w:gz")[:20_000], {"web-0"},
        "broken archive"),
    "an archive holds a link": (
        tar(("a.yaml", POD.encode()), link=tarfile.SYMTYPE), {"web-0"}, "links and devices"),
}  # fmt: skip


@pytest.mark.parametrize("case", PARTLY)
def test_what_is_whole_counts_beside_what_is_not(tmp_path: Path, case: str) -> None:
    content, names, reason = PARTLY[case]
    (tmp_path / "given").write_bytes(content)
    world = read([tmp_path])
    assert {resource.name for resource in world.of_kind("Pod")} == names
    assert any(unread.why == "failed" and reason in unread.detail for unread in world.unread)


READABLE: dict[str, bytes] = {
    "UTF-8 with a byte order mark": b"\xef\xbb\xbf" + POD.encode(),
    "UTF-16 little endian": b"\xff\xfe" + POD.encode("utf-16-le"),
    "UTF-16 big endian": b"\xfe\xff" + POD.encode("utf-16-be"),
    "CRLF": POD.replace("\n", "\r\n").encode(),
    "Latin-1 in a label": POD.replace("Running", "Läuft").encode("latin-1"),
    "Latin-1 in JSON": POD_JSON.replace('"1"', '"é"').encode("latin-1"),
    "one NUL byte in JSON": POD_JSON.replace('"1"', '"\\u0000"').encode(),
    "a lone surrogate in JSON": POD_JSON.replace('"1"', '"\\ud800"').encode(),
    "NaN and huge numbers in JSON": POD_JSON.replace('"1"', "[NaN, 1e999, 99999999999999999999999]").encode(),
    "a key twice in JSON": POD_JSON.replace('"v1"', '"v1", "apiVersion": "v1"').encode(),
    "JSON in a JSON string": json.dumps(POD_JSON).encode(),
    "tar": tar(("dump/pod.yaml", POD.encode())),
    "tar.gz": tar(("dump/pod.yaml", POD.encode()), mode="w:gz"),
    "tar.bz2": tar(("dump/pod.yaml", POD.encode()), mode="w:bz2"),
    "tar.xz": tar(("dump/pod.yaml", POD.encode()), mode="w:xz"),
    "a tar in a tar.gz": tar(("inner", tar(("pod.yaml", POD.encode()))), mode="w:gz"),
    "zip": zipped(("dump/pod.yaml", POD.encode())),
    "gz": gzip.compress(POD.encode()),
}


@pytest.mark.parametrize("case", READABLE)
def test_unusual_and_whole(tmp_path: Path, case: str) -> None:
    (tmp_path / "given").write_bytes(READABLE[case])
    pod = read([tmp_path]).get("Pod", "shop", "web-0")
    assert pod is not None
    quote = pod.at("metadata", "name").quote()
    assert quote is not None
    assert "web-0" in quote.text


def test_zstd_is_read_where_a_library_is_there(tmp_path: Path) -> None:
    zstandard = pytest.importorskip("zstandard", reason="zstandard is not installed")
    (tmp_path / "given").write_bytes(zstandard.ZstdCompressor().compress(tar(("pod.yaml", POD.encode()))))
    assert read([tmp_path]).get("Pod", "shop", "web-0") is not None


def test_zstd_without_a_library_names_the_cure(tmp_path: Path) -> None:
    if _has("zstandard") or _has("compression.zstd"):
        pytest.skip("a zstd library is installed")
    (tmp_path / "given").write_bytes(b"\x28\xb5\x2f\xfd" + b"\0" * 40)
    with pytest.raises(NothingReadableError, match=r"anyops\[zstd\]"):
        read([tmp_path])


def _has(module: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def test_a_sparse_file_of_2_gib_costs_no_memory(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as huge:
        huge.truncate(2 << 30)
    with pytest.raises(NothingReadableError, match="binary"):
        read([tmp_path])


def test_of_a_log_beyond_the_limit_head_and_tail_are_read_and_it_is_said(tmp_path: Path) -> None:
    lines = [f"2026-01-02T03:04:05Z INFO line {number}" for number in range(5000)]
    (tmp_path / "app.log").write_text("\n".join(lines) + "\n")
    world = read([tmp_path], limits=Limits(file_bytes=10_000, excerpt_bytes=4000))
    read_lines = [line.text for log in world.logs for line in log.lines]
    assert (read_lines[0], read_lines[-1]) == (lines[0], lines[-1])
    assert any("only the first and last" in unread.detail for unread in world.unread)


def test_links_out_of_the_folder_are_refused_and_inside_it_read_once(tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    folder.mkdir()
    (folder / "pod.yaml").write_text(POD)
    (tmp_path / "secret.yaml").write_text(OTHER)
    (folder / "again.yaml").symlink_to(folder / "pod.yaml")
    (folder / "out.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "loop").symlink_to(folder)
    (folder / "dangling").symlink_to(folder / "missing")
    world = read([folder])
    assert [resource.name for resource in world.resources] == ["web-0"]
    assert [unread.source for unread in world.unread] == ["out.yaml"]


def test_a_pipe_in_the_folder_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NothingReadableError, match="not a regular file"):
        read([tmp_path])


def test_folders_of_tools_are_left_out(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "pod.yaml").write_text(POD)
    with pytest.raises(NothingReadableError, match="empty"):
        read([tmp_path])


def test_more_files_than_the_limit_are_said(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.yaml").write_text(POD.replace("web-0", f"web-{number}"))
    world = read([tmp_path], limits=Limits(files=3))
    assert len(world.resources) == 3
    assert any("hand over fewer files" in unread.detail for unread in world.unread)


def test_an_unreadable_file_is_listed_with_the_cure() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "pod.yaml").write_text(POD)
        assert read([folder]).resources
        (folder / "closed.yaml").write_text(OTHER)
        (folder / "closed.yaml").chmod(0)
        with not_root():
            world = read([folder])
    (unread,) = world.unread
    assert (unread.source, unread.detail) == ("closed.yaml", "permission denied; make it readable: chmod +r")


@contextmanager
def not_root() -> Iterator[None]:
    """As somebody whom file permissions bind; what is imported late must be imported before."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


ASKED_WRONGLY: dict[str, Callable[[Path], list[str]]] = {
    "no path": lambda _: [],
    "a path that is not there": lambda folder: [str(folder / "missing")],
    "an empty folder": lambda folder: [str(folder)],
    "standard input without anything": lambda _: ["-"],
}


@pytest.mark.parametrize("case", ASKED_WRONGLY)
def test_a_wrong_question_is_answered_with_the_cure(tmp_path: Path, case: str) -> None:
    with pytest.raises(UsageError) as raised:
        read(ASKED_WRONGLY[case](tmp_path), stdin=io.BytesIO(b""))
    assert raised.value.exit_code == 2
    assert raised.value.hint


def test_standard_input_may_be_an_archive() -> None:
    world = read(["-"], stdin=io.BytesIO(tar(("pod.yaml", POD.encode()), mode="w:gz")))
    assert world.get("Pod", "shop", "web-0") is not None
