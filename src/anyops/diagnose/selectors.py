"""Label selectors: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/"""

from collections.abc import Mapping

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
