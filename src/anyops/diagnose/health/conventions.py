"""Health of an object of any API by the conventions: generations, conditions, state words, counts, errors."""

from collections.abc import Iterator

from anyops.diagnose.health.conditions import has_summary, read_conditions
from anyops.diagnose.health.dialects import Dialect, dialect_of
from anyops.diagnose.health.verdict import Health, Signal, Status, say, weigh
from anyops.diagnose.health.words import is_finite, judge_state, tokens, vocabulary
from anyops.world.resource import Field, Resource

_PAUSED_SPEC = (("suspend",), ("suspended",), ("paused",), ("updateStrategy", "paused"),
                ("updateStrategy", "rollingUpdate", "paused"))  # fmt: skip
_PAUSED_ANNOTATIONS = ("cluster.x-k8s.io/paused", "crossplane.io/paused")
_OBSERVED = ("observedGeneration", "lastEvaluatedGeneration", "lastObservedGeneration")
_DECLARATIONS = vocabulary(
    """
    class config configuration definition middleware preset profile report rule schedule template
    """
)
"""Last words of kinds that declare settings, which often have no status at all."""

_STATES = ("phase", "state", "health", "status", "currentState", "currentStatus", "healthStatus", "compliant",
           "stage", "printableStatus", "robustness", "jobDeploymentStatus", "lifecycleState")  # fmt: skip
_STATE_ENDINGS = ("Phase", "State", "Status", "Health")
_NOT_NOW = ("previous", "desired", "target", "expected", "old")
_GROUPS_OF_STATES = ("health", "state", "status", "jobStatus", "applicationState", "reconciliationStatus")

_FLAGS: tuple[tuple[str, Status], ...] = (
    ("healthy", "Degraded"), ("valid", "Degraded"), ("success", "Degraded"), ("connected", "Degraded"),
    ("ready", "Progressing"), ("readyToUse", "Progressing"), ("available", "Progressing"),
    ("initialized", "Progressing"), ("provisioned", "Progressing"), ("created", "Progressing"),
)  # fmt: skip
"""Booleans of a status, and what false means."""

_ERRORS = (("error",), ("errMsg",), ("errorMessage",), ("failureMessage",), ("error", "message"),
           ("reconciliationStatus", "error"))  # fmt: skip

_PROBLEMS = ("errors", "problems")

_COUNTS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    *((name, (("spec", "replicas"), ("status", "replicas")))
      for name in ("updatedReplicas", "readyReplicas", "availableReplicas", "updatedReadyReplicas",
                   "updatedAvailableReplicas", "upToDateNodes")),
    ("availableNodes", (("status", "expectedNodes"),)),
    ("readyInstances", (("status", "instances"),)),
    ("ready", (("status", "size"),)),
    ("numberReady", (("status", "desiredNumberScheduled"),)),
)  # fmt: skip
"""Counts in a status, and where the wanted number stands."""

_LACKING = ("unavailableReplicas", "unreadyReplicas", "numberUnavailable")
_NESTED_CONDITIONS = ("parents", "ancestors", "ingress")


def by_convention(obj: Resource) -> Health:
    """The strongest of all that the object says about itself."""
    paused = next(_paused(obj), None)
    if paused is not None:
        return paused.health
    dialect = dialect_of(obj.group, obj.kind)
    if not isinstance(obj.at("status").value, dict) or not obj.at("status"):
        return _without_status(obj, dialect)
    signals = _signals(obj, dialect)
    best = max(
        signals, key=lambda signal: (weigh(signal), signal.health.path[-1:] == ("message",)), default=None
    )
    return _silent(obj) if best is None else best.health


def _paused(obj: Resource) -> Iterator[Signal]:
    for path in _PAUSED_SPEC:
        if obj.at("spec", *path).flag():
            yield say(
                "Suspended", obj.at("spec", *path), f"{obj.kind} is paused: spec.{'.'.join(path)} is true"
            )
    for key in _PAUSED_ANNOTATIONS:
        here = obj.at("metadata", "annotations", key)
        if here.value is not None and here.text() != "false":
            yield say("Suspended", here, "ReconcilePaused")


def _without_status(obj: Resource, dialect: Dialect) -> Health:
    if not obj.complete:
        return Health("Unknown", "the input shows no status")
    if dialect.without_status is not None:
        return Health(dialect.without_status, "Has no status", ("kind",))
    if obj.at("status").value is None:
        words = tokens(obj.kind)
        if words and words[-1] in _DECLARATIONS:
            return Health("Healthy", "Declares settings; has no status", ("kind",))
        return Health("Progressing", "Waiting for status to be reported", ("kind",))
    return Health(dialect.empty_status, "Status is empty", ("status",))


def _signals(obj: Resource, dialect: Dialect) -> list[Signal]:
    generation = obj.number("metadata", "generation")
    conditions = [*obj.each("status", "conditions"), *obj.each("status", "conditionedStatus", "conditions")]
    well = has_summary(conditions)
    found = [*_behind(obj, generation), *_nested_conditions(obj, generation, dialect)]
    states = list(_states(obj, dialect, primary_only=well))
    said = list(read_conditions(conditions, generation, dialect))
    if well and any(s.health.status == "Healthy" for s in states):
        said = [s for s in said if not _only_progressing(s, obj)]
    found += said + states + list(_nested_states(obj, dialect)) + list(_counts(obj))
    if not well:
        found += [*_errors(obj), *_flags(obj)]
    return found


def _only_progressing(signal: Signal, obj: Resource) -> bool:
    """Some operators leave `Progressing=True` standing after they have arrived."""
    path = signal.health.path[:3] if signal.health.path[1:2] == ("conditions",) else ()
    return signal.health.status == "Progressing" and obj.text(*path, "type") == "Progressing"


def _behind(obj: Resource, generation: int | None) -> Iterator[Signal]:
    for key in _OBSERVED:
        observed = obj.number("status", key)
        if observed and generation and observed < generation:
            yield say(
                "Progressing",
                obj.at("status", key),
                f"Waiting for {obj.kind} spec update to be observed: generation {observed} of {generation}",
            )


def _nested_conditions(obj: Resource, generation: int | None, dialect: Dialect) -> Iterator[Signal]:
    for key in _NESTED_CONDITIONS:
        groups = [list(item.each("conditions")) for item in obj.each("status", key)]
        fresh = [g for g in groups if g and not all(_older(c, generation) for c in g)]
        for conditions in fresh or groups:
            for signal in read_conditions(conditions, generation, dialect):
                yield _with_parent(obj, signal)


def _with_parent(obj: Resource, signal: Signal) -> Signal:
    """Which of a route's parents says so."""
    parent = obj.text(*signal.health.path[:3], "parentRef", "name")
    if not parent:
        return signal
    health = Health(signal.health.status, f"Parent {parent}: {signal.health.message}", signal.health.path)
    return Signal(health, signal.sure)


def _older(condition: Field, generation: int | None) -> bool:
    observed = condition.number("observedGeneration")
    return bool(observed and generation and observed < generation)


def _states(obj: Resource, dialect: Dialect, *, primary_only: bool) -> Iterator[Signal]:
    finite = is_finite(obj.kind)
    for here, primary in _state_fields(obj, dialect):
        if primary or not primary_only:
            status = _judge(here.text(), dialect, finite)
            if status is not None:
                yield say(status, here, _with_detail(here), sure=primary)
            elif primary:
                yield say("Unknown", here, here.text() or "The state is empty", sure=False)


def _judge(text: str, dialect: Dialect, finite: bool) -> Status | None:
    word = "".join(tokens(text))
    if dialect.words:
        known = dialect.words.get(word) or dialect.words.get("*")
        if known is not None:
            return known
    return judge_state(text, finite=finite)


def _state_fields(obj: Resource, dialect: Dialect) -> Iterator[tuple[Field, bool]]:
    status = obj.at("status")
    for path in dialect.states:
        yield from ((here, True) for here in _walk(status, path))
    for key, here in status.entries():
        if key in _STATES and isinstance(here.value, str | int) and not isinstance(here.value, bool):
            yield here, True
        elif isinstance(here.value, str) and key.endswith(_STATE_ENDINGS) and not key.startswith(_NOT_NOW):
            yield here, False
        elif key in _GROUPS_OF_STATES:
            yield from ((here.at(k), False) for k in ("state", "status", "phase") if here.text(k))


def _walk(field: Field, path: tuple[str, ...]) -> Iterator[Field]:
    if not path:
        if isinstance(field.value, str | int) and not isinstance(field.value, bool):
            yield field
    elif path[0] == "*":
        for _, item in field.entries():
            yield from _walk(item, path[1:])
    else:
        yield from _walk(field.at(path[0]), path[1:])


def _with_detail(here: Field) -> str:
    word, parent = _spoken(here), here.resource.at(*here.path[:-1])
    for key in ("message", "reason", "error", "statusReason"):
        detail = parent.text(key).strip()
        if detail and detail != here.text():
            return f"{word}: {detail}"
    return word


def _spoken(here: Field) -> str:
    """`phase is Failed`; a phrase of several words speaks for itself."""
    return here.text() if " " in here.text() else f"{here.path[-1]} is {here.text()}"


def _nested_states(obj: Resource, dialect: Dialect) -> Iterator[Signal]:
    for key, word in dialect.nested:
        for item in obj.each("status", key):
            text = item.text(word)
            status = "Degraded" if text == "false" else judge_state(text)
            if status is not None and status not in ("Unknown", "Healthy"):
                yield say(status, item.at(word), text if text != "false" else f"{word} is false")


def _errors(obj: Resource) -> Iterator[Signal]:
    for path in _ERRORS:
        here = obj.at("status", *path)
        if isinstance(here.value, str) and here.value.strip():
            yield say("Degraded", here)
    for key in _PROBLEMS:
        for item in obj.each("status", key):
            yield say("Degraded", item, item.text("message") or item.text() or key, sure=False)


def _flags(obj: Resource) -> Iterator[Signal]:
    status = obj.at("status")
    for key, otherwise in _FLAGS:
        here = status.at(key)
        word = here.text().lower()
        if word == "true":
            yield say("Healthy", here, f"{obj.kind} is {key}", sure=False)
        elif word == "false":
            yield say(otherwise, here, f"{obj.kind} is not {key}", sure=False)


def _counts(obj: Resource) -> Iterator[Signal]:
    status = obj.at("status")
    for key in _LACKING:
        lacking = status.number(key)
        if lacking and lacking > 0:
            yield say("Progressing", status.at(key), f"{key}: {lacking}", sure=False)
    for key, places in _COUNTS:
        here = status.at(key)
        have = None if isinstance(here.value, str) else here.number()
        if have is not None:
            yield from _count(obj, here, have, places)


def _count(obj: Resource, here: Field, have: int, places: tuple[tuple[str, ...], ...]) -> Iterator[Signal]:
    wanted = next((n for place in places if (n := obj.number(*place)) is not None), None)
    if wanted:
        state: Status = "Progressing" if have < wanted else "Healthy"
        yield say(state, here, f"{here.path[-1]}: {have} of {wanted}", sure=False)


def _silent(obj: Resource) -> Health:
    """Nothing in the status is a known word."""
    status, path = obj.at("status"), ("status",)
    if set(status.value) <= {*_OBSERVED, "conditions"} and any(obj.number("status", k) for k in _OBSERVED):
        return Health("Healthy", "The latest spec was observed", path)
    if status.present("conditions") or len(status.value) < 2:
        return Health("Progressing", "Waiting for a condition or state to be reported", path)
    return Health("Healthy", "Has a status, and no trouble stands in it", path)
