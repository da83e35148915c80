"""`config` and `doctor` as a person meets them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def anyops(home: Path, *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ANYOPS_", "XDG_", "KUBE"))}
    return subprocess.run(
        [sys.executable, "-m", "anyops", *args],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**clean, "HOME": str(home), **variables},
    )


def test_what_is_set_is_shown_with_its_origin(tmp_path: Path) -> None:
    assert anyops(tmp_path, "config", "set", "analyze.fail_on", "low").returncode == 0
    shown = json.loads(anyops(tmp_path, "config", "show", "-o", "json").stdout)
    file = anyops(tmp_path, "config", "path").stdout.strip()
    assert shown["file"] == file
    assert {"key": "analyze.fail_on", "value": "low", "origin": "file"} in shown["settings"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["config", "set", "output.colour", "x"], "did you mean `output.color`?"),
        (["config", "set", "output.color", "blue"], "one of auto, always, never"),
        (["config", "set", "output.color"], "--help"),
        (["doctor", "-o", "xml"], "--help"),
        (["doctor", "extra"], "--help"),
    ],
)
def test_wrong_input_is_a_line_with_the_cure_and_exit_2(tmp_path: Path, args: list[str], says: str) -> None:
    done = anyops(tmp_path, *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_broken_settings_exit_3_and_the_doctor_still_tells_why(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[output]\ncolor = 3\n")
    shown = anyops(tmp_path, "config", "show", ANYOPS_CONFIG=str(file))
    assert shown.returncode == 3
    told = anyops(tmp_path, "doctor", ANYOPS_CONFIG=str(file))
    assert told.returncode == 3
    assert "output.color cannot be '3'" in told.stdout


def test_the_doctor_of_an_empty_home_is_content_and_writes_nothing(tmp_path: Path) -> None:
    done = anyops(tmp_path, "doctor", "-o", "json")
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"], found["schema"]) == (0, True, "anyops.doctor/1")
    assert list(tmp_path.iterdir()) == []
