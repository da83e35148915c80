import ssl
import threading

import httpx
import pytest

from tests.fakes.kube import Endless, KubeServer, Tls, certificates, faults
from tests.fakes.kube.wire import Exchange
from tests.unit.fakes.cluster import get, names, pod, thing

LOG = "/api/v1/namespaces/shop/pods/{}/log"
THREE = "2026-11-20T02:00:01Z one\n2026-11-20T02:00:02.5Z two\n2026-11-20T02:00:03Z three\n"


@pytest.mark.parametrize(
    ("forbid", "path", "message"),
    [
        ("secrets", "/api/v1/secrets", 'resource "secrets" in API group "" at the cluster scope'),
        (
            "deployments.apps",
            "/apis/apps/v1/namespaces/shop/deployments",
            'in API group "apps" in the namespace "shop"',
        ),
        (
            ("shop", "pods"),
            "/api/v1/namespaces/shop/pods",
            'cannot list resource "pods" in API group "" in the',
        ),
        (("shop", "pods"), "/api/v1/pods", "at the cluster scope"),
        (("shop", "*"), "/api/v1/namespaces/shop/pods/a", 'pods "a" is forbidden: User "alice" cannot get'),
        ("pods/log", LOG.format("a"), 'cannot get resource "pods/log"'),
        ("/version", "/version", 'forbidden: User "alice" cannot get path "/version"'),
    ],
)
def test_what_is_forbidden_is_told_as_a_real_server_does(forbid: str, path: str, message: str) -> None:
    with KubeServer([pod("a")], forbid={forbid}) as server:
        answer = get(server, path)
    assert (answer.status_code, answer.json()["reason"]) == (403, "Forbidden")
    assert message in answer.json()["message"]


def test_a_user_of_one_namespace_sees_that_one() -> None:
    with KubeServer([pod("a"), pod("b", "front")], only_in={"shop"}) as server:
        assert names(get(server, "/api/v1/namespaces/shop/pods")) == ["a"]
        for path in ("/api/v1/pods", "/api/v1/nodes", "/api/v1/namespaces/front/pods"):
            assert get(server, path).status_code == 403


def test_a_token_is_asked_for() -> None:
    with KubeServer(token="right") as server:
        codes = [
            httpx.get(server.url + "/version", headers=headers).status_code
            for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer right"})
        ]
        assert server.requests[2].headers["authorization"] == "Bearer right"
    assert codes == [401, 401, 200]


def test_a_client_certificate_is_as_good_as_a_token() -> None:
    trusting = ssl.create_default_context(cafile=certificates.CA)
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    with KubeServer(token="right", tls=Tls()) as server:
        assert httpx.get(server.url + "/version", verify=trusting).status_code == 401
        trusting.load_cert_chain(certificates.CLIENT, certificates.CLIENT_KEY)
        assert httpx.get(server.url + "/version", verify=trusting).status_code == 200
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(server.url + "/version")


def test_a_server_with_a_certificate_out_of_date_and_one_that_is_asked_without_tls() -> None:
    trusting = ssl.create_default_context(cafile=certificates.CA)
    with KubeServer(tls=certificates.EXPIRED) as server:
        with pytest.raises(httpx.ConnectError, match="certificate has expired"):
            httpx.get(server.url + "/version", verify=trusting)
        answer = httpx.get(server.url.replace("https", "http") + "/version")
    assert (answer.status_code, answer.text) == (400, "Client sent an HTTP request to an HTTPS server.\n")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, "one\ntwo\nthree\n"),
        ({"tailLines": 2}, "two\nthree\n"),
        ({"tailLines": 0}, ""),
        ({"limitBytes": 5}, "one\nt"),
        ({"sinceTime": "2026-11-20T02:00:02Z"}, "two\nthree\n"),
        ({"timestamps": "true", "tailLines": 1}, "2026-11-20T02:00:03Z three\n"),
        ({"container": "main", "previous": "true"}, "before\n"),
    ],
)
def test_a_log_is_cut_as_asked(params: dict[str, str], expected: str) -> None:
    with KubeServer([pod("a")], logs={"shop/a": THREE}, previous_logs={"shop/a/main": "before\n"}) as server:
        assert get(server, LOG.format("a"), **params).text == expected


def test_a_log_that_is_not_there_says_why() -> None:
    waiting = [{"name": "main", "state": {"waiting": {"reason": "ImagePullBackOff"}}}]
    two = pod("two")
    two["spec"]["containers"].append({"name": "proxy"})
    with KubeServer([pod("a"), pod("b", containerStatuses=waiting), two]) as server:
        answers = [
            get(server, LOG.format("a"), previous="true"),
            get(server, LOG.format("b")),
            get(server, LOG.format("two")),
            get(server, LOG.format("a"), container="x"),
        ]
        assert get(server, LOG.format("a")).text == ""
    assert [answer.status_code for answer in answers] == [400] * 4
    assert [answer.json()["message"] for answer in answers] == [
        'previous terminated container "main" in pod "a" not found',
        'container "main" in pod "b" is waiting to start: trying and failing to pull image',
        "a container name must be specified for pod two, choose one of: [main proxy]",
        "container x is not valid for pod a",
    ]


def test_a_log_of_a_gigabyte_is_written_while_it_is_read() -> None:
    with KubeServer([pod("a")], logs={"shop/a": Endless(10**9)}) as server:
        assert get(server, LOG.format("a"), tailLines=3).text.count("\n") == 3
        with httpx.stream("GET", server.url + LOG.format("a")) as answer:
            first = next(answer.iter_bytes(64_000))
            assert answer.headers["transfer-encoding"] == "chunked"
    assert first.startswith(b"INFO request served number=000000000000 ")
    assert server.requests[1].sent < 10**8


def test_a_server_that_heeds_no_bounds_sends_all() -> None:
    with KubeServer([pod("a")], logs={"shop/a": Endless(10**6, heeds=False)}) as server:
        assert len(get(server, LOG.format("a"), tailLines=3, limitBytes=100).content) == 10**6


def test_a_log_that_nobody_reads_does_not_keep_the_server() -> None:
    with (
        KubeServer([pod("a")], logs={"shop/a": Endless(10**9)}) as server,
        httpx.stream("GET", server.url + LOG.format("a")),
    ):
        server.stop()
    assert server.requests[0].sent < 10**8


def test_requests_are_recorded_with_how_many_were_under_way() -> None:
    together = threading.Barrier(3)

    def answer_together(exchange: Exchange) -> None:
        together.wait(5)
        faults.honest(exchange)

    with KubeServer([thing("v1", "Node", "n1")]) as server:
        server.fault("/api/v1/nodes", answer_together)
        threads = [threading.Thread(target=get, args=(server, "/api/v1/nodes")) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        get(server, "/api/v1/pods", limit=5)
    assert {request.method for request in server.requests} == {"GET"}
    assert len(server.asked("/api/v1/nodes")) == 3
    assert server.most_at_once == 3
    (pods,) = server.asked("/api/*/pods")
    assert (pods.params, pods.code) == ({"limit": "5"}, 200)
    assert pods.headers["user-agent"].startswith("python-httpx")
