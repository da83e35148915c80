"""Reading an object that nobody vouches for."""

import pytest
from msgspec.structs import replace

from anyops.world.resource import Resource
from anyops.world.world import World

POD = Resource(
    "v1",
    "Pod",
    "shop",
    "cart",
    {
        "metadata": {"labels": {"app": "cart", "size": 3}, "deletionTimestamp": ""},
        "spec": {
            "containers": [{"env": [{"name": "A", "value": 1}, None, "odd", {"name": "B", "valueFrom": {}}]}]
        },
        "status": {"conditions": ["odd", None, {"type": "Ready", "status": "True"}]},
    },
)


ENV: tuple[str | int, ...] = ("spec", "containers", 0, "env")


def test_items_that_have_a_key_keep_their_places() -> None:
    having = list(POD.root.each_having("valueFrom", *ENV))

    assert [(field.path[-1], field.text("name")) for field in having] == [(3, "B")]


def test_texts_under_a_key_are_read_as_text_reads_them() -> None:
    assert POD.root.texts(*ENV, under="value") == ["1", "", "", ""]


@pytest.mark.parametrize("path", [("spec", "none"), ("spec",), ("spec", "containers", 5), ("status", "x", 0)])
def test_what_is_no_list_has_no_items(path: tuple[str | int, ...]) -> None:
    assert list(POD.root.each_having("a", *path)) == []
    assert POD.root.texts(*path, under="a") == []
    assert list(POD.each(*path)) == []


def test_a_condition_is_found_beside_odd_ones() -> None:
    assert POD.condition("Ready").at("status").path == ("status", "conditions", 2, "status")
    assert POD.condition("Initialized").value is None


def test_an_empty_value_is_present_and_labels_are_only_strings() -> None:
    assert POD.present("metadata", "deletionTimestamp")
    assert not POD.present("metadata", "deletionTimestamp", "x")
    assert POD.labels == {"app": "cart"}


def test_a_changed_copy_does_not_keep_what_was_read_of_the_old_one() -> None:
    assert POD.labels == {"app": "cart"}
    other = replace(POD, name="web", body={"metadata": {"labels": {"app": "web"}}})

    assert (other.ref.name, other.labels) == ("web", {"app": "web"})


def test_what_is_derived_is_made_once_for_each_object_and_world() -> None:
    world = World(resources=(POD,))

    def made(_: object) -> list[int]:
        return []

    assert POD.derived(made) is POD.derived(made)
    assert world.derived(made) is world.derived(made)
    assert replace(world, question="why").derived(made) is not world.derived(made)
