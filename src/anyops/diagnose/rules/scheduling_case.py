"""One pod that fits nowhere, and what can be said of it."""

from msgspec import Struct

from anyops.diagnose.commands import kubectl
from anyops.diagnose.rules.scheduling_choice import Choice
from anyops.world.resource import Ref, Resource
from anyops.world.world import World


class Case(Struct, frozen=True, eq=False):
    """One pod that fits nowhere. `who` is what a person calls it: its workload."""

    world: World
    pod: Resource
    choice: Choice
    who: Ref

    @property
    def nodes(self) -> tuple[Resource, ...]:
        return self.world.derived(_nodes)


def _nodes(world: World) -> tuple[Resource, ...]:
    return tuple(sorted(world.of_kind("Node"), key=lambda n: n.name))


def edit(who: Ref) -> str:
    """The line that opens the workload in an editor."""
    return kubectl(who.namespace, "edit", f"{who.kind.lower()}/{who.name}")
