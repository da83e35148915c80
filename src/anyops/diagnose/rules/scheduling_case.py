"""One pod that fits nowhere, and what can be said of it."""

from msgspec import Struct

from anyops.diagnose.commands import kubectl
from anyops.diagnose.rules.scheduling_choice import Choice
from anyops.world.evidence import Quotable
from anyops.world.resource import Ref, Resource
from anyops.world.world import World


class Words(Struct, frozen=True, kw_only=True):
    """What a finding says beyond the scheduler's own message."""

    statement: str
    fix: str
    commands: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    cites: tuple[Quotable, ...] = ()


class Case(Struct, frozen=True, eq=False):
    """One pod that fits nowhere. `who` is what a person calls it: its workload."""

    world: World
    pod: Resource
    choice: Choice
    who: Ref

    @property
    def nodes(self) -> list[Resource]:
        return sorted(self.world.of_kind("Node"), key=lambda n: n.name)


def edit(who: Ref) -> str:
    """The line that opens the workload in an editor."""
    return kubectl(who.namespace, "edit", f"{who.kind.lower()}/{who.name}")
