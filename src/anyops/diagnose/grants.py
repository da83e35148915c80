"""What RBAC grants to an account.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from collections.abc import Iterator

from msgspec import Struct

from anyops.world.resource import Field, Resource
from anyops.world.world import World

_READING = ("get", "list", "watch")


class Grant(Struct, frozen=True, eq=False):
    """One rule of a role that is bound to the account; `namespace` is "" where it holds everywhere."""

    role: Resource
    rule: Field
    namespace: str

    def covers(self, resource: str, group: str) -> bool:
        """Whether the rule is about this resource, with whatever verb."""
        return _names(self.rule.at("resources"), resource) and _names(self.rule.at("apiGroups"), group)

    def allows(self, verb: str, resource: str, group: str, name: str = "") -> bool:
        """Whether the rule lets the verb be used on the object of that name; on any object without one."""
        named = [entry.text() for entry in self.rule.each("resourceNames")]
        return (
            (not named or name in named)
            and self.covers(resource, group)
            and _names(self.rule.at("verbs"), verb)
        )

    @property
    def verbs(self) -> list[str]:
        return [verb.text() for verb in self.rule.each("verbs")]


def _names(listed: Field, name: str) -> bool:
    values = [value.text() for value in listed.each()]
    sub = name.partition("/")[2]
    return "*" in values or name in values or (bool(sub) and f"*/{sub}" in values)


def bindings_of(world: World, namespace: str, account: str) -> Iterator[Resource]:
    """Bindings of a service account, by name or by a group that it is in."""
    groups = {"system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"}
    for binding in world.of_kind("RoleBinding", "ClusterRoleBinding"):
        for subject in binding.each("subjects"):
            own = subject.text("namespace") or binding.namespace
            is_account = (subject.text("kind"), subject.text("name"), own) == (
                "ServiceAccount",
                account,
                namespace,
            )
            if is_account or (subject.text("kind") == "Group" and subject.text("name") in groups):
                yield binding
                break


def grants(world: World, namespace: str, account: str, where: str) -> Iterator[Grant]:
    """The rules that hold for a service account in the namespace `where` ("" for the whole cluster)."""
    for binding in bindings_of(world, namespace, account):
        role = role_of(world, binding)
        if role is not None and binding.namespace in ("", where):
            yield from (Grant(role, rule, binding.namespace) for rule in role.each("rules"))


def role_of(world: World, binding: Resource) -> Resource | None:
    """The role that the binding refers to; None when it was not read."""
    kind, name = binding.text("roleRef", "kind"), binding.text("roleRef", "name")
    return world.get(kind, binding.namespace if kind == "Role" else "", name)


def built_in(binding: Resource, verb: str, resource: str) -> bool | None:
    """What a role that every cluster has (`view`, `edit`, `admin`, `cluster-admin`) allows; None for others.

    https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
    """
    name = binding.text("roleRef", "name")
    if binding.text("roleRef", "kind") != "ClusterRole" or name not in (
        "cluster-admin",
        "admin",
        "edit",
        "view",
    ):
        return None
    if name == "cluster-admin":
        return True
    if name == "view":
        return verb in _READING and resource != "secrets" and "/" not in resource.replace("/log", "")
    return True


def are_known(world: World, namespace: str, account: str) -> bool:
    """Whether every role that is bound to the account was read; False when no binding was."""
    found = list(bindings_of(world, namespace, account))
    return bool(found) and all(role_of(world, binding) is not None for binding in found)
