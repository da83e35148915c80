"""Two tables of facts as changes, each thing that stands on one side only said once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

from anyops.diagnose.diff.concealed import HIDDEN, is_secret, masked
from anyops.diagnose.diff.defaults import PROBE
from anyops.diagnose.diff.facts import Facts, Key, Value
from anyops.diagnose.diff.lines import hunks
from anyops.diagnose.diff.noise import is_hidden
from anyops.diagnose.diff.pods import PROBES
from anyops.diagnose.diff.record import Change, Only
from anyops.world.resource import Ref

_BY_NAME = ("environment", "config", "labels", "custom")
"""Groups whose fields have names that people choose."""
_SUMMARY = 400
_LONGEST = 2000

Told = tuple[str, Change]
"""A change with its group."""


def changed(ref: Ref, a: Facts, b: Facts, *, both_shown: bool) -> Iterator[Told]:
    """What differs; with `both_shown` only among facts that stand on both sides."""
    common = a.keys() & b.keys()
    for key in common:
        if _differ(a[key], b[key], outline=both_shown) and not (
            is_hidden(a[key].shown) or is_hidden(b[key].shown)
        ):
            yield key.group, _both(ref, key, a[key], b[key])
    if both_shown:
        return
    yield from _one_side(ref, a, b, "a")
    yield from _one_side(ref, b, a, "b")


def _differ(a: Value, b: Value, *, outline: bool) -> bool:
    """Whether two values differ; an outline shows no white space at a text's end."""
    if outline and isinstance(a.same, str) and isinstance(b.same, str):
        return a.same.rstrip() != b.same.rstrip()
    return a.same != b.same


def _one_side(ref: Ref, facts: Facts, other: Facts, side: Literal["a", "b"]) -> Iterator[Told]:
    """Parts, units and single facts that only `facts` has: the largest that is missing is said."""
    parts, units = {key.part for key in other}, {(key.part, key.unit) for key in other}
    whole: dict[tuple[str, str, str], list[Key]] = defaultdict(list)
    for key in facts.keys() - other.keys():
        if key.part not in parts and key.part:
            whole["workloads", key.part, ""].append(key)
        elif key.unit and (key.part, key.unit) not in units:
            whole[key.group, key.part, key.unit].append(key)
        else:
            yield key.group, _lone(ref, key, facts[key], side)
    for (group, part, unit), keys in whole.items():
        said = _summary(facts, sorted(keys), part_only=not unit)
        yield group, _only(ref, part, unit, said, side)


def _summary(facts: Facts, keys: Iterable[Key], *, part_only: bool) -> str:
    """A probe's or a volume's facts in a line; of a container the image alone."""
    if part_only:
        return next((facts[key].shown for key in keys if key.field == "image"), "")
    said = []
    for key in keys:
        if key.unit in PROBES and facts[key].shown == str(PROBE.get(key.field, "")):
            continue
        shown, hidden = _shown(key, facts[key])
        text = HIDDEN if hidden else shown
        said.append(f"{key.field}={text}" if text and key.field else text or key.field)
    return ", ".join(said)[:_SUMMARY]


def whole(ref: Ref, facts: Facts, side: Literal["a", "b"]) -> Change:
    """An object that stands on one side only."""
    images = sorted({value.shown for key, value in facts.items() if key.field == "image"})
    keys = sorted(key.field for key in facts if key.group in ("config", "secrets") and key.field != "type")
    return _only(ref, "", "", ", ".join(images or keys)[:_SUMMARY], side)


def _only(ref: Ref, part: str, field: str, said: str, side: Only) -> Change:
    return Change(
        kind=ref.kind,
        namespace=ref.namespace,
        name=ref.name,
        part=part,
        field=masked(field),
        only=side,
        a=said if side == "a" else None,
        b=said if side == "b" else None,
    )


def _lone(ref: Ref, key: Key, value: Value, side: Literal["a", "b"]) -> Change:
    shown, hidden = _shown(key, value)
    change = _only(ref, key.part, _field(key), shown, side)
    if not hidden:
        return change
    return Change(
        kind=ref.kind,
        namespace=ref.namespace,
        name=ref.name,
        part=key.part,
        field=change.field,
        only=side,
        hidden=True,
    )


def _both(ref: Ref, key: Key, a: Value, b: Value) -> Change:
    (shown_a, hidden_a), (shown_b, hidden_b) = _shown(key, a), _shown(key, b)
    hidden = hidden_a or hidden_b
    many = not hidden and ("\n" in a.shown.strip() or "\n" in b.shown.strip())
    found, more = hunks(a.shown, b.shown) if many else ([], 0)
    if not many and shown_a == shown_b:
        hidden = hidden or shown_a != a.shown or shown_b != b.shown
    return Change(
        kind=ref.kind,
        namespace=ref.namespace,
        name=ref.name,
        part=key.part,
        field=masked(_field(key)),
        a=None if hidden else shown_a,
        b=None if hidden else shown_b,
        hidden=hidden,
        hunks=found,
        more_hunks=more,
    )


def _field(key: Key) -> str:
    return f"{key.unit} {key.field}".strip()


def _shown(key: Key, value: Value) -> tuple[str, bool]:
    """The value as it may be shown, and whether it may not be shown at all."""
    text = value.shown
    if "\n" in text.strip():
        return f"{len(text.splitlines())} lines", False
    if not value.open and key.group in _BY_NAME and text:
        free = key.group in ("environment", "config")
        name = key.field.rpartition(".")[2] if key.group == "custom" else key.field
        if is_secret(name, text, plain_ends=not free):
            return "", True
    return (text if value.open else masked(text))[:_LONGEST], False
