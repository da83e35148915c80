"""`anyops diff A B` as a person or a pipeline meets it."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: cart, namespace: {namespace}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: cart}}}}
  template:
    metadata: {{labels: {{app: cart}}}}
    spec:
      containers:
      - name: main
        image: registry.example/shop/cart:{tag}
        env: [{{name: API_TOKEN, value: {token}}}]
"""


def anyops(*args: str, cwd: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "anyops", "diff", *args],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100"},
    )


def manifest(
    path: Path, *, namespace: str = "shop", replicas: int = 2, tag: str = "1.4.1", token: str = "t0p"
) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(DEPLOYMENT.format(namespace=namespace, replicas=replicas, tag=tag, token=token))
    return path


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Two folders: `after` has another tag, one replica more and another token."""
    manifest(tmp_path / "before" / "cart.yaml")
    manifest(tmp_path / "after" / "cart.yaml", replicas=3, tag="1.4.2", token="s3cret")
    return tmp_path


def test_a_difference_is_told_and_exits_1(here):
    done = anyops("before", "after", cwd=here)
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "A  file:before · ns shop · 1 object"
    assert lines[1] == "B  file:after · ns shop · 1 object"
    assert "  Deployment shop/cart  main  image  1.4.1 → 1.4.2" in lines
    assert "  Deployment shop  replicas  2 → 3  +1" in lines
    assert "  Deployment shop/cart  main  API_TOKEN  changed (value hidden)" in lines
    assert "s3cret" not in done.stdout


def test_no_difference_exits_0(here):
    done = anyops("before", "file:before", cwd=here)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "nothing differs"


def test_json_holds_nothing_but_the_record(here):
    said = json.loads(anyops("before", "after", "-o", "json", cwd=here).stdout)
    assert said["schema"] == "anyops.diff/1"
    assert said["a"]["target"] == "file:before"
    assert [group["group"] for group in said["groups"]] == ["images", "replicas", "environment"]
    assert said["groups"][0]["changes"][0]["b"] == "registry.example/shop/cart:1.4.2"
    assert "s3cret" not in json.dumps(said)


def test_names_of_what_differs(here):
    assert anyops("before", "after", "-o", "name", cwd=here).stdout == "Deployment/shop/cart\n"


def test_quiet_answers_by_its_exit_code(here):
    done = anyops("before", "after", "-q", cwd=here)
    assert (done.returncode, done.stdout) == (1, "")


def test_a_folder_an_archive_and_standard_input_are_the_same(here):
    with tarfile.open(here / "before.tar.gz", "w:gz") as archive:
        archive.add(here / "before", "before")
    assert anyops("before", "before.tar.gz", cwd=here).returncode == 0
    text = (here / "before" / "cart.yaml").read_text()
    assert anyops("-", "before", cwd=here, stdin=text).returncode == 0


def test_namespaces_and_kinds_narrow_it_down(here):
    assert anyops("before", "after", "-n", "pay", cwd=here).returncode == 0
    assert anyops("before", "after", "--kind", "svc", cwd=here).returncode == 0
    assert anyops("before", "after", "-n", "pay,shop", "--kind", "deploy", cwd=here).returncode == 1


def test_a_namespace_of_another_name(here):
    manifest(here / "eu" / "cart.yaml", namespace="shop-eu")
    assert anyops("before", "eu", cwd=here).returncode == 1
    done = anyops("before", "eu", "--namespace-map", "shop=shop-eu", cwd=here)
    assert done.returncode == 0
    assert "namespaces compared: shop of A with shop-eu of B" in done.stdout


def test_what_a_live_dump_leaves_open_is_4_unless_it_is_accepted(here):
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "db", "namespace": "shop", "uid": "1"},
    }
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "namespace": "shop", "uid": "2"},
    }
    (here / "one.json").write_text(
        json.dumps({"kind": "List", "apiVersion": "v1", "items": [config, secret]})
    )
    (here / "two.json").write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": [config]}))
    done = anyops("one.json", "two.json", cwd=here)
    assert done.returncode == 4
    assert "nothing differs in what could be compared" in done.stdout
    assert "not compared: Secret (1) (B holds no list of them)" in done.stdout
    assert anyops("one.json", "two.json", "--accept-unread", "secret", cwd=here).returncode == 0


@pytest.mark.parametrize(
    ("args", "says", "cure"),
    [
        (["before"], "Missing argument", "anyops diff --help"),
        (["before", "staging"], "there is no path staging", "for a kube context write ctx:staging"),
        (["before", "./staging"], "there is no path ./staging", "ctx:NAME"),
        (["before", "./" + "x" * 300], "there is no path ./xxx", "ctx:NAME"),
        (["before", "file:gone"], "there is no path gone", "a folder"),
        (["before", "git:HEAD~1"], "git:HEAD~1", "git worktree add"),
        (["before", "git:"], "git: names nothing", "file:PATH"),
        (["-", "-"], "standard input", "to a file"),
        (["before", "after", "--namespace-map", "shop"], "'shop' is no map", "shop=shop-eu"),
        (["before", "after", "--namespace-map", "a=b", "--namespace-map", "c=b"], "second time", "once"),
        (["before", "after", "-n", "a", "-A"], "exclude each other", "one of them"),
        (["before", "after", "-o", "yaml"], "yaml", "--help"),
        (["before", "empty"], "nothing in empty", "kubectl output"),
    ],
)
def test_wrong_usage_is_one_line_with_the_cure_and_exits_2(here, args, says, cure):
    (here / "empty").mkdir()
    done = anyops(*args, cwd=here)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert cure in done.stderr
    assert len(done.stderr.splitlines()) == 2


def test_a_healthy_cluster_does_not_differ_from_itself_whatever_its_spelling(tmp_path):
    stock = Path(__file__).parents[1] / "fixtures" / "stock-cluster"
    done = anyops(str(stock), f"file:{stock}", cwd=tmp_path)
    assert done.returncode == 0
