"""What the manifests of a namespace ask for together, against its quota and its LimitRange."""

from collections.abc import Iterator

from anyops.diagnose.commands import describe, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import edit, watch
from anyops.diagnose.placement import requests, show_amount
from anyops.diagnose.quotas import Limit, code_of, limits, plain
from anyops.diagnose.workloads import POD_MAKERS, WORKLOADS, containers, replicas_wanted
from anyops.world.evidence import Quotable
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World

_OBJECTS = {
    "services": "Service",
    "configmaps": "ConfigMap",
    "secrets": "Secret",
    "persistentvolumeclaims": "PersistentVolumeClaim",
    "deployments": "Deployment",
    "statefulsets": "StatefulSet",
    "jobs": "Job",
    "cronjobs": "CronJob",
}


@rule("quota.sum", "ResourceQuota", title="Manifests of a namespace fit into its quota together")
def check_sums(world: World) -> Iterator[Found]:
    """The sum over all manifests of a namespace; what one workload alone exceeds is told by itself."""
    if not world.only_manifests:
        return
    for namespace in sorted({quota.namespace for quota in world.of_kind("ResourceQuota")}):
        for limit in limits(world, namespace):
            parts = _parts(world, namespace, limit)
            total = sum(amount for _, amount in parts)
            if total > limit.hard and all(amount <= limit.hard for _, amount in parts):
                yield _exceeded(limit, parts, total)


def _parts(world: World, namespace: str, limit: Limit) -> list[tuple[Resource, float]]:
    counted = plain(limit.resource)
    if (
        counted in _OBJECTS
        and "storageclass" not in limit.resource
        and not limit.resource.startswith("services.")
    ):
        return [(r, 1.0) for r in world.in_namespace(_OBJECTS[counted], namespace)]
    if counted == "storage" and limit.resource == "requests.storage":
        claims = world.in_namespace("PersistentVolumeClaim", namespace)
        return [(c, c.at("spec", "resources", "requests").quantity("storage") or 0.0) for c in claims]
    if counted not in ("cpu", "memory", "pods"):
        return []
    return [(m, amount) for m in _makers(world, namespace) if (amount := _of_pods(world, m, limit, counted))]


def _makers(world: World, namespace: str) -> Iterator[Resource]:
    for kind in POD_MAKERS:
        if kind not in ("CronJob", "DaemonSet"):
            yield from (m for m in world.in_namespace(kind, namespace) if not world.is_owned(m))


def _of_pods(world: World, maker: Resource, limit: Limit, counted: str) -> float:
    count = (replicas_wanted(maker) or 0) if maker.kind in WORKLOADS and maker.kind != "Job" else 1
    if counted == "pods":
        return float(count)
    if limit.resource.startswith("limits."):
        amounts = (c.at("resources", "limits").quantity(counted) for c in containers(maker, init=False))
        return count * sum(a for a in amounts if a is not None)
    return count * requests(world, maker).get(counted, 0.0)


def _exceeded(limit: Limit, parts: list[tuple[Resource, float]], total: float) -> Found:
    unit = plain(limit.resource)
    namespace = limit.quota.namespace
    asked, hard = show_amount(unit, total), show_amount(unit, limit.hard)
    largest = sorted(parts, key=lambda part: -part[1])[:3]
    names = ", ".join(f"{r.name} {show_amount(unit, amount)}" for r, amount in largest)
    return Found(
        on=Ref("Namespace", "", namespace),
        title="Manifests ask for more than the namespace's quota",
        detail=f"{limit.resource}: {asked} asked for, quota {limit.quota.name} has {hard} ({names})",
        severity="high",
        cites=(limit.hard_at, *(r.at("metadata", "name") for r, _ in largest)),
        cause=code_of(limit.resource),
        certainty="likely",
        statement=f"The manifests of namespace {namespace} ask for {asked} of {limit.resource} together, but "
        f"quota {limit.quota.name} allows {hard}, so what comes last is refused (largest: {names}).",
        fix="Raise the quota, lower the requests, or run fewer replicas.",
        commands=(describe("resourcequota", namespace, limit.quota.name),),
        checks=(kubectl(namespace, "get", "resourcequota", limit.quota.name),),
        explains=tuple(r.ref for r, _ in parts),
    )


@rule("limitrange.manifest", "LimitRange", title="Containers stay within the LimitRange")
def check_limit_ranges(world: World) -> Iterator[Found]:
    """Requests and limits of manifests outside the bounds that the namespace's LimitRange sets.

    https://kubernetes.io/docs/concepts/policy/limit-range/
    """
    if world.only_manifests:
        for bounds in world.of_kind("LimitRange"):
            for entry in bounds.each("spec", "limits"):
                if entry.text("type") == "Container":
                    for maker in _makers(world, bounds.namespace):
                        yield from _outside(bounds, entry, maker)


def _outside(bounds: Resource, entry: Field, maker: Resource) -> Iterator[Found]:
    for container in containers(maker, init=False):
        for side, key in (("max", "limits"), ("max", "requests"), ("min", "requests")):
            for name, bound in entry.entries(side):
                asked = container.at("resources", key, name)
                has, allowed = asked.quantity(), bound.quantity()
                if has is None or allowed is None:
                    continue
                if has > allowed if side == "max" else has < allowed:
                    yield _broken(bounds, maker, container, asked, bound, f"{name} {key[:-1]}", side)
                    return


def _broken(
    bounds: Resource, maker: Resource, container: Field, asked: Field, bound: Field, what: str, side: str
) -> Found:
    beyond = "above the maximum" if side == "max" else "below the minimum"
    cites: tuple[Quotable, ...] = (asked, bound)
    return Found(
        on=maker,
        title="Container is outside the LimitRange",
        detail=f"{what} {asked.text()} of container {container.text('name')} is {beyond} of {bound.text()}",
        severity="high",
        cites=cites,
        cause="limitrange.violated",
        certainty="sure",
        statement=f"Container {container.text('name')} of {maker.kind} {maker.name} sets {what} "
        f"{asked.text()}, {beyond} of {bound.text()} that LimitRange {bounds.name} allows: pods are refused.",
        fix="Stay within the LimitRange, or change it.",
        commands=edit(maker),
        checks=watch(maker),
    )
