"""Probes that cannot pass, as the manifest alone tells: nothing has run yet that could say better."""

import re
from collections.abc import Iterator

from anyops.diagnose.commands import act
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.probe_verdict import how, spell
from anyops.diagnose.services import PROBES, listening, probe_port
from anyops.diagnose.workloads import POD_MAKERS, WORKLOADS, containers, pod_spec
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_STOCK_SERVER = re.compile(r"(?:docker\.io/)?(?:library/)?(?:nginx|httpd)(?::[\w.-]+)?\Z")
_STOCK_PATHS = ("", "/", "/index.html", "/50x.html")
_NAMES = {"livenessProbe": "liveness", "readinessProbe": "readiness", "startupProbe": "startup"}


@rule("workload.probe_target", *POD_MAKERS, title="Probe asks what the container serves")
def check_probe_targets(world: World) -> Iterator[Found]:
    """Ports that no container declares, and paths that a stock web server does not have."""
    for workload in world.of_kind(*(POD_MAKERS if world.only_manifests else WORKLOADS)):
        has_pods = workload.kind != "Pod" and world.pods_of(workload.ref)
        if workload.at("status").value or has_pods or world.is_owned(workload):
            continue
        for container in containers(workload, init=False):
            for name in PROBES:
                if container.at(name).value:
                    yield from _check(workload, container, name)


def _check(workload: Resource, container: Field, name: str) -> Iterator[Found]:
    probe = container.at(name)
    port, ports = probe_port(container, probe), {e.port for e in listening(workload)}
    if port is not None and ports and port not in ports:
        have = ", ".join(map(str, sorted(ports)))
        kind = how(probe)
        beside = [probe_port(container, container.at(other)) for other in PROBES if other != name]
        why, cite = f"the containers declare only {have}", probe.at(kind, "port")
        yield _found(workload, probe, name, "port", why, cite, firm=any(other in ports for other in beside))
        return
    path = probe.at("httpGet", "path")
    if path.text().partition("?")[0] not in _STOCK_PATHS and _is_stock(workload, container):
        why = f"{container.text('image')} as it comes answers 404 there"
        yield _found(workload, probe, name, "path", why, path)


def _is_stock(workload: Resource, container: Field) -> bool:
    """A plain web server image with no command, no mounts, and nothing that could add pages."""
    added = container.at("command").value or container.at("args").value or container.at("volumeMounts").value
    lifecycle = container.at("lifecycle").value or pod_spec(workload).at("initContainers").value
    return bool(_STOCK_SERVER.match(container.text("image"))) and not added and not lifecycle


def _found(
    workload: Resource, probe: Field, name: str, aspect: str, why: str, cite: Field, *, firm: bool = True
) -> Found:
    """A program may listen where its manifest declares no port, so that alone is only a risk."""
    kind = _NAMES[name]
    code = "probe.startup_failing" if kind == "startup" else f"probe.{kind}_{aspect}"
    result = "the pod will not become ready" if kind == "readiness" else "the container will be killed"
    return Found(
        on=workload,
        title=f"{kind.capitalize()} probe cannot pass",
        detail=f"{spell(probe)}: {why}",
        severity="medium",
        state="now" if firm else "risk",
        cites=(cite, probe),
        cause=code,
        certainty="likely",
        statement=f"The {kind} probe of {workload.name} asks {spell(probe)}, but {why}, so {result}.",
        fix="Point the probe at a port and path that the program serves.",
        commands=(act("edit", workload.ref),),
        checks=(act("rollout status", workload.ref),),
    )
