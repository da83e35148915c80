from typing import Any

import pytest

from anyops.diagnose.reach import Peer, Port, blocked_by
from tests.unit.diagnose.worlds import Body, findings, log, meta, pod, workload, world


def policy(name: str, namespace: str = "shop", *, pods: Body | None = None, **spec: Any) -> Body:
    selector = {"matchLabels": pods} if pods else {}
    return {
        "kind": "NetworkPolicy",
        "metadata": meta(name, namespace),
        "spec": {"podSelector": selector, **spec},
    }


WEB, CART = Peer("shop", {"app": "web"}), Peer("shop", {"app": "cart"}, ("10.1.2.3",), {"http": 8080})
OTHER = Peer("ops", {"app": "web"})
HTTP = Port(8080)
NAMESPACES = [{"kind": "Namespace", "metadata": meta(n, "", labels={"team": n})} for n in ("shop", "ops")]


def _blocked(*policies: Body, source: Peer = WEB, target: Peer = CART, port: Port = HTTP) -> list[str]:
    return [p.name for p in blocked_by(world(*policies, *NAMESPACES), source, target, port)]


def test_without_policies_everything_may_talk() -> None:
    assert _blocked() == []


def test_default_deny_blocks_and_an_allowing_policy_beside_it_opens() -> None:
    deny = policy("deny", policyTypes=["Ingress"])
    allow = policy(
        "allow", pods={"app": "cart"}, ingress=[{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}]}]
    )
    assert _blocked(deny) == ["deny"]
    assert _blocked(deny, allow) == []
    assert set(_blocked(deny, allow, source=OTHER)) == {"deny", "allow"}


@pytest.mark.parametrize(
    ("entry", "opens"),
    [
        ({"port": 8080}, True),
        ({"port": 80}, False),
        ({"port": 8000, "endPort": 8100}, True),
        ({"port": "http"}, True),
        ({"protocol": "UDP", "port": 8080}, False),
        ({"protocol": "TCP"}, True),
    ],
)
def test_ports_by_number_range_name_and_protocol(entry: Body, opens: bool) -> None:
    allow = policy("allow", pods={"app": "cart"}, ingress=[{"ports": [entry]}])
    assert (_blocked(allow) == []) is opens


@pytest.mark.parametrize(
    ("peer", "opens"),
    [
        ({"namespaceSelector": {}}, True),
        ({"namespaceSelector": {"matchLabels": {"team": "ops"}}}, True),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}}, False),
        (
            {"namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "In", "values": ["x"]}]}},
            False,
        ),
        ({"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "db"}}}, False),
        ({"podSelector": {}}, False),
    ],
)
def test_namespaces_are_selected_by_their_own_labels(peer: Body, opens: bool) -> None:
    allow = policy("allow", pods={"app": "cart"}, ingress=[{"from": [peer]}])
    assert (_blocked(allow, source=OTHER) == []) is opens


def test_address_blocks_count_where_addresses_are_known() -> None:
    narrow = policy(
        "narrow",
        pods={"app": "web"},
        policyTypes=["Egress"],
        egress=[{"to": [{"ipBlock": {"cidr": "10.9.0.0/16"}}]}],
    )
    wide = policy(
        "wide",
        pods={"app": "web"},
        policyTypes=["Egress"],
        egress=[{"to": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.9.0.0/16"]}}]}],
    )
    assert _blocked(narrow) == ["narrow"]
    assert _blocked(wide) == []


DENY_EGRESS = policy("default-deny-egress", policyTypes=["Egress"], egress=[])
ALLOW_DNS = policy(
    "allow-dns",
    policyTypes=["Egress"],
    egress=[
        {
            "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
            "ports": [{"protocol": "UDP", "port": 53}],
        }
    ],
)


def test_blocked_dns_is_a_fault_where_names_fail() -> None:
    failing = log("Pod/shop/cart-0", "ping: mail: Temporary failure in name resolution")
    [found] = findings(world(DENY_EGRESS, pod(), logs=[failing]), "network_policy.dns_blocked")
    assert (found.cause, found.state, found.certainty) == ("network.dns_blocked", "now", "sure")
    assert "default-deny-egress" in found.statement
    asked = world(DENY_EGRESS, pod(), question="why can cart-0 not resolve names?")
    assert [f.state for f in findings(asked, "network_policy.dns_blocked")] == ["now"]


def test_blocked_dns_of_pods_that_need_no_names_is_only_a_risk() -> None:
    assert [f.state for f in findings(world(DENY_EGRESS, pod()), "network_policy.dns_blocked")] == ["risk"]


def test_a_policy_that_opens_dns_lifts_the_default_deny() -> None:
    assert findings(world(DENY_EGRESS, ALLOW_DNS, pod()), "network_policy.dns_blocked") == []
    only_ingress = policy("deny", policyTypes=["Ingress"])
    assert findings(world(only_ingress, pod()), "network_policy.dns_blocked") == []


def _shop(*more: Body, ready: bool = True) -> list[Body]:
    env = [{"name": "CART", "value": "http://cart:80"}]
    web = workload(name="web", template={"containers": [{"name": "web", "env": env}]})
    caller = pod("web-0", ready=ready, labels={"app": "web"}, owner=("Deployment", "web"))
    service = {
        "kind": "Service",
        "metadata": meta("cart"),
        "spec": {"selector": {"app": "cart"}, "ports": [{"port": 80, "targetPort": 8080}]},
    }
    return [web, caller, workload(), pod("cart-0", labels={"app": "cart"}), service, *more]


def test_a_call_that_a_policy_stops_is_a_fault_once_the_caller_times_out() -> None:
    deny = policy("deny", pods={"app": "cart"}, policyTypes=["Ingress"])
    [quiet] = findings(world(*_shop(deny)), "network_policy.flow_blocked")
    assert quiet.state == "risk"
    timeout = log("Pod/shop/web-0", "dial tcp cart:80: i/o timeout")
    [found] = findings(world(*_shop(deny), logs=[timeout]), "network_policy.flow_blocked")
    assert (found.state, found.cause) == ("now", "network.policy_blocks")
    assert "stops web from reaching cart on port 8080" in found.statement


def test_flannel_alone_enforces_nothing() -> None:
    deny = policy("deny", pods={"app": "cart"}, policyTypes=["Ingress"])
    flannel = workload("DaemonSet", "kube-flannel-ds", "kube-flannel")
    found = findings(world(*_shop(deny, flannel, ready=False)), "network_policy.flow_blocked")
    assert [f.state for f in found] == ["risk"]


def test_a_policy_for_nobody_and_a_selector_of_expressions() -> None:
    nobody = policy("nobody", pods={"app": "gone"})
    expressions = {"matchExpressions": [{"key": "app", "operator": "In", "values": ["cart"]}]}
    some = {"kind": "NetworkPolicy", "metadata": meta("some"), "spec": {"podSelector": expressions}}
    found = findings(world(nobody, some, pod(labels={"app": "cart"})), "network_policy.selects_nothing")
    assert [f.ref.name for f in found] == ["nobody"]


def test_default_deny_is_not_mistaken_for_allow_all() -> None:
    deny, opened = policy("deny", policyTypes=["Ingress"]), policy("open", ingress=[{}])
    assert "denies all ingress" in findings(world(deny), "network_policy.all_pods")[0].title
    assert "allows all ingress" in findings(world(opened), "network_policy.all_pods")[0].title
    allow = policy("allow", pods={"app": "cart"}, ingress=[{"ports": [{"port": 80}]}])
    opened_pod, other_pod = pod(labels={"app": "cart"}), pod("x", labels={"app": "x"})
    assert findings(world(deny, allow, opened_pod), "network_policy.all_pods") == []
    assert len(findings(world(deny, allow, opened_pod, other_pod), "network_policy.all_pods")) == 1
