"""What a rule says before the engine numbers its evidence."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from anyops.world.evidence import Quotable
from anyops.world.report import Certainty, Severity, State
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

RuledOut = tuple[str, str, tuple[Quotable, ...]]
"""An explanation one would think of, why it is not so, and what shows it."""


class Found(Struct, frozen=True, kw_only=True, eq=False):
    """One finding of a rule, with what it cites.

    `cause` is the code (`causes.py`) of the explanation that this finding is direct evidence for; None for a
    bare symptom (a pod that is not ready, a service without endpoints) that waits for an explanation.
    `fault` is the resource at fault; by default the outermost owner of `on`. `explains` are further
    resources whose symptoms follow from this one beyond what owners and dependencies tell. `certainty`
    says how sure the cause is when this finding stands alone.
    """

    on: Resource | Ref
    title: str
    detail: str = ""
    severity: Severity = "high"
    state: State = "now"
    cites: tuple[Quotable, ...] = ()
    cause: str | None = None
    fault: Ref | None = None
    certainty: Certainty = "likely"
    statement: str = ""
    fix: str = ""
    commands: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    explains: tuple[Ref, ...] = ()
    onset: datetime | None = None
    ruled_out: tuple[RuledOut, ...] = ()

    @property
    def ref(self) -> Ref:
        return self.on if isinstance(self.on, Ref) else self.on.ref


class Words(Struct, frozen=True, kw_only=True):
    """What a finding says beyond the message that it stands on."""

    statement: str
    fix: str
    commands: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    cites: tuple[Quotable, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()


RuleFunction = Callable[[World], Iterable[Found]]


class Rule(Struct, frozen=True, eq=False):
    """A pure function World → findings. `kinds` are what it looks at; Event stands for any event read."""

    id: str
    title: str
    kinds: tuple[str, ...]
    check: RuleFunction

    def __call__(self, world: World) -> Iterator[Found]:
        read = any(kind in world.by_kind for kind in self.kinds) or ("Event" in self.kinds and world.events)
        if not self.kinds or read:
            yield from self.check(world)


RULES: dict[str, Rule] = {}
"""Every rule by id, in the order of registration."""


def rule(id_: str, *kinds: str, title: str) -> Callable[[RuleFunction], RuleFunction]:
    """Register a rule: `kinds` are those of which at least one must be in the world; none means always."""

    def register(check: RuleFunction) -> RuleFunction:
        if id_ in RULES:
            raise ValueError(f"rule {id_} is registered twice")
        RULES[id_] = Rule(id_, title, kinds, check)
        return check

    return register
