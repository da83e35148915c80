"""Databases that refuse: no connections left, read-only, wrong user or password, wrong port.

What is short or locked is the database's own fault; a wrong user, password or port is its caller's.
"""

import re
from collections.abc import Iterator

from anyops.diagnose.calls import Calls
from anyops.diagnose.commands import act, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.log_signs import Sign, signs
from anyops.diagnose.services import ServiceMap, endpoints_of, pods_behind, workloads_behind
from anyops.diagnose.subjects import Subjects
from anyops.diagnose.variables import settings_of
from anyops.diagnose.workloads import POD_MAKERS, containers, is_ready
from anyops.world.evidence import Quotable
from anyops.world.report import Severity, State
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World

_DATABASE = re.compile(
    r"mysql|mariadb|percona|postgres|pgsql|mongo|mssql|oracle|cockroach|cassandra|redis", re.I
)
_SQL = re.compile(r"mysql|mariadb|percona|postgres|pgsql|jdbc|hikari|mssql|oracle", re.I)
_OWN_FAULTS = ("database.connections_exhausted", "database.read_only", "database.storage_full")
_READ_ONLY = re.compile(
    r"(?:super[-_])?read[-_]only(?:(?:=| )?(?:1|on|true|yes)|\Z)|default_transaction_read_only[= ]+on", re.I
)
_FEW = re.compile(r"max[-_]connections[ =]+(\d{1,6})", re.I)


@rule("log.database", title="Databases accept their callers")
def check_databases(world: World) -> Iterator[Found]:
    """What callers and databases log of refused connections, writes and logins."""
    subjects, services = world.derived(Subjects), world.derived(ServiceMap)
    calls = Calls(world, subjects)
    for sign in signs(subjects):
        if sign.complaint.family == "database" and sign.complaint.cause:
            yield _refused(world, services, calls, sign)
        elif sign.complaint.id in ("network.failed", "network.refused") and sign.address is None:
            yield from _unreachable(world, services, calls, sign)


def _refused(world: World, services: ServiceMap, calls: Calls, sign: Sign) -> Found:
    cause = str(sign.complaint.cause)
    caller = sign.about or Ref("Log", "", sign.log.name)
    database = _database_of(world, services, calls, sign)
    own = cause in _OWN_FAULTS
    fault = database.ref if own and database is not None else _top(world, caller)
    settings = _settings(world, database, cause) if database is not None else ()
    state, severity = _weight(sign)
    where = database.name if database is not None else "the database"
    times = f" ({sign.count} times)" if sign.count > 1 else ""
    return Found(
        on=caller,
        title=f"Log: {sign.complaint.title}",
        detail=f"{sign.count} times: {sign.text}",
        severity=severity,
        state=state,
        cites=(sign.last, *settings),
        cause=cause,
        fault=fault,
        certainty="sure" if sign.count > 2 or settings else "likely",
        onset=sign.lines[0].at,
        statement=f"{_says(cause, where, caller)}{times}; {caller.name} logs: {sign.text}",
        fix=sign.complaint.fix,
        commands=_commands(fault, caller),
        explains=(caller,),
    )


def _says(cause: str, where: str, caller: Ref) -> str:
    return {
        "database.connections_exhausted": f"{where} has no connections left for its callers",
        "database.read_only": f"{where} is read-only and refuses writes",
        "database.credentials_invalid": f"{where} refuses the user or password of {caller.name}",
        "database.storage_full": f"{where} has no disk space left",
    }.get(cause, f"{where} refuses {caller.name}")


def _weight(sign: Sign) -> tuple[State, Severity]:
    return ("past", "low") if sign.over else ("now", "high")


def _top(world: World, ref: Ref) -> Ref:
    resource = world.by_ref.get(ref)
    return world.top_owner(resource) if resource is not None else ref


def _commands(fault: Ref, caller: Ref) -> tuple[str, ...]:
    commands = [kubectl(caller.namespace, "logs", f"{caller.kind.lower()}/{caller.name}", "--tail=50")]
    if fault != caller and fault.kind in POD_MAKERS:
        commands.insert(0, act("logs", fault, "--tail=50"))
    return tuple(commands) if caller.kind in POD_MAKERS else ()


def _database_of(world: World, services: ServiceMap, calls: Calls, sign: Sign) -> Resource | None:
    """The database workload that is meant: the writer itself, the address it names, or what it calls."""
    caller = _top(world, sign.about) if sign.about is not None else None
    if caller is None:
        return None
    own = world.by_ref.get(caller)
    if own is not None and is_database(own):
        return own
    if sign.address is not None:
        service = services.named(sign.address.host, caller.namespace)
        if service is not None:
            return next(iter(workloads_behind(world, service)), service)
    callees = (world.by_ref.get(ref) for ref in sorted(calls.callees.get(caller, ())))
    databases = [r for r in callees if r is not None and is_database(r)]
    return databases[0] if databases else _by_setting(world, services, own)


def _by_setting(world: World, services: ServiceMap, owner: Resource | None) -> Resource | None:
    """The database that a variable of the caller names."""
    for setting in settings_of(world, owner) if owner is not None else ():
        service = services.named(setting.address.host, setting.owner.namespace)
        behind = workloads_behind(world, service) if service is not None else []
        found = next((w for w in behind if is_database(w)), None)
        if found is not None:
            return found
    return None


def is_database(resource: Resource) -> bool:
    """Whether it runs a database, by its name or its image."""
    images = [c.text("image").rpartition("/")[2] for c in containers(resource, init=False)]
    return bool(_DATABASE.search(" ".join((resource.name, *images))))


def _settings(world: World, database: Resource, cause: str) -> tuple[Quotable, ...]:
    """Arguments of the database that bring it about."""
    return tuple(field for field, code, _ in _switches(world, database) if code == cause)[:2]


def _switches(world: World, database: Resource) -> Iterator[tuple[Field, str, str]]:
    """read-only switches and small connection limits in arguments and mounted configuration."""
    for field in _configuration(world, database):
        for line in field.text()[:50_000].splitlines():
            if _READ_ONLY.search(line.strip()[:200]) and "innodb" not in line:
                yield field, "database.read_only", line.strip()
            few = _FEW.search(line[:200])
            if few and int(few[1]) <= 20:
                yield field, "database.connections_exhausted", line.strip()


def _configuration(world: World, database: Resource) -> Iterator[Field]:
    for container in containers(database, init=False):
        yield from container.each("args")
        yield from container.each("command")
    spec = database.at("spec", "template", "spec") if database.kind != "Pod" else database.at("spec")
    for volume in spec.each("volumes"):
        config = world.get("ConfigMap", database.namespace, volume.text("configMap", "name"))
        if config is not None:
            yield from (value for _, value in config.root.entries("data"))


@rule("database.switch", *POD_MAKERS, title="Databases accept connections and writes")
def check_switches(world: World) -> Iterator[Found]:
    """Databases configured read-only, or for hardly any connections, as hygiene."""
    for maker in world.of_kind("Deployment", "StatefulSet"):
        if not is_database(maker):
            continue
        for field, code, line in _switches(world, maker):
            yield Found(
                on=maker,
                title=f"Database is configured with {line[:60]}",
                detail=line[:200],
                severity="low",
                state="risk",
                cites=(field,),
                cause=code,
                fix="Remove the setting unless it is meant.",
            )


def _unreachable(world: World, services: ServiceMap, calls: Calls, sign: Sign) -> Iterator[Found]:
    """A driver that cannot connect and names no address, while its database is well: the port is wrong."""
    if sign.over or not any(_SQL.search(line.text) for line in sign.lines) or sign.about is None:
        return
    database = _database_of(world, services, calls, sign)
    caller = _top(world, sign.about)
    if database is None or database.ref == caller:
        return
    well = _well(world, services, database)
    if well is None:
        return
    yield Found(
        on=sign.about,
        title=f"Cannot connect to {database.name}, which is well",
        detail=f"{sign.count} times: {sign.text}",
        severity="high",
        cites=(sign.last, well),
        cause="database.port_wrong",
        fault=caller,
        certainty="maybe",
        onset=sign.lines[0].at,
        statement=f"{caller.name} cannot connect to database {database.name} although it is ready: "
        f"the host or port that it is given is probably wrong. It logs: {sign.text}",
        fix="Compare the host and port in the caller's settings with the database's service.",
        commands=_commands(database.ref, caller),
    )


def _well(world: World, services: ServiceMap, database: Resource) -> Quotable | None:
    """What says that the database answers: a check, endpoints, a ready pod."""
    for service in world.in_namespace("Service", database.namespace):
        behind = [w.ref for w in workloads_behind(world, service)]
        if database.ref not in behind:
            continue
        checks = services.checks(service, ok=True)
        if checks:
            return checks[0].at("status", "message")
        ready = endpoints_of(world, service).ready
        pods = [p for p in pods_behind(world, service) if is_ready(p)]
        if ready or pods:
            return ready[0] if ready else pods[0].condition("Ready").at("status")
    return None
