"""Connections that fail: by checks that were made, and by what callers log."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from anyops.diagnose.addresses import Address, is_ip
from anyops.diagnose.commands import kubectl
from anyops.diagnose.complaints import complaint_of
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.log_signs import Sign, signs
from anyops.diagnose.services import ServiceMap, endpoints_of, is_headless
from anyops.diagnose.subjects import Subjects
from anyops.world.evidence import Quotable
from anyops.world.report import Severity, State
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World


@rule("connectivity.check", "Connectivity", title="Connection checks succeed")
def check_connectivity(world: World) -> Iterator[Found]:
    """Checks of a host and port that were refused, timed out or did not resolve."""
    services = world.derived(ServiceMap)
    for check in world.of_kind("Connectivity"):
        if check.at("status", "ok").value is not False:
            continue
        host = check.text("spec", "host")
        yield _failed_check(check, host, services.named(host, check.namespace))


def _failed_check(check: Resource, host: str, service: Resource | None) -> Found:
    port, message = check.text("spec", "port"), check.at("status", "message")
    complaint = complaint_of(message.text())
    how = (
        complaint.title if complaint is not None and complaint.family == "network" else "the connection fails"
    )
    unresolved = complaint is not None and complaint.id == "dns.unresolved"
    address = f"{host}:{port}"
    return Found(
        on=service or check,
        title=f"{address} does not answer",
        detail=" ".join(message.text().split())[:200],
        severity="high",
        cites=(message if message.value else check.at("status", "ok"),),
        cause="service.dns_failure" if unresolved and service is not None else "dependency.unavailable",
        fault=service.ref if service is not None else check.ref,
        certainty="likely" if unresolved else "maybe",
        statement=f"Connecting to {address} fails: {how}.",
        fix="Find what should listen there: the service's endpoints, its ports, its pods.",
        commands=(kubectl(service.namespace, "describe", "service", service.name),) if service else (),
        checks=(kubectl(service.namespace, "get", "endpoints", service.name),) if service else (),
    )


class Call(Struct, frozen=True, eq=False):
    """A sign of a failing connection, with the service that it is about where one is known."""

    sign: Sign
    address: Address
    service: Resource | None

    @property
    def caller(self) -> Ref:
        return self.sign.about or Ref("Log", "", self.sign.log.name)


@rule("log.connection", title="Callers reach what they call")
def check_logged_connections(world: World) -> Iterator[Found]:
    """Refused, timed out and unresolved connections in logs, tied to the service that they name."""
    subjects, services = world.derived(Subjects), world.derived(ServiceMap)
    for sign in signs(subjects):
        address = sign.address
        if sign.complaint.family not in ("network", "dependency") or address is None:
            continue
        namespace = sign.about.namespace if sign.about is not None else ""
        call = Call(sign, address, services.named(address.host, namespace))
        if call.service is None and is_ip(address.host):
            continue
        yield from _logged(world, services, call)


def _logged(world: World, services: ServiceMap, call: Call) -> Iterator[Found]:
    service = call.service
    if service is None:
        yield _unknown_host(world, services, call)
        return
    ports = [p.number("port") for p in service.each("spec", "ports")]
    if call.address.port and ports and call.address.port not in ports and not is_headless(service):
        return  # service.address tells of a setting that names the wrong port.
    state, severity, cites = _weight(world, services, call)
    unresolved = call.sign.complaint.id == "dns.unresolved"
    yield _found(
        call,
        cause="service.dns_failure" if unresolved and state == "now" else "dependency.unavailable",
        fault=service.ref,
        state=state,
        severity=severity,
        cites=cites,
    )


def _weight(world: World, services: ServiceMap, call: Call) -> tuple[State, Severity, tuple[Quotable, ...]]:
    """Old trouble is told apart by a check that succeeds, by silence since, or by a service that is well."""
    service = call.service
    if service is None:
        return "now", "medium", ()
    port = call.address.port or None
    worked = services.checks(service, ok=True, port=port)
    if services.checks(service, ok=False, port=port):
        return "now", "medium", ()
    if worked:
        return "past", "low", (worked[0].at("status", "message"),)
    if call.sign.over:
        return "past", "low", ()
    endpoints = endpoints_of(world, service)
    if endpoints.ready and call.sign.complaint.id != "dns.unresolved":
        return "now", "low", ()
    return "now", "medium", ()


def _unknown_host(world: World, services: ServiceMap, call: Call) -> Found:
    """No service of that name: outside the cluster, or missing."""
    host, namespace = call.address.host, call.caller.namespace
    bare = "." not in host
    serving = [w for w in _serving(world, namespace, host) if bare]
    if serving:
        return _without_service(call, serving[0])
    missing = bare and services.is_listed(namespace)
    return _found(
        call,
        cause="service.dns_failure"
        if call.sign.complaint.id == "dns.unresolved"
        else "dependency.unavailable",
        fault=call.caller,
        state="past" if call.sign.over else "now",
        severity="low" if call.sign.over else "medium",
        cites=(),
        more=f"; no service of that name is in {namespace}" if missing else "",
    )


def _serving(world: World, namespace: str, name: str) -> Sequence[Resource]:
    kinds = ("Deployment", "StatefulSet", "DaemonSet")
    return [r for kind in kinds for r in world.in_namespace(kind, namespace) if r.name == name]


def _without_service(call: Call, workload: Resource) -> Found:
    """What should answer runs, and no service gives it the name."""
    return _found(
        call,
        cause="service.dns_failure",
        fault=workload.ref,
        state="past" if call.sign.over else "now",
        severity="low" if call.sign.over else "high",
        cites=(workload.at("metadata", "name"),),
        more=f"; {workload.kind} {workload.name} runs, but no service has its name",
    )


def _found(
    call: Call,
    *,
    cause: str,
    fault: Ref,
    state: State,
    severity: Severity,
    cites: tuple[Quotable, ...],
    more: str = "",
) -> Found:
    sign, caller = call.sign, call.caller
    times = f" ({sign.count} times)" if sign.count > 1 else ""
    what = f"{caller.name} cannot reach {call.address}: {sign.complaint.title}{times}"
    return Found(
        on=caller,
        title=f"Cannot reach {call.address}",
        detail=f"{sign.complaint.title}{times}: {sign.text}",
        severity=severity,
        state=state,
        cites=(sign.last, *cites),
        cause=cause,
        fault=fault,
        certainty="likely" if sign.complaint.id == "dns.unresolved" and state == "now" else "maybe",
        onset=sign.lines[0].at,
        statement=f"{what}{more}. It logs: {sign.text}",
        fix=sign.complaint.fix,
        commands=_commands(call),
    )


def _commands(call: Call) -> tuple[str, ...]:
    service = call.service
    if service is None:
        return (kubectl(call.caller.namespace, "get", "services"),) if call.caller.namespace else ()
    return (
        kubectl(service.namespace, "describe", "service", service.name),
        kubectl(service.namespace, "get", "endpoints", service.name),
    )


@rule("pod.dns_settings", "Deployment", "StatefulSet", "DaemonSet", "Pod", title="Pods use the cluster's DNS")
def check_dns_settings(world: World) -> Iterator[Found]:
    """dnsPolicy, dnsConfig and hostAliases with which a pod cannot resolve the services that it names."""
    from anyops.diagnose.pod_dns import blind_to_services, misled_by_alias

    services = world.derived(ServiceMap)
    for maker in world.of_kind("Deployment", "StatefulSet", "DaemonSet", "Pod"):
        if maker.kind == "Pod" and world.is_owned(maker):
            continue
        for cites, why, firm in (*blind_to_services(services, maker), *misled_by_alias(services, maker)):
            yield _dns(maker, cites, why, firm=firm)


def _dns(maker: Resource, cites: tuple[Field, ...], why: str, *, firm: bool) -> Found:
    return Found(
        on=maker,
        title="Pod cannot resolve services",
        detail=why,
        severity="high" if firm else "low",
        state="now" if firm else "risk",
        cites=cites,
        cause="service.dns_failure",
        fault=maker.ref,
        certainty="likely",
        statement=f"{maker.name} cannot resolve the services that it calls: {why}.",
        fix="Use dnsPolicy ClusterFirst (ClusterFirstWithHostNet on the host's network).",
        commands=(kubectl(maker.namespace, "edit", maker.kind.lower(), maker.name),),
    )
