"""A healthy cluster, dumped by someone who was worried: nothing in it may count as trouble of now.

`tests/fixtures/stock-cluster` has the public shapes of kubeadm's add-ons, Calico, kube-prometheus-stack,
Argo CD, cert-manager, ingress-nginx and metrics-server, and beside them all that looks like trouble and
is none: a tainted control plane and a cordoned node, Watchdog firing, an autoscaler at its minimum,
suspended and completed jobs, one retry that failed, a budget that allows no disruption, default-deny
policies, services without selector or pods, a claim that waits for its first consumer, workloads and old
ReplicaSets at zero, an evicted pod long replaced, a container killed for memory days ago, and warnings
of starts that went well.
"""

from pathlib import Path

import pytest

from anyops.diagnose.engine import analyze
from anyops.sources.files import read
from anyops.world.report import Finding, Report

FOLDER = Path(__file__).parents[1] / "fixtures" / "stock-cluster"
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file())


def _analyze(*paths: Path) -> Report:
    return analyze(read([str(path) for path in paths]))


def _alarms(report: Report) -> list[Finding]:
    return [f for f in report.findings if f.state == "now" and f.severity != "low"]


def test_the_whole_dump_is_healthy() -> None:
    report = _analyze(FOLDER)
    assert _alarms(report) == []
    assert report.causes == []
    assert report.verdict == "healthy"
    assert report.healthy.checked > 300
    assert any("cart" in recovered for recovered in report.healthy.recovered)


def test_what_tables_and_descriptions_tell_is_healthy_too() -> None:
    texts = [path for path in FILES if path.suffix in (".txt", ".log")]
    assert _alarms(_analyze(*texts)) == []


_ALARMING = "describe-pod-cart.txt"
"""Killed for memory: alone it does not say that this was days ago."""


@pytest.mark.parametrize("path", [p for p in FILES if p.name != _ALARMING], ids=lambda path: path.name)
def test_a_single_file_raises_no_alarm_for_what_it_does_not_show(path: Path) -> None:
    assert _alarms(_analyze(path)) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_that_is_missing_raises_no_alarm(path: Path) -> None:
    assert _alarms(_analyze(*(other for other in FILES if other != path))) == []
