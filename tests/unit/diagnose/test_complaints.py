"""What programs say when they fail, and the addresses that they name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyops.diagnose.addresses import Address, in_message, in_setting
from anyops.diagnose.complaints import complaint_of


@pytest.mark.parametrize(
    ("line", "id_"),
    [
        ("FATAL: sorry, too many clients already", "database.connections"),
        (
            "HikariPool-1 - Connection is not available, request timed out after 30000ms",
            "database.connections",
        ),
        ("ERROR 1290: The MySQL server is running with the --read-only option", "database.read_only"),
        ("ERROR: cannot execute INSERT in a read-only transaction", "database.read_only"),
        ("READONLY You can't write against a read only replica.", "database.read_only"),
        ("Access denied for user 'shop'@'10.0.0.8' (using password: YES)", "database.credentials"),
        ('FATAL: password authentication failed for user "shop"', "database.credentials"),
        ("listen tcp :8080: bind: address already in use", "port.in_use"),
        ("java.net.BindException: Address already in use", "port.in_use"),
        ("DEPLOY_ENV is not set", "env.missing"),
        ("Could not resolve placeholder 'mail.host' in value", "env.missing"),
        ("tls: failed to verify certificate: x509: certificate has expired", "certificate.expired"),
        ("x509: certificate signed by unknown authority", "certificate.untrusted"),
        ("dial tcp: lookup cart on 10.0.0.10:53: no such host", "dns.unresolved"),
        ("getaddrinfo EAI_AGAIN cart", "dns.unresolved"),
        ("dial tcp 10.0.0.1:80: connect: connection refused", "network.refused"),
        ("dial tcp 10.0.0.1:80: i/o timeout", "network.timeout"),
        ("Communications link failure", "network.failed"),
        ("java.lang.OutOfMemoryError: Java heap space", "memory.exhausted"),
        ("sh: 1: wge: not found", "command.missing"),
        ("ModuleNotFoundError: No module named 'yaml'", "module.missing"),
        ("open /data/x: permission denied", "file.denied"),
        ('ERROR: relation "orders" does not exist', "migration.failed"),
        ("You have an error in your SQL syntax; check the manual", "sql.syntax"),
        ('duplicate key value violates unique constraint "users_pk"', "sql.unique"),
        ("Slow query detected: 4.2s", "sql.slow"),
        ("panic: runtime error: index out of range [3]", "exception"),
        ("2026-11-20 ERROR worker failed", "error"),
    ],
)
def test_wordings(line: str, id_: str) -> None:
    complaint = complaint_of(line)
    assert complaint is not None
    assert complaint.id == id_


@pytest.mark.parametrize(
    "line",
    [
        "finished with 0 errors",
        "no errors found",
        '{"level":"info","error":null,"msg":"served"}',
        "INFO request completed errors=0 failed=0",
        "GET /error-page 200",
        "INFO retry succeeded after 1 failure",
        'level=info msg="error handler registered"',
        'Error from server (BadRequest): container "app" in pod "x" is waiting to start: ContainerCreating',
        "served 200 in 3ms",
        "",
    ],
)
def test_what_only_sounds_like_trouble(line: str) -> None:
    assert complaint_of(line) is None


@given(st.text(max_size=3000))
def test_any_text_is_judged(text: str) -> None:
    complaint_of(text)
    in_message(text)
    in_setting(text, names_host=True)


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        ("cart:7070", [Address("cart", 7070)]),
        ("http://cart.shop.svc.cluster.local:8080/x", [Address("cart.shop.svc.cluster.local", 8080)]),
        ("jdbc:mysql://orders-db:3306/orders?useSSL=false", [Address("orders-db", 3306)]),
        ("shop:secret@tcp(orders-db:3307)/orders", [Address("orders-db", 3307)]),
        ("kafka-0:9092,kafka-1:9092", [Address("kafka-0", 9092), Address("kafka-1", 9092)]),
        ("postgresql://shop:x@db/orders", [Address("db")]),
        ("http://localhost:8080", []),
        ("2026-11-20T12:30:00Z", []),
        ("12:30", []),
        ("true", []),
    ],
)
def test_addresses_in_settings(value: str, addresses: list[Address]) -> None:
    assert in_setting(value) == addresses


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("dial tcp: lookup cart on 169.254.20.10:53: no such host", Address("cart")),
        ("dial tcp 10.9.0.2:7001: connect: connection refused", Address("10.9.0.2", 7001)),
        ("UnableToConnect on redis-old:6379/Interactive, last: NONE", Address("redis-old", 6379)),
        ("last error: UNKNOWN: ipv4:10.9.0.8:3551: Failed to connect", Address("10.9.0.8", 3551)),
        ("getaddrinfo ENOTFOUND prod-db", Address("prod-db")),
        ("java.net.UnknownHostException: orders", Address("orders")),
        ("HTTPConnectionPool(host='cart', port=8080): Max retries exceeded", Address("cart", 8080)),
        (
            'connection to server at "db" (10.0.0.1), port 5432 failed: Connection refused',
            Address("db", 5432),
        ),
        ("Could not resolve host: files.example.com", Address("files.example.com")),
    ],
)
def test_addresses_in_messages(text: str, first: Address) -> None:
    assert in_message(text)[0] == first


def test_source_lines_and_clocks_are_no_addresses() -> None:
    assert in_message("2026-11-20 12:13:14,123 ERROR main.py:23 at Handler.java:107") == []
