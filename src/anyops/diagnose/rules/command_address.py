"""Hosts that commands and settings of manifests call, against the services of the folder."""

import re
from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from anyops.diagnose.addresses import Address, in_setting, is_ip, is_local
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import all_programs, declared_programs, edit, title, watch
from anyops.diagnose.nearest import nearest
from anyops.diagnose.programs import Program
from anyops.diagnose.services import ServiceMap, listening
from anyops.diagnose.tools import one_slip
from anyops.diagnose.variables import variables
from anyops.diagnose.wordlist import names
from anyops.diagnose.workloads import POD_MAKERS
from anyops.world.evidence import Quotable
from anyops.world.report import State
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_FIRST_ARGUMENT = names("ping nc ncat netcat telnet nslookup dig host traceroute")
_HOST_OPTION = names("psql pg_isready mysql mysqladmin mariadb redis-cli mongosh mongo nc clickhouse-client")
_BARE = re.compile(r"[a-z][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,4}\Z")
_LOCAL = re.compile(r"(?:\A|[/@,=\s])(?:localhost|127\.0\.0\.1):(\d{2,5})(?![\w.])")
_DOMAINS = names("""
    google.com googleapis.com github.com githubusercontent.com gitlab.com docker.com docker.io quay.io
    gcr.io ghcr.io amazonaws.com microsoft.com azure.com windows.net pypi.org npmjs.org npmjs.com
    kubernetes.io k8s.io slack.com datadoghq.com grafana.com elastic.co mongodb.net stripe.com twilio.com
    sendgrid.net cloudflare.com example.com
    """)
_SUFFIX = "svc.cluster.local"


class Called(Struct, frozen=True, eq=False):
    """A host that a program calls, at `port` (0 when unknown), and where that stands."""

    program: Program
    address: Address
    port: int
    where: Field


@rule("command.address", *POD_MAKERS, title="Commands call hosts that exist")
def check_called(world: World) -> Iterator[Found]:
    """Hosts in command lines that are no service, a port that the service has not, misspelled domains."""
    services = world.derived(ServiceMap)
    for called in _called(world):
        host, home = called.address.host, called.program.owner.namespace
        service = services.named(host, home)
        if right := _wrong_domain(host):
            yield _no_host(called, right, "now")
        elif service is not None:
            yield from _port(called, service)
        elif is_ip(host) or is_local(host):
            continue
        elif services.is_listed(home) and "." not in host:
            near = nearest(host, [s.name for s in world.in_namespace("Service", home)])
            yield _no_host(called, near, "now" if near and one_slip(host, [near]) else "risk")


def _called(world: World) -> Iterator[Called]:
    for program in all_programs(world):
        said = set[Address]()
        for called in _addresses(program):
            if called.address not in said:
                said.add(called.address)
                yield called


def _addresses(program: Program) -> Iterator[Called]:
    for call in program.script.calls:
        where = program.line(call.line)
        if call.name not in ("echo", "printf"):
            for word in call.args:
                yield from _in_word(program, word, where)
            for host in _hosts(call.name, call.args):
                yield Called(program, Address(host), 0, where)
    if not program.script.calls:
        for field in program.argv:
            yield from _in_word(program, field.text(), field)


def _in_word(program: Program, word: str, where: Field) -> Iterator[Called]:
    if "://" in word and "$" not in word:
        usual = 443 if "https://" in word else 80 if "http://" in word else 0
        for address in in_setting(word):
            yield Called(program, address, address.port or usual, where)


def _hosts(name: str, args: tuple[str, ...]) -> Iterator[str]:
    words = [arg for arg in args if not arg.startswith(("-", "@", "+"))]
    if name in _FIRST_ARGUMENT and words and _BARE.match(words[0]):
        yield words[0]
    if name in _HOST_OPTION:
        for option, value in pairwise(args):
            if option in ("-h", "--host") and _BARE.match(value):
                yield value


def _wrong_domain(host: str) -> str:
    """What a misspelled well-known domain, or cluster suffix, was meant to be."""
    labels = host.split(".")
    domain = ".".join(labels[-2:])
    if ".svc." in host and not host.endswith(_SUFFIX):
        head, _, tail = host.partition(".svc.")
        return f"{head}.{_SUFFIX}" if one_slip(f"svc.{tail}", [_SUFFIX]) else ""
    right = one_slip(domain, _DOMAINS) if len(labels) > 1 and domain not in _DOMAINS else ""
    return ".".join([*labels[:-2], right]) if right else ""


def _no_host(called: Called, meant: str, state: State) -> Found:
    program, host = called.program, called.address.host
    hint = f"; meant is probably {meant}" if meant else ""
    return Found(
        on=program.owner,
        title=f"Command calls {host}, which no service is called",
        detail=f"{title(program)} calls {called.address}; there is no service {host} in the manifests{hint}",
        severity="high" if state == "now" else "medium",
        state=state,
        cites=(called.where,),
        cause="service.address_wrong",
        fault=program.owner.ref,
        certainty="likely" if state == "now" else "maybe",
        statement=f"{title(program)} calls {called.address}, but no service is called {host}{hint}: the "
        "name does not resolve (DNS).",
        fix=f"Call {meant}." if meant else "Call a service that exists, or create it.",
        commands=edit(program.owner),
        checks=watch(program.owner),
    )


def _port(called: Called, service: Resource) -> Iterator[Found]:
    """The service has no such port."""
    ports = [entry.number("port") for entry in service.each("spec", "ports")]
    port = called.port
    if not ports or not port or port in ports or service.text("spec", "type") == "ExternalName":
        return
    have = ", ".join(str(number) for number in ports)
    cites: tuple[Quotable, ...] = (called.where, service.at("spec", "ports"))
    yield Found(
        on=called.program.owner,
        title=f"Command calls port {port} of service {service.name}, which has {have}",
        detail=f"{title(called.program)} calls {called.address}; service {service.name} has the port {have}",
        severity="high",
        cites=cites,
        cause="service.address_wrong",
        fault=called.program.owner.ref,
        certainty="likely",
        statement=f"{title(called.program)} calls {service.name} at port {port}, but that service has only "
        f"{have}, so the connection fails.",
        fix=f"Call port {have}, or add port {port} to service {service.name}.",
        commands=edit(called.program.owner),
        checks=watch(called.program.owner),
    )


@rule("setting.localhost", *POD_MAKERS, title="Settings do not look for other pods on localhost")
def check_localhost(world: World) -> Iterator[Found]:
    """localhost with the port of a service, where no container of the pod listens there."""
    for program in declared_programs(world):
        own = {entry.port for entry in listening(program.owner)}
        for name, value in variables(world, program.owner, program.container).items():
            match = _LOCAL.search(value.text()[:500])
            port = int(match[1]) if match else 0
            service = _serving(world, program.owner, port) if port and port not in own else None
            if service is not None:
                yield _local(program, name, value, port, service)


def _serving(world: World, owner: Resource, port: int) -> Resource | None:
    for service in world.in_namespace("Service", owner.namespace):
        if any(entry.number("port") == port for entry in service.each("spec", "ports")):
            return service
    return None


def _local(program: Program, name: str, value: Field, port: int, service: Resource) -> Found:
    return Found(
        on=program.owner,
        title=f"{name} looks for port {port} on localhost",
        detail=f"{title(program)}: localhost is the pod itself, and none of its containers listens there; "
        f"service {service.name} has port {port}",
        severity="medium",
        state="risk",
        cites=(value, service.at("spec", "ports")),
        cause="service.address_wrong",
        certainty="maybe",
        statement=f"{title(program)} is told by {name} to call localhost:{port}, where nothing listens; "
        f"service {service.name} has that port.",
        fix=f"Set {name} to {service.name}:{port}.",
        commands=edit(program.owner),
        checks=watch(program.owner),
    )
