"""Cluster DNS, Prometheus' configuration, Helm releases, managed clusters."""

from typing import Any

import pytest

from tests.unit.diagnose.worlds import Body, findings, log, meta, pod, workload, world

COREFILE = """.:53 {
    errors
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
    }
    forward . /etc/resolv.conf
    loop
}
"""


def _dns_pod(*, ready: bool) -> Body:
    return pod("coredns-1", "kube-system", ready=ready, labels={"k8s-app": "kube-dns"})


def _corefile(text: str) -> Body:
    return {"kind": "ConfigMap", "metadata": meta("coredns", "kube-system"), "data": {"Corefile": text}}


def test_a_dns_with_pods_and_a_good_corefile_is_quiet() -> None:
    coredns = workload(name="coredns", namespace="kube-system", replicas=2, ready=2)
    assert findings(world(coredns, _dns_pod(ready=True), _corefile(COREFILE)), "dns.") == []


def test_a_dns_without_ready_pods_is_critical() -> None:
    down = workload(name="coredns", namespace="kube-system", replicas=2, ready=0)
    [found] = findings(world(down), "dns.")
    assert (found.severity, found.cause) == ("critical", "dns.unavailable")
    [found] = findings(world(_dns_pod(ready=False)), "dns.")
    assert found.severity == "critical"


def test_a_dns_scaled_to_zero_is_scaled_up() -> None:
    [found] = findings(world(workload(name="coredns", namespace="kube-system", replicas=0, ready=0)), "dns.")
    assert found.commands == ("kubectl -n kube-system scale deployment/coredns --replicas=2",)


@pytest.mark.parametrize("text", [COREFILE.replace("}\n", "", 1), ".:53 {\n    forward . 1.1.1.1\n}\n"])
def test_a_broken_corefile_is_a_fault_once_the_pods_are_down(text: str) -> None:
    assert [f.state for f in findings(world(_corefile(text), _dns_pod(ready=True)), "dns.corefile")] == [
        "risk"
    ]
    assert [f.state for f in findings(world(_corefile(text), _dns_pod(ready=False)), "dns.corefile")] == [
        "now"
    ]


def test_a_forwarding_loop_is_told_by_the_log() -> None:
    loop = (
        "[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :1053) detected for zone '.', see https://coredns.io"
    )
    seen = world(_dns_pod(ready=False), logs=[log("Pod/kube-system/coredns-1", loop)])
    [found] = findings(seen, "dns.coredns_log")
    assert found.title == "CoreDNS forwards to itself"


CONFIG = """global:
  scrape_interval: 15s
scrape_configs:
  - job_name: node
    relabel_configs:
      - action: labelmap
        regex: __meta_(.+)
  - job_name: "api"
"""


def _prometheus(text: str) -> Body:
    return {"kind": "ConfigMap", "metadata": meta("prometheus", "mon"), "data": {"prometheus.yml": text}}


def test_a_good_prometheus_configuration_is_quiet() -> None:
    assert findings(world(_prometheus(CONFIG)), "prometheus.") == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("global:\n  scrape_interval: 15s\n", "no scrape configs"),
        ("", "it is empty"),
        (CONFIG.replace("    relabel", "\trelabel"), "tabs"),
        (CONFIG.replace('"api"', "node"), "job_name node is used 2 times"),
        (CONFIG.replace("labelmap", "mapping"), "relabel action mapping is unknown"),
        (CONFIG.replace("global:", "globals:"), "section globals is unknown"),
    ],
)
def test_what_prometheus_refuses_is_named(text: str, problem: str) -> None:
    titles = [f.title for f in findings(world(_prometheus(text)), "prometheus.config")]
    assert any(problem in title for title in titles)


def test_a_bad_configuration_is_a_fault_where_its_reader_is_down() -> None:
    volumes = {"volumes": [{"name": "c", "configMap": {"name": "prometheus"}}]}
    reader = pod("prometheus-0", "mon", ready=False, spec=volumes)
    found = findings(world(_prometheus(CONFIG.replace('"api"', "node")), reader), "prometheus.config")
    assert [(f.state, f.cause) for f in found] == [("now", "prometheus.config_invalid")]


def test_prometheus_own_words_count_until_it_loads() -> None:
    refusal = 'level=error msg="Error loading config (--config.file=/etc/p.yml)" err="yaml: line 3"'
    loaded = 'level=info msg="Completed loading of configuration file"'
    about = "Pod/mon/prometheus-0"
    assert len(findings(world(logs=[log(about, refusal)]), "prometheus.config_refused")) == 1
    assert findings(world(logs=[log(about, f"{refusal}\n{loaded}")]), "prometheus.config_refused") == []


def _release(status: str, **more: Any) -> Body:
    return {
        "apiVersion": "helm.sh/v3",
        "kind": "HelmRelease",
        "metadata": meta("shop"),
        "status": {"status": status, "revision": 7, **more},
    }


def test_helm_releases() -> None:
    assert findings(world(_release("deployed")), "helm.") == []
    [failed] = findings(world(_release("failed")), "helm.")
    assert (failed.cause, failed.commands[1]) == ("helm.release_failed", "helm -n shop rollback shop")
    [stuck] = findings(world(_release("pending-upgrade", updated="2026-11-20T09:00:00Z")), "helm.")
    assert (stuck.cause, stuck.severity) == ("helm.release_pending", "medium")
    [busy] = findings(world(_release("pending-upgrade", updated="2026-11-20T11:59:00Z")), "helm.")
    assert busy.severity == "low"


def test_the_clouds_health_issues_are_named() -> None:
    issue = {"code": "SubnetNotFound", "message": "subnet is gone", "resourceIds": ["subnet-1"]}
    body = {
        "kind": "CloudCluster",
        "metadata": meta("prod", ""),
        "spec": {"provider": "EKS", "part": "cluster"},
        "status": {"state": "ACTIVE", "issues": [issue]},
    }
    [found] = findings(world(body), "cloud.")
    assert (
        found.statement == "EKS cluster prod has the health issue SubnetNotFound: subnet is gone (subnet-1)"
    )
    healthy = {**body, "status": {"state": "ACTIVE", "issues": []}}
    assert findings(world(healthy), "cloud.") == []
