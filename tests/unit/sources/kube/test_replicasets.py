"""Replica sets in bulk: those in use are there, of empty ones the last three of whoever is in trouble."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyops.sources.kube.replicasets import KEPT, ReplicaSets
from tests.fakes.kube import KubeServer
from tests.flows.live import controlled_by, meta, namespace
from tests.unit.sources.kube.reading import FEW, missed, read

Body = dict[str, Any]
REVISION = "deployment.kubernetes.io/revision"


def replica_set(name: str, wanted: int = 0, ready: int = 0, revision: str = "1", **more: Any) -> Body:
    """One of the deployment `cart`."""
    about = {
        "ownerReferences": controlled_by("Deployment", "cart"),
        "annotations": {REVISION: revision},
        **more,
    }
    spec = {"replicas": wanted}
    return {
        "metadata": meta(name, **about),
        "spec": spec,
        "status": {"replicas": wanted, "readyReplicas": ready},
    }


def kept(*bodies: Body) -> list[str]:
    """The names of those that are kept of these, which come in this order."""
    sets = ReplicaSets()
    for body in bodies:
        sets.add(json.dumps(body).encode())
    return [body["metadata"]["name"] for body in sets.kept()]


OLD = [replica_set(f"cart-{n}", revision=str(n)) for n in range(1, 12)]


def test_of_a_deployment_that_is_well_no_empty_one_is_kept() -> None:
    assert kept(*OLD, replica_set("cart-12", 2, 2)) == ["cart-12"]


def test_of_a_deployment_that_is_short_of_pods_the_last_three_empty_ones_are_kept() -> None:
    assert kept(*OLD, replica_set("cart-12", 2, 1)) == ["cart-12", "cart-11", "cart-10", "cart-9"]


def test_the_trouble_of_one_deployment_says_nothing_of_another() -> None:
    other = replica_set("web-1", ownerReferences=controlled_by("Deployment", "web"))
    elsewhere = replica_set("cart-1", namespace="elsewhere")
    assert kept(other, elsewhere, replica_set("cart-12", 2, 0)) == ["cart-12"]


@pytest.mark.parametrize(
    "parts",
    [
        {"spec": {"replicas": 1}},
        {"spec": {}},
        {"status": {"replicas": 1}},
        {"status": {"conditions": [{"type": "ReplicaFailure", "status": "True"}]}},
        {"metadata": meta("cart-1")},
        {"spec": {"replicas": "0"}},
        {"spec": None},
        {"status": None},
    ],
    ids=str,
)
def test_one_that_is_in_use_or_nobodys_or_of_another_shape_is_kept(parts: Body) -> None:
    assert kept({**replica_set("cart-1"), **parts}) == ["cart-1"]


def test_one_that_cannot_make_pods_speaks_for_the_empty_ones_before_it() -> None:
    failing = replica_set("cart-12", revision="12")
    failing["status"]["conditions"] = [{"type": "ReplicaFailure", "status": "True"}]
    assert kept(failing, *OLD[:2]) == ["cart-12", "cart-2", "cart-1"]


@pytest.mark.parametrize("revision", ["", "x", "-3", "1.5", "٣", "9" * 5_000])
def test_a_revision_that_is_no_number_is_the_oldest(revision: str) -> None:
    odd = replica_set("cart-odd", revision=revision)
    assert kept(replica_set("cart-12", 2, 0), odd, *OLD) == ["cart-12", "cart-11", "cart-10", "cart-9"]
    assert kept(replica_set("cart-12", 2, 0), odd, OLD[0]) == ["cart-12", "cart-1", "cart-odd"]


SETS = st.lists(
    st.builds(
        lambda name, wanted, ready, revision, owner: replica_set(
            name, wanted, ready, str(revision), ownerReferences=controlled_by("Deployment", owner)
        ),
        st.uuids().map(str),
        st.sampled_from([0, 0, 0, 1, 3]),
        st.integers(0, 3),
        st.integers(0, 40),
        st.sampled_from(["cart", "web"]),
    ),
    max_size=30,
    unique_by=lambda body: body["metadata"]["name"],
)


def owner(body: Body) -> str:
    return str(body["metadata"]["ownerReferences"][0]["name"])


def newest(body: Body) -> tuple[int, str]:
    return int(body["metadata"]["annotations"][REVISION]), body["metadata"]["name"]


@settings(max_examples=100, deadline=None)
@given(SETS.flatmap(lambda sets: st.permutations(sets)))
def test_what_is_kept_hangs_on_no_order(sets: list[Body]) -> None:
    used = [it for it in sets if it["spec"]["replicas"]]
    short = {owner(it) for it in used if it["status"]["readyReplicas"] < it["spec"]["replicas"]}
    expected = list(used)
    for name in short:
        empty = [it for it in sets if owner(it) == name and not it["spec"]["replicas"]]
        expected += sorted(empty, key=newest)[-KEPT:]
    assert sorted(kept(*sets)) == sorted(it["metadata"]["name"] for it in expected)


def test_those_that_are_left_out_are_no_gap() -> None:
    objects = [
        {"apiVersion": "apps/v1", "kind": "ReplicaSet", **it} for it in (*OLD, replica_set("cart-12", 1, 1))
    ]
    with KubeServer([namespace("shop"), *objects], release=FEW) as server:
        world = read(server, "shop")
    assert [it.name for it in world.of_kind("ReplicaSet")] == ["cart-12"]
    assert world.was_listed("ReplicaSet", "shop")
    assert missed(world) == {}
