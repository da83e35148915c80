"""The README's commands do what it says: each line of its shell blocks is run, or at least parsed."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from anyops.data import demo_path
from tests.fakes.kube import KubeServer

README = Path(__file__).parents[2] / "README.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README.read_text("utf-8"), re.M | re.S)
LINES = [line for block in BLOCKS for line in block.splitlines() if line.strip()]
RUN = [line for line in LINES if line.startswith(("anyops ", "kubectl "))]


LABELS = {"app": "cart"}
TEMPLATE = {
    "metadata": {"labels": LABELS},
    "spec": {"containers": [{"name": "main", "image": "registry.example/shop/cart:1.4.1"}]},
}
SHOP = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "uid": "1"}},
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "checkout", "uid": "2"}},
    {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "cart", "namespace": "shop", "uid": "3", "labels": LABELS, "generation": 1},
        "spec": {"replicas": 1, "selector": {"matchLabels": LABELS}, "template": TEMPLATE},
        "status": {"observedGeneration": 1, "replicas": 1, "readyReplicas": 1, "availableReplicas": 1},
    },
]
CONTEXTS = ("prod-eu", "staging-eu")


@pytest.fixture(scope="module")
def server() -> Iterator[KubeServer]:
    """The cluster of both contexts."""
    with KubeServer(SHOP) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, server: KubeServer) -> Path:
    """A folder as the README has it: dumps, an archive of them, contexts, and kubectl, which prints a pod."""
    kubeconfig = tmp_path / ".kube" / "config"
    kubeconfig.parent.mkdir()
    kubeconfig.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "eu", "cluster": {"server": server.url}}],
                "users": [{"name": "alice", "user": {}}],
                "contexts": [
                    {"name": name, "context": {"cluster": "eu", "user": "alice", "namespace": "shop"}}
                    for name in CONTEXTS
                ],
                "current-context": CONTEXTS[0],
            }
        )
    )
    shutil.copytree(demo_path(), tmp_path / "work" / "dump")
    shutil.make_archive(str(tmp_path / "work" / "dump"), "gztar", tmp_path / "work" / "dump")
    shutil.copytree(demo_path(), tmp_path / "work" / "before")
    shutil.copytree(demo_path(), tmp_path / "work" / "after")
    shutil.make_archive(str(tmp_path / "work" / "before"), "gztar", tmp_path / "work" / "before")
    shutil.copy(tmp_path / "work" / "before.tar.gz", tmp_path / "work" / "prod-eu.tar.gz")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "anyops").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m anyops "$@"\n')
    (programs / "kubectl").write_text(f"#!/bin/sh\ncat '{demo_path()}/describe-pod-cart.txt'\n")
    for program in programs.iterdir():
        program.chmod(0o755)
    return tmp_path


def test_the_blocks_were_found() -> None:
    assert len(RUN) >= 10


@pytest.mark.parametrize("line", RUN)
def test_a_command_answers(folder: Path, line: str) -> None:
    if "snapshot" in line:
        (folder / "work" / "prod-eu.tar.gz").unlink()
    outer = {name: value for name, value in os.environ.items() if name != "KUBECONFIG"}
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=folder / "work",
        env={**outer, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode in ((0, 1) if "analyze" in line or "why" in line else (0,)), done.stderr
    assert done.stdout or "config set" in line
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("line", [line for line in LINES if line not in RUN])
def test_what_installs_is_one_line_that_a_shell_takes(line: str) -> None:
    assert subprocess.run(["bash", "-n", "-c", line], capture_output=True).returncode == 0


def test_every_file_that_is_linked_exists() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README.read_text("utf-8")):
        assert target.startswith("http") or (README.parent / target).exists(), target
