"""The relay that writes down what passes between a client and a server."""

import ssl

import httpx

from tests.fakes.kube.certificates import CA
from tests.fakes.kube.server import KubeServer
from tests.fakes.relay import Relay

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "shop"}}
MANY = [
    {**POD, "metadata": {"name": f"pod-{n}", "namespace": "shop", "labels": {"x": "y" * 200}}}
    for n in range(600)
]
TRUSTED = ssl.create_default_context(cafile=str(CA))
PODS = "/api/v1/namespaces/shop/pods"


def test_what_passes_is_written_down_decompressed_and_goes_on_as_it_came() -> None:
    with (
        KubeServer(MANY) as server,
        httpx.Client(base_url=server.url) as upstream,
        Relay(upstream) as relay,
        httpx.Client(base_url=relay.url, verify=TRUSTED) as client,
    ):
        answer = client.get(PODS, headers={"Accept": "application/json", "Accept-Encoding": "gzip"})
        lost = client.get(f"{PODS}/none")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.json()["items"]) == 600
    first, second = relay.passed
    assert (first.method, first.path, first.code, first.accept) == ("GET", PODS, 200, "application/json")
    assert first.body == answer.content
    assert first.size < len(first.body)
    assert (second.code, lost.status_code) == (404, 404)
    assert relay.most_at_once == 1


def test_a_cluster_that_stands_still_answers_the_same_again() -> None:
    with (
        KubeServer([POD]) as server,
        httpx.Client(base_url=server.url) as upstream,
        Relay(upstream) as relay,
        httpx.Client(base_url=relay.url, verify=TRUSTED) as client,
    ):
        with relay.standing_still():
            before = client.get(PODS).content
            client.get("/version")
            again = client.get(PODS)
        asked = [request.path for request in server.requests]
        client.get(PODS)
    assert again.content == before
    assert asked == [PODS, "/version"]
    assert [request.path for request in server.requests] == [*asked, PODS]
