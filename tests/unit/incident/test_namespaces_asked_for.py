"""A namespace that is asked for and is not there: a mistake to name, where one can be sure of it."""

import pytest

from anyops.errors import UsageError
from anyops.incident.targets import require
from anyops.world.resource import Resource
from anyops.world.world import World


def resource(kind: str, name: str, namespace: str = "") -> Resource:
    body = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}}
    return Resource(api_version="v1", kind=kind, namespace=namespace, name=name, body=body, views=())


SHOP = resource("Namespace", "shop")
LISTED = frozenset({("Namespace", "")})


def test_a_namespace_that_is_not_there_is_named_with_the_one_that_is_meant() -> None:
    with pytest.raises(UsageError) as raised:
        require(World(resources=(SHOP,), listed=LISTED), ["shop", "shob"])
    assert raised.value.message == "there is no namespace shob"
    assert raised.value.hint == "did you mean -n shop?"


@pytest.mark.parametrize(
    "world",
    [
        World(resources=(SHOP,)),
        World(listed=LISTED),
        World(resources=(SHOP, resource("Pod", "a", "shob")), listed=LISTED),
    ],
    ids=["the list was not read whole", "no cluster has no namespaces", "something is in it"],
)
def test_nothing_is_said_where_it_is_not_sure(world: World) -> None:
    require(world, ["shob"])
