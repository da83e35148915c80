"""The answer as the command prints it: on a terminal, in a file, without colour, in the C locale."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

import anyops
from anyops.text import width

POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "cart-1\u202e[/x]", "namespace": "shop"},
    "status": {
        "phase": "Pending",
        "containerStatuses": [
            {
                "name": "cart",
                "image": "registry.example/shop/cart:1.4.2",
                "ready": False,
                "restartCount": 0,
                "state": {
                    "waiting": {
                        "reason": "ImagePullBackOff",
                        "message": 'Back-off pulling image "registry.example/cart:1.4.2" \x1b]52;c;eA==\x07',
                    }
                },
            }
        ],
    },
}
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def dump(tmp_path):
    (tmp_path / "pods.json").write_text(json.dumps(POD))
    return tmp_path


def environment(**variables: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "SYSTEMROOT")}
    kept["PYTHONPATH"] = str(Path(anyops.__file__).parents[1])
    return kept | {"TERM": "xterm", "LANG": "C.UTF-8"} | variables


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "anyops", "incident", "analyze", ".", *arguments]


def to_a_file(folder, *arguments: str, **variables: str) -> bytes:
    return subprocess.run(
        command(*arguments), cwd=folder, env=environment(**variables), stdout=subprocess.PIPE, check=False
    ).stdout


def on_a_terminal(folder, columns: int, *arguments: str, **variables: str) -> str:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        command(*arguments), cwd=folder, env=environment(**variables), stdout=theirs, stdin=subprocess.DEVNULL
    ):
        os.close(theirs)
        said = bytearray()
        try:
            while chunk := os.read(ours, 65536):
                said += chunk
        except OSError:  # Linux says so when the other side has closed
            pass
    os.close(ours)
    return said.decode().replace("\r\n", "\n")


def test_a_terminal_has_colour_and_only_colour(dump):
    said = on_a_terminal(dump, 100)
    assert "✖ INCIDENT" in said
    assert COLOUR.search(said)
    assert "\x1b" not in COLOUR.sub("", said)
    assert "\u202e" not in said
    assert "cart-1\\u202e[/x]" in COLOUR.sub("", said)


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_no_colour_gets_none(dump, variables):
    said = on_a_terminal(dump, 80, **variables)
    assert "INCIDENT" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("columns", [40, 80, 100, 200])
def test_lines_fit_the_terminal_and_commands_stay_whole(dump, columns):
    for row in COLOUR.sub("", on_a_terminal(dump, columns)).splitlines():
        assert width(row) <= columns or row.startswith("kubectl "), row


def test_the_c_locale_gets_ascii(dump):
    for variables in ({"LANG": "C"}, {"LC_ALL": "POSIX"}, {"PYTHONIOENCODING": "ascii"}):
        assert to_a_file(dump, **variables).isascii()
        json.loads(to_a_file(dump, "-o", "json", **variables))


def test_a_file_gets_no_escape_in_any_form(dump):
    for form in ("text", "wide", "json", "markdown"):
        said = to_a_file(dump, "-o", form).decode()
        assert "\x1b" not in said
        assert "\u202e" not in said
        assert "cart-1" in said


def test_a_job_of_actions_gets_a_guarded_text(dump):
    rows = to_a_file(dump, GITHUB_ACTIONS="true").decode().splitlines()
    token = rows[0].removeprefix("::stop-commands::")
    assert rows[-1] == f"::{token}::"
    assert to_a_file(dump, "-o", "json", GITHUB_ACTIONS="true").startswith(b"{")
