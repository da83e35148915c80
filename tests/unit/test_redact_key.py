"""The key of an installation: made once, whoever comes first."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from anyops.redact import Redactor, installation_key

ASK = (
    "import sys, pathlib; from anyops.redact import installation_key\n"
    "print(installation_key(pathlib.Path(sys.argv[1])).hex())"
)


def test_the_key_is_made_once_and_is_private(tmp_path):
    key = installation_key(tmp_path / "state" / "anyops")
    file = tmp_path / "state" / "anyops" / "redact.key"

    assert len(key) == 32
    assert installation_key(tmp_path / "state" / "anyops") == key == file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["redact.key"]


def test_processes_that_start_at_once_have_one_key(tmp_path):
    source = {**os.environ, "PYTHONPATH": str(Path(sys.modules["anyops"].__file__).parents[1])}
    asked = [
        subprocess.Popen(
            [sys.executable, "-c", ASK, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=source
        )
        for _ in range(6)
    ]
    answers = {process.communicate(timeout=60)[0].strip() for process in asked}

    assert answers == {installation_key(tmp_path).hex()}


def test_a_key_cut_short_is_made_anew(tmp_path):
    (tmp_path / "redact.key").write_bytes(b"short")
    key = installation_key(tmp_path)

    assert len(key) == 32
    assert installation_key(tmp_path) == key


@pytest.mark.parametrize("blocked", ["state", "state/redact.key"])
def test_without_a_folder_the_key_lives_as_long_as_the_process(tmp_path, blocked):
    (tmp_path / "state").write_text("a file")
    if blocked != "state":
        (tmp_path / "state").unlink()
        (tmp_path / blocked).mkdir(parents=True)
    key = installation_key(tmp_path / "state")

    assert len(key) == 32
    assert installation_key(tmp_path / "state") == key
    assert Redactor(key).text("password=" + "Zima" * 3).startswith("password=<secret:")
