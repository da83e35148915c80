"""A live cluster on loopback: whole analyses, beside the official client's bare list in the same run."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.timing import ANYOPS, medians, taken_by

Figures = dict[str, float]

TESTS = Path(__file__).parents[1]
OFFICIAL = """\
from kubernetes import client, config
config.load_kube_config()
core, token, read = client.CoreV1Api(), None, 0
while token is not None or not read:
    page = core.list_pod_for_all_namespaces(limit=500, **({"_continue": token} if token else {}))
    read += len(page.items)
    meta = page.metadata
    token = getattr(meta, "var_continue", None) or getattr(meta, "_continue", None) or None
print(read)
"""
"""What the official client needs to list the pods, in the pages that we use."""


def live(scratch: Path, env: Mapping[str, str], *, short: bool) -> Figures:
    """Seconds and memory at 10,000 pods, how both grow, and what a slow server may cost."""
    found: Figures = {}
    sizes = (1_000, 10_000) if short else (1_000, 10_000, 30_000)
    taken = {}
    for pods in sizes:
        with served(scratch, pods) as kubeconfig:
            there = {**env, "KUBECONFIG": str(kubeconfig)}
            rounds = 5 if short or pods > 10_000 else 9
            before = listed(scratch, there) if pods == 10_000 else 0.0
            ours = {"anyops": ((ANYOPS, "incident", "analyze", "-A"), scratch)}
            taken[pods] = medians(ours, rounds, there)["anyops"]
            if pods == 10_000:
                official = (before + listed(scratch, there)) / 2
                found["official client times ours"] = official / taken[pods].wall
        print(
            f"  live, {pods:>6} pods      {taken[pods].wall:6.2f} s ({taken[pods].cpu:.2f} cpu)"
            f"  {taken[pods].peak:4.0f} MB"
        )
    found["10000 pods live seconds"] = taken[10_000].wall
    found["10000 pods live MB"] = taken[10_000].peak
    if not short:
        found["3 times the pods live"] = taken[30_000].wall / taken[10_000].wall
        found["3 times the pods live memory"] = taken[30_000].peak / taken[10_000].peak
    found["slow server seconds"] = slow(scratch, env)
    return found


def listed(scratch: Path, env: Mapping[str, str]) -> float:
    """Seconds of the official client's list. It is run before and after ours: the machine's pace drifts."""
    official = taken_by((sys.executable, "-c", OFFICIAL), scratch, env)
    print(f"  official client's list  {official.wall:6.2f} s  {official.peak:4.0f} MB")
    return official.wall


def slow(scratch: Path, env: Mapping[str, str]) -> float:
    """Seconds that `--timeout 10` takes where each list is answered after 3 seconds."""
    with served(scratch, 100, "--delay", "3") as kubeconfig:
        there = {**env, "KUBECONFIG": str(kubeconfig)}
        taken = taken_by((ANYOPS, "incident", "analyze", "-A", "--timeout", "10"), scratch, there)
    print(f"  slow server, --timeout 10  {taken.wall:4.2f} s")
    return taken.wall


@contextmanager
def served(scratch: Path, pods: int, *options: str) -> Iterator[Path]:
    """A bench server of so many pods in a process of its own; gives its kubeconfig."""
    place = scratch / f"server-{pods}{''.join(options)}"
    place.mkdir()
    kubeconfig = place / "kubeconfig"
    command = [sys.executable, "-m", "fakes.kube.bench", str(place / "port"), "--pods", str(pods), "--ready"]
    server = subprocess.Popen(
        [*command, "--kubeconfig", str(kubeconfig), *options], cwd=TESTS, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        if server.stdout.readline().strip() != "ready":
            raise RuntimeError(f"the bench server ended with {server.wait()}")
        yield kubeconfig
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
