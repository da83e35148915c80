import pytest

from tests.unit.diagnose.worlds import Body, findings, meta, owned, pod, workload, world

TIDY = {
    "name": "app",
    "image": "registry.example:5000/shop/cart:1.0",
    "resources": {"requests": {"cpu": "1"}, "limits": {"memory": "1Gi"}},
    "readinessProbe": {"tcpSocket": {"port": 80}},
    "livenessProbe": {"tcpSocket": {"port": 80}},
}


def _titles(container: Body, kind: str = "Deployment") -> list[str]:
    seen = world(workload(kind, replicas=2, template={"containers": [{**TIDY, **container}]}))
    return [f.title.removeprefix("Container: ") for f in findings(seen, "hygiene.")]


def test_a_tidy_workload_is_quiet() -> None:
    assert _titles({}) == []


@pytest.mark.parametrize(
    ("container", "title"),
    [
        ({"image": "nginx"}, "image tag is latest"),
        ({"image": "registry.example:5000/nginx:latest"}, "image tag is latest"),
        ({"resources": {"limits": {"cpu": "1"}}}, "no resource requests"),
        ({"resources": {"requests": {"cpu": "1"}}}, "no resource limits"),
        ({"readinessProbe": None}, "no readiness probe"),
        ({"livenessProbe": {}}, "no liveness probe"),
        ({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}, "A is set twice"),
    ],
)
def test_each_lack_is_named(container: Body, title: str) -> None:
    assert _titles(container) == [title]


def test_jobs_need_no_probes_and_a_digest_is_no_latest() -> None:
    assert _titles({"image": "nginx@sha256:00", "readinessProbe": None, "livenessProbe": None}, "Job") == []


def test_all_of_it_is_risk_and_owned_pods_are_not_told_again() -> None:
    seen = world(workload(), pod(ownerReferences=owned("ReplicaSet", "cart-1")))
    found = findings(seen, "hygiene.")
    assert {(f.state, f.ref.kind) for f in found} == {("risk", "Deployment")}


def test_a_table_proves_no_lack() -> None:
    assert findings(world(workload(), complete=False), "hygiene.") == []


def test_a_single_replica_matters_behind_a_service() -> None:
    service = {"kind": "Service", "metadata": meta("cart"), "spec": {"selector": {"app": "cart"}}}
    assert len(findings(world(workload(), service), "hygiene.single_replica")) == 1
    assert findings(world(workload(), listed=["Service"]), "hygiene.single_replica") == []


def _ingress(name: str, host: str, namespace: str = "shop") -> Body:
    rule = {"host": host, "http": {"paths": [{"path": "/"}]}}
    return {"kind": "Ingress", "metadata": meta(name, namespace), "spec": {"rules": [rule]}}


def test_a_host_that_two_ingresses_claim() -> None:
    seen = world(
        _ingress("a", "shop.example"), _ingress("b", "shop.example", "other"), _ingress("c", "x.example")
    )
    assert [f.ref.name for f in findings(seen, "hygiene.duplicate_host")] == ["b"]


def test_a_volume_for_one_that_two_mount() -> None:
    claim = {
        "kind": "PersistentVolumeClaim",
        "metadata": meta("data"),
        "spec": {"accessModes": ["ReadWriteOnce"]},
    }
    volumes = {"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]}
    assert len(findings(world(claim, workload(replicas=2, template=volumes)), "hygiene.shared_rwo")) == 1
    assert findings(world(claim, workload(replicas=1, template=volumes)), "hygiene.shared_rwo") == []


def test_a_removed_api_version_is_worse_where_the_cluster_is_past_it() -> None:
    cron = {"apiVersion": "batch/v1beta1", "kind": "CronJob", "metadata": meta("nightly")}
    node = {
        "kind": "Node",
        "metadata": meta("n", ""),
        "status": {"nodeInfo": {"kubeletVersion": "v1.31.2+k3s1"}},
    }
    [alone] = findings(world(cron), "manifest.")
    [past] = findings(world(cron, node), "manifest.")
    assert (alone.severity, past.severity, past.state) == ("low", "medium", "risk")
    assert "this cluster (1.31) does not serve" in past.detail
    assert "batch/v1" in past.fix
