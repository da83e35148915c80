"""What should be read next: logs that tell why a container does not run, services next door, usage."""

from collections.abc import Iterable, Iterator

from anyops.diagnose.addresses import in_setting
from anyops.diagnose.workloads import container_statuses, containers, is_going, is_ready
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import LogWanted, Wanted, World

PODS_EACH = 2
"""Pods of one owner whose logs are read: what the others wrote is the same."""
MOST = 24
"""Logs in all."""
NAMESPACES = 8
"""Namespaces whose pods' usage is read."""
SERVICES = 12
"""Services of other namespaces in all."""
_FULL = ("MemoryPressure", "DiskPressure", "PIDPressure")
_TELLING = ("OOMKilling", "SystemOOM", "Evicted", "EvictionThresholdMet", "OOMKilled")


def wanted(world: World, asked: Iterable[Ref] = ()) -> Wanted:
    """What would tell more of this World, of which objects are `asked` about; the most telling first."""
    return Wanted(
        logs=tuple(_logs(world, asked)), services=tuple(_services(world)), usage=tuple(_usage(world))
    )


def _logs(world: World, asked: Iterable[Ref]) -> list[LogWanted]:
    """The logs of containers in trouble, and of the pods that are asked about."""
    named = {pod.ref for ref in asked for pod in world.pods_of(ref)}
    wanted: list[tuple[int, LogWanted]] = []
    seen: dict[Ref, int] = {}
    for pod in sorted(world.of_kind("Pod"), key=lambda p: (p.ref not in named, p.ref)):
        urgent = [(rank, want) for rank, want in _of_pod(pod, pod.ref in named) if want.container]
        if not urgent:
            continue
        owner = world.top_owner(pod)
        seen[owner] = seen.get(owner, 0) + 1
        if seen[owner] <= PODS_EACH:
            wanted += urgent
    return [want for _, want in sorted(wanted)[:MOST]]


def _of_pod(pod: Resource, named: bool) -> Iterator[tuple[int, LogWanted]]:
    if pod.text("status", "phase") in ("Succeeded", "") or (is_going(pod) and not named):
        return
    waits = not is_ready(pod)
    for status in container_statuses(pod):
        name = status.text("name")
        ended, waiting = status.at("state", "terminated"), status.text("state", "waiting", "reason")
        if waiting == "CrashLoopBackOff":
            yield 0, LogWanted(pod.ref, name, previous=True)
        elif ended and ended.number("exitCode") != 0:
            yield 0, LogWanted(pod.ref, name)
        elif status.at("state", "running") and waits and not (status.flag("ready") and _is_main(status)):
            yield 1, LogWanted(pod.ref, name)
        elif status.at("lastState", "terminated"):
            yield 2, LogWanted(pod.ref, name, previous=True)
        elif named and status.at("state", "running"):
            yield 3, LogWanted(pod.ref, name)


def _is_main(status: Field) -> bool:
    return "containerStatuses" in status.path


def _usage(world: World) -> list[str]:
    """Namespaces where memory ran out or pods were evicted, and "" for the nodes then, or under pressure."""
    told = {event.about.namespace for event in world.events if event.reason in _TELLING}
    ended = {
        pod.namespace
        for pod in world.of_kind("Pod")
        for status in container_statuses(pod)
        for state in ("state", "lastState")
        if status.text(state, "terminated", "reason") == "OOMKilled"
    }
    full = any(
        node.condition(kind).text("status") == "True" for node in world.of_kind("Node") for kind in _FULL
    )
    return sorted(told | ended | {""})[: NAMESPACES + 1] if told or ended or full else []


def _services(world: World) -> list[Ref]:
    """Services of namespaces that were not read, on which webhooks and settings rely."""
    relied = [*_of_webhooks(world), *_of_settings(world)]
    outside = (r for r in relied if r.namespace and not world.was_listed("Service", r.namespace))
    return list(dict.fromkeys(outside))[:SERVICES]


def _of_webhooks(world: World) -> Iterator[Ref]:
    for configuration in world.of_kind("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"):
        for webhook in configuration.each("webhooks"):
            service = webhook.at("clientConfig", "service")
            if service.text("name"):
                yield Ref("Service", service.text("namespace"), service.text("name"))


def _of_settings(world: World) -> Iterator[Ref]:
    for maker in world.of_kind("Deployment", "StatefulSet", "DaemonSet", "CronJob"):
        for container in containers(maker):
            for variable in container.each("env"):
                for address in in_setting(variable.text("value")):
                    yield from _next_door(world, address.host)


def _next_door(world: World, host: str) -> Iterator[Ref]:
    """`db.data.svc.cluster.local`, or `db.data` where there is a namespace data."""
    name, *rest = host.split(".")
    if rest and (rest[1:2] == ["svc"] or (len(rest) == 1 and world.get("Namespace", "", rest[0]))):
        yield Ref("Service", rest[0], name)
