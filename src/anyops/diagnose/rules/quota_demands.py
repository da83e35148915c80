"""What a quota demands of every container."""

from collections.abc import Iterator

from anyops.diagnose.absence import is_live
from anyops.diagnose.commands import describe, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.quotas import Limit, limits
from anyops.diagnose.rules.quota import is_told
from anyops.diagnose.workloads import WORKLOADS, containers, replicas_wanted, template
from anyops.world.resource import Resource
from anyops.world.world import World


@rule("quota.demands", "ResourceQuota", title="Quota that demands what containers do not set")
def demands(world: World) -> Iterator[Found]:
    """Templates that leave out what a quota bounds: pods of it are refused unless a LimitRange fills it in.

    https://kubernetes.io/docs/concepts/policy/resource-quotas/#compute-resource-quota
    """
    for workload in world.of_kind(*WORKLOADS):
        if world.is_owned(workload) or list(world.in_namespace("LimitRange", workload.namespace)):
            continue
        missing = [
            (limit, name) for limit in limits(world, workload.namespace) for name in _unset(workload, limit)
        ]
        pods = world.pods_of(workload.ref)
        if missing and workload.complete and not pods and not is_told(world, workload):
            yield _demanded(world, workload, missing)


def _unset(workload: Resource, limit: Limit) -> Iterator[str]:
    """Containers that do not state what the line bounds. A limit alone also sets the request."""
    kind, _, name = limit.resource.rpartition(".")
    if name not in ("cpu", "memory") or kind not in ("", "requests", "limits"):
        return
    for container in containers(workload):
        resources = container.at("resources")
        stated = resources.present("limits", name)
        stated = stated or (kind != "limits" and resources.present("requests", name))
        if not stated:
            yield container.text("name")


def _demanded(world: World, workload: Resource, missing: list[tuple[Limit, str]]) -> Found:
    live = is_live(workload) and (replicas_wanted(workload) or 0) > 0
    asked = world.only_manifests
    lines = sorted({_in_words(limit.resource) for limit, _ in missing})
    names = ", ".join(sorted({name for _, name in missing}))
    quota = missing[0][0].quota
    return Found(
        on=workload,
        title="Quota demands requests or limits that a container does not set",
        detail=f"container {names}: {', '.join(lines)}",
        severity="high" if live or asked else "low",
        state="now" if live or asked else "risk",
        cites=(missing[0][0].hard_at, template(workload).at("spec", "containers", 0, "resources")),
        cause="quota.requests_required",
        certainty="sure" if asked else "likely",
        statement=f"Quota {quota.name} bounds {', '.join(sorted({m.resource for m, _ in missing}))}, "
        f"so every container must set it; {names} of {workload.name} sets no {' or '.join(lines)}.",
        fix=f"Set {', '.join(lines)} on the container, or add a LimitRange with defaults.",
        commands=(
            kubectl(workload.namespace, "edit", f"{workload.kind.lower()}/{workload.name}"),
            describe("resourcequota", quota.namespace, quota.name),
        ),
        checks=(kubectl(workload.namespace, "get", workload.kind.lower(), workload.name),),
    )


def _in_words(resource: str) -> str:
    kind, _, name = resource.rpartition(".")
    return f"{'CPU' if name == 'cpu' else name} {'limit' if kind == 'limits' else 'request'}"
