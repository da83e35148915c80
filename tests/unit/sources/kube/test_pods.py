"""Pods in bulk: whoever is in trouble is there whole, all others are counted, and none is lost or made up."""

import copy
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyops.world.resource import Ref
from anyops.world.world import Wanted, World
from tests.fakes.kube import KubeServer, faults
from tests.fakes.kube.store import encoded
from tests.fakes.kube.wire import Exchange
from tests.flows.live import STARTED, container, controlled_by, meta, node, pod
from tests.unit.sources.kube.reading import FEW, missed, read
from tests.unit.sources.kube.test_page import JSON

Body = dict[str, Any]
Change = Callable[[Body], None]


def status(**parts: Any) -> Change:
    return lambda body: body["status"].update(parts)


def metadata(**parts: Any) -> Change:
    return lambda body: body["metadata"].update(parts)


def condition(type_: str, is_: str) -> Change:
    return lambda body: body["status"]["conditions"].append({"type": type_, "status": is_})


ENDED = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}
TROUBLES: dict[str, Change] = {
    "pending": status(phase="Pending"),
    "failed": status(phase="Failed", reason="Evicted"),
    "of no phase": lambda body: body.pop("status"),
    "without conditions": status(conditions=[]),
    "not ready": lambda body: body["status"]["conditions"][-1].update(status="False"),
    "of unknown readiness": lambda body: body["status"]["conditions"][-1].update(status="Unknown"),
    "with a condition that is bad when true": condition("DisruptionTarget", "True"),
    "with a gate that is closed": condition("example.com/gate", "False"),
    "without containers": status(containerStatuses=[]),
    "waiting": status(containerStatuses=[container(state={"waiting": {"reason": "ErrImagePull"}})]),
    "with a container that is not ready": status(containerStatuses=[container(ready=False)]),
    "restarted": status(containerStatuses=[container(), container(restartCount=1)]),
    "ended before": status(containerStatuses=[container(lastState=ENDED)]),
    "with an init container that was restarted": status(initContainerStatuses=[container(restartCount=2)]),
    "being debugged": status(ephemeralContainerStatuses=[container()]),
    "going": metadata(deletionTimestamp=STARTED),
    "held back": metadata(finalizers=["example.com/hold"]),
    "nobody's": metadata(ownerReferences=[]),
    "of another shape": status(containerStatuses={"main": "running"}),
}


def in_trouble(body: Body, change: Change) -> Body:
    change(body)
    return body


def served(world: World, *names: str) -> list[Any]:
    """What the World has of the pods of these names in shop, as a server gives it."""
    found = [world.get("Pod", "shop", name) for name in names]
    return [
        r and {key: r.body[key] for key in ("metadata", "spec", "status") if key in r.body} for r in found
    ]


def bare(body: Body) -> Body:
    return {key: value for key, value in body.items() if key not in ("apiVersion", "kind")}


def accounted(world: World, pods: list[Body]) -> None:
    """Every pod is shown or counted once, where it runs."""
    shown = {pod.ref: pod for pod in world.of_kind("Pod")}
    there = {Ref("Pod", p["metadata"]["namespace"], p["metadata"]["name"]): bare(p) for p in pods}
    assert shown.keys() <= there.keys()
    for ref, resource in shown.items():
        assert bare(resource.body) == there[ref]
    hidden = Counter(
        (ref.namespace, body["spec"].get("nodeName", "")) for ref, body in there.items() if ref not in shown
    )
    counted: Counter[tuple[str, str]] = Counter()
    for crowd in world.crowds:
        assert crowd.like in shown
        assert crowd.count == sum(crowd.nodes.values()) > 0
        counted.update({(crowd.like.namespace, node): count for node, count in crowd.nodes.items()})
    assert counted == hidden


APPS = st.sampled_from(["cart", "web", "n1"])
NODES = st.sampled_from(["n1", "n2", "main", "name", "", "kube-api-access-n1", 'ü"\\'])
VALUES = st.sampled_from(["n1", "main", "kube-api-access-x", "kube-api-access-a1b2c", "", 'a"b', "\0node"])


@st.composite
def pods_of_a_cluster(draw: st.DrawFn) -> list[tuple[Body, bool]]:
    """Pods of some applications, each with whether it is in trouble."""
    found = []
    for number in range(draw(st.integers(0, 14))):
        app, namespace = draw(APPS), draw(st.sampled_from(["shop", "shop-b"]))
        body = pod(f"{app}-{draw(st.sampled_from('abc'))}{number}", app, namespace)
        body["spec"] = {"nodeName": draw(NODES), **spec(draw(VALUES), draw(VALUES))}
        if draw(st.booleans()):
            body["metadata"]["annotations"] = {"example.com/ip": draw(VALUES)}
        trouble = draw(st.none() | st.none() | st.none() | st.sampled_from(sorted(TROUBLES)))
        if trouble is not None:
            TROUBLES[trouble](body)
        found.append((body, trouble is not None))
    return found


def spec(volume: str, value: str) -> Body:
    mount = {"name": volume, "mountPath": "/var/run/secrets"}
    main = {"name": "main", "env": [{"name": "N", "value": value}], "volumeMounts": [mount]}
    return {"volumes": [{"name": volume}], "containers": [main]}


@settings(max_examples=60, deadline=None)
@given(pods_of_a_cluster())
def test_every_pod_is_whole_or_counted_and_those_in_trouble_are_whole(pods: list[tuple[Body, bool]]) -> None:
    bodies = [body for body, _ in pods]
    with KubeServer([node(), *copy.deepcopy(bodies)], release=FEW) as server:
        world = read(server)
    accounted(world, bodies)
    shown = {(pod.namespace, pod.name) for pod in world.of_kind("Pod")}
    troubled = {(b["metadata"]["namespace"], b["metadata"]["name"]) for b, is_troubled in pods if is_troubled}
    assert troubled <= shown
    assert world.unread == ()


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_pod_in_trouble_is_as_it_was_read_among_a_hundred_of_another_app(trouble: str) -> None:
    ill = in_trouble(pod("cart-x"), TROUBLES[trouble])
    crowd = [pod(f"web-{n:03}", "web") for n in range(100)]
    with KubeServer([node(), copy.deepcopy(ill), *crowd], release=FEW) as server:
        world = read(server, "shop")
    assert served(world, "cart-x") == [bare(ill)]
    assert [(c.like.name, c.count, c.nodes) for c in world.crowds] == [("web-000", 99, {"n1": 99})]


def test_siblings_of_a_pod_in_trouble_are_shown_with_it_up_to_200() -> None:
    ill = in_trouble(pod("cart-zzz"), TROUBLES["waiting"])
    well = [pod(f"cart-{n:03}") for n in range(230)]
    with KubeServer([node(), ill, *well, pod("web-1", "web"), pod("web-2", "web")], release=FEW) as server:
        world = read(server, "shop")
    accounted(world, [ill, *well, pod("web-1", "web"), pod("web-2", "web")])
    assert {c.like.name: c.count for c in world.crowds} == {"cart-000": 30, "web-1": 1}


def test_siblings_are_those_of_one_owner_in_one_namespace() -> None:
    pods = [
        *(pod(f"cart-{n}", namespace=namespace) for n in range(3) for namespace in ("shop", "other")),
        in_trouble(pod("cart-x"), TROUBLES["pending"]),
    ]
    with KubeServer([node(), *pods], release=FEW) as server:
        world = read(server)
    assert [(c.like.namespace, c.like.name, c.count) for c in world.crowds] == [("other", "cart-0", 2)]


def test_pods_of_two_revisions_stand_for_themselves() -> None:
    pods = [pod(f"cart-{n}") for n in range(4)]
    for body in pods[2:]:
        body["spec"]["containers"][0]["image"] = "example.com/cart:2"
    with KubeServer([node(), *pods], release=FEW) as server:
        world = read(server, "shop")
    assert [(c.like.name, c.count) for c in world.crowds] == [("cart-0", 1), ("cart-2", 1)]


def test_a_pod_of_which_a_warning_speaks_is_shown_and_one_that_was_pulled_well_is_not() -> None:
    def event(about: str, type_: str) -> Body:
        involved = {"kind": "Pod", "namespace": "shop", "name": about}
        named = {"metadata": meta(f"{about}.1"), "involvedObject": involved, "type": type_}
        return {"apiVersion": "v1", "kind": "Event", **named, "reason": "X", "message": "x"}

    pods = [pod(f"cart-{n}") for n in range(5)]
    events = [event("cart-3", "Warning"), event("cart-4", "Normal")]
    with KubeServer([node(), *pods, *events], release=FEW) as server:
        world = read(server, "shop")
    assert [pod.name for pod in world.of_kind("Pod")] == ["cart-0", "cart-3"]
    accounted(world, pods)


def test_pods_that_are_read_twice_are_counted_once() -> None:
    labels = {"k8s-app": "kube-dns"}
    pods = [pod(f"coredns-{n}", "coredns", "kube-system") for n in range(4)]
    for body in pods:
        body["metadata"]["labels"] = labels
    service = {"metadata": meta("kube-dns", "kube-system", labels=labels), "spec": {"selector": labels}}
    objects = [node(), pod("cart-1"), *pods, {"apiVersion": "v1", "kind": "Service", **service}]
    with KubeServer(objects, release=FEW) as server:
        world = read(server, "shop", wants=Wanted(services=(Ref("Service", "kube-system", "kube-dns"),)))
        assert len(server.asked("/api/v1/namespaces/kube-system/pods")) == 2
    accounted(world, [pod("cart-1"), *pods])


def test_what_controllers_wrote_beside_a_pod_is_left_out_whether_it_is_well_or_not() -> None:
    kept = {"example.com/team": "shop"}
    noise = {
        "managedFields": [{"manager": "kubelet"}],
        "annotations": {**kept, "kubectl.kubernetes.io/last-applied-configuration": "{}"},
    }
    bodies = [pod("cart-1"), in_trouble(pod("cart-2"), TROUBLES["failed"])]
    for body in bodies:
        body["metadata"] |= copy.deepcopy(noise)
    with KubeServer([node(), *bodies], release=FEW) as server:
        world = read(server, "shop")
    assert [it["metadata"].get("managedFields") for it in served(world, "cart-1", "cart-2")] == [None, None]
    assert [it["metadata"]["annotations"] for it in served(world, "cart-1", "cart-2")] == [kept, kept]


def with_item(raw: bytes, at: int) -> faults.Fault:
    """The honest list, and among its items one that is given as bytes."""

    def answer(exchange: Exchange) -> None:
        document = json.loads(bytes(exchange.reply().body))  # type: ignore[arg-type]
        items = [encoded(item) for item in document["items"]]
        items.insert(at, raw)
        head = encoded({**document, "items": []})[:-2]
        exchange.send(faults.Reply(200, head + b",".join(items) + b"]}"))

    return answer


@settings(max_examples=40, deadline=None)
@given(JSON, st.integers(0, 3))
def test_an_item_that_is_no_pod_is_named_and_costs_no_other(item: Any, at: int) -> None:
    pods = [pod("cart-1"), pod("cart-2"), in_trouble(pod("web-1", "web"), TROUBLES["going"])]
    with KubeServer([node(), *pods], release=FEW) as server:
        server.fault("/api/v1/namespaces/shop/pods", with_item(json.dumps(item).encode(), at))
        world = read(server, "shop")
    accounted(world, pods)
    assert set(missed(world).values()) == {"one of the objects cannot be read"}
    assert {unread.kind for unread in world.unread} == {"Pod"}


@pytest.mark.parametrize("where", ["spec", "status", "labels", "name"])
def test_a_pod_that_holds_bytes_of_no_text_costs_no_other(where: str) -> None:
    odd = encoded(bare(in_trouble(pod("cart-ODD"), lambda body: put_odd(body, where))))
    pods = [pod("cart-2"), pod("cart-3"), in_trouble(pod("web-1", "web"), TROUBLES["going"])]
    with KubeServer([node(), *pods], release=FEW) as server:
        server.fault("/api/v1/namespaces/shop/pods", with_item(odd.replace(b"ODD", b"\xff"), 0))
        world = read(server, "shop")
    accounted(world, pods)
    assert set(missed(world).values()) == {"one of the objects cannot be read"}


def put_odd(body: Body, where: str) -> None:
    if where != "name":
        body["metadata"]["name"] = "cart-1"
        (body["metadata"] if where == "labels" else body)[where]["odd"] = "ODD"


def test_one_owner_is_told_from_another_by_all_of_its_reference() -> None:
    one, other = pod("cart-1"), pod("cart-2")
    other["metadata"]["ownerReferences"] = controlled_by("StatefulSet", "cart-6d9f8b7c5")
    with KubeServer([node(), one, other], release=FEW) as server:
        world = read(server, "shop")
    assert ([pod.name for pod in world.of_kind("Pod")], world.crowds) == (["cart-1", "cart-2"], ())
