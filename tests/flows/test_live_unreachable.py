"""A live cluster whose server does not answer, or not as a Kubernetes API."""

import socket

import pytest

from tests.fakes.kube import KubeServer, faults
from tests.flows.live import Shell, refused, report, unread, well

IN_VAIN = "try: kubectl --context fake cluster-info"
NETWORK = "is the network or VPN up? Try: kubectl --context fake cluster-info"


def test_a_name_that_is_not_known(shell: Shell) -> None:
    shell.at("https://kube.invalid:6443")
    refused(shell.analyze(), 4, "https://kube.invalid:6443 (context fake) cannot be reached: ", NETWORK)


def test_a_port_that_nobody_listens_at(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    shell.at(f"http://127.0.0.1:{port}")
    refused(shell.analyze(), 4, "cannot be reached: Connection refused", NETWORK, within=1)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_takes_connections_and_says_nothing(shell: Shell, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        shell.at(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}")
        refused(shell.analyze(timeout="1s"), 4, "cannot be reached: no answer within 0.", NETWORK, within=1.5)


@pytest.mark.parametrize(
    ("fault", "says", "cure"),
    [
        (faults.hang(), "cannot be reached: no answer within 0.", NETWORK),
        (faults.trickle(), "cannot be reached: no answer within ", NETWORK),
        (faults.slow(5), "cannot be reached: no answer within 0.", NETWORK),
        (faults.reset(), "cannot be reached: the connection broke: Connection reset by peer", NETWORK),
        (
            faults.html(200),
            "the answer is a web page, not a list: is a proxy or a login in between?",
            IN_VAIN,
        ),
        (faults.html(502), "nothing can be read of http://127.0.0.1:", IN_VAIN),
        (faults.html(502), "502 Bad Gateway, text/html", IN_VAIN),
        (faults.html(404), "404 Not Found, text/html", IN_VAIN),
        (faults.broken(500), "Internal error occurred: etcdserver: leader changed", IN_VAIN),
        (faults.broken(503, "apiserver is shutting down"), "apiserver is shutting down", IN_VAIN),
        (faults.too_many(30), "the server has received too many requests", IN_VAIN),
        (faults.too_many(faults.http_date(600)), "the server has received too many requests", IN_VAIN),
        (faults.status_200(), "the answer is no list, or it was cut off on the way", IN_VAIN),
        (faults.not_json(), "the answer is no list, or it was cut off on the way", IN_VAIN),
    ],
    ids=lambda value: "" if callable(value) else value[:30],
)
def test_a_server_that_fails_whatever_it_is_asked(
    shell: Shell, fault: faults.Fault, says: str, cure: str
) -> None:
    with KubeServer(well()) as server:
        server.fault("*", fault)
        refused(shell.analyze_at(server, timeout="1s"), 4, says, cure, within=1.3)


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_the_key_stays_here(shell: Shell, code: int) -> None:
    with KubeServer(well()) as other, KubeServer(well(), token="key") as server:
        server.fault("*", faults.redirect(f"{other.url}/api/v1/pods", code))
        done = shell.analyze_at(server)
        refused(done, 4, f"{code}: it sends us elsewhere, where a key must not go", IN_VAIN, within=1)
        assert other.requests == []
    assert "key" not in done.err.replace("a key must", "")


def test_one_redirect_beside_honest_answers_costs_that_kind_only(shell: Shell) -> None:
    with KubeServer(well()) as other, KubeServer(well(), token="key") as server:
        server.fault("/api/v1/nodes", faults.redirect(other.url))
        found = report(shell.analyze_at(server, "-o", "json"), 4)
        assert other.requests == []
    assert list(unread(found)) == ["nodes"]


def test_a_hanging_server_is_asked_for_nothing_more_after_it_was_silent(shell: Shell) -> None:
    with KubeServer(well()) as server:
        server.fault("*", faults.hang())
        shell.analyze_at(server, timeout="0.5s")
        assert len(server.requests) == 4


def test_a_pause_that_the_server_asks_for_is_kept(shell: Shell) -> None:
    with KubeServer(well()) as server:
        server.fault("/api/v1/nodes", faults.too_many(1), times=1)
        done = shell.analyze_at(server, "-o", "json")
        assert report(done, 0)["verdict"] == "healthy"
        assert [request.code for request in server.asked("/api/v1/nodes")] == [429, 200]
    assert done.seconds >= 1.0


def test_a_pause_longer_than_the_time_is_not_waited_for(shell: Shell) -> None:
    with KubeServer(well()) as server:
        server.fault("/api/v1/nodes", faults.too_many(20))
        done = shell.analyze_at(server, "-o", "json")
        why, detail = unread(report(done, 4))["nodes"]
    assert why == "failed"
    assert "too many requests" in detail
    assert done.seconds < 1.5


@pytest.mark.parametrize("fault", [faults.broken(500), faults.broken(503), faults.html(502), faults.reset()])
def test_a_failure_that_passes_is_not_told(shell: Shell, fault: faults.Fault) -> None:
    with KubeServer(well()) as server:
        server.fault("/api/v1/nodes", fault, times=1)
        assert unread(report(shell.analyze_at(server, "-o", "json"), 0)) == {}
