"""What logs say: of the program itself, of what it calls, of its database."""

from typing import Any

import pytest

from anyops.diagnose.finding import Found
from anyops.world.world import Log
from tests.unit.diagnose.test_rules_routing import caller, check, endpoints, service, var
from tests.unit.diagnose.worlds import findings, log, meta, pod, workload, world

Body = dict[str, Any]


def said(*lines: str, about: str = "Deployment/shop/front") -> Log:
    return log(about, "\n".join(lines))


def test_a_log_alone_is_read_for_what_explains_most() -> None:
    seen = world(
        logs=[
            said("ok", "SSL certificate expired for idp", "syntax error at or near SELECT", "ERROR odd", "ok")
        ]
    )
    found = findings(seen, "log.complaint")
    assert [(f.cause, f.severity) for f in found] == [
        ("certificate.expired", "medium"),
        ("application.error", "medium"),
    ]


def test_errors_of_a_healthy_program_are_worth_little() -> None:
    seen = world(workload(name="front"), pod("front-1"), logs=[said("ERROR could not read metadata", "ok")])
    assert {f.severity for f in findings(seen, "log.complaint")} == {"low"}


def test_errors_of_a_pod_that_is_not_ready_count() -> None:
    seen = world(pod("front-1", ready=False), logs=[said("ERROR cache is cold", about="Pod/shop/front-1")])
    assert [(f.severity, f.cause) for f in findings(seen, "log.complaint")] == [
        ("medium", "application.error")
    ]


def test_a_question_about_logs_makes_them_count() -> None:
    seen = world(workload(name="front"), logs=[said("duplicate key value")], question="show me the errors")
    assert [f.severity for f in findings(seen, "log.complaint")] == ["medium"]


def test_what_stopped_long_ago_is_history() -> None:
    seen = world(workload(name="front"), logs=[said("ERROR warming up", *["served"] * 40)])
    assert [f.state for f in findings(seen, "log.complaint")] == ["past"]


def test_a_log_that_is_fine_says_nothing() -> None:
    seen = world(logs=[said("started", "0 errors", "INFO error=null", "GET / 200")])
    assert not findings(seen, "log.complaint", "log.connection", "log.database")


REFUSED = "dial tcp 10.9.0.7:80: connect: connection refused"


def connections(*bodies: Body, lines: tuple[str, ...] = (REFUSED,), **more: Any) -> list[Found]:
    seen = world(*bodies, workload(name="front"), logs=[said(*lines)], listed=["Service"], **more)
    return findings(seen, "log.connection")


def test_a_refused_connection_is_tied_to_the_service_of_that_address() -> None:
    [found] = connections(service())
    assert (found.cause, found.fault and found.fault.name, found.state) == (
        "dependency.unavailable",
        "cart",
        "now",
    )
    assert found.ref.name == "front"


def test_a_connection_that_works_now_was_trouble_of_the_start() -> None:
    [found] = connections(service(), check("cart", 80, ok=True))
    assert found.state == "past"


def test_a_failing_check_points_at_its_service() -> None:
    seen = world(service(), endpoints(), check("cart", 80, ok=False))
    [found] = findings(seen, "connectivity.check")
    assert (found.ref.kind, found.ref.name, found.cause) == ("Service", "cart", "dependency.unavailable")


def test_a_name_that_no_service_has_although_its_workload_runs() -> None:
    [found] = connections(
        workload(name="cart"), lines=("dial tcp: lookup cart on 10.0.0.10:53: no such host",)
    )
    assert (found.cause, found.fault and found.fault.name) == ("service.dns_failure", "cart")


def test_a_setting_that_names_a_workload_without_service() -> None:
    seen = world(workload(name="cart"), caller(var("CART_ADDR", "cart:80")), listed=["Service"])
    [found] = findings(seen, "service.address")
    assert (found.cause, found.ref.name) == ("service.dns_failure", "cart")
    assert found.commands == ("kubectl -n shop expose deployment cart --port=80",)


def test_an_unknown_host_outside_the_cluster() -> None:
    [found] = connections(lines=("getaddrinfo ENOTFOUND files.example.com",))
    assert (found.cause, found.fault and found.fault.name) == ("service.dns_failure", "front")
    assert "files.example.com" in found.statement


@pytest.mark.parametrize(
    ("spec", "state"),
    [
        ({"dnsPolicy": "Default"}, "now"),
        ({"dnsPolicy": "ClusterFirst", "hostNetwork": True}, "risk"),
        ({"hostAliases": [{"ip": "10.1.1.1", "hostnames": ["cart"]}]}, "now"),
    ],
)
def test_pods_that_cannot_resolve_the_services_they_name(spec: Body, state: str) -> None:
    front = caller(var("CART_ADDR", "cart:80"))
    front["spec"]["template"]["spec"].update(spec)
    [found] = findings(world(service(), front), "pod.dns_settings")
    assert (found.cause, found.state) == ("service.dns_failure", state)


MYSQL = {"containers": [{"name": "db", "image": "mysql:8.4", "args": ["--max-connections=10"]}]}


def shop(*lines: str) -> list[Found]:
    seen = world(
        service("orders-db", None, {"port": 3306}),
        workload(name="orders-db", template=MYSQL),
        pod("orders-db-1", labels={"app": "orders-db"}),
        caller(var("DB_HOST", "orders-db"), var("DB_PORT", "3306")),
        logs=[said(*lines)],
        listed=["Service"],
    )
    return findings(seen, "log.database")


@pytest.mark.parametrize(
    ("line", "cause", "fault"),
    [
        ("SQLSTATE[08004] Too many connections", "database.connections_exhausted", "orders-db"),
        ("The MySQL server is running with the --read-only option", "database.read_only", "orders-db"),
        ("Access denied for user 'shop'@'10.0.0.3'", "database.credentials_invalid", "front"),
    ],
)
def test_a_database_that_refuses(line: str, cause: str, fault: str) -> None:
    [found] = shop(line)
    assert (found.cause, found.fault and found.fault.name, found.state) == (cause, fault, "now")


def test_a_small_limit_of_connections_is_cited() -> None:
    [found] = shop("Too many connections")
    quotes = [q.text for c in found.cites if (q := c.quote())]
    assert any("max-connections=10" in quote for quote in quotes)


def test_a_driver_that_cannot_connect_to_a_database_that_is_well() -> None:
    [found] = shop("com.mysql.cj.exceptions.CJCommunicationsException: Communications link failure")
    assert (found.cause, found.fault and found.fault.name) == ("database.port_wrong", "front")


def test_databases_configured_read_only_are_hygiene() -> None:
    body = workload(
        name="db", template={"containers": [{"name": "db", "image": "mysql:8", "args": ["--read-only=1"]}]}
    )
    assert [f.state for f in findings(world(body), "database.switch")] == ["risk"]
    config = {"kind": "ConfigMap", "metadata": meta("cnf"), "data": {"my.cnf": "[mysqld]\nread_only = 0\n"}}
    assert not findings(world(workload(name="db", template=MYSQL | {"args": []}), config), "database.nothing")
