"""Exec credential plugins, as real programs."""

import asyncio
import json
import os
import pty
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import chdir
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyops.errors import ConfigError
from anyops.sources.kube.config.connection import Connection, Plugin
from anyops.sources.kube.config.credentials import obtain
from anyops.sources.kube.config.plugin import last_line, read
from anyops.text import safe
from tests.unit.sources.kube.kubeconfigs import SERVER, connected, credential
from tests.unit.sources.kube.test_login import CERTIFICATE, KEY, encoded, token_that_says

V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"
PATH = "/usr/local/bin:/usr/bin:/bin"


def answer(version: str = V1, **status: Any) -> str:
    return json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": status})


def program(folder: Path, body: str, name: str = "plugin") -> Path:
    """A plugin in Python: `body` runs with json, os, sys and time, and `answer(**status)` prints one."""
    lines = [
        f"#!{sys.executable} -S",
        "import json, os, sys, time",
        "def answer(**status):",
        f"    print(json.dumps({{'apiVersion': os.environ.get('SPEAKS', {V1!r}), 'kind': 'ExecCredential',",
        "                      'status': status}))",
        body,
    ]
    file = folder / name
    file.write_text("\n".join(lines))
    file.chmod(0o755)
    return file


def with_plugin(folder: Path, body: str, **fields: Any) -> Connection:
    file = program(folder, body)
    cluster = fields.pop("cluster", None)
    exec_fields = {"apiVersion": V1, "command": str(file), "interactiveMode": "Never"} | fields
    return connected(folder, user={"exec": exec_fields}, cluster=cluster)


def failure(connection: Connection, **options: Any) -> ConfigError:
    with pytest.raises(ConfigError) as raised:
        credential(connection, **options)
    assert raised.value.message.isprintable()
    assert raised.value.hint
    return raised.value


@pytest.mark.parametrize("version", [V1, V1BETA1])
def test_a_plugin_gets_its_arguments_and_variables_and_gives_a_token(tmp_path: Path, version: str) -> None:
    here = with_plugin(
        tmp_path,
        "answer(token='-'.join([*sys.argv[1:], os.environ['ROLE'], os.environ['MINE']]))",
        args=["get", "token"],
        env=[{"name": "ROLE", "value": "reader"}, {"name": "SPEAKS", "value": version}],
        apiVersion=version,
    )
    found = credential(here, variables={"PATH": PATH, "MINE": "inherited", "ROLE": "admin"})
    assert found.headers == {"Authorization": "Bearer get-token-reader-inherited"}
    assert here.credentials == "exec plugin plugin"


def test_a_plugin_is_found_on_the_path_or_beside_the_kubeconfig(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program(tmp_path / "bin", "answer(token='t')", "kube-login")
    for command in ("kube-login", "bin/kube-login", "./bin/kube-login"):
        here = connected(tmp_path, user={"exec": {"apiVersion": V1, "command": command}})
        found = credential(here, variables={"PATH": f"/nowhere:{tmp_path}/bin"})
        assert found.headers == {"Authorization": "Bearer t"}


def test_a_program_in_the_current_folder_is_not_taken_for_the_plugin(tmp_path: Path) -> None:
    program(tmp_path, "answer(token='stolen')", "kube-login")
    with chdir(tmp_path):
        here = connected(tmp_path, user={"exec": {"apiVersion": V1, "command": "kube-login"}})
        for path in (".", "", ":/nowhere"):
            assert "is not on PATH" in failure(here, variables={"PATH": path}).message


TELL_INFO = "answer(token=os.environ['KUBERNETES_EXEC_INFO'].encode().hex())"


def told(connection: Connection, **options: Any) -> Any:
    header = credential(connection, **options).headers["Authorization"]
    return json.loads(bytes.fromhex(header.removeprefix("Bearer ")))


def test_a_plugin_is_told_of_the_cluster_only_where_it_asks(tmp_path: Path) -> None:
    assert told(with_plugin(tmp_path, TELL_INFO)) == {
        "apiVersion": V1,
        "kind": "ExecCredential",
        "spec": {"interactive": False},
    }
    (tmp_path / "ca.crt").write_text(CERTIFICATE)
    cluster = {
        "certificate-authority": "ca.crt",
        "tls-server-name": "kube",
        "proxy-url": "http://proxy:1",
        "disable-compression": True,
        "extensions": [{"name": "client.authentication.k8s.io/exec", "extension": {"aud": ["x"]}}],
    }
    asked = told(with_plugin(tmp_path, TELL_INFO, provideClusterInfo=True, cluster=cluster))
    assert asked["spec"]["cluster"] == {
        "server": SERVER,
        "certificate-authority-data": encoded(CERTIFICATE),
        "tls-server-name": "kube",
        "proxy-url": "http://proxy:1",
        "disable-compression": True,
        "config": {"aud": ["x"]},
    }


def test_a_plugin_gives_a_certificate(tmp_path: Path) -> None:
    body = f"answer(clientCertificateData={CERTIFICATE!r}, clientKeyData={KEY!r})"
    found = credential(with_plugin(tmp_path, body))
    assert (found.certificate, found.lines) == ((CERTIFICATE.encode(), KEY.encode()), [])


COUNT = """
with open(os.path.join(os.path.dirname(__file__), 'runs'), 'a+') as file:
    file.write('x')
    file.flush()
    times = file.tell()
"""


def in_time(delta: timedelta) -> str:
    return (datetime.now(UTC) + delta).strftime("%Y-%m-%dT%H:%M:%S.123456000Z")


async def ask(here: Connection, *, again: bool = False) -> str:
    found = await obtain(here, {"PATH": PATH}, terminal=False, again=again)
    return found.headers["Authorization"].removeprefix("Bearer ")


def test_an_answer_is_kept_until_it_ends_or_a_new_one_is_wanted(tmp_path: Path) -> None:
    body = f"{COUNT}\nanswer(token=f't{{times}}', expirationTimestamp=os.environ['UNTIL'])"
    until = {"name": "UNTIL", "value": in_time(timedelta(hours=1))}
    here = with_plugin(tmp_path, body, env=[until])
    assert [asyncio.run(ask(here)), asyncio.run(ask(here))] == ["t1", "t1"]
    assert [asyncio.run(ask(here, again=True)), asyncio.run(ask(here))] == ["t2", "t2"]
    assert credential(here).expires == datetime.fromisoformat(until["value"])
    over = with_plugin(tmp_path, body, env=[until | {"value": in_time(timedelta(seconds=-1))}])
    assert [asyncio.run(ask(over)), asyncio.run(ask(over))] == ["t3", "t4"]


def test_an_answer_without_end_is_kept(tmp_path: Path) -> None:
    here = with_plugin(tmp_path, f"{COUNT}\nanswer(token=f't{{times}}')")
    assert [asyncio.run(ask(here)), asyncio.run(ask(here))] == ["t1", "t1"]
    assert credential(here).expires is None


def test_of_many_who_ask_at_once_one_runs_the_plugin(tmp_path: Path) -> None:
    async def all_at_once(*, again: bool) -> list[str]:
        return await asyncio.gather(*(ask(here, again=again) for _ in range(4)))

    here = with_plugin(tmp_path, f"{COUNT}\nanswer(token=f't{{times}}')")
    assert asyncio.run(all_at_once(again=False)) == ["t1"] * 4
    assert asyncio.run(all_at_once(again=True)) == ["t2"] * 4
    assert asyncio.run(all_at_once(again=False)) == ["t2"] * 4


def test_a_failure_is_one_for_all_who_wait_and_tried_anew_later(tmp_path: Path) -> None:
    async def all_at_once() -> list[object]:
        return await asyncio.gather(*(ask(here) for _ in range(4)), return_exceptions=True)

    here = with_plugin(tmp_path, f"{COUNT}\nif times == 1: sys.exit('not yet')\nanswer(token='t')")
    assert [getattr(found, "message", "") for found in asyncio.run(all_at_once())] == [
        "exec plugin plugin exited 1: not yet"
    ] * 4
    assert asyncio.run(all_at_once()) == ["t"] * 4


def test_a_token_in_the_kubeconfig_makes_the_plugin_idle(tmp_path: Path) -> None:
    exec_fields = {"apiVersion": V1, "command": "/nowhere/plugin"}
    assert credential(connected(tmp_path, user={"token": "t", "exec": exec_fields})).headers == {
        "Authorization": "Bearer t"
    }


def test_a_token_of_a_plugin_says_when_it_ends(tmp_path: Path) -> None:
    here = with_plugin(tmp_path, f"answer(token={token_that_says(exp=1_800_000_000)!r})")
    assert credential(here).expires == datetime.fromtimestamp(1_800_000_000, UTC)


class Line:
    """A pipe that a plugin and all that it starts hold open: it says when they began, and when all ended."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "line"
        self.began, self.ended = threading.Event(), threading.Event()
        os.mkfifo(self.file)
        threading.Thread(target=self._listen, daemon=True).start()

    def held(self) -> str:
        """What the plugin does to hold it."""
        return (
            f"line = open({str(self.file)!r}, 'w'); os.set_inheritable(line.fileno(), True)\n"
            "line.write('began\\n'); line.flush()\n"
            "import subprocess; subprocess.run(['sleep', '60'], close_fds=False)"
        )

    def _listen(self) -> None:
        with self.file.open() as line:
            line.readline()
            self.began.set()
            line.read()
        self.ended.set()


def test_a_plugin_that_waits_is_ended_with_what_it_started(tmp_path: Path) -> None:
    line = Line(tmp_path)
    body = f"sys.stderr.write('Open https://example.com/device\\n'); sys.stderr.flush()\n{line.held()}"
    here = with_plugin(tmp_path, body, installHint="see https://example.com/\x1b[2Jlogin")
    began = time.monotonic()
    error = failure(here, timeout=1.0)
    assert time.monotonic() - began < 10
    assert error.message == (
        "exec plugin plugin did not answer within 1 s; it may wait for a browser or a terminal: "
        "Open https://example.com/device"
    )
    assert error.hint == "log in first with plugin; see https://example.com/\\x1b[2Jlogin"
    assert line.ended.wait(10)


def test_being_cancelled_ends_the_plugin_at_once(tmp_path: Path) -> None:
    async def cancelled() -> None:
        asking = asyncio.create_task(ask(here))
        assert await asyncio.to_thread(line.began.wait, 10)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    line = Line(tmp_path)
    here = with_plugin(tmp_path, line.held())
    asyncio.run(cancelled())
    assert line.ended.wait(10)


def test_a_plugin_that_leaves_something_running_is_not_waited_for(tmp_path: Path) -> None:
    body = "import subprocess\nchild = subprocess.Popen(['sleep', '60'])\nanswer(token=f'child-{child.pid}')"
    began = time.monotonic()
    token = asyncio.run(ask(with_plugin(tmp_path, body)))
    assert time.monotonic() - began < 10
    os.kill(int(token.removeprefix("child-")), 9)


FAILING: dict[str, tuple[str, str, str]] = {
    "exits with a word": (
        "sys.stderr.write('first\\n  \\x1b[31mSSO session has expired\\x1b[0m\\n\\n'); sys.exit(255)",
        "exec plugin plugin exited 255: SSO session has expired",
        "log in first with plugin",
    ),
    "exits silently": ("sys.exit(3)", "exec plugin plugin exited 3", "log in first"),
    "is killed": ("os.kill(os.getpid(), 9)", "exec plugin plugin was ended by signal 9", "log in first"),
    "says something active": (
        "sys.stderr.write('\\x1b]0;owned\\x07 \\u202eevil'); sys.exit(1)",
        "exited 1: \\x1b]0;owned\\x07 \\u202eevil",
        "",
    ),
    "says a secret": (
        f"sys.exit('bad token {token_that_says(sub='S3CR3T')}, password=S3CR3T Bearer S3CR3T')",
        "exited 1: bad token <hidden>",
        "",
    ),
    "says one of its variables": (
        "sys.stderr.write(f'refused: {os.environ[\"KEY\"]}'); sys.exit(1)",
        "exited 1: refused: <hidden>",
        "",
    ),
    "writes bytes": ("sys.stderr.buffer.write(b'\\xff\\x00\\n'); sys.exit(1)", "exited 1: ", "log in"),
    "prints nothing": ("pass", "exec plugin plugin printed no JSON", "run it yourself"),
    "prints words": ("print('please log in S3CR3T')", "printed no JSON", "run it yourself"),
    "prints bytes": ("sys.stdout.buffer.write(b'\\xff\\x00')", "printed no JSON", "run it yourself"),
    "prints brackets": ("print('[' * 100000)", "printed no JSON", "run it yourself"),
    "prints a list": ("print('[1]')", "printed JSON that is no ExecCredential", "for kubectl"),
    "prints another kind": ('print(\'{"kind": "Pod"}\')', "that is no ExecCredential", "for kubectl"),
    "prints without end": ("while True: print('x' * 65536)", "printed without end", "run it yourself"),
    "speaks another version": (
        f"os.environ['SPEAKS'] = {V1BETA1!r}; answer(token='S3CR3T')",
        f"answered with another apiVersion than {V1}",
        "apiVersion",
    ),
    "gives no status": (
        f"print(json.dumps({{'kind': 'ExecCredential', 'apiVersion': {V1!r}}}))",
        "printed an ExecCredential without status",
        "log in first",
    ),
    "gives nothing": ("answer()", "gave neither a token nor a certificate", "log in first"),
    "gives empty things": (
        "answer(token='', clientKeyData=None)",
        "gave neither a token nor",
        "log in first",
    ),
    "gives a number": ("answer(token=5)", "gave a token that is no text", "update"),
    "gives a broken token": ("answer(token='S3CR3T x')", "its token holds characters that no token has", ""),
    "gives half a pair": (
        f"answer(clientCertificateData={CERTIFICATE!r})",
        "gave no clientKeyData beside the other half",
        "update",
    ),
    "gives the other half": (
        f"answer(clientKeyData={KEY!r}, token='S3CR3T')",
        "gave no clientCertificateData beside the other half",
        "update",
    ),
    "gives no PEM": (
        "answer(clientCertificateData='S3CR3T', clientKeyData='S3CR3T')",
        "exec plugin plugin: its clientCertificateData is no PEM certificate",
        "-----BEGIN CERTIFICATE-----",
    ),
    "gives no time": (
        "answer(token='S3CR3T', expirationTimestamp='soon')",
        "gave an expirationTimestamp that is no time",
        "update",
    ),
}


@pytest.mark.parametrize("case", FAILING)
def test_a_plugin_that_fails_is_named_with_the_cure_and_without_secrets(tmp_path: Path, case: str) -> None:
    body, message, hint = FAILING[case]
    here = with_plugin(tmp_path, body, env=[{"name": "KEY", "value": "long S3CR3T"}])
    error = failure(here)
    assert message in error.message
    assert hint in error.hint
    assert "S3CR3T" not in error.message + error.hint


def test_a_plugin_that_is_not_there_brings_its_install_hint(tmp_path: Path) -> None:
    hint = "Install it:\n\n  brew install kube-login\x07"
    fields = {"apiVersion": V1, "command": "kube-login", "installHint": hint}
    error = failure(connected(tmp_path, user={"exec": fields}))
    assert error.message == "exec plugin kube-login is not on PATH, or may not be run"
    assert error.hint == "Install it: brew install kube-login\\x07"
    for command, message in (
        ("./gone", "exec plugin gone is not there, or may not be run"),
        ("a\0b", "is no name of a program"),
        (str(tmp_path), "is not there, or may not be run"),
    ):
        here = connected(tmp_path, user={"exec": {"apiVersion": V1, "command": command}})
        assert message in failure(here).message


def test_a_plugin_that_cannot_be_run_says_why(tmp_path: Path) -> None:
    (tmp_path / "odd").write_text("#!/nowhere/interpreter\n")
    (tmp_path / "odd").chmod(0o755)
    here = connected(tmp_path, user={"exec": {"apiVersion": V1, "command": "./odd"}})
    assert failure(here).message == "exec plugin odd cannot be run: No such file or directory"
    here = with_plugin(tmp_path, "pass", args=["a\0b"])
    assert "its arguments or variables hold what none can" in failure(here).message


def test_a_plugin_of_a_large_cloud_is_cured_by_its_own_command(tmp_path: Path) -> None:
    program(tmp_path, "sys.exit('The SSO session has expired')", "aws")
    here = connected(tmp_path, user={"exec": {"apiVersion": V1, "command": "aws"}})
    error = failure(here, variables={"PATH": f"{tmp_path}:{PATH}"})
    assert error.message == "exec plugin aws exited 1: The SSO session has expired"
    assert error.hint == "log in first: aws sso login"


ASK = """
told = json.loads(os.environ['KUBERNETES_EXEC_INFO'])['spec']['interactive']
sys.stderr.write('Code: ')
sys.stderr.flush()
answer(token=f'{told}-{sys.stdin.isatty()}-{sys.stdin.readline().strip()}')
"""


@pytest.mark.parametrize(
    ("mode", "terminal", "token"),
    [
        ("Never", False, "False-False-"),
        ("Never", True, "False-False-"),
        ("IfAvailable", False, "False-False-"),
        (None, False, "False-False-"),
    ],
)
def test_without_terminal_or_leave_a_plugin_reads_nothing(
    tmp_path: Path, mode: str | None, terminal: bool, token: str
) -> None:
    said: list[str] = []
    here = with_plugin(tmp_path, ASK, interactiveMode=mode)
    found = credential(here, terminal=terminal, tell=said.append)
    assert found.headers["Authorization"] == f"Bearer {token}"
    assert said == []


def test_a_plugin_that_must_have_a_terminal_fails_at_once_without(tmp_path: Path) -> None:
    here = with_plugin(tmp_path, f"{COUNT}\nanswer(token='t')", interactiveMode="Always")
    error = failure(here)
    assert error.message == "exec plugin plugin needs a terminal (interactiveMode: Always), and there is none"
    assert error.hint == "log in first with plugin, or run this in a terminal"
    assert not (tmp_path / "runs").exists()


AT_TERMINAL = """
import asyncio, os, pathlib, sys
from anyops.errors import ConfigError
from anyops.sources.kube.config.kubeconfig import connect
from anyops.sources.kube.config.credentials import obtain
here = connect(os.environ, pathlib.Path('/'))
try:
    print(asyncio.run(obtain(here, os.environ, terminal=True, timeout=float(sys.argv[1]))).lines)
except ConfigError as error:
    print(error.message)
"""


def at_terminal(folder: Path, typed: str, until: str, timeout: float = 30) -> tuple[str, str, bool]:
    """What is printed, what the terminal shows, and whether it echoes at the end, when somebody types."""
    import termios

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", AT_TERMINAL, str(timeout)],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"KUBECONFIG": str(folder / "config")},
        start_new_session=True,
    ) as process:
        shown = b""
        while until.encode() not in shown:
            shown += os.read(ours, 4096)
        if typed:
            os.write(ours, typed.encode())
        printed, _ = process.communicate()
    echoes = bool(termios.tcgetattr(theirs)[3] & termios.ECHO)
    os.close(theirs)
    os.close(ours)
    return printed.decode(), shown.decode(), echoes


@pytest.mark.parametrize("mode", ["IfAvailable", "Always"])
def test_at_a_terminal_a_plugin_asks_and_is_answered(tmp_path: Path, mode: str) -> None:
    with_plugin(tmp_path, ASK, interactiveMode=mode)
    printed, shown, _ = at_terminal(tmp_path, "123456\n", "Code: ")
    assert "Bearer True-True-123456" in printed
    assert "Code: " in shown


def test_a_terminal_shows_what_is_typed_after_a_plugin_was_ended_at_its_password(tmp_path: Path) -> None:
    body = (
        "import termios\n"
        "modes = termios.tcgetattr(0); modes[3] &= ~termios.ECHO\n"
        "termios.tcsetattr(0, termios.TCSANOW, modes)\n"
        "sys.stderr.write('Password: '); sys.stderr.flush(); time.sleep(60)"
    )
    with_plugin(tmp_path, body, interactiveMode="Always")
    printed, _, echoes = at_terminal(tmp_path, "", "Password: ", timeout=2)
    assert "did not answer within 2 s" in printed
    assert echoes


PLUGIN = Plugin(command="p", api_version=V1)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("token: expired", "token: expired"),
        ("cannot refresh token: oauth2: invalid_grant", "cannot refresh token: oauth2: invalid_grant"),
        ("Trace ID: 0d3c1d9c-8a4e-4b1e-9d5e-5a2f8d0b7a00", "Trace ID: 0d3c1d9c-8a4e-4b1e-9d5e-5a2f8d0b7a00"),
        (
            "no /home/alice/.config/gcloud/legacy/credentials",
            "no /home/alice/.config/gcloud/legacy/credentials",
        ),
        ("sent access_token=abc", "sent access_token<hidden>"),
        ('got {"access_token": "abc"}', 'got {"access_token<hidden>'),
        ("password: hunter2hunter2", "password<hidden>"),
        ("Authorization: Bearer abc", "Authorization: Bearer <hidden>"),
        ("key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "key <hidden>"),
        ("refused eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln", "refused <hidden>"),
    ],
)
def test_a_last_line_keeps_its_words_and_loses_its_secrets(said: str, shown: str) -> None:
    assert last_line(f"first\n{said}\n".encode(), PLUGIN) == shown


STATUS = st.dictionaries(
    st.sampled_from(["token", "clientCertificateData", "clientKeyData", "expirationTimestamp", "x"]),
    st.none()
    | st.text(max_size=30)
    | st.integers()
    | st.just(CERTIFICATE)
    | st.just(KEY)
    | st.datetimes().map(str),
)


def no_other_error(function: Callable[[], object]) -> None:
    message = ""
    try:
        function()
    except ConfigError as error:
        message = error.message
    assert safe(message) == message


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | STATUS.map(lambda status: answer(**status).encode()))
def test_any_output_of_a_plugin_is_an_answer_or_a_configuration_error(output: bytes) -> None:
    no_other_error(lambda: read(PLUGIN, output))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_any_last_line_is_one_harmless_line(errors: bytes) -> None:
    line = last_line(errors, PLUGIN)
    assert safe(line) == line
