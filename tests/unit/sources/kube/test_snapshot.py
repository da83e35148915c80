"""A snapshot reads back as what was read, or says in a line why not; broken off it leaves nothing."""

import contextlib
import gzip
import json
import os
import signal
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from anyops.environment import Environment, current
from anyops.errors import AnyopsError, NothingReadableError
from anyops.incident.live import Live, read_live
from anyops.incident.snapshot import take
from anyops.redact import Redactor
from anyops.sources.kube.discovery import Served
from anyops.sources.kube.replay import is_snapshot, read_snapshot
from anyops.sources.kube.snapshot import MANIFEST, SCHEMA, Recorder, segment
from anyops.world.resource import Ref
from anyops.world.world import World
from tests.fakes.kube import KubeServer
from tests.fakes.kube.wire import Exchange
from tests.flows.live import STARTED, crashing, ill, meta, node, pod
from tests.unit.sources.kube.reading import FEW, missed, read
from tests.unit.sources.kube.test_pods import Body, pods_of_a_cluster

LOGS = {"shop/cart-6d9f8b7c5-aaaaa": "starting\npanic: no route to database\n"}
BOTH = pytest.mark.parametrize("name", ["taken", "taken.tar.gz"])


def facts(world: World) -> dict[str, Any]:
    """What a World holds, in a form that can be compared."""
    return {
        "resources": [(r.ref, r.api_version, r.body, r.complete) for r in world.resources],
        "events": [(e.about, e.reason, e.message, e.count, e.first, e.last, e.quote()) for e in world.events],
        "logs": [(log.name, log.about, log.container, log.previous, lines(log.lines)) for log in world.logs],
        "series": [(s.metric, s.labels, s.samples, s.about, s.unit, s.quote()) for s in world.series],
        **{name: getattr(world, name) for name in ("crowds", "unread", "listed", "captured_at", "scope")},
    }


def lines(found: Any) -> list[str]:
    return [line.text for line in found]


def at_eight(exchange: Exchange) -> None:
    """The honest answer of a server whose clock stands still."""
    exchange.send(exchange.reply(), {"Date": "Fri, 01 May 2026 08:00:00 GMT"})


def at(server: KubeServer, home: Path) -> Environment:
    """Where a command runs that means this server."""
    variables = {"KUBECONFIG": str(server.kubeconfig(home, namespace="shop")), "HOME": str(home)}
    return structs.replace(current(), variables=variables, home=home)


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a snapshot as a folder and as an archive."""
    home = tmp_path_factory.mktemp("home")
    with KubeServer(ill(), release=FEW, logs=LOGS, previous_logs=LOGS) as server:
        for name in ("taken", "taken.tar.gz"):
            take(at(server, home), Live(timeout=10), home / name)
    return home


@pytest.fixture
def folder(taken: Path, tmp_path: Path) -> Path:
    """A snapshot as a folder that may be spoiled."""
    with tarfile.open(taken / "taken.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "taken"


def edit(folder: Path, **fields: Any) -> None:
    """Give the manifest other fields."""
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, **fields}))


@BOTH
def test_a_snapshot_reads_back_as_the_world_that_was_read(tmp_path: Path, name: str) -> None:
    usage = {"containers": [{"name": "main", "usage": {"cpu": "250m", "memory": "64Mi"}}]}
    about = {"kind": "Pod", "namespace": "shop", "name": "cart-6d9f8b7c5-aaaaa"}
    told = {
        "involvedObject": about,
        "type": "Warning",
        "reason": "OOMKilling",
        "message": "x",
        "lastTimestamp": STARTED,
    }
    objects = [
        *ill(),
        *(pod(f"web-{n:03}", "web") for n in range(50)),
        {"apiVersion": "v1", "kind": "Event", "metadata": meta("cart.1"), **told},
        {
            "apiVersion": "metrics.k8s.io/v1beta1",
            "kind": "PodMetrics",
            "metadata": meta(about["name"]),
            **usage,
        },
    ]
    with KubeServer(objects, logs=LOGS, previous_logs=LOGS, forbid={"configmaps"}) as server:
        server.fault("*", at_eight)
        live = read_live(at(server, tmp_path), Live(timeout=10))
        take(at(server, tmp_path), Live(timeout=10), tmp_path / name)
    assert is_snapshot(tmp_path / name)
    found = read_snapshot(tmp_path / name)
    assert facts(found) == facts(live)
    assert (len(found.logs), len(found.series), len(found.events), len(found.crowds)) == (1, 2, 1, 1)
    assert [unread.why for unread in found.unread] == ["forbidden"]


@settings(max_examples=30, deadline=None)
@given(pods_of_a_cluster(), st.sampled_from([(), ("shop",), ("shop", "shop-b")]))
def test_whatever_pods_are_read_they_read_back_the_same(
    pods: list[tuple[Body, bool]], namespaces: tuple[str, ...]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        with KubeServer([node(), *(body for body, _ in pods)], release=FEW) as server:
            recorder = Recorder(server.address, Redactor(b"k" * 32), Path(place))
            live = read(server, *namespaces, into=recorder)
            recorder.finish()
        assert facts(read_snapshot(Path(place))) == facts(live)


def test_a_snapshot_of_nothing_reads_back(tmp_path: Path) -> None:
    recorder = Recorder("nowhere", Redactor(b"k" * 32), tmp_path)
    recorder.finish()
    world = read_snapshot(tmp_path)
    assert (world.resources, world.listed, world.scope.source) == ((), frozenset(), "nowhere")


def test_other_tools_can_read_the_lists(taken: Path) -> None:
    pods = json.loads((taken / "taken/lists/v1/pods.shop.json").read_text())
    assert (pods["apiVersion"], pods["kind"]) == ("v1", "PodList")
    assert [(item["apiVersion"], item["kind"]) for item in pods["items"]] == [("v1", "Pod")]
    log = taken / "taken/logs/shop/cart-6d9f8b7c5-aaaaa/main.previous.log"
    assert log.read_text() == LOGS["shop/cart-6d9f8b7c5-aaaaa"]


def test_an_archive_holds_the_same_files_with_the_manifest_first_and_nobodys_name(taken: Path) -> None:
    files = {path.relative_to(taken).as_posix() for path in (taken / "taken").rglob("*") if path.is_file()}
    with tarfile.open(taken / "taken.tar.gz") as archive:
        members = archive.getmembers()
    assert members[0].name == f"taken/{MANIFEST}"
    assert {member.name for member in members} == files
    assert {(m.uid, m.gid, m.uname, m.gname, m.mode) for m in members} == {(0, 0, "", "", 0o600)}


def test_the_manifest_counts_objects_and_names_what_was_redacted(tmp_path: Path) -> None:
    odd = crashing("cart-1")
    odd["spec"]["containers"][0]["env"] = [{"name": "DB_PASSWORD", "value": "correct horse"}]
    with KubeServer([node(), odd, pod("web-1", "web")], release=FEW) as server:
        manifest = take(at(server, tmp_path), Live(timeout=10), tmp_path / "taken")
    assert {entry.kind: entry.count for entry in manifest.lists if entry.count} == {
        "Pod": 2,
        "Node": 1,
        "Namespace": 1,
    }
    assert manifest.redacted >= 1
    kept = b"".join(path.read_bytes() for path in (tmp_path / "taken").rglob("*") if path.is_file())
    assert b"correct horse" not in kept
    container = (
        read_snapshot(tmp_path / "taken").by_ref[Ref("Pod", "shop", "cart-1")].at("spec", "containers", 0)
    )
    quote = container.at("env", 0, "value").quote()
    assert quote is not None
    assert quote.redacted


def test_a_long_list_goes_on_in_further_files(tmp_path: Path) -> None:
    big = [pod(f"cart-{n:02}", phase="Failed", message="x" * (1 << 20)) for n in range(20)]
    with KubeServer([node(), *big], release=FEW) as server:
        manifest = take(at(server, tmp_path), Live(timeout=20), tmp_path / "taken")
    (entry,) = [entry for entry in manifest.lists if entry.kind == "Pod" and entry.count]
    assert entry.files == ["lists/v1/pods.shop.json", "lists/v1/pods.shop-2.json"]
    world = read_snapshot(tmp_path / "taken")
    assert [it.name for it in world.of_kind("Pod")] == [it["metadata"]["name"] for it in big]
    (tmp_path / "taken" / entry.files[1]).unlink()
    assert not read_snapshot(tmp_path / "taken").was_listed("Pod", "shop")


def test_a_list_that_is_being_written_holds_no_file_open(tmp_path: Path) -> None:
    def files_open() -> int:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    recorder = Recorder("prod", Redactor(b"k" * 32), tmp_path)
    before = files_open()
    kinds = [Served("x.example.com/v1", f"kind{n}s", f"Kind{n}", True) for n in range(50)]
    for kind in kinds:
        for name in ("a", "b"):
            recorder.items(kind, "shop", [json.dumps({"metadata": meta(name)}).encode()])
    assert files_open() == before
    recorder.finish()
    assert len(read_snapshot(tmp_path).resources) == 100


LONG = "a" * 230


@pytest.mark.parametrize(
    "names", [(f"{LONG}-1", f"{LONG}-2"), (".", ".."), ("a..b", "a%2E.b"), ("a/b", "a%2Fb")]
)
def test_logs_of_two_pods_stay_two_whatever_they_are_called(tmp_path: Path, names: tuple[str, str]) -> None:
    recorder = Recorder("prod", Redactor(b"k" * 32), tmp_path)
    for name in names:
        recorder.log(Ref("Pod", "shop", name), "main", f"I am {name}\n".encode())
    recorder.finish()
    world = read_snapshot(tmp_path)
    found = {log.about.name: lines(log.lines) for log in world.logs if log.about}
    assert found == {name: [f"I am {name}"] for name in names}
    assert missed(world) == {}


@given(st.text(max_size=300) | st.text("./\\a", max_size=300))
def test_any_name_is_one_part_of_a_path_below_its_folder(name: str) -> None:
    part = segment(name)
    assert Path("logs", part, "main.log").parts == ("logs", part, "main.log")
    assert ".." not in part
    assert not part.startswith(".")
    assert 0 < len(part.encode()) < 240


@given(st.from_regex(r"[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?(\.[a-z0-9]{1,20}){0,3}", fullmatch=True))
def test_a_name_that_kubernetes_allows_is_as_it_is(name: str) -> None:
    assert segment(name) == name


@pytest.fixture
def interruptible() -> Iterator[None]:
    """An interrupt is KeyboardInterrupt, as in a command."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@BOTH
@pytest.mark.parametrize("during", ["/api/v1/nodes", "*/log"], ids=["lists", "logs"])
@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_snapshot_leaves_nothing(tmp_path: Path, name: str, during: str) -> None:
    work = tmp_path / "work"
    work.mkdir()
    begun = []

    def interrupt(exchange: Exchange) -> None:
        begun.extend(work.iterdir())
        os.kill(os.getpid(), signal.SIGINT)
        exchange.wait(None)

    with KubeServer(ill(), release=FEW, logs=LOGS) as server:
        server.fault(during, interrupt)
        with pytest.raises(KeyboardInterrupt):
            take(at(server, tmp_path), Live(timeout=10), work / "deep" / name)
    assert len(begun) == 1
    assert list(work.iterdir()) == []


def refused(path: Path) -> str:
    """The one line with which a snapshot is refused, which has a cure."""
    with pytest.raises(NothingReadableError) as raised:
        read_snapshot(path)
    assert raised.value.message.isprintable()
    assert raised.value.hint
    return raised.value.message


@pytest.mark.parametrize(
    "fields",
    [
        {"captured_at": "yesterday"},
        {"lists": [{"files": ["a.json"]}]},
        {"logs": [3]},
        {"unread": ["pods"]},
        {"namespaces": "shop"},
        {"source": None},
    ],
    ids=str,
)
def test_a_manifest_with_a_field_of_another_shape_is_broken(folder: Path, fields: dict[str, Any]) -> None:
    edit(folder, **fields)
    assert refused(folder).startswith(f"{MANIFEST} is broken: ")


def test_a_manifest_of_another_schema_is_named(folder: Path) -> None:
    edit(folder, schema="anyops.snapshot/2")
    assert refused(folder) == f"{MANIFEST} is 'anyops.snapshot/2', not {SCHEMA}"


def foreign(folder: Path) -> Iterator[Path]:
    """Folders, archives and files that are none of ours."""
    (folder / "dump").mkdir(parents=True)
    (folder / "dump/pods.json").write_text('{"kind": "PodList", "items": []}')
    yield folder / "dump"
    with tarfile.open(folder / "dump.tar.gz", "w:gz") as archive:
        archive.add(folder / "dump/pods.json", "pods.json")
    yield folder / "dump.tar.gz"
    with tarfile.open(folder / "empty.tar", "w"):
        pass
    yield folder / "empty.tar"
    for name, content in {
        "a.gz": gzip.compress(b"{}"),
        MANIFEST: b"{}",
        "a.zip": b"PK\x03\x04",
        "a": b"",
    }.items():
        (folder / name).write_bytes(content)
        yield folder / name


def test_what_is_no_snapshot_is_not_taken_for_one(tmp_path: Path) -> None:
    for path in foreign(tmp_path / "foreign"):
        assert not is_snapshot(path), path
    assert not is_snapshot(tmp_path / "nowhere")
    assert "cannot be read" in refused(tmp_path / "foreign/dump")
    assert "cannot be read" in refused(tmp_path / "foreign/dump.tar.gz")


def spoiled(content: bytes) -> World | None:
    """What is still read of an archive with this content; None where it is no snapshot, or is refused."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "taken.tar.gz"
        path.write_bytes(content)
        with contextlib.suppress(AnyopsError):
            return read_snapshot(path) if is_snapshot(path) else None
    return None


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_an_archive_that_is_cut_off_says_what_it_lacks(taken: Path, data: st.DataObject) -> None:
    packed = (taken / "taken.tar.gz").read_bytes()
    whole = read_snapshot(taken / "taken.tar.gz")
    world = spoiled(packed[: data.draw(st.integers(0, len(packed) - 1))])
    if world is not None and facts(world) != facts(whole):
        assert {r.ref for r in world.resources} <= {r.ref for r in whole.resources}
        assert set(world.unread) > set(whole.unread)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_an_archive_with_a_changed_byte_is_read_or_refused(taken: Path, data: st.DataObject) -> None:
    packed = bytearray((taken / "taken.tar.gz").read_bytes())
    packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    world = spoiled(bytes(packed))
    assert world is None or world.scope.context == "fake"


def test_a_list_that_is_not_there_was_not_read_whole(folder: Path) -> None:
    (folder / "lists/v1/pods.shop.json").unlink()
    world = read_snapshot(folder)
    assert missed(world) == {"lists/v1/pods.shop.json": "the manifest names it, and it is not there"}
    assert not world.was_listed("Pod", "shop")
    assert world.was_listed("Node", "")


def test_a_file_beside_the_lists_is_not_read(folder: Path) -> None:
    extra = {"kind": "PodList", "items": [{"metadata": {"name": "planted", "namespace": "shop"}}]}
    (folder / "lists/v1/more.json").write_text(json.dumps(extra))
    assert Ref("Pod", "shop", "planted") not in read_snapshot(folder).by_ref


ODD = [3, None, [1], "x", {}, {"metadata": 3}, {"metadata": {}}, {"metadata": {"name": 4}}]


@pytest.mark.parametrize("kind", ["secrets.shop", "pods.shop", "replicasets.shop", "nodes"])
@pytest.mark.parametrize("odd", ODD, ids=json.dumps)
def test_an_item_that_is_no_object_is_named_and_costs_no_other(folder: Path, kind: str, odd: Any) -> None:
    (file,) = folder.glob(f"lists/*/{kind}.json")
    document = json.loads(file.read_text())
    (good,) = document["items"]
    file.write_text(json.dumps({**document, "items": [odd, good]}))
    world = read_snapshot(folder)
    assert set(missed(world).values()) == {"one of the objects cannot be read"}
    assert [it.name for it in world.of_kind(good["kind"])] == [good["metadata"]["name"]]


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026-05-01T08:00:00", STARTED),
        ("2026-05-01T10:00:00+02:00", STARTED),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-23:00", None),
        (None, None),
    ],
)
def test_the_time_of_a_snapshot_is_in_utc_or_not_known(
    folder: Path, written: str | None, read_as: str | None
) -> None:
    edit(folder, captured_at=written)
    at = read_snapshot(folder).captured_at
    assert (at and at.isoformat()) == (read_as and read_as.replace("Z", "+00:00"))
