import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from tests.fakes.kube.cluster import production

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
TESTS = Path(__file__).parents[2]


def made(pods: int) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for item in production(pods, NOW):
        found.setdefault(item["kind"], []).append(item)
    return found


def keys(items: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(item["metadata"].get("namespace", ""), item["metadata"]["name"]) for item in items]


def test_the_cluster_is_the_same_each_time_and_has_no_name_twice() -> None:
    first = made(400)
    assert first == made(400)
    assert len(first["Pod"]) == 400
    for items in first.values():
        assert max(Counter(keys(items)).values()) == 1
    known = [item["metadata"] for items in first.values() for item in items]
    assert max(Counter(metadata["uid"] for metadata in known if "uid" in metadata).values()) == 1


def test_what_the_pods_name_is_there() -> None:
    cluster = made(400)
    sets, accounts, nodes = (set(keys(cluster[k])) for k in ("ReplicaSet", "ServiceAccount", "Node"))
    maps, secrets = set(keys(cluster["ConfigMap"])), set(keys(cluster["Secret"]))
    for pod in cluster["Pod"]:
        namespace, (owner,) = pod["metadata"]["namespace"], pod["metadata"]["ownerReferences"]
        spec = pod["spec"]
        assert owner["kind"] == "DaemonSet" or (namespace, owner["name"]) in sets
        assert (namespace, spec["serviceAccountName"]) in accounts
        assert "nodeName" not in spec or ("", spec["nodeName"]) in nodes
        for volume in spec.get("volumes", ()):
            assert "configMap" not in volume or (namespace, volume["configMap"]["name"]) in maps
        for variable in spec["containers"][0].get("env", ()):
            assert (
                "valueFrom" not in variable
                or (namespace, variable["valueFrom"]["secretKeyRef"]["name"]) in secrets
            )


def test_pods_are_of_the_usual_size_and_one_in_a_hundred_is_not_ready() -> None:
    pods = made(800)["Pod"]
    unready = [p for p in pods if not any(c["ready"] for c in p["status"].get("containerStatuses", ()))]
    size = sum(len(json.dumps(pod, separators=(",", ":"))) for pod in pods) / len(pods)
    assert 7_000 < size < 8_200
    assert len(unready) == 8
    reasons = Counter(
        next(
            (c["state"]["waiting"]["reason"] for c in pod["status"].get("containerStatuses", ())),
            "Unschedulable",
        )
        for pod in unready
    )
    assert reasons == {"CrashLoopBackOff": 4, "ImagePullBackOff": 2, "Unschedulable": 2}


def test_the_bench_server_says_when_it_is_ready_and_ends_on_sigterm(tmp_path: Path) -> None:
    port_file, config = tmp_path / "port", tmp_path / "kubeconfig"
    command = [sys.executable, "-W", "error", "-m", "fakes.kube.bench", str(port_file), "--pods", "120"]
    env = {**os.environ, "PYTHONPATH": str(TESTS)}
    with subprocess.Popen(
        [*command, "--kubeconfig", str(config), "--ready"], env=env, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout
        assert server.stdout.readline() == b"ready\n"
        url = f"http://127.0.0.1:{port_file.read_text().strip()}"
        assert json.loads(config.read_text())["clusters"][0]["cluster"]["server"] == url
        listed = httpx.get(url + "/api/v1/pods", params={"limit": 100}).json()
        server.send_signal(signal.SIGTERM)
    assert server.returncode == 0
    assert (len(listed["items"]), listed["metadata"]["remainingItemCount"]) == (100, 20)
