"""Hosts and ports that manifests call and serve."""

import pytest

from tests.unit.diagnose.manifests import config_map, container, deployment, pod, shell
from tests.unit.diagnose.worlds import findings, meta, world

FOREVER = "; while true; do sleep 9; done"


def service(name="billing", port=8080, **spec):
    return {"kind": "Service", "metadata": meta(name), "spec": {"ports": [{"port": port, **spec}]}}


@pytest.mark.parametrize(
    ("script", "state", "says"),
    [
        ("curl -s http://biling:8080/health", "now", "meant is probably billing"),
        ("curl -s http://billing:8080/health", None, ""),
        ("curl -s http://billing:9090/health", "now", "has only 8080"),
        ("curl -s http://billing/health", "now", "at port 80"),
        ("until nc -z ledger 5432; do sleep 1; done", "risk", "no service is called ledger"),
        ("psql -h bililng -U x", "now", "billing"),
        ("curl http://$HOST:80/; echo http://other:1", None, ""),
        ("curl https://api.partner.example/x", None, ""),
        ("curl https://raw.githubusercontent.con/x", "now", "raw.githubusercontent.com"),
        ("curl https://raw.githubusercontnet.com/x", "now", "githubusercontent.com"),
        ("curl http://billing.shop.svc.cluster.locl:8080", "now", "billing.shop.svc.cluster.local"),
        ("curl http://localhost:9000 http://10.1.2.3:80", None, ""),
    ],
)
def test_hosts_that_a_command_calls(script, state, says):
    found = findings(world(deployment(shell(script + FOREVER, "shop/tools")), service()), "command.address")
    assert [f.state for f in found] == ([state] if state else [])
    if state:
        assert says in found[0].statement


def test_without_any_service_in_the_folder_nothing_is_known_of_hosts():
    assert not findings(world(deployment(shell("curl http://ledger" + FOREVER, "shop/x"))), "command.address")


def test_settings_are_held_against_the_folder():
    made = deployment(container("shop/own", env=[{"name": "API_URL", "value": "http://nowhere:5000/"}]))
    found = findings(world(made, service()), "service.address")
    assert [(f.state, "nowhere" in f.detail) for f in found] == [("risk", True)]


def test_localhost_is_the_pod_itself():
    made = container("shop/own", env=[{"name": "CACHE", "value": "redis://localhost:6379"}])
    found = findings(world(deployment(made), service("cache", 6379)), "setting.localhost")
    assert "cache:6379" in found[0].fix
    beside = {**container("redis:7"), "name": "cache", "ports": [{"containerPort": 6379}]}
    assert not findings(world(deployment(made, beside), service("cache", 6379)), "setting.localhost")
    assert not findings(world(deployment(made)), "setting.localhost")


def probed(image, port, **more):
    return container(image, readinessProbe={"httpGet": {"path": "/", "port": port}}, **more)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (probed("nginx:1.27", 8080), True),
        (probed("nginx:1.27", 8080, ports=[{"containerPort": 8080}]), True),
        (probed("nginx:1.27", 80), False),
        (probed("nginxinc/nginx-unprivileged", 8080), False),
        (probed("shop/own", 8080), False),
        (probed("grafana/grafana:11", 80), True),
        (probed("grafana/grafana:11", 80, env=[{"name": "GF_SERVER_HTTP_PORT", "value": "80"}]), False),
        (probed("python:3.12", 8080, command=["python", "-m", "http.server", "9000"]), True),
        (probed("python:3.12", 8000, command=["python3", "-m", "http.server"]), False),
        (probed("nginx", 8080, command=["sh", "-c", "own-start"]), False),
    ],
)
def test_probes_of_ports_that_a_known_program_does_not_serve(made, told):
    for owner in (deployment(made), pod(made)):
        found = findings(world(owner), "port.served")
        assert [f.cause for f in found] == (["probe.readiness_port"] if told else [])


def test_nginx_listens_where_its_mounted_configuration_says():
    made = probed("nginx", 80, volumeMounts=[{"name": "conf", "mountPath": "/etc/nginx/conf.d"}])
    owner = deployment(made, volumes=[{"name": "conf", "configMap": {"name": "settings"}}])
    conf = config_map(**{"default.conf": "server {\n  # listen 80;\n  listen 8081;\n}\n"})
    assert "8081" in findings(world(owner, conf), "port.served")[0].statement
    right = config_map(**{"default.conf": "server {\n  listen [::]:80 default_server;\n}\n"})
    assert not findings(world(owner, right), "port.served")
    assert not findings(world(owner), "port.served")


@pytest.mark.parametrize(
    ("port", "told"),
    [({"port": 80}, False), ({"port": 80, "targetPort": 8080}, True), ({"port": 8080}, True),
     ({"port": 8080, "targetPort": "web"}, False), ({"port": 53, "protocol": "UDP"}, False)],
)  # fmt: skip
def test_services_that_lead_to_a_port_which_is_not_served(port, told):
    owner = deployment(container("nginx:1.27", ports=[{"containerPort": 80, "name": "web"}]))
    front = {
        "kind": "Service",
        "metadata": meta("front"),
        "spec": {"selector": {"app": "cart"}, "ports": [port]},
    }
    found = findings(world(owner, front), "port.served")
    assert [f.cause for f in found] == (["service.port_mismatch"] if told else [])
