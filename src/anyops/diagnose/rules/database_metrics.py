"""Managed databases by their metrics: lag, connections, storage, CPU, checkpoints, and what causes them."""

import re
from collections.abc import Iterator

from anyops.diagnose.database_load import Database, Gauge, databases, said
from anyops.diagnose.finding import Found, rule
from anyops.world.evidence import Quotable
from anyops.world.world import Event, Series, World

_LAG_SECONDS = 60.0
_CPU_PERCENT = 85.0
_LOW_BYTES = 10 * 2**30
_GONE_SHARE = 0.25
_FULL = 0.9
_OF_LIMIT = re.compile(r"(\d{1,6}) (?:of|out of|/) (\d{1,6})")
_SHARE = re.compile(r"(\d{1,3})% of (?:the )?(?:max|limit)", re.I)
_NO_SLOT = r"max_connections|too many (?:clients|connections)|remaining connection slots"
_OUT_OF_SPACE = r"ran out of storage|storage (?:space )?is critically low|insufficient storage"
_SPACE_AGAIN = r"autoscaling completed|storage has been increased|is available"
_CHECKPOINTS = r"checkpoints are occurring too frequently|checkpoint storm|checkpoints completed in the last"


@rule("database.lag", title="Replicas follow their primary")
def check_lag(world: World) -> Iterator[Found]:
    """A replica far behind, with the instance whose writes it cannot replay."""
    found = databases(world)
    for replica in found:
        lag = replica.gauges.get("lag")
        if lag is None or lag.peak < _LAG_SECONDS:
            continue
        primary = next((d for d in found if d.rose("writes") or d.rose("wal")), None)
        yield _behind(replica, primary, lag)


def _behind(replica: Database, primary: Database | None, lag: Gauge) -> Found:
    over = lag.now < _LAG_SECONDS
    writer = f" since {primary.ref.name} writes more" if primary is not None else ""
    causes, cites = _causes(primary, ("wal", "writes")) if primary is not None else ("", ())
    return Found(
        on=replica.ref,
        title="Replica caught up again" if over else "Replica lags behind its primary",
        detail=f"{lag.series.metric}: {lag.now:.0f} s now, {lag.peak:.0f} s at most",
        severity="low" if over else "high",
        state="past" if over else "now",
        cites=(lag.series, *cites),
        cause="database.replication_lag",
        fault=replica.ref,
        certainty="sure" if primary is not None else "likely",
        statement=f"Replication lag: replica {replica.ref.name} is {lag.now:.0f} s behind{writer}: "
        f"it cannot replay the WAL as fast as it is written{causes}.",
        fix="Split or slow down the writes, run them off-peak, or give the replica more I/O.",
        commands=_describe(replica),
        ruled_out=_steady(primary or replica, ("connections", "storage")),
    )


@rule("database.connections", title="Databases have connections left")
def check_connections(world: World) -> Iterator[Found]:
    """Connections close to max_connections, as an event or alert gives the limit."""
    for database in databases(world):
        used, told = database.gauges.get("connections"), said(database.events, _NO_SLOT)
        share, where = _share_of_limit(world, database, told)
        refused = told is not None and re.search(r"remaining|too many", told.message, re.I) is not None
        if share < _FULL and not refused:
            continue
        yield _exhausted(database, used, told or where, share)


def _share_of_limit(world: World, database: Database, told: Event | None) -> tuple[float, Quotable | None]:
    """The highest share of the limit that anything tells, with its place."""
    shares: list[tuple[float, Quotable | None]] = [(0.0, None)]
    if told is not None and (match := _OF_LIMIT.search(told.message)):
        shares.append((int(match[1]) / max(int(match[2]), 1), told))
    for alert in world.of_kind("Alert"):
        text = alert.at("annotations")
        for _, field in text.entries() if alert.text("status", "state") != "resolved" else ():
            if database.ref.name in str(text.value) and (percent := _SHARE.search(field.text()[:2000])):
                shares.append((int(percent[1]) / 100, field))
    return max(shares, key=lambda entry: entry[0])


def _exhausted(database: Database, used: Gauge | None, where: Quotable | None, share: float) -> Found:
    wait = database.leader("sql")
    idle = wait is not None and "Client" in wait.labels.get("waits", "")
    held = "; most sessions are idle: they wait for their client (Client:ClientRead)" if idle else ""
    number = f"{used.now:.0f} connections ({used.first:.0f} before), " if used is not None else ""
    level = f"{share:.0%} of max_connections" if share else "at max_connections"
    return Found(
        on=database.ref,
        title="Database has no connections left",
        detail=f"{number}{level}",
        severity="critical",
        cites=tuple(
            c for c in (where, used.series if used else None, wait if idle else None) if c is not None
        ),
        cause="database.connections_exhausted",
        fault=database.ref,
        certainty="sure",
        statement=f"{database.ref.name} has {number}{level}{held}. At the limit it refuses further ones.",
        fix="Find the client that keeps connections open and unused, end those, and pool connections.",
        commands=_describe(database),
        ruled_out=_steady(database, ("storage",)),
    )


@rule("database.storage", title="Databases have storage left")
def check_storage(world: World) -> Iterator[Found]:
    """Free storage nearly gone, or events that say so where the metric is missing."""
    for database in databases(world):
        free, told = database.gauges.get("storage"), said(database.events, _OUT_OF_SPACE, _SPACE_AGAIN)
        low = free is not None and free.now < _LOW_BYTES and free.now < _GONE_SHARE * free.first
        was_low = free is not None and min(free.values) < min(_LOW_BYTES, _GONE_SHARE * free.first)
        if low or (free is None and told is not None):
            yield _full(database, free, told)
        elif was_low and free is not None:
            yield Found(
                on=database.ref,
                title="Storage was short and has recovered",
                detail=f"{free.series.metric}: {_gib(min(free.values))} at least, {_gib(free.now)} now",
                severity="low",
                state="past",
                cites=(free.series, *([e] if (e := said(database.events, _SPACE_AGAIN)) else [])),
            )


def _full(database: Database, free: Gauge | None, told: Event | None) -> Found:
    causes, cites = _causes(database, ("writes",))
    amount = (
        f"{free.series.metric} fell from {_gib(free.first)} to {_gib(free.values[-1])}"
        if free is not None
        else "it ran out of storage space by its events, and the metric of free storage space is missing"
    )
    return Found(
        on=database.ref,
        title="Database storage is full",
        detail=amount,
        severity="critical",
        cites=(*([free.series] if free else []), *([told] if told else []), *cites),
        cause="database.storage_full",
        fault=database.ref,
        certainty="sure" if told is not None else "likely",
        statement=f"{database.ref.name} has no storage space left: {amount}{causes}. Writes are blocked.",
        fix="Grow the storage (autoscaling), then stop or prune what writes.",
        commands=_describe(database),
        ruled_out=_steady(database, ("connections",)),
    )


@rule("database.cpu", title="Databases have CPU left")
def check_cpu(world: World) -> Iterator[Found]:
    """CPU at its end, by a query, or by checkpoints and vacuum."""
    for database in databases(world):
        cpu = database.gauges.get("cpu")
        if cpu is None or cpu.peak < _CPU_PERCENT or cpu.now < _CPU_PERCENT:
            continue
        told = said(database.events, _CHECKPOINTS)
        leader = database.leader("sql")
        vacuum = leader is not None and "vacuum" in leader.labels.get("statement", "").lower()
        yield _storm(database, cpu, told, leader) if told or vacuum else _saturated(database, cpu, leader)


def _saturated(database: Database, cpu: Gauge, leader: Series | None) -> Found:
    query = f"; by Performance Insights most of its load is the query {_sql(leader)}" if leader else ""
    user = database.leader("user")
    by = f", run by {user.labels['user']}" if leader and user is not None else ""
    reads = database.gauges.get("reads")
    scans = (
        f"; ReadIOPS rose from {reads.first:.0f} to {reads.now:.0f}"
        if reads and database.rose("reads")
        else ""
    )
    return Found(
        on=database.ref,
        title="Database CPU is saturated",
        detail=f"{cpu.series.metric}: {cpu.now:.0f} % ({cpu.first:.0f} % before)",
        severity="critical",
        cites=(cpu.series, *([leader] if leader else []), *([reads.series] if scans and reads else [])),
        cause="database.cpu_saturated",
        fault=database.ref,
        certainty="sure" if leader is not None else "likely",
        statement=f"The CPU of {database.ref.name} stands at {cpu.now:.0f} %{query}{by}{scans}.",
        fix="Explain the query and give it the index that it lacks, or limit how often it runs.",
        commands=_describe(database),
        ruled_out=_steady(database, ("connections", "storage")),
    )


def _storm(database: Database, cpu: Gauge, told: Event | None, leader: Series | None) -> Found:
    waits = leader.labels.get("waits", "") if leader is not None else ""
    what = f" Its load is {_sql(leader)}" + (f", waiting on {waits}" if waits else "") + "." if leader else ""
    return Found(
        on=database.ref,
        title="Checkpoints and vacuum saturate the database",
        detail=f"{cpu.series.metric}: {cpu.now:.0f} %; {told.message[:160] if told else _sql(leader)}",
        severity="critical",
        cites=tuple(c for c in (told, leader, cpu.series) if c is not None),
        cause="database.checkpoint_storm",
        fault=database.ref,
        certainty="sure" if told is not None else "likely",
        statement=f"Vacuum writes so much WAL on {database.ref.name} that checkpoints follow each other "
        f"(checkpoint storm); CPU at {cpu.now:.0f} % follows from it.{what}",
        fix="Raise max_wal_size, slow the vacuum down (cost delay), and run it off-peak.",
        commands=_describe(database),
        ruled_out=_steady(database, ("connections",)),
    )


def _sql(series: Series | None) -> str:
    text = " ".join(series.labels.get("statement", "").split()) if series is not None else ""
    return f'"{text[:140]}..."' if len(text) > 140 else f'"{text}"'


def _causes(database: Database, gauges: tuple[str, ...]) -> tuple[str, tuple[Quotable, ...]]:
    """What writes: gauges that rose, the writing statement that loads most, and who runs it."""
    parts, cites = [], list[Quotable]()
    for name in gauges:
        gauge = database.gauges.get(name)
        if gauge is not None and database.rose(name):
            parts.append(f"{gauge.series.metric} rose from {gauge.first:.3g} to {gauge.peak:.3g}")
            cites.append(gauge.series)
    writers = [s for s in database.top.get("sql", ()) if _WRITES.match(s.labels.get("statement", "").strip())]
    if writers:
        user = database.leader("user") if writers[0] is database.leader("sql") else None
        by = f" by {user.labels['user']}" if user is not None else ""
        parts.append(f"most of it is {_sql(writers[0])}{by}")
        cites.append(writers[0])
    return (f" ({'; '.join(parts)})" if parts else "", tuple(cites))


_WRITES = re.compile(r"(?:INSERT|UPDATE|DELETE|COPY|MERGE|CREATE|ALTER|VACUUM|autovacuum)\b", re.I)


def _steady(database: Database, names: tuple[str, ...]) -> tuple[tuple[str, str, tuple[Quotable, ...]], ...]:
    """Gauges that stayed where they were."""
    found = []
    for name in names:
        gauge = database.gauges.get(name)
        if gauge is not None and 0.7 * gauge.first <= gauge.now <= 1.5 * gauge.first:
            level = _gib(gauge.now) if name == "storage" else f"{gauge.now:.0f}"
            found.append((name, f"{gauge.series.metric} steady at {level}", (gauge.series,)))
    return tuple(found)


def _gib(size: float) -> str:
    return f"{size / 2**30:.1f} GiB"


def _describe(database: Database) -> tuple[str, ...]:
    name = database.ref.name
    if not re.fullmatch(r"[\w-]{1,63}", name):
        return ()
    return (f"aws rds describe-db-instances --db-instance-identifier {name}",)
