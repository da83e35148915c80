"""A snapshot of a live cluster: the same report, whole or not at all, and nothing beside its place."""

import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.kube import CURRENT, KindRow, KubeServer, faults
from tests.flows.live import Done, Shell, ill, meta, pod, report, unread, well

POD = "shop/cart-6d9f8b7c5-aaaaa"
LOGS = {POD: "starting\npanic: no route to database orders-db:5432\n"}
MANIFEST = "anyops-snapshot.json"


def take(shell: Shell, destination: Path | str, *words: str, timeout: str = "5s") -> Done:
    return shell.anyops("cluster", "snapshot", str(destination), "--timeout", timeout, *words)


@pytest.fixture
def taken(shell: Shell) -> Path:
    """A snapshot of the cluster in which `cart` crashes, as a folder."""
    with KubeServer(ill(), logs=LOGS, previous_logs=LOGS) as server:
        shell.use(server.kubeconfig(shell.home, namespace="shop"))
        assert take(shell, shell.home / "taken").code == 0
    return shell.home / "taken"


def compared(found: dict[str, Any]) -> dict[str, Any]:
    """What a live report and that of its snapshot share."""
    return {key: value for key, value in found.items() if key not in ("run", "scope")}


@pytest.mark.parametrize("name", ["taken", "taken.tar.gz", "taken.tgz", "deep/below/taken"])
@pytest.mark.parametrize("rights", ["all", "some"])
def test_a_snapshot_gives_the_report_that_the_cluster_gave(shell: Shell, name: str, rights: str) -> None:
    row = KindRow("db.example.com/v1", "postgresclusters", "PostgresCluster", custom=True)
    custom = {"apiVersion": "db.example.com/v1", "kind": "PostgresCluster", "metadata": meta("orders")}
    many = [pod(f"web-{n:03}", "web") for n in range(300)]
    forbid = {"nodes", "secrets"} if rights == "some" else set()
    release = CURRENT.plus(row)
    with KubeServer(
        [*ill(), *many, custom], release=release, logs=LOGS, previous_logs=LOGS, forbid=forbid
    ) as server:
        live = report(shell.analyze_at(server, "-o", "json"), 1)
        assert take(shell, shell.home / name).code == 0
    found = report(shell.anyops("incident", "analyze", str(shell.home / name), "-o", "json"), 1)
    assert compared(found) == compared(live)
    assert found["scope"]["context"] == "fake"
    assert "no route to database" in json.dumps(found)


def test_what_was_not_read_is_not_read_in_the_snapshot_either(shell: Shell) -> None:
    with KubeServer(well(), forbid={"secrets"}) as server:
        server.fault("/api/v1/*/pods", faults.cut_json())
        live = report(shell.analyze_at(server, "-o", "json"), 4)
        take(shell, shell.home / "taken")
    found = report(shell.anyops("incident", "analyze", str(shell.home / "taken"), "-o", "json"), 4)
    assert compared(found) == compared(live)
    assert {"shop/pods", "shop/secrets"} <= set(unread(found))


def test_a_notice_beside_the_manifest_does_not_hide_it(shell: Shell, taken: Path) -> None:
    (taken / "A-NOTE.md").write_text("taken before the rollback\n")
    assert (
        report(shell.anyops("incident", "analyze", str(taken), "-o", "json"), 1)["scope"]["context"] == "fake"
    )


def edited(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    change(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest))


def cannot(shell: Shell, path: Path) -> str:
    done = shell.anyops("incident", "analyze", str(path))
    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 2
    return done.err


def test_a_broken_manifest_and_one_of_a_newer_anyops_are_said(shell: Shell, taken: Path) -> None:
    edited(taken, lambda manifest: manifest.update(schema="anyops.snapshot/9"))
    assert "upgrade this one" in cannot(shell, taken)
    edited(taken, lambda manifest: manifest.update(schema="anyops.snapshot/1", lists=3))
    assert f"{MANIFEST} is broken" in cannot(shell, taken)
    for content in (b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000):
        (taken / MANIFEST).write_bytes(content)
        assert f"{MANIFEST} is broken" in cannot(shell, taken)


def test_a_missing_and_a_broken_file_are_named(shell: Shell, taken: Path) -> None:
    (taken / "lists/v1/nodes.json").unlink()
    (taken / "lists/v1/pods.shop.json").write_text('{"kind": "PodList", "items": [')
    found = report(shell.anyops("incident", "analyze", str(taken), "-o", "json"), 1)
    assert unread(found)["lists/v1/nodes.json"] == ("absent", "the manifest names it, and it is not there")
    assert "cut off" in unread(found)["shop/pods"][1]


def test_a_manifest_cannot_lead_out_of_its_folder(shell: Shell, taken: Path) -> None:
    (shell.home / "outside.json").write_text((taken / "lists/v1/nodes.json").read_text())
    outside = ["../outside.json", str(shell.home / "outside.json"), "lists/../../outside.json"]
    edited(taken, lambda manifest: manifest["lists"][0].update(files=outside, whole=True))
    found = report(shell.anyops("incident", "analyze", str(taken), "-o", "json"), 1)
    assert {unread(found)[name][0] for name in outside} == {"absent"}


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "..", "a/../../../evil"])
def test_an_archive_cannot_lead_out_of_its_folder(shell: Shell, taken: Path, name: str) -> None:
    archive = shell.home / "hostile.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(taken / MANIFEST, f"taken/{MANIFEST}")
        member = tarfile.TarInfo(name)
        member.size = 4
        tar.addfile(member, io.BytesIO(b"evil"))
    before = sorted(shell.home.rglob("*"))
    report(shell.anyops("incident", "analyze", str(archive), "-o", "json"), 4)
    assert sorted(shell.home.rglob("*")) == before


def test_names_that_a_hostile_server_gives_stay_below_the_folder(shell: Shell) -> None:
    work = shell.home / "work"
    work.mkdir()
    objects = ill()
    with KubeServer(objects, logs=LOGS, previous_logs=LOGS) as server:

        def answer(exchange: Any) -> None:
            body = bytes(exchange.reply().body).replace(b"cart-6d9f8b7c5-aaaaa", b"../../../../evil")
            exchange.send(faults.Reply(200, body))

        server.fault("/api/v1/namespaces/shop/pods", answer)
        server.fault("*evil*", faults.replies(faults.Reply(200, b"a log\n", "text/plain")))
        shell.use(server.kubeconfig(shell.home, namespace="shop"))
        assert take(shell, work / "taken").code == 0
    assert [path.name for path in work.iterdir()] == ["taken"]
    assert not list(shell.home.glob("*evil*"))


def test_an_existing_destination_is_left_alone(shell: Shell, taken: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in taken.rglob("*"))
    done = take(shell, taken)
    assert (done.code, done.out) == (2, "")
    assert "is there already" in done.err
    assert sorted((path, path.stat().st_mtime_ns) for path in taken.rglob("*")) == before
    (shell.home / "x.tar.gz").write_text("")
    assert "is there already" in take(shell, shell.home / "x.tar.gz").err


def test_an_empty_folder_is_filled(shell: Shell, taken: Path) -> None:
    shutil.rmtree(taken)
    taken.mkdir()
    with KubeServer(well()) as server:
        shell.use(server.kubeconfig(shell.home, namespace="shop"))
        assert take(shell, taken).code == 0
    assert (taken / MANIFEST).is_file()
    assert taken.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["taken", "taken.tar.gz", "a/b/taken.tar.gz"])
def test_where_nothing_can_be_read_nothing_is_left(shell: Shell, name: str) -> None:
    work = shell.home / "work"
    work.mkdir()
    with KubeServer(well(), token="right") as server:
        shell.at(server.url, {"token": "wrong"})
        done = take(shell, work / name)
    assert (done.code, done.out) == (3, "")
    assert list(work.iterdir()) == []


@pytest.mark.parametrize("name", ["file/taken", "file/taken.tar.gz", "/proc/taken"])
def test_a_place_that_cannot_be_written_is_said(shell: Shell, name: str) -> None:
    (shell.home / "file").write_text("")
    with KubeServer(well()) as server:
        shell.use(server.kubeconfig(shell.home, namespace="shop"))
        done = take(shell, shell.home / name)
    assert (done.code, done.out) == (2, "")
    assert "cannot write" in done.err
    assert "name a place that can be written" in done.err


@pytest.mark.parametrize("name", ["taken", "taken.tar.gz"])
def test_a_disk_that_is_full_leaves_nothing(shell: Shell, name: str) -> None:
    work = shell.home / "work"
    work.mkdir()
    objects = [*ill(), *(pod(f"web-{n:03}", f"web{n}") for n in range(200))]

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    with KubeServer(objects, logs=LOGS, previous_logs=LOGS) as server:
        shell.use(server.kubeconfig(shell.home, namespace="shop"))
        done = subprocess.run(
            [sys.executable, "-m", "anyops", "cluster", "snapshot", str(work / name)],
            capture_output=True,
            text=True,
            preexec_fn=small_files,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert "File too large" in done.stderr
    assert list(work.iterdir()) == []


def test_a_snapshot_holds_nothing_of_who_wrote_what(taken: Path) -> None:
    content = b"".join(path.read_bytes() for path in taken.rglob("*") if path.is_file())
    assert b"managedFields" not in content
    assert b"last-applied-configuration" not in content
    assert b"no route to database" in content


@pytest.mark.parametrize("name", ["x" * 300, f"{'x' * 300}/taken.tar.gz"])
def test_a_name_that_no_file_can_have_is_said(shell: Shell, name: str) -> None:
    with KubeServer(well()) as server:
        shell.use(server.kubeconfig(shell.home, namespace="shop"))
        done = take(shell, shell.home / name)
    assert (done.code, done.out) == (2, "")
    assert "File name too long" in done.err


@pytest.mark.parametrize("name", ["to-nowhere", "to-nowhere.tar.gz", "to-a-folder"])
def test_a_link_is_not_followed_and_not_replaced(shell: Shell, name: str) -> None:
    (shell.home / "folder").mkdir()
    (shell.home / name).symlink_to("folder" if name == "to-a-folder" else "nowhere")
    done = take(shell, shell.home / name)
    assert (done.code, done.out) == (2, "")
    assert "is there already" in done.err
    assert (shell.home / name).is_symlink()
    assert list((shell.home / "folder").iterdir()) == []


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-05-01T08:00:00"]
)
def test_a_time_that_no_clock_shows_breaks_nothing(shell: Shell, taken: Path, at: str) -> None:
    edited(taken, lambda manifest: manifest.update(captured_at=at))
    assert shell.anyops("incident", "analyze", str(taken)).code == 1


def test_secrets_of_any_shape_are_read_or_left_out(shell: Shell, taken: Path) -> None:
    items = [
        1,
        "a",
        None,
        [],
        {},
        {"metadata": 5},
        {"metadata": {"name": 5}},
        {"metadata": {"name": "database"}},
    ]
    body = json.dumps({"kind": "SecretList", "items": items})
    (taken / "lists" / "v1" / "secrets.shop.json").write_text(body)
    assert shell.anyops("incident", "analyze", str(taken)).code == 1
