"""The command line as a person meets it: errors, exit codes, streams."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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
        (["incident", "analyze"], 2, "nothing to read", "standard input"),
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
