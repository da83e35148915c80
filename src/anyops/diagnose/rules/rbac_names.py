"""Names in roles and bindings of manifests that match nothing: such a rule grants nothing."""

from collections.abc import Iterator

from anyops.diagnose.api_resources import API_RESOURCES, api_resource
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import edit
from anyops.diagnose.nearest import nearest
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_VERBS = (
    "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "*", "use", "bind",
    "escalate", "impersonate", "approve", "sign", "attest", "proxy",
)  # fmt: skip
_GROUPS = frozenset(entry.group for entry in API_RESOURCES.values())


@rule("rbac.names", "Role", "ClusterRole", title="Roles name verbs and resources that exist")
def check_roles(world: World) -> Iterator[Found]:
    """Verbs and resources that are misspelled, singular, or of another API group."""
    if world.only_manifests:
        for role in world.of_kind("Role", "ClusterRole"):
            for entry in role.each("rules"):
                yield from _verbs(role, entry)
                yield from _resources(role, entry)


def _verbs(role: Resource, entry: Field) -> Iterator[Found]:
    for verb in entry.each("verbs"):
        right = nearest(verb.text().lower(), _VERBS)
        if verb.text() not in _VERBS and right:
            yield _nothing(role, verb, f'there is no verb "{verb.text()}"', right)


def _resources(role: Resource, entry: Field) -> Iterator[Found]:
    groups = {group.text() for group in entry.each("apiGroups")}
    for field in entry.each("resources"):
        name, slash, sub = field.text().partition("/")
        known = api_resource(name) if "." not in name else None
        if name == "*" or not groups <= _GROUPS or not groups:
            continue
        if known is None:
            right = nearest(name.lower(), (entry.plural for entry in API_RESOURCES.values()))
            if right and right.rstrip("s") == name.lower().rstrip("s"):
                yield _nothing(role, field, f'there is no resource "{name}"', right + slash + sub)
        elif name != known.plural:
            why = f'"{name}" is no name of a resource: rules take the plural in small letters'
            yield _nothing(role, field, why, known.plural + slash + sub)
        elif known.group not in groups:
            named = ", ".join(f'"{group}"' for group in sorted(groups))
            why = f'{name} are in API group "{known.group}", not in {named}'
            yield _nothing(role, field, why, f'apiGroups: ["{known.group}"]')


def _nothing(role: Resource, where: Field, why: str, right: str) -> Found:
    return Found(
        on=role,
        title=f"Rule of {role.kind} {role.name} grants nothing",
        detail=f"{why}; meant is probably {right}",
        severity="medium",
        state="risk",
        cites=(where,),
        cause="rbac.forbidden",
        certainty="likely",
        statement=f"A rule of {role.kind} {role.name} grants nothing: {why}.",
        fix=f"Write {right}.",
        commands=edit(role),
    )


@rule("rbac.binding", "RoleBinding", "ClusterRoleBinding", title="Bindings lead from an account to a role")
def check_bindings(world: World) -> Iterator[Found]:
    """Subjects and roles that are not in the manifests while one of nearly the same name is."""
    if world.only_manifests:
        for binding in world.of_kind("RoleBinding", "ClusterRoleBinding"):
            yield from _role_ref(world, binding)
            for subject in binding.each("subjects"):
                yield from _subject(world, binding, subject)


def _role_ref(world: World, binding: Resource) -> Iterator[Found]:
    kind, name = binding.text("roleRef", "kind"), binding.text("roleRef", "name")
    where = binding.namespace if kind == "Role" else ""
    if world.get(kind, where, name) is None:
        there = [role.name for role in world.in_namespace(kind, where)]
        right = nearest(name, there)
        if right and kind == "Role":
            yield _misled(binding, binding.at("roleRef", "name"), f"there is no {kind} {name}", right)


def _subject(world: World, binding: Resource, subject: Field) -> Iterator[Found]:
    namespace, name = subject.text("namespace") or binding.namespace, subject.text("name")
    if subject.text("kind") != "ServiceAccount" or world.get("ServiceAccount", namespace, name) is not None:
        return
    elsewhere = [a for a in world.of_kind("ServiceAccount") if a.name == name]
    if elsewhere:
        why = f"service account {name} is in namespace {elsewhere[0].namespace}, not in {namespace}"
        yield _misled(binding, subject, why, f"namespace: {elsewhere[0].namespace}")
        return
    right = nearest(name, [account.name for account in world.in_namespace("ServiceAccount", namespace)])
    if right:
        why = f"there is no service account {name} in namespace {namespace}"
        yield _misled(binding, subject.at("name"), why, right)


def _misled(binding: Resource, where: Field, why: str, right: str) -> Found:
    return Found(
        on=binding,
        title=f"{binding.kind} {binding.name} binds nothing",
        detail=f"{why}; meant is probably {right}",
        severity="high",
        cites=(where,),
        cause="rbac.forbidden",
        certainty="likely",
        statement=f"{binding.kind} {binding.name} has no effect: {why}. Meant is probably {right}, so its "
        "requests are refused as Forbidden.",
        fix=f"Write {right}.",
        commands=edit(binding),
    )
