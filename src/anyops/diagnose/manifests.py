"""What a folder of manifests alone lets one say: nothing of it has run, so nothing else can tell."""

from collections.abc import Iterator

from anyops.diagnose.commands import act, kubectl
from anyops.diagnose.programs import Program, programs, side_programs
from anyops.diagnose.workloads import WORKLOADS
from anyops.world.resource import Resource
from anyops.world.world import World

_OWN_GROUPS = ("apps", "batch", "autoscaling", "policy", "extensions")
_ROLES = {
    "startupProbe": "startup probe",
    "livenessProbe": "liveness probe",
    "readinessProbe": "readiness probe",
    "postStart": "postStart hook",
    "preStop": "preStop hook",
}


def declared_programs(world: World) -> Iterator[Program]:
    """What the containers of manifests will run; nothing where a running state tells better."""
    return iter(world.derived(_programs) if world.only_manifests else ())


def _programs(world: World) -> tuple[Program, ...]:
    return tuple(programs(world))


def all_programs(world: World) -> Iterator[Program]:
    """What the containers of manifests will run, their probes and hooks included."""
    for program in declared_programs(world):
        yield program
        yield from side_programs(world, program)


def builtin_objects(world: World, *kinds: str) -> Iterator[Resource]:
    """Manifests of these kinds that are of Kubernetes itself: other groups use the same names too."""
    for on in world.of_kind(*kinds) if world.only_manifests else ():
        if not on.group or on.group in _OWN_GROUPS or on.group.endswith(".k8s.io"):
            yield on


def title(program: Program) -> str:
    """`Container app of Deployment cart`, `The readiness probe of container app of Deployment cart`."""
    kind = "Init container" if program.init else "Container"
    where = f"{program.name} of {program.owner.kind} {program.owner.name}"
    role = _ROLES.get(program.role)
    return f"The {role} of {kind.lower()} {where}" if role else f"{kind} {where}"


def edit(owner: Resource) -> tuple[str, ...]:
    """The command that opens the object."""
    return (act("edit", owner.ref),)


def watch(owner: Resource) -> tuple[str, ...]:
    """The command that shows whether its pods come up."""
    if owner.kind in WORKLOADS and owner.kind not in ("Job", "CronJob", "ReplicaSet"):
        return (act("rollout status", owner.ref),)
    return (kubectl(owner.namespace, "get", owner.kind.lower(), owner.name),)
