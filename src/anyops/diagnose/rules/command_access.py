"""What containers of manifests do with the Kubernetes API, against what their service account may do."""

from collections.abc import Iterator, Sequence

from anyops.diagnose.api_calls import Access, api_calls
from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.grants import Grant, bindings_of, built_in, grants, role_of
from anyops.diagnose.manifests import declared_programs, edit, title
from anyops.diagnose.programs import Program
from anyops.diagnose.workloads import POD_MAKERS, pod_spec
from anyops.world.evidence import Quotable
from anyops.world.resource import Field, Resource
from anyops.world.world import World


@rule("command.access", *POD_MAKERS, title="Service account may do what the container does")
def check_access(world: World) -> Iterator[Found]:
    """kubectl, API and client calls that no role bound to the service account covers."""
    for program in declared_programs(world):
        calls = list(api_calls(program))
        if not calls or _brings_own_identity(program):
            continue
        account = pod_spec(program.owner).text("serviceAccountName") or "default"
        bindings = list(bindings_of(world, program.owner.namespace, account))
        said = set[tuple[str, str]]()
        for access, where in calls:
            key = (access.verb, access.resource)
            if key not in said and not _may(world, program, account, bindings, access):
                said.add(key)
                yield _forbidden(world, program, account, bindings, access, where)


def _brings_own_identity(program: Program) -> bool:
    """A kubeconfig or token of its own says nothing about the service account."""
    variables = {v.text("name") for v in program.container.each("env")}
    words = program.text + " ".join(word.text() for word in program.argv)
    return "KUBECONFIG" in variables or "--kubeconfig" in words or "--token" in words


def _may(world: World, program: Program, account: str, bindings: Sequence[Resource], access: Access) -> bool:
    """Whether a role allows it, or could: one that was not read."""
    for binding in bindings:
        holds = binding.namespace in ("", access.namespace) and role_of(world, binding) is None
        if holds and built_in(binding, access.verb, access.resource) is not False:
            return True
    held = grants(world, program.owner.namespace, account, access.namespace)
    return any(g.allows(access.verb, access.resource, access.group, access.name) for g in held)


def _forbidden(
    world: World,
    program: Program,
    account: str,
    bindings: Sequence[Resource],
    access: Access,
    where: Field,
) -> Found:
    owner = program.owner
    roles = [role for binding in bindings if (role := role_of(world, binding)) is not None]
    here = list(grants(world, owner.namespace, account, access.namespace))
    near = [grant for grant in here if grant.covers(access.resource, access.group)]
    role = near[0].role if near else next(iter(roles), None)
    why = _why(near, role, account, access, holds=bool(here) or not roles)
    return Found(
        on=owner,
        title=f"Service account {account} may not {access.verb} {access.resource}",
        detail=f"{title(program)} needs to {access}, but {why}",
        severity="high" if bindings else "medium",
        state="now" if bindings else "risk",
        cites=(where, *_cites(near, role, bindings)),
        cause="rbac.forbidden",
        fault=owner.ref,
        certainty="likely",
        statement=f"{title(program)} runs as service account {account} and needs permission to {access}, "
        f"but {why}, so the API answers Forbidden.",
        fix=f"Add the verb {access.verb} on {access.resource} to "
        + (f"{role.kind} {role.name}." if role is not None else f"a Role that is bound to {account}."),
        commands=edit(role) if role is not None else (),
        checks=(_can_i(access, owner.namespace, account),),
    )


def _why(near: Sequence[Grant], role: Resource | None, account: str, access: Access, *, holds: bool) -> str:
    if role is None:
        return f"no role in the manifests is bound to {account}"
    name = f"{role.kind} {role.name}"
    if not holds:
        return f"{name} is bound only in another namespace"
    verbs = list(dict.fromkeys(verb for grant in near for verb in grant.verbs))
    if not verbs:
        return f"{name} has no rule for the resource {access.resource}"
    return f"{name} grants only {', '.join(verbs)} on {access.resource}"


def _cites(near: Sequence[Grant], role: Resource | None, bindings: Sequence[Resource]) -> Iterator[Quotable]:
    if near:
        yield near[0].rule
    elif role is not None:
        yield role.at("rules") if role.at("rules").value else role.at("metadata", "name")
    if bindings:
        yield bindings[0].at("subjects")


def _can_i(access: Access, namespace: str, account: str) -> str:
    who = f"--as=system:serviceaccount:{namespace}:{account}"
    what = f"{access.resource}.{access.group}" if access.group else access.resource
    scope = () if access.namespace else ("-A",)
    return kubectl(access.namespace, "auth", "can-i", access.verb, what, who, *scope)
