"""Lists that a live cluster gives badly: what came stays, the rest is named, nothing is read twice."""

import gzip
import json
from typing import Any

import pytest

from tests.fakes.kube import KubeServer, faults
from tests.fakes.kube.wire import Exchange
from tests.flows.live import PODS, Shell, ill, meta, namespace, node, pod, report, unread, well, workload


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (faults.half_page(), "the connection broke: peer closed connection"),
        (faults.half_page(chunked=True), "the connection broke: peer closed connection"),
        (faults.reset(after=100), "the connection broke: "),
        (faults.cut_json(), "the answer is no list, or it was cut off on the way"),
        (faults.not_json(), "the answer is no list, or it was cut off on the way"),
        (faults.status_200(), "the answer is no list, or it was cut off on the way"),
        (faults.html(200), "the answer is a web page, not a list: is a proxy or a login in between?"),
        (faults.html(502), "502 Bad Gateway, text/html"),
        (faults.broken(500), "Internal error occurred: etcdserver: leader changed"),
        (faults.endless_pages(), "the list does not end: the server gives the same page again; 2 were read"),
        (faults.hang(), "no answer within "),
        (faults.trickle(), "no answer within "),
    ],
    ids=range(12),
)
def test_a_list_that_cannot_be_read_costs_that_list_only(
    shell: Shell, fault: faults.Fault, says: str
) -> None:
    with KubeServer(well()) as server:
        server.fault(PODS, fault)
        done = shell.analyze_at(server, "-o", "json", timeout="2s")
        found = report(done, 4)
    why, detail = unread(found)["shop/pods"]
    assert (found["verdict"], why) == ("inconclusive", "failed")
    assert detail.startswith(says)
    assert done.seconds < 2.3
    assert found["healthy"]["checked"] >= 5
    assert "shop/deployments.apps" not in unread(found)


def test_a_list_that_hangs_leaves_time_for_the_logs_that_tell_why(shell: Shell) -> None:
    said = {"shop/cart-6d9f8b7c5-aaaaa": "panic: no route to database\n"}
    with KubeServer(ill(), logs=said, previous_logs=said) as server:
        server.fault("/api/v1/nodes", faults.hang())
        found = report(shell.analyze_at(server, "-o", "json", timeout="2s"), 1)
    assert "no route to database" in json.dumps(found["evidence"])
    why, detail = unread(found)["nodes"]
    assert (why, detail.startswith("no answer within ")) == ("failed", True)


def test_kinds_that_are_all_slow_end_in_time_with_what_came(shell: Shell) -> None:
    with KubeServer(well()) as server:
        server.fault("/ap*", faults.slow(0.4))
        done = shell.analyze_at(server, "-o", "json", timeout="1.5s")
        found = report(done, 4)
        assert server.most_at_once == 4
    assert done.seconds < 1.8
    assert found["healthy"]["checked"] >= 4
    assert {detail for _, detail in unread(found).values()} == {"not within the time (--timeout)"}


@pytest.mark.parametrize("fault", [faults.null_items(), faults.empty_list()])
def test_a_list_without_items_is_empty_and_was_read(shell: Shell, fault: faults.Fault) -> None:
    with KubeServer([node(), *workload("cart", 0, 0)]) as server:
        server.fault("/api/v1/*/pods", fault)
        found = report(shell.analyze_at(server, "-o", "json"), 0)
    assert (found["verdict"], unread(found)) == ("healthy", {})


def test_an_empty_list_beside_a_forbidden_one_is_not_healthy(shell: Shell) -> None:
    there = [namespace(name) for name in ("shop", "empty", "web")]
    with KubeServer([*there, node(), pod("web-1", "web", "web")], forbid={("shop", "pods")}) as server:
        shell.use(server.kubeconfig(shell.home))
        done = shell.analyze("-n", "shop,empty", "-o", "json")
        found = report(done, 4)
    assert found["verdict"] == "inconclusive"
    assert unread(found)["shop/pods"][0] == "forbidden"
    assert "empty/pods" not in unread(found)


def test_an_object_of_32_mb_is_read(shell: Shell) -> None:
    with KubeServer(well()) as server:
        server.fault(PODS, faults.huge_item())
        assert report(shell.analyze_at(server, "-o", "json", timeout="10s"), 0)["verdict"] == "healthy"


def test_items_that_are_no_objects_are_named_and_the_others_read(shell: Shell) -> None:
    odd: list[Any] = [
        None,
        3,
        "x",
        [],
        {},
        {"metadata": None},
        {"metadata": {"name": 4}},
        {"spec": {"a": []}},
    ]

    def answer(exchange: Exchange) -> None:
        document = json.loads(bytes(exchange.reply().body))  # type: ignore[arg-type]
        document["items"] = [*odd, *document["items"]]
        exchange.send(faults.Reply(200, json.dumps(document).encode()))

    with KubeServer(well()) as server:
        for path in (PODS, "/api/v1/nodes", "/apis/apps/v1/*", "/api/v1/*/events", "/apis/batch/*"):
            server.fault(path, answer)
        found = report(shell.analyze_at(server, "-o", "json"), 4)
    assert "nodes" in unread(found)
    assert {detail for _, detail in unread(found).values()} == {"one of the objects cannot be read"}


def many(count: int) -> list[dict[str, Any]]:
    """Pods in two namespaces whose order in etcd is not that of their names: `shop-b/` before `shop/`."""
    pods = [
        pod(f"cart-{n:05}", namespace=("shop", "shop-b")[n % 2], phase="Failed", conditions=[])
        for n in range(count)
    ]
    return [node(), *pods]


@pytest.mark.parametrize("proceed", [True, False], ids=["token to go on", "from the start"])
@pytest.mark.parametrize("after", [0, 1])
def test_each_object_is_read_once_though_a_list_expires(shell: Shell, proceed: bool, after: int) -> None:
    with KubeServer(many(1700)) as server:
        server.fault("/api/v1/pods", faults.expired(proceed), times=1, after=1 + after)
        shell.use(server.kubeconfig(shell.home))
        done = shell.anyops("cluster", "health", "-A", "-o", "json", "--timeout", "10s")
        codes = [request.code for request in server.asked("/api/v1/pods")]
    pods = [row["name"] for row in json.loads(done.out) if row["kind"] == "Pod"]
    assert 410 in codes
    assert sorted(pods) == [f"cart-{n:05}" for n in range(1700)]


def test_a_list_that_expires_again_and_again_is_given_up(shell: Shell) -> None:
    with KubeServer(many(1100)) as server:
        server.fault("/api/v1/pods", faults.expired())
        shell.use(server.kubeconfig(shell.home))
        found = report(shell.analyze("-A", "-o", "json"), 4)
    why, detail = unread(found)["pods"]
    assert why == "failed"
    assert "too old to display a consistent list result" in detail
    assert detail.endswith("; 500 were read")


def test_ten_thousand_events_a_page_are_read(shell: Shell) -> None:
    about = {"kind": "Pod", "namespace": "shop", "name": "cart-6d9f8b7c5-aaaaa"}
    events = [
        {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": meta(f"cart.{n:05}"),
            "involvedObject": about,
            "type": "Normal",
            "reason": "Pulled",
            "message": f"Container image {n} already present",
            "count": 1,
        }
        for n in range(10_000)
    ]

    def all_at_once(exchange: Exchange) -> None:
        exchange.send(exchange.reply(exchange.query.without("limit")))

    with KubeServer([*well(), *events]) as server:
        server.fault("/api/v1/namespaces/shop/events", all_at_once)
        done = shell.analyze_at(server, "-o", "json", timeout="10s")
        assert report(done, 0)["verdict"] == "healthy"
        assert len(server.asked("/api/v1/namespaces/shop/events")) == 1
    assert done.seconds < 5


def test_the_times_of_an_answer_are_the_servers(shell: Shell) -> None:
    with KubeServer(well()) as server:
        server.fault("*", faults.clock_skew(-400 * 86400))
        done = shell.analyze_at(server)
    assert done.code == 0
    assert f"{faults.http_date(-400 * 86400)[12:16]}-" in done.out


def packed(break_off: bool = False, fewer: int = 0) -> faults.Fault:
    """The honest answer, with gzip."""

    def answer(exchange: Exchange) -> None:
        reply = exchange.reply()
        body = gzip.compress(bytes(reply.body))  # type: ignore[arg-type]
        body = b"no gzip" + body if break_off else body[: len(body) - fewer]
        exchange.send(faults.Reply(reply.code, body, headers={"Content-Encoding": "gzip"}))

    return answer


def test_an_answer_with_gzip_is_unpacked(shell: Shell) -> None:
    with KubeServer(well()) as server:
        server.fault("*", packed())
        assert report(shell.analyze_at(server, "-o", "json"), 0)["verdict"] == "healthy"


def test_broken_gzip_is_said(shell: Shell) -> None:
    with KubeServer(well()) as server:
        server.fault(PODS, packed(break_off=True))
        found = report(shell.analyze_at(server, "-o", "json", timeout="2s"), 4)
    assert unread(found)["shop/pods"] == ("failed", "the server's compressed answer is broken")
    with KubeServer(well()) as server:
        server.fault(PODS, packed(fewer=20))
        found = report(shell.analyze_at(server, "-o", "json", timeout="2s"), 4)
    assert unread(found)["shop/pods"] == ("failed", "the answer is no list, or it was cut off on the way")


@pytest.mark.parametrize("form", ["gzip, gzip", "br", "x" * 5000])
def test_an_answer_that_is_packed_as_nobody_asked_is_not_unpacked(shell: Shell, form: str) -> None:
    bomb = gzip.compress(gzip.compress(b"[" * 1_000_000))
    with KubeServer(well()) as server:
        server.fault(PODS, faults.replies(faults.Reply(200, bomb, headers={"Content-Encoding": form})))
        found = report(shell.analyze_at(server, "-o", "json"), 4)
    why, detail = unread(found)["shop/pods"]
    assert (why, detail.startswith("the answer is packed as ")) == ("failed", True)
    assert len(detail) < 100


def test_half_a_second_of_logs_is_a_bound_too(shell: Shell) -> None:
    with KubeServer(ill()) as server:
        shell.analyze_at(server, "--since", "0.5s")
        logs = server.asked("*/log")
    assert {request.params["sinceSeconds"] for request in logs} == {"1"}
