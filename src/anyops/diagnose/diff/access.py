"""The facts of RBAC: who may do what, whichever way the rules are split.

Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from typing import Any

from anyops.diagnose.diff.facts import Facts, Key, Reader, entries, flatten, mapping, put, text, word
from anyops.world.resource import Resource

ROLES = ("Role", "ClusterRole")
BINDINGS = ("RoleBinding", "ClusterRoleBinding")


def role_facts(facts: Facts, resource: Resource, reader: Reader) -> None:
    """Add each grant of a role: the verbs by what they are on; an aggregated role's are its parts'."""
    del reader
    if resource.at("aggregationRule").value:
        put(facts, Key("access", "", "", "aggregationRule"), flatten(resource.at("aggregationRule").value))
        return
    verbs: dict[str, set[str]] = {}
    for rule in entries(resource.at("rules").value):
        for target in _targets(rule):
            verbs.setdefault(target, set()).update(_words(rule.get("verbs")))
    for target, granted in verbs.items():
        said = "*" if "*" in granted else ", ".join(sorted(granted))
        facts[Key("access", "", "", f"may on {target}")] = text(said, open=True)


def _targets(rule: dict[str, Any]) -> list[str]:
    """`pods/log`, `deployments.apps`, `secrets named db`, `/metrics`."""
    names = [f" named {name}" for name in _words(rule.get("resourceNames"))] or [""]
    groups, resources = _words(rule.get("apiGroups")) or [""], _words(rule.get("resources"))
    return [
        *_words(rule.get("nonResourceURLs")),
        *(
            f"{resource}.{group}{name}" if group else f"{resource}{name}"
            for resource in resources
            for group in groups
            for name in names
        ),
    ]


def _words(value: Any) -> list[str]:
    return [word(item) for item in value if item is not None] if isinstance(value, list) else []


def binding_facts(facts: Facts, resource: Resource, reader: Reader) -> None:
    """Add whom a binding names, and which role it gives."""
    role = mapping(resource.at("roleRef").value)
    if role:
        said = f"{word(role.get('kind', ''))} {word(role.get('name', ''))}"
        facts[Key("access", "", "", "role")] = text(said, open=True)
    for subject in entries(resource.at("subjects").value):
        kind, name = word(subject.get("kind", "")), word(subject.get("name", ""))
        own = resource.namespace if kind == "ServiceAccount" else ""
        namespace = reader.namespace(word(subject.get("namespace") or own))
        where = f"{namespace}/" if namespace and kind == "ServiceAccount" else ""
        facts[Key("access", "", "", f"subject {kind} {where}{name}")] = text("", open=True)
