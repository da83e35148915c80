"""What a side could not tell is said, and never taken for missing."""

import pytest

from anyops.diagnose.diff import NotCompared, Selection, compare
from anyops.world.world import Unread
from tests.unit.diagnose.worlds import meta, workload, world

SECRET = {"kind": "Secret", "metadata": meta("db", uid="1")}
CONFIG = {"kind": "ConfigMap", "metadata": meta("app", uid="1")}


def reasons(entries: list[NotCompared]) -> list[tuple[str, str, str, int]]:
    return [(e.kind, e.side, e.why, e.objects) for e in entries]


@pytest.mark.parametrize("why", ["forbidden", "failed", "empty"])
def test_a_kind_that_was_not_read_is_not_missing(why):
    b = world(CONFIG, unread=(Unread("api", why, "secrets is forbidden", "Secret"),))
    diff = compare(world(CONFIG, SECRET), b)
    assert not diff.differs
    assert reasons(diff.not_compared) == [("Secret", "b", why, 1)]
    assert diff.not_compared[0].detail == "secrets is forbidden"
    assert diff.not_compared[0].namespaces == ["shop"]


def test_a_kind_that_neither_side_could_read_is_said_of_both():
    unread = (Unread("api", "forbidden", "", "Secret"),)
    diff = compare(world(CONFIG, unread=unread), world(CONFIG, unread=unread))
    assert reasons(diff.not_compared) == [("Secret", "a", "forbidden", 0), ("Secret", "b", "forbidden", 0)]


def test_what_was_listed_all_the_same_is_compared():
    b = world(CONFIG, unread=(Unread("api", "forbidden", "", "Secret"),), listed=[("Secret", "shop")])
    diff = compare(world(CONFIG, SECRET), b, Selection(namespaces=("shop",)))
    assert [(c.kind, c.only) for c in diff.changes] == [("Secret", "a")]
    assert diff.not_compared == []


def test_hidden_values_of_secrets_do_not_keep_their_keys_from_being_compared():
    unread = (Unread("secrets.json", "redacted", "values of secrets are not read", "Secret"),)
    diff = compare(world(CONFIG, SECRET, unread=unread), world(CONFIG, unread=unread, listed=["Secret"]))
    assert [(c.kind, c.only) for c in diff.changes] == [("Secret", "a")]
    assert diff.not_compared == []


def test_a_dump_without_a_list_of_the_kind_does_not_say_that_there_is_none():
    diff = compare(world(CONFIG, SECRET), world(CONFIG))
    assert not diff.differs
    assert reasons(diff.not_compared) == [("Secret", "b", "absent", 1)]


def test_a_folder_of_manifests_is_all_that_there_shall_be():
    manifest = {"kind": "ConfigMap", "metadata": meta("app")}
    diff = compare(world(CONFIG, SECRET), world(manifest))
    assert [(c.kind, c.only) for c in diff.changes] == [("Secret", "a")]


def test_an_input_that_cannot_be_read_is_named():
    diff = compare(world(CONFIG), world(CONFIG, unread=(Unread("x.png", "failed", "binary"),)))
    assert [(e.side, e.source, e.why, e.detail) for e in diff.not_compared] == [
        ("b", "x.png", "failed", "binary")
    ]


def test_sums_differ_only_where_both_sides_know_them():
    a = world(workload("StatefulSet", replicas=3, ready=3, uid="1"), CONFIG)
    b = world(CONFIG, unread=(Unread("api", "forbidden", "", "StatefulSet"),))
    assert compare(a, b).totals == []


def test_other_namespaces_and_cluster_objects_are_out_when_namespaces_are_named():
    node = {"kind": "Node", "metadata": meta("n1", "")}
    a, b = world(CONFIG, node, listed=["Node"]), world(CONFIG, listed=["Node"])
    assert compare(a, b).differs
    assert not compare(a, b, Selection(namespaces=("shop",))).differs


def test_only_the_kinds_that_are_named_are_compared():
    a = world(CONFIG, workload(replicas=1))
    b = world(CONFIG, workload(replicas=2))
    assert not compare(a, b, Selection(kinds=("configmap",))).differs
    assert compare(a, b, Selection(kinds=("Deployment",))).differs
