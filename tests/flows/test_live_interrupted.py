"""Whole processes against a live cluster: interrupted, with a reader that leaves, and with a log of 1 GB."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench.timing import taken_by
from tests.fakes.kube import Endless, KubeServer, faults
from tests.flows.live import Shell, ill, well

ANALYZE = ("incident", "analyze", "--timeout", "20s")


def started(*words: str) -> subprocess.Popen[str]:
    """A command in a process of its own."""
    command = [sys.executable, "-m", "anyops", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until_asked(server: KubeServer, count: int) -> None:
    """Until so many requests are under way."""
    deadline = time.monotonic() + 20
    while len(server.requests) < count and time.monotonic() < deadline:
        os.sched_yield()
    assert len(server.requests) >= count


@pytest.mark.parametrize("fault", [faults.hang(), faults.trickle(), faults.too_many(9)])
def test_an_interrupt_ends_it_within_a_second_with_one_word(shell: Shell, fault: faults.Fault) -> None:
    with KubeServer(well()) as server:
        server.fault("*", fault)
        shell.use(server.kubeconfig(shell.home))
        process = started(*ANALYZE)
        until_asked(server, 4 if fault.__qualname__.startswith(("hang", "trickle")) else 1)
        sent_at = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert time.monotonic() - sent_at < 1
    assert (process.returncode, out, err) == (130, "", "interrupted\n")


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_while_a_snapshot_is_taken_leaves_nothing(shell: Shell, told: signal.Signals) -> None:
    work = shell.home / "work"
    work.mkdir()
    with KubeServer(well()) as server:
        server.fault("/api/v1/nodes", faults.hang())
        shell.use(server.kubeconfig(shell.home))
        process = started("cluster", "snapshot", str(work / "a" / "taken.tar.gz"), "--timeout", "20s")
        until_asked(server, 25)
        process.send_signal(told)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, "", "interrupted\n")
    assert list(work.iterdir()) == []


def test_an_interrupt_ends_a_plugin_too(shell: Shell) -> None:
    ready = shell.home / "ready"
    os.mkfifo(ready)
    script = f"open({str(ready)!r}, 'w').close(); import time; time.sleep(60)"
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never"}
    with KubeServer(well()) as server:
        shell.at(server.url, {"exec": {**plugin, "command": sys.executable, "args": ["-c", script]}})
        process = started(*ANALYZE)
        ready.read_text()
        sent_at = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert time.monotonic() - sent_at < 1
    assert (process.returncode, out, err) == (130, "", "interrupted\n")


def test_what_a_shell_runs_in_the_background_ends_when_it_is_told_to(shell: Shell) -> None:
    with KubeServer(well()) as server:
        server.fault("*", faults.hang())
        shell.use(server.kubeconfig(shell.home))
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does for `anyops why &`
        try:
            process = started(*ANALYZE)
        finally:
            signal.signal(signal.SIGINT, before)
        until_asked(server, 4)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, "", "interrupted\n")


def test_a_reader_that_leaves_is_no_error(shell: Shell) -> None:
    with KubeServer(well()) as server:
        shell.use(server.kubeconfig(shell.home, namespace="shop"))
        process = started(*ANALYZE, "-o", "json")
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
        process.stderr.close()
        assert (process.wait(20), err) == (0, "")


def test_a_log_of_a_gigabyte_costs_neither_memory_nor_time(shell: Shell) -> None:
    log = Endless(1 << 30, heeds=False)
    pod = "shop/cart-6d9f8b7c5-aaaaa"
    with KubeServer(ill(), logs={pod: log}, previous_logs={pod: log}) as server:
        shell.use(server.kubeconfig(shell.home, namespace="shop"))
        answer = shell.home / "answer"
        command = [sys.executable, "-m", "anyops", *ANALYZE, "-o", "json"]
        taken = taken_by(command, shell.home, os.environ, str(answer))
        sent = sum(request.sent for request in server.asked("*/log"))
    assert "container.crash" in answer.read_text()
    assert 1 << 20 <= sent < 64 << 20
    assert taken.wall < 10
    assert taken.peak < 200


def test_a_full_disk_is_said_in_a_line(shell: Shell) -> None:
    with KubeServer(well()) as server:
        shell.use(server.kubeconfig(shell.home, namespace="shop"))
        with Path("/dev/full").open("w") as full:
            command = [sys.executable, "-m", "anyops", *ANALYZE]
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("anyops: cannot write the answer: No space left on device")
