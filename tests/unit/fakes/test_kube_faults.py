import json
import threading
import time
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from tests.fakes.kube import KubeServer, Tls, faults
from tests.fakes.kube.wire import Exchange
from tests.unit.fakes.cluster import get, names, pod

PODS = "/api/v1/pods"
THREE = [pod(f"cart-{n}") for n in range(3)]


def with_fault(fault: faults.Fault, **params: str | int) -> httpx.Response:
    with KubeServer(THREE) as server:
        server.fault(PODS, fault)
        return get(server, PODS, **params)


@pytest.mark.parametrize(
    ("fault", "code", "text"),
    [
        (faults.html(200), 200, "<form>"),
        (faults.html(502), 502, "502 Bad Gateway"),
        (faults.too_many(7), 429, "TooManyRequests"),
        (faults.broken(500), 500, "InternalError"),
        (faults.broken(503, "etcd is away"), 503, "etcd is away"),
        (faults.status_200(), 200, '"status":"Failure"'),
        (faults.not_json(), 200, "{'kind'"),
        (faults.null_items(), 200, '"items":null'),
        (faults.empty_list(), 200, '"items":[]'),
        (faults.redirect("http://elsewhere.example/api"), 307, ""),
        (faults.huge_item(100_000), 200, "x" * 100_000),
    ],
)
def test_a_fault_is_answered_in_place_of_the_list(fault: faults.Fault, code: int, text: str) -> None:
    answer = with_fault(fault)
    assert answer.status_code == code
    assert text in answer.text


def test_headers_of_faults() -> None:
    assert with_fault(faults.too_many(7)).headers["retry-after"] == "7"
    assert with_fault(faults.too_many(faults.http_date(5))).headers["retry-after"].endswith("GMT")
    assert (
        with_fault(faults.redirect("http://elsewhere.example/")).headers["location"]
        == "http://elsewhere.example/"
    )
    assert with_fault(faults.html(502)).headers["content-type"] == "text/html"
    assert with_fault(faults.wrong_type("text/plain")).headers["content-type"] == "text/plain"
    ahead = (
        parsedate_to_datetime(with_fault(faults.clock_skew(7200)).headers["date"]).timestamp() - time.time()
    )
    assert 7190 < ahead < 7210


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (faults.reset(), httpx.ReadError),
        (faults.reset(after=30), httpx.ReadError),
        (faults.half_page(), httpx.RemoteProtocolError),
        (faults.half_page(chunked=True), httpx.RemoteProtocolError),
    ],
)
def test_a_broken_connection_breaks(fault: faults.Fault, error: type[Exception]) -> None:
    with pytest.raises(error):
        with_fault(fault)


def test_a_page_cut_by_a_proxy_has_a_correct_length() -> None:
    answer = with_fault(faults.cut_json())
    assert answer.headers["content-length"] == str(len(answer.content))
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_fault_takes_its_turn_and_then_the_server_is_well() -> None:
    with KubeServer(THREE) as server:
        server.fault("/api/v1/*", faults.broken(503, "away"), times=2, after=1)
        codes = [get(server, PODS).status_code for _ in range(5)]
        assert get(server, "/apis").status_code == 200
    assert codes == [200, 503, 503, 200, 200]


@pytest.mark.parametrize("proceed", [False, True])
def test_an_expired_token_may_name_one_for_the_rest(proceed: bool) -> None:
    with KubeServer(THREE) as server:
        server.fault(PODS, faults.expired(proceed), after=1, times=1)
        token = get(server, PODS, limit=1).json()["metadata"]["continue"]
        answer = get(server, PODS, limit=1, **{"continue": token})
        rest = answer.json()["metadata"].get("continue")
        assert (answer.status_code, answer.json()["reason"], bool(rest)) == (410, "Expired", proceed)
        if rest:
            assert names(get(server, PODS, **{"continue": rest})) == ["cart-1", "cart-2"]


def test_endless_pages_never_name_the_same_token_twice() -> None:
    with KubeServer(THREE) as server:
        server.fault(PODS, faults.endless_pages())
        tokens, token = [], ""
        for _ in range(4):
            answer = get(server, PODS, limit=2, **({"continue": token} if token else {})).json()
            token = answer["metadata"]["continue"]
            tokens.append(token)
            assert len(answer["items"]) == 2
    assert len(set(tokens)) == 4


def test_a_slow_answer_comes_late_and_whole() -> None:
    start = time.monotonic()
    assert len(names(with_fault(faults.slow(0.05)))) == 3
    assert time.monotonic() - start > 0.05


def test_a_trickle_comes_in_bits() -> None:
    with KubeServer(THREE) as server:
        server.fault(PODS, faults.trickle(0.01))
        with httpx.stream("GET", server.url + PODS) as answer:
            first = next(answer.iter_raw())
            assert len(first) < int(answer.headers["content-length"]) / 2


@pytest.mark.parametrize("tls", [None, Tls()])
@pytest.mark.parametrize("fault", [faults.hang(), faults.slow(60), faults.trickle(60)])
def test_a_server_with_hanging_requests_stops_at_once(fault: faults.Fault, tls: Tls | None) -> None:
    before = threading.active_count()
    with KubeServer(THREE, tls=tls) as server:
        server.fault(PODS, fault)
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(server.url + PODS, timeout=0.1, verify=False)
        with httpx.Client(verify=False) as idle:
            idle.get(server.url + "/version")
            start = time.monotonic()
            server.stop()
            assert time.monotonic() - start < 0.2
    assert threading.active_count() == before


def test_a_bug_of_the_fake_is_raised_at_the_end() -> None:
    def mistaken(exchange: Exchange) -> None:
        raise KeyError("nothing")

    def ask() -> None:
        with KubeServer() as server:
            server.fault("/version", mistaken)
            with pytest.raises(httpx.RemoteProtocolError):
                get(server, "/version")

    with pytest.raises(KeyError, match="nothing"):
        ask()


def test_a_kubeconfig_for_the_server(tmp_path: Path) -> None:
    with KubeServer(token="t") as server:
        written = json.loads(server.kubeconfig(tmp_path, name="prod", namespace="shop").read_text())
    assert written["current-context"] == "prod"
    assert written["contexts"][0]["context"]["namespace"] == "shop"
    assert written["clusters"][0]["cluster"] == {"server": server.url}
    assert written["users"][0]["user"] == {"token": "t"}
