"""The doctor looks, says what is there, and never shows a key nor raises."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anyops.cli.doctor import lines
from anyops.doctor import Check, Examination, examine
from anyops.environment import Environment, current


@pytest.fixture
def here(tmp_path: Path) -> Environment:
    return place(current(), tmp_path)


def place(environment: Environment, home: Path, **variables: str) -> Environment:
    return msgspec.structs.replace(
        environment, home=home, cwd=home, variables=variables, terminal=False, columns=100
    )


def check(here: Environment, name: str) -> Check:
    return next(c for c in examine(here).checks if c.name == name)


@dataclass
class Server:
    port: int


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield Server(listening.getsockname()[1])


def kubeconfig(at: Path, *, port: int, current_context: str = "shop", **more: Any) -> Path:
    at.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "current-context": current_context,
        "contexts": [
            {"name": "shop", "context": {"cluster": "c", "user": "u"}},
            {"name": "old", "context": {}},
        ],
        "clusters": [{"name": "c", "cluster": {"server": f"https://127.0.0.1:{port}", **more}}],
        "users": [{"name": "u", "user": {"token": "do-not-show"}}],
    }
    at.write_bytes(msgspec.json.encode(content))
    return at


def test_a_reachable_context_is_ok_and_its_token_is_never_shown(here: Environment, server: Server) -> None:
    kubeconfig(here.home / ".kube" / "config", port=server.port)
    found = examine(here)
    assert check(here, "kubeconfig").detail == "current shop; contexts: old, shop"
    assert check(here, "cluster").state == "ok"
    assert "do-not-show" not in str(found)


def test_a_server_that_does_not_answer_is_named(here: Environment, server: Server) -> None:
    kubeconfig(here.home / ".kube" / "config", port=1)
    found = check(here, "cluster")
    assert (found.state, found.mend) == ("missing", "kubectl --context shop cluster-info")
    assert "127.0.0.1:1" in found.detail


def test_a_context_that_does_not_exist_comes_with_one_that_does(here: Environment) -> None:
    kubeconfig(here.home / ".kube" / "config", port=1, current_context="gone")
    assert check(here, "kubeconfig").mend == "kubectl config use-context old"


def test_kubeconfig_files_are_merged_and_the_first_wins(
    here: Environment, tmp_path: Path, server: Server
) -> None:
    first = kubeconfig(tmp_path / "a", port=server.port)
    second = kubeconfig(tmp_path / "b", port=1, current_context="old")
    there = place(here, tmp_path, KUBECONFIG=f"{first}:{second}")
    assert check(there, "cluster").detail == f"127.0.0.1:{server.port} reached"


@pytest.mark.parametrize(
    "content",
    ["[1, 2]", "a: [", "\x00", "clusters: 3\ncontexts: {a: 1}", "contexts: [1, {name: x, context: 3}]"],
)
def test_a_broken_kubeconfig_is_a_check_and_no_traceback(here: Environment, content: str) -> None:
    file = here.home / ".kube" / "config"
    file.parent.mkdir()
    file.write_text(content)
    assert check(here, "kubeconfig").state in ("failed", "missing")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.binary(max_size=200))
def test_no_kubeconfig_breaks_the_doctor(here: Environment, content: bytes) -> None:
    file = here.home / ".kube" / "config"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    assert {"python", "kubeconfig", "terminal"} <= {c.name for c in examine(here).checks}


@pytest.mark.parametrize(
    ("cluster", "says"),
    [
        ({"server": "https://user:s3cr3t@kube"}, "cluster.server holds a user"),
        ({"server": ""}, "cluster.server is missing"),
        ({"server": "http://10.2.0.1"}, "is plain http to 10.2.0.1"),
        ({"certificate-authority-data": "***"}, "certificate-authority-data is no base64"),
        ({"proxy-url": "ftp://proxy"}, "is neither http, https nor socks5"),
    ],
)
def test_what_an_analysis_would_refuse_the_doctor_names(
    here: Environment, cluster: dict[str, str], says: str
) -> None:
    kubeconfig(here.home / ".kube" / "config", port=1, **cluster)
    found = check(here, "cluster")
    assert (found.state, found.mend) == ("failed", "kubectl config view")
    assert says in found.detail
    assert "s3cr3t" not in found.detail


def test_a_cluster_behind_a_proxy_is_not_tried(here: Environment, tmp_path: Path) -> None:
    kubeconfig(here.home / ".kube" / "config", port=1, **{"server": "https://kube.example.com:6443"})
    there = place(here, tmp_path, HTTPS_PROXY="http://proxy:3128")
    assert check(there, "cluster").detail == "kube.example.com:6443 through a proxy (not tried)"


def test_a_pod_needs_no_kubeconfig(here: Environment, tmp_path: Path) -> None:
    there = place(here, tmp_path, KUBERNETES_SERVICE_HOST="10.96.0.1")
    assert check(there, "kubeconfig").detail == "inside a cluster, with its service account"


def test_a_key_is_present_or_not_and_never_printed(here: Environment, tmp_path: Path) -> None:
    there = place(here, tmp_path, OPENROUTER_API_KEY="sk-or-v1-0123")
    assert check(there, "model key").detail == "OPENROUTER_API_KEY is set (not shown)"
    assert "sk-or" not in str(examine(there))


def test_a_store_that_is_a_file_needs_mending(here: Environment, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    there = place(here, tmp_path, ANYOPS_HOME=str(blocked))
    assert check(there, "store").state == "failed"
    assert not examine(there).ok


def test_at_40_columns_text_wraps_and_a_command_does_not(here: Environment) -> None:
    command = "/a/very/long/path/to/python -m pip install 'anyops[crew]'"
    one = Check(
        name="[crew]",
        state="missing",
        detail="not installed (optional) \x1b[31m" + "word " * 20,
        mend=command,
    )
    narrow = msgspec.structs.replace(here, columns=40, unicode=False)
    printed = list(lines(Examination(ok=True, checks=[one]), narrow))
    assert command in printed
    assert all(len(line) <= 40 for line in printed if line != command)
    assert "\x1b" not in "".join(printed)
    assert "".join(printed).isascii()
