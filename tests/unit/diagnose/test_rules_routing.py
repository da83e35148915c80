"""Service → pods, ports and the addresses in settings."""

from typing import Any

from anyops.diagnose.finding import Found
from anyops.diagnose.rules.service_addresses import check_addresses
from anyops.diagnose.rules.service_ports import check_service_ports
from anyops.diagnose.rules.service_selector import check_services
from anyops.world.world import World
from tests.unit.diagnose.worlds import log, meta, pod, resource, workload, world

Body = dict[str, Any]


def service(name: str = "cart", selector: Body | None = None, *ports: Body, **spec: Any) -> Body:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": meta(name),
        "spec": {
            "type": "ClusterIP",
            "clusterIP": "10.9.0.7",
            "selector": {"app": name} if selector is None else selector,
            "ports": list(ports) or [{"port": 80, "targetPort": 8080, "protocol": "TCP"}],
            **spec,
        },
    }


def endpoints(name: str = "cart", *subsets: Body) -> Body:
    return {"apiVersion": "v1", "kind": "Endpoints", "metadata": meta(name), "subsets": list(subsets)}


def check(host: str, port: int, *, ok: bool) -> Body:
    return {
        "apiVersion": "anyops/v1",
        "kind": "Connectivity",
        "metadata": meta(f"{host}:{port}"),
        "spec": {"host": host, "port": port},
        "status": {"ok": ok, "message": "open" if ok else "Connection refused"},
    }


def serving(name: str = "cart", port: int = 8080, **more: Any) -> Body:
    container = {"name": "app", "ports": [{"containerPort": port, "protocol": "TCP"}], **more}
    return pod(f"{name}-1", labels={"app": name}, spec={"containers": [container]})


def selector(*bodies: Body, **more: Any) -> list[Found]:
    return list(check_services(world(*bodies, **more)))


def ports(w: World) -> list[Found]:
    return list(check_service_ports(w))


def addresses(w: World) -> list[Found]:
    return list(check_addresses(w))


def test_a_selector_that_differs_from_the_pods_is_named_with_both_values() -> None:
    found = selector(service(selector={"app": "cart_service"}), endpoints(), pod(labels={"app": "cart"}))
    assert [f.cause for f in found] == ["service.selector_mismatch"]
    assert found[0].certainty == "sure"
    assert "app=cart_service" in found[0].statement
    assert "app=cart" in found[0].statement
    assert found[0].commands == (
        'kubectl -n shop patch service cart --type=merge -p \'{"spec":{"selector":{"app":"cart"}}}\'',
    )


def test_the_same_value_under_another_key_is_the_pod_that_was_meant() -> None:
    found = selector(
        service("api", {"app": "api"}), pod("api-1", labels={"app.kubernetes.io/name": "api"}), listed=["Pod"]
    )
    assert [f.cause for f in found] == ["service.selector_mismatch"]


def test_endpoints_that_are_filled_say_that_the_selector_is_right() -> None:
    filled = endpoints("cart", {"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 8080}]})
    assert not selector(service(selector={"app": "other"}), filled, pod(labels={"app": "cart"}))


def test_unready_pods_are_a_symptom_and_no_cause() -> None:
    found = selector(service(), endpoints(), pod(labels={"app": "cart"}, ready=False))
    assert [(f.cause, f.state) for f in found] == [(None, "now")]
    assert "0 " not in found[0].title


def test_services_without_selector_headless_and_leader_locks_are_normal() -> None:
    lock = endpoints("lock")
    lock["metadata"]["annotations"] = {"control-plane.alpha.kubernetes.io/leader": "{}"}
    assert not selector(service("external", {}), endpoints("external"))
    assert not selector(service("name", {"app": "x"}, type="ExternalName"), endpoints("name"))
    assert not selector(service("lock", {"app": "x"}), lock)


def test_a_service_nobody_stands_behind_is_only_hygiene_until_somebody_calls_it() -> None:
    lonely = selector(service(selector={"app": "zz-old"}), endpoints())
    assert [(f.state, f.severity) for f in lonely] == [("risk", "low")]
    called = selector(service(selector={"app": "zz-old"}), endpoints(), check("cart", 80, ok=False))
    assert [(f.state, f.cause) for f in called] == [("now", "service.selector_mismatch")]


def test_a_green_service_without_pods_beside_a_served_blue_one_is_no_incident() -> None:
    blue = service("web-blue", {"app": "web", "color": "blue"})
    green = service("web-green", {"app": "web", "color": "green"})
    found = selector(blue, green, pod("web-1", labels={"app": "web", "color": "blue"}), listed=["Pod"])
    assert not [f for f in found if f.state == "now"]


def test_a_target_port_that_no_pod_has_and_a_failing_connection() -> None:
    wrong = service("cart", None, {"port": 80, "targetPort": 8090})
    found = ports(world(wrong, serving(), check("cart", 80, ok=False)))
    assert [(f.cause, f.certainty) for f in found] == [("service.port_mismatch", "sure")]
    assert "8090" in found[0].statement
    assert "8080" in found[0].statement
    assert '"path":"/spec/ports/0/targetPort","value":8080' in found[0].commands[0]


def test_a_named_target_port_that_no_container_names() -> None:
    named = service("cart", None, {"port": 80, "targetPort": "web"})
    assert [f.cause for f in ports(world(named, serving()))] == ["service.port_mismatch"]


def test_a_port_outside_the_declared_ones_that_answers_is_fine() -> None:
    wrong = service("cart", None, {"port": 80, "targetPort": 8090})
    assert not ports(world(wrong, serving(), check("cart", 80, ok=True)))
    assert not ports(world(wrong, serving(env=[{"name": "PORT", "value": "8090"}])))


def test_a_table_that_leaves_the_target_port_out_says_nothing() -> None:
    table = service("cart", None, {"port": 80, "protocol": "TCP"})
    assert not ports(world(table, serving(), complete=False))


def test_a_port_of_another_protocol() -> None:
    udp = service("cart", None, {"port": 80, "targetPort": 8080, "protocol": "UDP"})
    found = ports(world(udp, serving(env=[{"name": "PORT", "value": "8080"}])))
    assert [(f.cause, f.certainty) for f in found] == [("service.protocol_mismatch", "sure")]
    assert "80/UDP" in found[0].statement


def caller(*env: Body, name: str = "front") -> Body:
    container = {"name": "app", "env": list(env)}
    return workload(name=name, template={"containers": [container]})


def var(name: str, value: str) -> Body:
    return {"name": name, "value": value}


def test_a_setting_with_a_port_that_the_service_does_not_have() -> None:
    found = addresses(world(service(), caller(var("CART_ADDR", "cart:81")), listed=["Service"]))
    assert [(f.cause, f.certainty, f.ref.name) for f in found] == [("service.address_wrong", "sure", "front")]
    assert found[0].commands == ("kubectl -n shop set env deployment/front CART_ADDR=cart:80",)


def test_a_host_close_to_a_service_and_named_right_elsewhere() -> None:
    w = world(
        service("catalog"),
        caller(var("CATALOG_ADDR", "catalog-old:80")),
        caller(var("CATALOG_ADDR", "catalog:80"), name="recommend"),
        listed=["Service"],
    )
    found = addresses(w)
    assert [(f.cause, f.state, f.ref.name) for f in found] == [("service.address_wrong", "now", "front")]
    assert "catalog-old" in found[0].statement


def test_a_host_that_is_no_service_and_troubles_nobody_is_hygiene() -> None:
    w = world(service(), caller(var("ASSISTANT_ADDR", "assistant:80")), listed=["Service"])
    assert [f.state for f in addresses(w)] == ["risk"]


def test_foreign_hosts_and_unlisted_services_say_nothing() -> None:
    foreign = caller(var("API_URL", "https://api.example.com"), var("IP", "10.1.2.3:80"))
    assert not addresses(world(service(), foreign, listed=["Service"]))
    assert not addresses(world(service(), caller(var("OTHER_ADDR", "other:80"))))


def test_a_database_port_in_a_variable_of_its_own() -> None:
    database = service("orders-mysql", None, {"port": 3306})
    asks = caller(var("MYSQL_HOST", "orders-mysql"), var("MYSQL_PORT", "3307"))
    found = addresses(world(database, asks, listed=["Service"]))
    assert [(f.cause, f.ref.name) for f in found] == [("database.port_wrong", "front")]
    assert found[0].commands == ("kubectl -n shop set env deployment/front MYSQL_PORT=3306",)


def test_a_log_that_names_the_host_makes_it_sure() -> None:
    w = world(
        service(),
        caller(var("REDIS_ADDR", "redis:6379")),
        listed=["Service"],
        logs=[log("Deployment/shop/front", "UnableToConnect on redis:6379/Interactive, last: NONE")],
    )
    assert [(f.certainty, f.state) for f in addresses(w)] == [("sure", "now")]


def test_a_described_pod_keeps_its_port_names_to_itself_and_its_workload_tells_them() -> None:
    named = service("cart", None, {"port": 80, "targetPort": "web"})
    described = resource(serving(), complete=False)
    assert not ports(world(named, described))
    container = {"name": "app", "ports": [{"containerPort": 8080, "name": "http"}]}
    whole = workload(name="cart", template={"containers": [container]})
    assert [f.cause for f in ports(world(named, described, whole))] == ["service.port_mismatch"]
    assert [f.cause for f in ports(world(named, described, check("cart", 80, ok=False)))] == [
        "service.port_mismatch"
    ]
