"""The command line as a person meets it: errors, exit codes, streams."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import anyops as anyops_package

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "shop"}}


def anyops(*args: str, stdin: bytes = b"", **variables: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "anyops", *args],
        input=stdin,
        capture_output=True,
        env={**os.environ, **variables},
    )


@pytest.mark.parametrize(
    ("args", "code", "says", "cure"),
    [
        (["incidnt"], 2, "there is no command 'incidnt'", "did you mean `anyops incident`?"),
        (["incident", "analyse"], 2, "analyse", "--help"),
        (["incident", "analyze", ""], 2, "a target is an empty text", "`.` is this folder"),
        (["incident", "analyze", "nothing-of-that-name"], 2, "no such file or folder", "standard input"),
        (
            ["incident", "analyze", "deploy", "cart"],
            2,
            "deploy is a kind, and names no object",
            "deploy/NAME",
        ),
        (["incident", "analyze", "-A", "-n", "shop"], 2, "-A and -n contradict each other", "leave one"),
        (["incident", "analyze", "-n", "Shop"], 2, "-n 'Shop' is no namespace", "small letters"),
        (["incident", "analyze", "-n", "shop", "."], 2, "-n does not go with the path .", "live cluster"),
        (["incident", "analyze", ".", "deploy/cart"], 2, ". is a path and Deployment/cart", "one of both"),
        (["incident", "analyze", "-l", "a b"], 2, "-l 'a b' is no label selector near", "app=cart"),
        (["incident", "analyze", "--timeout", "soon"], 2, "--timeout 'soon' is no time", "30s"),
        (["incident", "analyze", "/nonexistent/x"], 2, "/nonexistent/x", ""),
        (["incident", "analyze", "-o", "xml", "."], 2, "xml", "anyops incident analyze --help"),
        (["explain", "image.notfound"], 2, "image.notfound", "image.not_found"),
        (["--nonsense"], 2, "--nonsense", "--help"),
    ],
)
def test_wrong_usage_is_one_line_with_the_cure_and_exits_2(args, code, says, cure):
    done = anyops(*args)
    errors = done.stderr.decode()
    assert (done.returncode, done.stdout) == (code, b"")
    assert errors.startswith("anyops: ")
    assert says in errors
    assert cure in errors
    assert "Traceback" not in errors
    assert len(errors.splitlines()) <= 2


@pytest.mark.parametrize("args", [[], ["incident"], ["rules"]])
def test_a_group_without_a_command_shows_its_help(args):
    done = anyops(*args)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().startswith(f"Usage: {' '.join(['anyops', *args])} ")


def test_a_broken_settings_file_exits_3_and_names_the_file(tmp_path):
    broken = tmp_path / "config.toml"
    broken.write_text("[analyze]\nfail_on = 'often'\n")
    done = anyops("incident", "analyze", "-", stdin=b"{}", ANYOPS_CONFIG=str(broken))
    assert done.returncode == 3
    assert "fail_on" in done.stderr.decode()
    assert str(broken) in done.stderr.decode()


def test_json_output_holds_nothing_but_json():
    done = anyops("incident", "analyze", "-", "-o", "json", stdin=json.dumps(POD).encode())
    assert json.loads(done.stdout)["schema"] == "anyops.report/1"


def test_everything_but_run_is_the_same_for_the_same_input():
    one, two = (
        json.loads(anyops("incident", "analyze", "-", "-o", "json", stdin=json.dumps(POD).encode()).stdout)
        for _ in range(2)
    )
    assert one.pop("run") != two.pop("run")
    assert one == two


def test_a_reader_that_leaves_early_is_no_error():
    piped = f"{sys.executable} -m anyops rules list | head -0; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", piped], capture_output=True)
    assert done.stderr == b""
    assert done.stdout.strip() == b"0"


def test_an_interrupt_exits_130_without_a_traceback():
    process = subprocess.Popen(
        [sys.executable, "-m", "anyops", "incident", "analyze", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    wait_until_asleep(process.pid)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, b"")
    assert err.decode().strip() == "interrupted"


def wait_until_asleep(pid: int) -> None:
    """Until the process waits in a system call on its standard input."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if "pipe" in Path(f"/proc/{pid}/wchan").read_text() or _reads_stdin(pid):
            return


def _reads_stdin(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/syscall").read_text().startswith("0 0x0 ")
    except OSError:
        return False


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["why", ""], 2, "a target is an empty text"),
        (["why", "a/" * 2500], 2, "file name too long"),
        (["--debug", "why", "/nonexistent/x"], 2, "no such file or folder"),
    ],
)
def test_targets_that_are_no_names_exit_2_also_with_debug(args, code, says):
    done = anyops(*args)
    assert (done.returncode, done.stdout) == (code, b"")
    assert says in done.stderr.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("args", [["--help"], ["why", "-", "-o", "json"], ["rules", "list"]])
def test_a_full_disk_is_one_line_and_no_bug(args):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "anyops", *args],
            input=json.dumps(POD).encode(),
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert (done.returncode, done.stderr.decode().splitlines()[0]) == (
        2,
        "anyops: cannot write the answer: No space left on device",
    )


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_closed_streams_and_a_removed_folder_are_no_bugs(tmp_path):
    pod = tmp_path / "pod.json"
    pod.write_text(json.dumps(POD))
    gone = tmp_path / "gone"
    gone.mkdir()
    call = f"{sys.executable} -P -m anyops why"
    here = {**os.environ, "PYTHONPATH": str(Path(anyops_package.__file__).parents[1])}
    for line in (f"{call} {pod} >&-", f"{call} {pod} -o json 2>&-", f"cd {gone}; rmdir {gone}; {call} {pod}"):
        done = subprocess.run(["sh", "-c", line], capture_output=True, env=here)
        assert (done.returncode, done.stderr) == (0, b""), line
    silent = subprocess.run(["sh", "-c", f"{call} /nonexistent/x 2>&-"], capture_output=True)
    assert (silent.returncode, silent.stdout) == (2, b"")


def test_a_report_of_stdin_offers_no_command_that_would_wait_for_it():
    assert "analyze -" not in anyops("why", "-", stdin=json.dumps(POD).encode()).stdout.decode()


def test_a_table_names_no_container_and_the_commands_are_complete_without():
    table = b"NAME    READY  STATUS            RESTARTS  AGE\ncart-0  0/1    CrashLoopBackOff  9         3d\n"
    report = json.loads(anyops("why", "-", "-o", "json", stdin=table).stdout)
    commands = report["causes"][0]["fix"]["commands"]
    assert any(line.endswith("logs cart-0 --previous") for line in commands)
    assert report["findings"][0]["title"] == "A container is in a crash loop"


def test_a_log_named_as_a_service_says_why_the_pods_of_that_name_crash(tmp_path):
    (tmp_path / "pods.txt").write_text(
        "NAME                    READY   STATUS             RESTARTS   AGE\n"
        "fennel-7d9c5b6f4-kq2lx  0/1     CrashLoopBackOff   14         52m\n"
        "fennel-7d9c5b6f4-zz8mn  0/1     CrashLoopBackOff   14         52m\n"
    )
    (tmp_path / "services.txt").write_text(
        "NAME     TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE\n"
        "fennel   ClusterIP   10.96.4.11   <none>        80/TCP    9d\n"
    )
    (tmp_path / "fennel-previous.log").write_text(
        "2026-11-22T09:00:11Z INFO starting\n"
        "2026-11-22T09:00:12Z FATAL missing required environment variable FENNEL_KEY\n"
    )
    report = json.loads(anyops("why", str(tmp_path), "-o", "json").stdout)
    assert [cause["cause"] for cause in report["causes"]] == ["config.env_missing"]


def test_a_line_of_ten_megabytes_is_read_in_seconds(tmp_path):
    (tmp_path / "app.log").write_bytes(b"2026-11-22T09:00:00Z ERROR " + b"a1" * 5_000_000)
    started = time.monotonic()
    assert anyops("why", str(tmp_path), "-q").returncode == 0
    assert time.monotonic() - started < 30


def test_a_broken_secret_is_named_without_its_value():
    secret = b"apiVersion: v1\nkind: Secret\nmetadata: {name: db}\ndata: {key: *hunter2}\n"
    done = anyops("--debug", "why", "-", stdin=secret)
    assert done.returncode == 2
    assert b"hunter2" not in done.stdout + done.stderr
