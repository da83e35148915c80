"""The demo's cluster runs what the demo's repository says."""

import subprocess
from pathlib import Path

import pytest
import yaml

from anyops.data import demo_path


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    git("clone", "-q", "--bare", str(demo_path().parent / "repo.bundle"), str(tmp_path / "repo.git"))
    return tmp_path / "repo.git"


def git(*arguments: str, at: Path | None = None) -> str:
    where = ["-C", str(at)] if at else []
    return subprocess.run(["git", *where, *arguments], check=True, capture_output=True, text=True).stdout


def test_the_newest_commit_is_what_argo_cd_has_synced(repo: Path) -> None:
    application = yaml.safe_load((demo_path() / "application-shop.yaml").read_text())
    assert git("rev-parse", "main", at=repo).strip() == application["status"]["sync"]["revision"]


def test_the_newest_commit_changed_the_image_that_runs(repo: Path) -> None:
    changed = git("show", "--format=", "-U0", "main", "--", "shop/cart.yaml", at=repo)
    declared = next(line.split("image:")[1].strip() for line in changed.splitlines() if line.startswith("+ "))
    live = yaml.safe_load((demo_path() / "deployment-cart.yaml").read_text())
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == declared
    assert declared in (demo_path() / "describe-pod-cart.txt").read_text()


def test_every_pod_of_the_table_belongs_to_a_listed_replica_set() -> None:
    pods = (demo_path() / "pods.txt").read_text().splitlines()[1:]
    sets = {line.split()[0] for line in (demo_path() / "replicasets.txt").read_text().splitlines()[1:]}
    owned = {line.split()[0].rpartition("-")[0] for line in pods if not line.startswith("cart-store-")}
    assert owned <= sets
