"""Ingress, Gateway API, Istio routes and load balancers."""

from typing import Any

import pytest

from tests.unit.diagnose.test_rules_routing import caller, service, var
from tests.unit.diagnose.worlds import condition, event, findings, meta, workload, world
from tests.unit.diagnose.worlds import pod as running

Body = dict[str, Any]


def ingress(name: str = "web", backend: str = "cart", port: Any = 80, **spec: Any) -> Body:
    key = "number" if isinstance(port, int) else "name"
    path = {"path": "/", "backend": {"service": {"name": backend, "port": {key: port}}}}
    rules = [{"host": "shop.example", "http": {"paths": [path]}}]
    spec = {"ingressClassName": "nginx", "rules": rules, **spec}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": meta(name),
        "spec": spec,
        "status": {},
    }


CLASS = {"kind": "IngressClass", "metadata": {"name": "nginx"}}


def test_an_ingress_that_is_right_says_nothing() -> None:
    seen = world(ingress(), CLASS, service(), listed=["IngressClass", "Service", "Secret"])
    assert not findings(seen, "ingress.")


def test_a_class_that_does_not_exist() -> None:
    wrong = ingress(ingressClassName="ngnix")
    [found] = findings(world(wrong, CLASS, listed=["IngressClass"]), "ingress.class")
    assert (found.cause, found.state, found.certainty) == ("ingress.class_missing", "now", "sure")
    assert "nginx" in found.statement
    [unseen] = findings(world(wrong, running()), "ingress.class")
    assert unseen.state == "risk"
    [alone] = findings(world(wrong), "ingress.class")
    assert (alone.state, alone.certainty) == ("now", "maybe")


@pytest.mark.parametrize("spec", [{"ingressClassName": "gce"}, {"ingressClassName": "nginx"}])
def test_classes_that_are_built_in_or_there(spec: Body) -> None:
    assert not findings(world(ingress(**spec), CLASS, listed=["IngressClass"]), "ingress.class")


def test_no_class_is_fine_where_one_is_the_default_or_somebody_serves_it() -> None:
    bare = ingress(ingressClassName=None)
    [found] = findings(world(bare, CLASS, listed=["IngressClass"]), "ingress.class")
    assert found.state == "now"
    default = {
        "kind": "IngressClass",
        "metadata": {"name": "x", "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}},
    }
    assert not findings(world(bare, default, listed=["IngressClass"]), "ingress.class")
    served = {**bare, "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}
    assert not findings(world(served, CLASS, listed=["IngressClass"]), "ingress.class")


def test_backends_whose_service_or_port_is_missing() -> None:
    [missing] = findings(world(ingress(backend="carts"), service(), listed=["Service"]), "ingress.backend")
    assert (missing.cause, missing.state) == ("ingress.backend_missing", "now")
    assert "cart exists" in missing.statement
    [port] = findings(world(ingress(port=81), service()), "ingress.backend")
    assert "no port 81" in port.statement
    default = ingress(rules=[], defaultBackend={"service": {"name": "gone", "port": {"number": 80}}})
    assert [f.state for f in findings(world(default), "ingress.backend")] == ["risk"]


def test_a_tls_secret_that_is_missing_and_one_without_a_name() -> None:
    seen = world(ingress(tls=[{"secretName": "shop-tls"}, {"hosts": ["x"]}]), listed=["Secret"])
    [found] = findings(seen, "ingress.tls_secret")
    assert (found.cause, found.state) == ("ingress.tls_secret_missing", "now")


def test_two_ingresses_of_one_class_with_the_same_path() -> None:
    seen = world(ingress("a"), ingress("b"), service())
    assert [f.ref.name for f in findings(seen, "ingress.duplicate")] == ["b"]


def gateway(*conditions: Body, namespace: str = "shop", origin: Body | None = None) -> Body:
    listener = {"name": "web", "port": 80, "protocol": "HTTP"}
    if origin:
        listener["allowedRoutes"] = {"namespaces": origin}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": meta("edge", namespace),
        "spec": {"gatewayClassName": "fast", "listeners": [listener]},
        "status": {"conditions": list(conditions)},
    }


def route(
    backend: str = "cart", port: int | None = 80, gateway_namespace: str = "shop", **reference: Any
) -> Body:
    target = {"name": backend, **({"port": port} if port else {}), **reference}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": meta("cart"),
        "spec": {
            "parentRefs": [{"name": "edge", "namespace": gateway_namespace}],
            "rules": [{"backendRefs": [target]}],
        },
    }


GATEWAY_CLASS = {"kind": "GatewayClass", "metadata": {"name": "fast"}, "spec": {"controllerName": "x/y"}}
OK = condition("Accepted", "True")


def test_a_gateway_that_is_not_programmed_says_why() -> None:
    bad = condition("Programmed", "False", "AddressNotAssigned", "No addresses have been assigned")
    [found] = findings(world(gateway(OK, bad), GATEWAY_CLASS), "gateway.accepted")
    assert (found.cause, found.certainty) == ("gateway.not_accepted", "sure")
    assert "No addresses" in found.statement
    assert not findings(world(gateway(OK), GATEWAY_CLASS), "gateway.accepted")


def test_a_gateway_class_that_is_missing_or_not_accepted() -> None:
    [missing] = findings(world(gateway(OK), listed=["GatewayClass"]), "gateway.accepted")
    assert missing.state == "now"
    refused = {**GATEWAY_CLASS, "status": {"conditions": [condition("Accepted", "False", "Invalid")]}}
    assert [f.cause for f in findings(world(refused), "gatewayclass.accepted")] == ["gateway.not_accepted"]


def test_routes_of_another_namespace_need_to_be_admitted() -> None:
    route_ = route(gateway_namespace="infra")
    [same] = findings(world(gateway(OK, namespace="infra"), route_), "route.parent")
    assert (same.cause, same.state) == ("gateway.not_accepted", "now")
    selector = {"from": "Selector", "selector": {"matchLabels": {"expose": "yes"}}}
    namespace = {"kind": "Namespace", "metadata": {"name": "shop", "labels": {"expose": "yes"}}}
    chosen = gateway(OK, namespace="infra", origin=selector)
    assert not findings(world(chosen, route_, namespace), "route.parent")
    namespace["metadata"]["labels"] = {"expose": "no"}
    assert findings(world(chosen, route_, namespace), "route.parent")


def test_route_backends_and_grants() -> None:
    assert not findings(world(gateway(OK), route(port=None), service()), "route.")
    [missing] = findings(world(gateway(OK), route("gone"), service(), listed=["Service"]), "route.backend")
    assert (missing.cause, missing.state) == ("gateway.misrouted", "now")
    foreign = {**service(), "metadata": meta("cart", "pay")}
    seen = world(gateway(OK), route(namespace="pay"), foreign, listed=["ReferenceGrant"])
    [ungranted] = findings(seen, "route.backend")
    assert "ReferenceGrant" in ungranted.statement
    grant = {
        "kind": "ReferenceGrant",
        "metadata": meta("g", "pay"),
        "spec": {"from": [{"kind": "HTTPRoute", "namespace": "shop"}], "to": [{"kind": "Service"}]},
    }
    seen = world(gateway(OK), route(namespace="pay"), foreign, grant, listed=["ReferenceGrant"])
    assert not findings(seen, "route.backend")


def virtual(host: str, name: str = "cart", **destination: Any) -> Body:
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": meta(name),
        "spec": {"hosts": ["*"], "http": [{"route": [{"destination": {"host": host, **destination}}]}]},
    }


def test_virtual_services_that_lead_nowhere_or_elsewhere() -> None:
    both = (service(), service("orders"))
    assert not findings(world(*both, virtual("cart.shop.svc.cluster.local")), "virtualservice.")
    [missing] = findings(world(*both, virtual("cartt"), listed=["Service"]), "virtualservice.")
    assert (missing.cause, missing.state) == ("gateway.misrouted", "now")
    [other] = findings(world(*both, virtual("orders")), "virtualservice.")
    assert "leads to orders" in other.statement
    [port] = findings(world(*both, virtual("cart", port={"number": 99})), "virtualservice.")
    assert "no port 99" in port.statement


def test_a_subset_that_no_destination_rule_defines() -> None:
    rule_ = {
        "apiVersion": "networking.istio.io/v1",
        "kind": "DestinationRule",
        "metadata": meta("cart"),
        "spec": {"host": "cart", "subsets": [{"name": "v1", "labels": {"version": "v1"}}]},
    }
    assert not findings(world(service(), rule_, virtual("cart", subset="v1")), "virtualservice.")
    [found] = findings(world(service(), rule_, virtual("cart", subset="v2")), "virtualservice.")
    assert "v2" in found.statement


def test_a_load_balancer_that_waits() -> None:
    young = service(type="LoadBalancer")
    young["status"] = {"loadBalancer": {}}
    young["metadata"]["creationTimestamp"] = "2026-11-20T11:59:00Z"
    assert not findings(world(young), "loadbalancer.")
    old = {**young, "metadata": {**young["metadata"], "creationTimestamp": "2026-11-20T08:00:00Z"}}
    assert [f.cause for f in findings(world(old), "loadbalancer.")] == ["loadbalancer.pending"]
    refused = event("Service/shop/cart", "SyncLoadBalancerFailed", "quota of addresses is used up")
    [found] = findings(world(young, events=[refused]), "loadbalancer.")
    assert "quota of addresses" in found.statement


def test_a_service_that_selects_another_workload_than_its_name_says() -> None:
    shop = (workload(name="cart"), workload(name="front"), service("cart"), service("front"))
    wrong = service("front-external", {"app": "cart"}, type="NodePort")
    [found] = findings(world(*shop, wrong), "service.misdirected")
    assert (found.cause, found.ref.name) == ("gateway.misrouted", "front-external")
    assert not findings(world(*shop, service("front-external", {"app": "front"})), "service.misdirected")


def test_a_setting_that_names_another_service_than_it_is_called_after() -> None:
    shop = (service("cart"), service("orders"))
    wrong = caller(var("CART_SERVICE_ADDR", "orders:80"))
    [alone] = findings(world(*shop, wrong), "setting.misdirected")
    assert alone.state == "risk"
    right = caller(var("CART_SERVICE_ADDR", "cart:80"), name="back")
    [known] = findings(world(*shop, wrong, right), "setting.misdirected")
    assert (known.state, known.cause, known.ref.name) == ("now", "service.address_wrong", "front")
