"""Whole commands on a real Kubernetes control plane: what is planted there is found, and nothing else.

Runs where ANYOPS_TEST_KUBECONFIG names a kubeconfig with all rights, of a cluster whose node is the stand-in
that lets pods fail by the annotation `fakelet/mode`. What it makes stands in namespaces of its own, and is
removed. Tests of other users need the server to know the token `dev-token` of the user `dev`.
"""

import base64
import fcntl
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.control_plane import faults
from tests.control_plane.command import KUBECONFIG, Said, analyze, anyops, causes
from tests.control_plane.plane import Plane
from tests.control_plane.planting import Planted, planting, ready
from tests.fakes.kube.certificates import CA
from tests.fakes.relay import Relay

pytestmark = pytest.mark.skipif(
    not KUBECONFIG, reason="no control plane: set ANYOPS_TEST_KUBECONFIG to a kubeconfig with all rights"
)
PASSWORD = "correct-horse-battery-staple-7f3a"


@pytest.fixture(scope="module")
def plane() -> Iterator[Plane]:
    """The cluster, for one process at a time."""
    with (Path(tempfile.gettempdir()) / "anyops-control-plane.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with Plane(Path(KUBECONFIG)) as opened:
            yield opened


@pytest.fixture(scope="module")
def planted(plane: Plane) -> Iterator[Planted]:
    with planting(plane, PASSWORD) as planted:
        yield planted


def test_the_untouched_cluster_is_healthy(plane: Plane) -> None:
    said = analyze("-n", "default,kube-system")
    assert (said.code, said.report["verdict"], said.report["unread"]) == (0, "healthy", []), said
    assert [f for f in said.report["findings"] if f["state"] != "risk"] == []


def test_all_namespaces_of_an_untouched_cluster_are_healthy(plane: Plane) -> None:
    own = {"default", "kube-system", "kube-public", "kube-node-lease"}
    others = {item["metadata"]["name"] for item in plane.items("/api/v1/namespaces")} - own
    if others:
        pytest.skip(f"the cluster is not untouched: it has the namespaces {', '.join(sorted(others))}")
    said = analyze("-A")
    assert (said.code, said.report["verdict"], said.report["unread"]) == (0, "healthy", []), said


CODES = {
    ("container.crash", "Deployment/crash"): "sure",
    ("container.oom_killed", "Deployment/oom"): "sure",
    ("image.not_found", "Deployment/pull"): "sure",
    ("scheduling.cpu", "Deployment/big"): "sure",
    ("config.configmap_missing", "Deployment/config"): "sure",
    ("volume.storage_class_missing", "Deployment/disk"): "sure",
    ("service.selector_mismatch", "Service/cart"): "sure",
    ("crd.degraded", "Queue/orders"): "likely",
}


def test_every_planted_fault_is_found_and_nothing_else(planted: Planted) -> None:
    said = analyze("-n", planted.faulty)
    assert (said.code, said.report["verdict"], said.report["unread"]) == (1, "incident", [])
    assert causes(said) == CODES
    crash = next(c for c in said.report["causes"] if c["cause"] == "container.crash")
    quoted = {e["id"]: e["text"] for e in said.report["evidence"]}
    assert "panic: previous run died" in {quoted[id_] for id_ in crash["evidence"]}
    assert "panic: previous run died" in crash["statement"]


def test_a_used_up_quota_is_found(planted: Planted) -> None:
    said = analyze("-n", planted.tight)
    assert (said.code, causes(said)) == (1, {("quota.pods_exceeded", f"Namespace/{planted.tight}"): "sure"})
    assert said.report["impact"]["summary"].startswith("1 of 3 many pods ready")


def test_what_runs_beside_the_faults_is_healthy(planted: Planted) -> None:
    """A good custom resource, and an account that is not there: this server lets such pods run."""
    said = analyze("-n", planted.fine)
    assert (said.code, said.report["verdict"], said.report["causes"]) == (0, "healthy", [])
    assert said.report["unread"] == []


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("oom", ["Container is killed for memory", "limits.memory: 64Mi", "restartCount: 3"]),
        ("big", ["big asks for 64 CPU, and no node is that large: node-a", "requests.cpu: "]),
        ("pull", ["registry.example has no pull with the tag", "manifest unknown"]),
        ("config", ["ConfigMap does not exist", "config needs the config map nowhere"]),
        ("disk", ['Claim data of disk is not bound: storage class "nowhere" does not exist.']),
        ("crash", ["Its log says why", "panic: previous run died", "exitCode: 1"]),
    ],
)
def test_one_workload_is_answered_alone_and_reads_well(planted: Planted, name: str, reads: list[str]) -> None:
    said = anyops("why", f"deploy/{name}", "-n", planted.faulty)
    lines = said.out.splitlines()
    assert (said.code, said.errors) == (1, "")
    assert f"Deployment {planted.faulty}/{name}" in lines[0]
    assert [text for text in reads if text not in said.out] == []
    assert sum(line.startswith("1 sure ") for line in lines) == 1
    assert not any(line.startswith("2 ") for line in lines)
    commands = [line for line in lines if line.startswith("kubectl")]
    assert commands
    assert all(line.startswith("kubectl --context ") for line in commands)


def test_a_service_is_told_whose_pods_it_misses(planted: Planted) -> None:
    said = anyops("why", "svc/cart", "-n", planted.faulty)
    assert said.code == 1
    assert "selects app=kart, but the pods of Deployment cart carry app=cart" in " ".join(said.out.split())


def test_a_label_selector_narrows_the_answer(planted: Planted) -> None:
    said = analyze("-n", planted.faulty, "-l", "app in (big,oom)")
    assert (said.code, {resource for _, resource in causes(said)}) == (
        1,
        {"Deployment/big", "Deployment/oom"},
    )


@pytest.mark.parametrize(
    ("target", "namespace", "says", "cure"),
    [
        (["deploy/crush"], "faulty", "there is no Deployment/crush in ", "did you mean deployment/crash?"),
        (["secret/kess"], "fine", "there is no Secret/kess in ", "did you mean secret/keys?"),
        (["-l", "app=crush"], "faulty", "no object has the labels app=crush", "--show-labels"),
        ([], "kube-sistem", "there is no namespace kube-sistem", "did you mean -n kube-system?"),
    ],
)
def test_what_is_not_there_is_a_wrong_question_and_never_healthy(
    planted: Planted, target: list[str], namespace: str, says: str, cure: str
) -> None:
    said = anyops("why", *target, "-n", getattr(planted, namespace, namespace))
    assert (said.code, said.out) == (2, "")
    assert says in said.errors
    assert cure in said.errors


def test_a_secret_can_be_asked_about(planted: Planted) -> None:
    said = anyops("why", "secret/keys", "-n", planted.fine)
    assert (said.code, said.errors) == (0, "")
    assert f"Secret {planted.fine}/keys" in said.out


@pytest.mark.parametrize("everywhere", [False, True])
def test_several_namespaces_and_all_of_them(planted: Planted, everywhere: bool) -> None:
    said = analyze(*(["-A"] if everywhere else ["-n", f"{planted.faulty},{planted.tight}"]))
    quota = ("quota.pods_exceeded", f"Namespace/{planted.tight}")
    assert said.code == 1
    assert CODES.keys() | {quota} <= causes(said).keys()
    assert not any(c["resource"]["namespace"] == planted.fine for c in said.report["causes"])


def test_health_names_what_is_not_well(planted: Planted) -> None:
    said = anyops("cluster", "health", "-n", planted.faulty, "-o", "json")
    states = {f"{row['kind']}/{row['name']}": row["status"] for row in said.report}
    assert said.code == 0
    assert (states["Queue/orders"], states["Deployment/cart"]) == ("Degraded", "Healthy")
    assert states["PersistentVolumeClaim/data"] == "Progressing"
    assert {r.split("-")[0] for r, s in states.items() if s == "Degraded" and r.startswith("Pod/")} == {
        "Pod/config",
        "Pod/crash",
        "Pod/oom",
        "Pod/pull",
    }


@pytest.fixture(scope="module")
def dev(plane: Plane, planted: Planted, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The kubeconfig of a user who may read pods, events and deployments of `faulty` and `fine`, no more."""
    bearer = {"Authorization": "Bearer dev-token"}
    with plane.opened(bearer) as client:
        if client.get("/api").status_code == 401:
            pytest.skip("the server knows no user of the token dev-token")
    reads = {"": ["pods", "pods/log", "events"], "apps": ["deployments", "replicasets"]}
    for namespace in (planted.faulty, planted.fine):
        plane.create(*faults.role("reader", "dev", reads), namespace=namespace)
    return plane.write_kubeconfig(tmp_path_factory.mktemp("dev") / "config", token="dev-token", name="dev")


def test_what_a_user_may_not_read_is_named_and_leaves_the_question_open(planted: Planted, dev: Path) -> None:
    said = analyze("-n", planted.fine, kubeconfig=dev)
    assert (said.code, said.report["verdict"], said.report["causes"]) == (4, "inconclusive", [])
    unread = {item["source"]: item["why"] for item in said.report["unread"]}
    assert set(unread.values()) == {"forbidden"}
    assert {"nodes", f"{planted.fine}/services", f"{planted.fine}/secrets"} <= unread.keys()
    assert not {f"{planted.fine}/pods", f"{planted.fine}/deployments.apps"} & unread.keys()
    text = " ".join(anyops("why", "-n", planted.fine, kubeconfig=dev).out.split())
    assert "dev may not read" in text
    assert f"in {planted.fine}: configmaps, " in text
    assert [name for name in unread if name.rpartition("/")[2] not in text] == []


def test_a_fault_is_found_by_a_user_who_may_read_little(planted: Planted, dev: Path) -> None:
    said = analyze("-n", planted.faulty, kubeconfig=dev)
    crash = ("container.crash", "Deployment/crash")
    assert (said.code, causes(said)[crash]) == (1, "sure")
    assert {item["why"] for item in said.report["unread"]} == {"forbidden"}
    assert "not read" in anyops("why", "-n", planted.faulty, kubeconfig=dev).out


def test_a_user_without_any_rights_gets_one_clear_answer(planted: Planted, dev: Path) -> None:
    said = anyops("why", "-n", planted.tight, kubeconfig=dev)
    assert (said.code, said.errors) == (4, "")
    assert "inconclusive: nothing could be read" in said.out
    assert "dev may not read" in said.out
    assert len(said.out.splitlines()) <= 24


@pytest.fixture
def relay(plane: Plane) -> Iterator[Relay]:
    with plane.opened() as upstream, Relay(upstream) as relay:
        yield relay


def test_no_secret_crosses_the_wire_and_nothing_is_written(
    plane: Plane, planted: Planted, relay: Relay, tmp_path: Path
) -> None:
    config = plane.write_kubeconfig(tmp_path / "config", server=relay.url, ca=CA)
    secret = (PASSWORD.encode(), base64.b64encode(PASSWORD.encode()))
    stored = plane.client.get(f"/api/v1/namespaces/{planted.fine}/secrets").content
    assert all(value in stored for value in secret)

    both = f"{planted.faulty},{planted.fine}"
    assert analyze("-n", both, kubeconfig=config).code == 1
    assert analyze("-A", kubeconfig=config).code == 1
    assert anyops("cluster", "health", "-n", planted.fine, kubeconfig=config).code == 0
    kept = tmp_path / "kept"
    assert anyops("cluster", "snapshot", str(kept), "-n", both, kubeconfig=config).code == 0

    assert {passed.method for passed in relay.passed} == {"GET"}
    assert {passed.code for passed in relay.passed} == {200}
    assert any(
        passed.path.startswith(f"/api/v1/namespaces/{planted.fine}/secrets") for passed in relay.passed
    )
    assert not [p.path for p in relay.passed if any(value in p.body for value in secret)]
    assert 1 < relay.most_at_once <= 4
    written = b"".join(file.read_bytes() for file in kept.rglob("*") if file.is_file())
    assert b"keys" in written
    assert not any(value in written for value in secret)


@pytest.mark.parametrize("name", ["kept", "kept.tar.gz"])
def test_a_snapshot_reads_back_to_the_same_report(
    plane: Plane, planted: Planted, relay: Relay, tmp_path: Path, name: str
) -> None:
    """The relay lets the cluster stand still, so that both see the same moment."""
    config = plane.write_kubeconfig(tmp_path / "config", server=relay.url, ca=CA)
    where = ["-n", f"{planted.faulty},{planted.tight}"]
    with relay.standing_still():
        live = analyze(*where, kubeconfig=config)
        taken = anyops("cluster", "snapshot", str(tmp_path / name), *where, kubeconfig=config)
    assert (live.code, taken.code, taken.errors) == (1, 0, "")
    read = analyze(str(tmp_path / name), kubeconfig="/nonexistent")
    assert read.code == 1
    assert _told(read) == _told(live)


def _told(said: Said) -> str:
    return json.dumps(
        {key: part for key, part in said.report.items() if key not in ("run", "scope")}, indent=1
    )


def test_diff_says_what_changed_between_two_moments(plane: Plane, planted: Planted, tmp_path: Path) -> None:
    before = tmp_path / "before"
    assert anyops("cluster", "snapshot", str(before), "-n", planted.fine).code == 0
    assert anyops("diff", str(before), str(before)).code == 0
    web = f"/apis/apps/v1/namespaces/{planted.fine}/deployments/web"
    plane.patch(web, {"spec": {"replicas": 4}})
    plane.until(web.rpartition("/")[0], lambda items: ready(items, "web") == 4, "a fourth pod of web")
    after = tmp_path / "after.tar.gz"
    assert anyops("cluster", "snapshot", str(after), "-n", planted.fine).code == 0
    said = anyops("diff", str(before), str(after))
    assert (said.code, said.errors) == (1, "")
    assert "web" in said.out
    assert "3 → 4" in said.out
