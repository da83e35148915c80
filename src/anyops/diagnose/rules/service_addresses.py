"""Addresses in a workload's settings: does the service that they name exist, with that port?"""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import cached_property

from anyops.diagnose.addresses import Address, in_message, is_ip, is_local
from anyops.diagnose.commands import kubectl, watch
from anyops.diagnose.complaints import complaint_of
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.quotas import refusing_limit
from anyops.diagnose.services import ServiceMap, is_headless, listening, pods_behind, top_workload_named
from anyops.diagnose.subjects import Subjects
from anyops.diagnose.variables import Setting, addressed_settings
from anyops.diagnose.workloads import POD_MAKERS, WORKLOADS, containers
from anyops.world.evidence import Quotable
from anyops.world.resource import Ref, Resource
from anyops.world.world import LogLine, World

_SQL = ("mysql", "mariadb", "postgres", "pgsql", "mssql", "sqlserver", "mongo", "oracle", "cockroach")


@rule("service.address", *POD_MAKERS, title="Settings name services that exist")
def check_addresses(world: World) -> Iterator[Found]:
    """Variables whose host is no service, or whose port is none of the service's."""
    book = _Book(world)
    for setting in book.settings:
        host = setting.address.host
        service = book.services.named(host, setting.owner.namespace)
        if service is None:
            yield from _host(book, setting)
        elif setting.address.port and service.text("spec", "type") != "ExternalName":
            yield from _port(book, setting, service)


class _Book:
    """What is asked again and again while settings are judged."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.services = world.derived(ServiceMap)
        self._nearest: dict[tuple[str, Address], Resource | None] = {}

    @cached_property
    def settings(self) -> list[Setting]:
        return self.world.derived(addressed_settings)

    @cached_property
    def said(self) -> dict[tuple[str, Address], list[tuple[Ref | None, LogLine]]]:
        """Complaints in logs by the address they name, with and without its port."""
        found: dict[tuple[str, Address], list[tuple[Ref | None, LogLine]]] = {}
        subjects = self.world.derived(Subjects)
        for log in self.world.logs:
            about = subjects.of_log(log)
            namespace = about.namespace if about else ""
            for line in log.lines:
                complaint = complaint_of(line.text)
                if complaint is None or complaint.family not in ("network", "database", "dependency"):
                    continue
                for address in in_message(line.text):
                    for key in {address, Address(address.host)}:
                        found.setdefault((namespace, key), []).append((about, line))
        return found

    def complaints(self, setting: Setting, *addresses: Address) -> list[LogLine]:
        """Log lines that complain of the address, those of the setting's own workload first."""
        found: list[tuple[bool, LogLine]] = []
        for address in addresses:
            for about, line in self.said.get((setting.owner.namespace, address), ()):
                own = about is not None and about.name.startswith(setting.owner.name)
                found.append((not own, line))
        found.sort(key=lambda entry: entry[0])
        return [line for _, line in found]

    def elsewhere(self, setting: Setting) -> Setting | None:
        """The same variable in another workload, where it names a service that exists."""
        others = self._sound.get(setting.name, ())
        return next((other for other in others if other.owner.ref != setting.owner.ref), None)

    @cached_property
    def _sound(self) -> dict[str, list[Setting]]:
        """Settings that name a service and port that exist, by their variable's name."""
        found: dict[str, list[Setting]] = {}
        for setting in self.settings:
            service = self.services.named(setting.address.host, setting.owner.namespace)
            if service is not None and _has_port(self.world, service, setting.address.port):
                found.setdefault(setting.name, []).append(setting)
        return found

    def nearest(self, setting: Setting) -> Resource | None:
        """The service whose name is most like the host's."""
        namespace, address = setting.owner.namespace, setting.address
        key = (namespace, address)
        if key not in self._nearest:
            self._nearest[key] = _nearest(self.world, namespace, address)
        return self._nearest[key]


def _host(book: _Book, setting: Setting) -> Iterator[Found]:
    """The host is no service. Foreign names and addresses say nothing."""
    address, owner = setting.address, setting.owner
    if is_ip(address.host) or not _is_inside(book, setting) or not book.services.is_listed(owner.namespace):
        return
    if _kept_out_by_quota(book.world, owner.namespace, address.host):
        return
    serving = top_workload_named(book.world, owner.namespace, address.host)
    if serving is not None:
        yield _without_service(setting, serving)
        return
    near = book.nearest(setting)
    said = book.complaints(setting, address, Address(address.host))
    other = book.elsewhere(setting)
    hint = other.address.host if other is not None else (near.name if near is not None else "")
    firm = bool(said) or (other is not None and bool(near))
    now = firm or (near is not None and _likeness(near.name, address.host) >= 0.8)
    yield Found(
        on=owner,
        title=f"{setting.name} names a service that does not exist",
        detail=f"{setting.name}={address}; there is no service {address.host}"
        + (f", there is {hint}" if hint else ""),
        severity="critical" if now else "medium" if book.world.only_manifests else "low",
        state="now" if now else "risk",
        cites=(*setting.cites, *said[:2], *(other.cites[:1] if other is not None else ())),
        cause="service.address_wrong",
        fault=owner.ref,
        certainty="sure" if firm else "likely",
        statement=f"{owner.name} is told by {setting.name} to call {address}, but there is no service "
        f"{address.host}" + (f"; {hint} is the one that exists." if hint else "."),
        fix=f"Set {setting.name} of {owner.name} to the name of a service that exists"
        + (f", {_rewritten(address, hint)}." if hint else "."),
        commands=_set_commands(setting, _rewritten(address, hint) if hint else ""),
        checks=(kubectl(owner.namespace, "get", "service", hint or ""),),
    )


def _kept_out_by_quota(world: World, namespace: str, host: str) -> bool:
    """Whether the name is right, and a quota keeps its service from being created: then that is the cause."""
    named = any(Ref(kind, namespace, host) in world.by_ref for kind in (*WORKLOADS, "Service"))
    return named and refusing_limit(world, "Service", namespace, host) is not None


def _without_service(setting: Setting, serving: Resource) -> Found:
    """What is meant runs, and no service gives it the name: the setting is right, the service is missing."""
    name, owner = serving.name, setting.owner
    return Found(
        on=serving,
        title=f"{serving.kind} {name} is called by name, and has no service",
        detail=f"{owner.name} calls {setting.address} by {setting.name}; there is no service {name}",
        severity="critical",
        cites=(*setting.cites, serving.at("metadata", "name")),
        cause="service.dns_failure",
        fault=serving.ref,
        certainty="likely",
        statement=f"There is no service {name}, so the name does not resolve for {owner.name} "
        f"({setting.name}={setting.address}), although {serving.kind} {name} exists.",
        fix=f"Create service {name} in front of {serving.kind} {name}.",
        commands=(
            kubectl(
                serving.namespace,
                "expose",
                serving.kind.lower(),
                name,
                f"--port={setting.address.port}" if setting.address.port else "",
            ),
        ),
        checks=(kubectl(serving.namespace, "get", "service", name),),
        explains=(owner.ref,),
    )


def _rewritten(address: Address, host: str) -> str:
    return str(Address(host, address.port))


def _is_inside(book: _Book, setting: Setting) -> bool:
    """Whether the host can only be a name inside the cluster."""
    labels = setting.address.host.split(".")
    if len(labels) == 1:
        return True
    if labels[-1] in ("svc", "local") or (len(labels) > 2 and labels[2] == "svc"):
        return len(labels) > 1 and book.services.is_listed(labels[1])
    return False


def _nearest(world: World, namespace: str, address: Address) -> Resource | None:
    host = address.host.split(".")[0]
    scored = [
        (_likeness(s.name, host) + (0.1 if _has_port(world, s, address.port) else 0.0), s.name, s)
        for s in world.in_namespace("Service", namespace)
    ]
    best = max(scored, key=lambda entry: entry[:2], default=None)
    return best[2] if best is not None and best[0] >= 0.75 else None


def _likeness(name: str, host: str) -> float:
    """How alike two names are, beside what all of them share (`service`, `svc`)."""
    a, b = _bare(name), _bare(host)
    if a == b:
        return 1.0
    if len(min(a, b, key=len)) > 4 and (a.startswith(b) or b.startswith(a)):
        return 0.9
    return SequenceMatcher(None, a[:63], b[:63]).ratio()


def _bare(name: str) -> str:
    bare = re.sub(r"[-_]|service|svc", "", name)
    return bare or name


def _has_port(world: World, service: Resource, port: int) -> bool:
    ports = [p.number("port") for p in service.each("spec", "ports")]
    if not port or not ports:
        return True
    if is_headless(service):
        behind = pods_behind(world, service)
        return port in ports or not behind or any(e.port == port for p in behind for e in listening(p))
    return port in ports


def _port(book: _Book, setting: Setting, service: Resource) -> Iterator[Found]:
    """The service exists and has no such port."""
    address, owner = setting.address, setting.owner
    if _has_port(book.world, service, address.port):
        return
    have = [p.text("port") for p in service.each("spec", "ports")]
    cluster_ip = service.text("spec", "clusterIP")
    said = book.complaints(setting, address, Address(cluster_ip, address.port))
    right = Address(address.host, int(have[0])) if have[0].isdigit() else address
    database = _is_database(book.world, setting, service)
    yield Found(
        on=owner,
        title=f"{setting.name} names a port that service {service.name} does not have",
        detail=f"{setting.name}={address}; service {service.name} has {', '.join(have)}",
        severity="critical",
        cites=(*setting.cites, *_port_cites(service), *said[:2]),
        cause="database.port_wrong" if database else "service.address_wrong",
        fault=owner.ref,
        certainty="sure",
        statement=f"{owner.name} is told by {setting.name} to call {service.name} at port {address.port}, "
        f"but the service has only {', '.join(have)}, so the connection fails.",
        fix=f"Set {setting.name} of {owner.name} to {have[0] if _is_port_only(setting) else right}.",
        commands=_set_commands(setting, have[0] if _is_port_only(setting) else str(right)),
        checks=(watch(owner.ref),),
    )


def _is_port_only(setting: Setting) -> bool:
    return len(setting.cites) > 1


def _port_cites(service: Resource) -> Iterable[Quotable]:
    return [p.at("port") for p in service.each("spec", "ports")][:2]


def _is_database(world: World, setting: Setting, service: Resource) -> bool:
    """Whether what is called is a database server, by its name, the variable's, or its image."""
    behind = pods_behind(world, service)
    images = [c.text("image") for pod in behind[:1] for c in containers(pod, init=False)]
    words = " ".join((service.name, setting.name, *images)).lower()
    return any(word in words for word in _SQL)


def _set_commands(setting: Setting, value: str) -> tuple[str, ...]:
    owner, name = setting.owner, setting.name
    whole = setting.cites[0].text()
    if owner.kind == "Pod" or not value:
        return (kubectl(owner.namespace, "edit", owner.kind.lower(), owner.name),)
    # Only a plain address can be replaced whole; inside a URL the rest must stay.
    plain = whole in (str(setting.address), str(setting.address.port)) or is_local(whole)
    if not plain:
        return (kubectl(owner.namespace, "edit", owner.kind.lower(), owner.name),)
    return (kubectl(owner.namespace, "set", "env", f"{owner.kind.lower()}/{owner.name}", f"{name}={value}"),)
