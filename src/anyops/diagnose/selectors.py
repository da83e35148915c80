"""Label selectors: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/"""

import re
from collections.abc import Mapping

from msgspec import Struct

from anyops.world.resource import Field, Resource
from anyops.world.world import World


def matches(selector: Field, labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector (matchLabels and matchExpressions) selects these labels; an empty one does."""
    wanted = selector.strings("matchLabels")
    if not wanted.items() <= labels.items():
        return False
    return all(holds(expression, labels) for expression in selector.each("matchExpressions"))


def selected_by(world: World, kind: str, namespace: str, selector: Field) -> list[Resource]:
    """The resources of a kind in a namespace that a LabelSelector selects; an empty one selects all."""
    wanted = selector.strings("matchLabels")
    some = world.selected(kind, namespace, wanted) if wanted else world.in_namespace(kind, namespace)
    return [resource for resource in some if matches(selector, resource.labels)]


def holds(expression: Field, labels: Mapping[str, str]) -> bool:
    """Whether one requirement (key, operator, values) is met by these labels."""
    key, operator = expression.text("key"), expression.text("operator")
    values = {value.text() for value in expression.each("values")}
    match operator:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case "Gt" | "Lt":
            have, than = labels.get(key, ""), next(iter(values), "")
            if not (have.lstrip("-").isdigit() and than.lstrip("-").isdigit()):
                return False
            return int(have) > int(than) if operator == "Gt" else int(have) < int(than)
    return False


def describe(selector: Mapping[str, str]) -> str:
    """`app=cart,tier=web`, as kubectl writes it."""
    return ",".join(f"{key}={value}" for key, value in selector.items())


class Requirement(Struct, frozen=True):
    """One part of a selector as `kubectl -l` takes it; the operator is `=`, `!=`, in, notin, exists or !."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether these labels meet it."""
        match self.operator:
            case "=" | "in":
                return labels.get(self.key) in self.values
            case "!=" | "notin":
                return labels.get(self.key) not in self.values
            case "exists":
                return self.key in labels
        return self.key not in labels

    def __str__(self) -> str:
        match self.operator:
            case "in" | "notin":
                return f"{self.key} {self.operator} ({','.join(self.values)})"
            case "exists":
                return self.key
            case "!":
                return f"!{self.key}"
        return f"{self.key}{self.operator}{self.values[0]}"


_KEY = r"[A-Za-z0-9](?:[\w./-]{0,315}[A-Za-z0-9])?"
_VALUE = r"[\w.-]{0,63}"
_REQUIREMENT = re.compile(
    rf"\s*(?:(?P<not>!)\s*(?P<without>{_KEY})"
    rf"|(?P<key>{_KEY})(?:\s*(?P<equal>==|=|!=)\s*(?P<value>{_VALUE})"
    rf"|\s+(?P<set>in|notin)\s*\((?P<values>[^()]{{0,2000}})\))?)\s*(?:,|\Z)"
)


def parse_selector(text: str) -> list[Requirement]:
    """`app=cart,tier!=web,env in (a,b),!canary` as its requirements, all of which must hold.

    Syntax: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
    Raises ValueError where the text is none.
    """
    found, at = [], 0
    while at < len(text):
        match = _REQUIREMENT.match(text, at)
        if match is None or match.end() == at:
            raise ValueError(text[at : at + 40])
        found.append(_requirement(match))
        at = match.end()
    return found


def _requirement(match: re.Match[str]) -> Requirement:
    if match["not"]:
        return Requirement(match["without"], "!")
    if match["set"]:
        values = tuple(value.strip() for value in match["values"].split(","))
        return Requirement(match["key"], match["set"], values)
    if match["equal"]:
        return Requirement(match["key"], "!=" if match["equal"] == "!=" else "=", (match["value"],))
    return Requirement(match["key"], "exists")
