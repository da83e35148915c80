"""Services, the pods behind them, and the ports on which those listen.

Concepts: https://kubernetes.io/docs/concepts/services-networking/service/
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from anyops.diagnose.selectors import describe
from anyops.diagnose.workloads import WORKLOADS, containers, is_going, is_live, template
from anyops.world.labels import LabelIndex, SelectorIndex
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_LISTEN_NAMES = frozenset(
    {"PORT", "HTTP_PORT", "SERVER_PORT", "GRPC_PORT", "LISTEN_PORT", "APP_PORT", "SERVICE_PORT"}
)
_LISTEN_FLAG = re.compile(
    r"(?:--?(?:http-|grpc-|server\.|listen-)?port[= ]|http\.server |TCP-LISTEN:|\bnc (?:-\w{1,6} ){0,3}-?p ?"
    r"|\bnc -\w{0,5}l\w{0,5} )(\d{1,5})\b"
)


class Listening(Struct, frozen=True, eq=False):
    """A port on which a container says that it listens. `how` is `declared`, `env` or `argument`."""

    port: int
    protocol: str
    name: str
    how: str
    where: Field


class Endpoints(Struct, frozen=True, eq=False):
    """The addresses behind a service by its Endpoints or EndpointSlices; `known` when one was read."""

    known: bool
    ready: tuple[Field, ...]
    waiting: tuple[Field, ...]
    where: Field | None


def selector_of(service: Resource) -> dict[str, str]:
    """The labels that a service selects; empty for one that selects nothing or is an ExternalName."""
    if service.text("spec", "type") == "ExternalName":
        return {}
    return service.at("spec", "selector").strings()


def is_headless(service: Resource) -> bool:
    """Whether the name resolves to the pods themselves."""
    return service.text("spec", "clusterIP") == "None"


def pods_behind(world: World, service: Resource) -> list[Resource]:
    """Live pods that the service selects, ready or not."""
    return world.derived(_live_pods).selected(service.namespace, selector_of(service))


def workloads_behind(world: World, service: Resource) -> list[Resource]:
    """The outermost workloads whose pod template the service selects."""
    return world.derived(_top_workloads_by_label).selected(service.namespace, selector_of(service))


def services_selecting(world: World, namespace: str, labels: Mapping[str, str]) -> list[Resource]:
    """The services of a namespace whose `spec.selector` these labels satisfy, of any type."""
    return world.derived(_services_by_selector).selecting(namespace, labels)


def top_workloads(world: World, namespace: str) -> Sequence[Resource]:
    """Workloads of a namespace that nothing owns and that serve for long."""
    return world.derived(_top_workloads).get(namespace, ())


def top_workload_named(world: World, namespace: str, *names: str) -> Resource | None:
    """The first of the namespace's top workloads that has one of these names."""
    named = world.derived(_top_workloads_by_name)
    found = [entry for name in names if (entry := named.get((namespace, name)))]
    return min(found, key=lambda entry: entry[0])[1] if found else None


def _live_pods(world: World) -> LabelIndex[Resource]:
    return LabelIndex((p.namespace, p.labels, p) for p in world.of_kind("Pod") if is_live(p))


def _top_workloads(world: World) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for workload in world.of_kind(*(kind for kind in WORKLOADS if kind not in ("Job", "CronJob"))):
        if not world.is_owned(workload) and not is_going(workload):
            found.setdefault(workload.namespace, []).append(workload)
    return found


def _top_workloads_by_name(world: World) -> dict[tuple[str, str], tuple[int, Resource]]:
    """Each name's first, with its place among the namespace's."""
    found: dict[tuple[str, str], tuple[int, Resource]] = {}
    for namespace, those in world.derived(_top_workloads).items():
        for order, workload in enumerate(those):
            found.setdefault((namespace, workload.name), (order, workload))
    return found


def _top_workloads_by_label(world: World) -> LabelIndex[Resource]:
    tops = world.derived(_top_workloads)
    return LabelIndex((namespace, template_labels(w), w) for namespace, those in tops.items() for w in those)


def _services_by_selector(world: World) -> SelectorIndex[Resource]:
    selectors = ((s, s.at("spec", "selector").strings()) for s in world.of_kind("Service"))
    return SelectorIndex((s.namespace, selector, s) for s, selector in selectors if selector)


def template_labels(workload: Resource) -> dict[str, str]:
    """Labels of the pods that it makes; by its selector where no template was read."""
    labels = template(workload).strings("metadata", "labels")
    return labels or workload.at("spec", "selector", "matchLabels").strings()


def listening(resource: Resource) -> list[Listening]:
    """Where the containers of a pod or workload say that they listen."""
    return resource.derived(_listening)


def _listening(resource: Resource) -> list[Listening]:
    return [entry for container in containers(resource, init=False) for entry in listening_of(container)]


def listening_of(container: Field) -> Iterator[Listening]:
    """Where one container says that it listens: declared ports, PORT variables, arguments."""
    for port in container.each("ports"):
        number = port.number("containerPort")
        if number is not None:
            yield Listening(number, port.text("protocol") or "TCP", port.text("name"), "declared", port)
    if not _LISTEN_NAMES.isdisjoint(container.texts("env", under="name")):
        yield from _listening_by_name(container)
    for key in ("command", "args"):
        for word in container.each(key):
            match = _LISTEN_FLAG.search(word.text()[:2000])
            if match and int(match[1]) < 65536:
                yield Listening(int(match[1]), "", "", "argument", word)


def _listening_by_name(container: Field) -> Iterator[Listening]:
    for variable in container.each_having("value", "env"):
        number = variable.number("value") if variable.text("name") in _LISTEN_NAMES else None
        if number:
            yield Listening(number, "", "", "env", variable)


def probe_port(container: Field, probe: Field) -> int | None:
    """The port that a probe asks; a name is looked up among the container's ports."""
    for how in ("httpGet", "tcpSocket", "grpc"):
        port = probe.at(how, "port")
        if port.number() is not None:
            return port.number()
        if port.text():
            return next(
                (p.number("containerPort") for p in container.each("ports") if p.text("name") == port.text()),
                None,
            )
    return None


def declared(resources: Iterable[Resource]) -> list[Listening]:
    """Container ports of these pods or workloads."""
    return [entry for r in resources for entry in listening(r) if entry.how == "declared"]


def endpoints_of(world: World, service: Resource) -> Endpoints:
    """The service's addresses by Endpoints, else by EndpointSlices."""
    endpoints = world.get("Endpoints", service.namespace, service.name)
    if endpoints is not None:
        subsets = list(endpoints.each("subsets"))
        return Endpoints(
            known=True,
            ready=tuple(a for s in subsets for a in s.each("addresses")),
            waiting=tuple(a for s in subsets for a in s.each("notReadyAddresses")),
            where=endpoints.at("subsets") if endpoints.root.present("subsets") else endpoints.at("metadata"),
        )
    of_service = {"kubernetes.io/service-name": service.name}
    slices = world.selected("EndpointSlice", service.namespace, of_service)
    addresses = [(s, e) for s in slices for e in s.each("endpoints")]
    return Endpoints(
        known=bool(slices),
        ready=tuple(e for _, e in addresses if e.at("conditions", "ready").value is not False),
        waiting=tuple(e for _, e in addresses if e.at("conditions", "ready").value is False),
        where=slices[0].at("endpoints") if slices else None,
    )


def port_title(port: Field) -> str:
    """`grpc 9555/TCP`, as describe writes it."""
    name = port.text("name")
    return f"{name + ' ' if name else ''}{port.text('port')}/{port.text('protocol') or 'TCP'}"


def selector_text(service: Resource) -> str:
    """`app=cart,tier=web`."""
    return describe(selector_of(service))


class ServiceMap:
    """The services of one world by name and address, with the connection checks that were made of them."""

    def __init__(self, world: World) -> None:
        self.world = world

    @cached_property
    def _by_ip(self) -> dict[str, Resource]:
        return {
            ip: service
            for service in self.world.of_kind("Service")
            if (ip := service.text("spec", "clusterIP")) and ip != "None"
        }

    @cached_property
    def _by_name(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for service in self.world.of_kind("Service"):
            found.setdefault(service.name, []).append(service)
        return found

    @cached_property
    def _checks(self) -> dict[Ref, list[Resource]]:
        found: dict[Ref, list[Resource]] = {}
        for check in self.world.of_kind("Connectivity"):
            service = self.named(check.text("spec", "host"), check.namespace)
            if service is not None:
                found.setdefault(service.ref, []).append(check)
        return found

    def named(self, host: str, namespace: str) -> Resource | None:
        """The service that a host name or cluster IP means, asked from `namespace`.

        `cart`, `cart.shop`, `cart.shop.svc`, `cart.shop.svc.cluster.local`; without a namespace a bare
        name counts when only one service has it.
        """
        host = host.strip("[]").rstrip(".").lower()
        if host in self._by_ip:
            return self._by_ip[host]
        name, *rest = host.split(".")
        if not rest:
            return self._bare(name, namespace)
        if len(rest) == 1 or rest[1] == "svc":
            return self.world.get("Service", rest[0], name)
        # A pod of a headless service: cart-0.cart.shop.svc.
        if len(rest) >= 3 and rest[2] == "svc":
            return self.world.get("Service", rest[1], rest[0])
        return None

    def _bare(self, name: str, namespace: str) -> Resource | None:
        if namespace:
            return self.world.get("Service", namespace, name)
        found = self._by_name.get(name, [])
        return found[0] if len(found) == 1 else None

    def checks(self, service: Resource, *, ok: bool, port: int | None = None) -> list[Resource]:
        """Connection checks of the service that succeeded, or that failed."""
        return [
            c
            for c in self._checks.get(service.ref, ())
            if c.at("status", "ok").value is ok and (port is None or c.number("spec", "port") in (port, None))
        ]

    def is_listed(self, namespace: str) -> bool:
        """Whether all services there were read: a folder of manifests that has some counts as whole."""
        if self.world.only_manifests:
            return bool(self.world.in_namespace("Service", namespace))
        return self.world.was_listed("Service", namespace)
