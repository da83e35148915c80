"""What works now and will hurt one day: image tags, requests, probes, single replicas, shadowed settings."""

from collections import Counter
from collections.abc import Callable, Iterator

from anyops.diagnose.finding import Found, rule
from anyops.diagnose.services import services_selecting
from anyops.diagnose.workloads import POD_MAKERS, containers, has_finished, replicas_wanted
from anyops.world.report import Severity
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_SYSTEM = frozenset({"kube-system", "kube-public", "kube-node-lease"})


def _own(world: World) -> list[Resource]:
    """The outermost holders of pod templates, read in full, outside of the system's namespaces."""
    return world.derived(_find_own)


def _find_own(world: World) -> list[Resource]:
    return [
        maker
        for maker in world.of_kind(*POD_MAKERS)
        if maker.complete
        and maker.namespace not in _SYSTEM
        and not has_finished(maker)
        and not any(owner.kind in (*POD_MAKERS, "Node") for owner in world.owners(maker))
    ]


def _risk(
    on: Resource, title: str, detail: str, *cites: Field, severity: Severity = "low", fix: str = ""
) -> Found:
    return Found(on=on, title=title, detail=detail, severity=severity, state="risk", cites=cites, fix=fix)


def _is_latest(container: Field) -> bool:
    image = container.text("image")
    name = image.rpartition("/")[2]
    return bool(image) and "@" not in image and (":" not in name or name.endswith(":latest"))


def _lacks(kind: str) -> Callable[[Field], bool]:
    return lambda container: not container.at("resources", kind).value


def _lacks_probe(probe: str) -> Callable[[Field], bool]:
    return lambda container: not container.at(probe).value


_CHECKS: tuple[tuple[str, str, Callable[[Field], bool], str, bool], ...] = (
    ("image tag is latest", "uses the tag latest, or none", _is_latest, "Pin a version or a digest.", False),
    (
        "no resource requests",
        "sets no requests",
        _lacks("requests"),
        "Set requests for CPU and memory.",
        False,
    ),
    ("no resource limits", "sets no limits", _lacks("limits"), "Set at least a memory limit.", False),
    ("no readiness probe", "has no readinessProbe", _lacks_probe("readinessProbe"), "Add one.", True),
    (
        "no liveness probe",
        "has no livenessProbe",
        _lacks_probe("livenessProbe"),
        "Add one, if it can hang.",
        True,
    ),
)
"""Title, sentence, test, fix, and whether it is asked of servers only (no jobs, no init containers)."""


@rule("hygiene.containers", *POD_MAKERS, title="Container settings that are missing")
def container_settings(world: World) -> Iterator[Found]:
    """Tags, requests, limits and probes, one finding a workload and matter."""
    for maker in _own(world):
        server = maker.kind not in ("Job", "CronJob")
        for title, sentence, test, fix, servers_only in _CHECKS:
            if servers_only and not server:
                continue
            bad = [c for c in containers(maker, init=not servers_only) if test(c)]
            if bad:
                names = ", ".join(c.text("name") for c in bad[:4])
                cite = bad[0].at("image") if "tag" in title else bad[0].at("name")
                yield _risk(maker, f"Container: {title}", f"{names} {sentence}.", cite, fix=fix)


@rule("hygiene.single_replica", "Deployment", title="Single replica")
def single_replica(world: World) -> Iterator[Found]:
    """A Deployment with one replica behind a service: every restart is an outage."""
    for deployment in _own(world):
        if deployment.kind != "Deployment" or replicas_wanted(deployment) != 1:
            continue
        labels = deployment.at("spec", "template", "metadata", "labels").strings()
        for service in services_selecting(world, deployment.namespace, labels)[:1]:
            text = f"Service {service.name} has one pod; its restart is an outage."
            yield _risk(deployment, "Single replica", text, deployment.at("spec", "replicas"))


@rule("hygiene.env_shadowed", *POD_MAKERS, title="Environment variable is set twice")
def env_shadowed(world: World) -> Iterator[Found]:
    """The same name twice in `env`: the last one wins, which readers of the manifest miss."""
    for maker in _own(world):
        for container in containers(maker):
            names = Counter(container.texts("env", under="name"))
            for name in (n for n, count in names.items() if count > 1 and n):
                twice = [v for v in container.each("env") if v.text("name") == name]
                text = f"Container {container.text('name')} sets {name} {len(twice)} times; the last counts."
                yield _risk(maker, f"{name} is set twice", text, *(v.at("name") for v in twice[:2]))


@rule("hygiene.duplicate_host", "Ingress", title="Two ingresses claim the same host and path")
def duplicate_host(world: World) -> Iterator[Found]:
    """Which of them answers depends on the controller."""
    first: dict[tuple[str, str, str], Resource] = {}
    for ingress in world.of_kind("Ingress"):
        class_ = ingress.text("spec", "ingressClassName") or ingress.annotations.get(
            "kubernetes.io/ingress.class", ""
        )
        for entry in ingress.each("spec", "rules"):
            for path in entry.each("http", "paths"):
                key = (class_, entry.text("host"), path.text("path"))
                other = first.setdefault(key, ingress)
                if (
                    other is not ingress
                    and key[1]
                    and "nginx.ingress.kubernetes.io/canary" not in ingress.annotations
                ):
                    text = f"{other.ref} and {ingress.ref} both serve {key[1]}{key[2]}."
                    yield _risk(
                        ingress, f"Host {key[1]} is claimed twice", text, entry.at("host"), severity="medium"
                    )


@rule("hygiene.shared_rwo", "PersistentVolumeClaim", title="ReadWriteOnce volume is mounted by several pods")
def shared_rwo(world: World) -> Iterator[Found]:
    """Pods of one ReadWriteOnce claim must share a node; a second one elsewhere cannot start."""
    users = _claim_users(world)
    for claim in world.of_kind("PersistentVolumeClaim"):
        modes = [m.text() for m in claim.each("spec", "accessModes")]
        if not modes or not set(modes) <= {"ReadWriteOnce", "ReadWriteOncePod"}:
            continue
        makers = users.get((claim.namespace, claim.name), [])
        pods = sum(_pods_at_once(maker) for maker in makers)
        if pods > 1:
            names = ", ".join(str(m.ref) for m in makers[:3])
            text = f"{modes[0]} claim {claim.name} is mounted by {pods} pods of {names}."
            yield _risk(
                claim, "Several pods mount it", text, claim.at("spec", "accessModes"), severity="medium"
            )


def _claim_users(world: World) -> dict[tuple[str, str], list[Resource]]:
    users: dict[tuple[str, str], list[Resource]] = {}
    for maker in _own(world):
        spec = maker.at("spec") if maker.kind == "Pod" else maker.at("spec", "template", "spec")
        for volume in spec.each("volumes"):
            name = volume.text("persistentVolumeClaim", "claimName")
            if name:
                users.setdefault((maker.namespace, name), []).append(maker)
    return users


def _pods_at_once(maker: Resource) -> int:
    return 1 if maker.kind in ("Pod", "Job", "CronJob", "DaemonSet") else replicas_wanted(maker) or 0
