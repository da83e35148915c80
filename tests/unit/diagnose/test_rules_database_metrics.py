"""Managed databases by metrics, events and what loads them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from anyops.diagnose.finding import Found
from anyops.world.resource import Ref
from anyops.world.world import Event, Sample, Series
from tests.unit.diagnose.worlds import findings, span, world

START = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
GIB = 2.0**30


def gauge(metric: str, *values: float, of: str = "orders") -> Series:
    samples = tuple(Sample(START + timedelta(minutes=n), v) for n, v in enumerate(values))
    return Series(
        metric, {"DBInstanceIdentifier": of}, samples, source=span(f"{metric} {values[-1]}", "metrics.json")
    )


def top(statement: str, load: float = 6.0, waits: str = "CPU", of: str = "orders") -> Series:
    labels = {"DBInstanceIdentifier": of, "statement": statement, "waits": waits}
    return Series("db_load_by_sql", labels, (Sample(None, load),), source=span(statement, "insights.json"))


def happened(message: str, minute: int = 5, of: str = "orders") -> Event:
    at = START + timedelta(minutes=minute)
    return Event(
        Ref("DBInstance", "", of), "notification", message, True, first=at, last=at, source=span(message)
    )


def told(*series: Series, **more: Any) -> list[Found]:
    return findings(
        world(series=series, **more),
        "database.lag",
        "database.connections",
        "database.storage",
        "database.cpu",
    )


def test_a_replica_that_lags_names_who_writes() -> None:
    [found] = told(
        gauge("ReplicaLag", 1, 200, 500, 800, 1100, of="orders-replica"),
        gauge("WriteIOPS", 400, 9000, 9000, 9000, 9000),
        top("UPDATE orders SET settled = true", waits="IO:WALWrite"),
    )
    assert (found.cause, found.state, str(found.fault)) == (
        "database.replication_lag", "now", "DBInstance/orders-replica",
    )  # fmt: skip
    assert "UPDATE orders" in found.statement


def test_a_replica_that_caught_up_is_history() -> None:
    assert [f.state for f in told(gauge("ReplicaLag", 1, 300, 200, 2, 1, 1))] == ["past"]


def test_connections_at_the_limit_that_an_event_tells() -> None:
    [found] = told(
        gauge("DatabaseConnections", 300, 400, 470, 490, 494),
        top("BEGIN", waits="Client:ClientRead"),
        events=[happened("approaching max_connections limit. Current connections: 490 of 500.")],
    )
    assert (found.cause, found.certainty) == ("database.connections_exhausted", "sure")
    assert "98%" in found.statement
    assert "idle" in found.statement


def test_busy_within_bounds_is_nothing() -> None:
    assert not told(
        gauge("DatabaseConnections", *[2000, 2200, 2100] * 5),
        gauge("CPUUtilization", *[45, 70, 60] * 5),
        gauge("FreeStorageSpace", *[180 * GIB] * 15),
        gauge("ReplicaLag", *[1.2, 1.4] * 8),
    )


def test_storage_that_runs_out() -> None:
    [found] = told(
        gauge("FreeStorageSpace", *[(15 - n) * GIB for n in range(15)]),
        top("INSERT INTO archive SELECT * FROM orders"),
        events=[happened("DB instance ran out of storage space.")],
    )
    assert (found.cause, found.certainty) == ("database.storage_full", "sure")
    assert "FreeStorageSpace" in found.statement
    assert "INSERT INTO archive" in found.statement


def test_storage_events_speak_where_the_metric_is_missing() -> None:
    [found] = told(gauge("WriteIOPS", 9, 0, 0, 0), events=[happened("DB instance ran out of storage space.")])
    assert found.cause == "database.storage_full"
    grown = [happened("ran out of storage space.", 3), happened("Storage autoscaling completed", 9)]
    assert not told(gauge("WriteIOPS", 9, 9, 9, 9), events=grown)


def test_storage_that_was_grown_is_history() -> None:
    values = [30, 20, 10, 5, 3, 100, 200, 200, 200, 200]
    assert [f.state for f in told(gauge("FreeStorageSpace", *[v * GIB for v in values]))] == ["past"]


def test_cpu_with_the_query_that_takes_it() -> None:
    [found] = told(
        gauge("CPUUtilization", 18, 92, 95, 96, 94),
        gauge("ReadIOPS", 900, 17000, 18000, 18000, 17500),
        top("SELECT * FROM orders WHERE status = $1"),
    )
    assert (found.cause, found.certainty) == ("database.cpu_saturated", "sure")
    assert "SELECT * FROM orders" in found.statement


def test_cpu_that_checkpoints_and_vacuum_take() -> None:
    [found] = told(
        gauge("CPUUtilization", 18, 92, 92, 92, 92),
        top("autovacuum: VACUUM FREEZE public.events", waits="LWLock:BufferMapping, IO:WALWrite"),
        events=[happened("checkpoints are occurring too frequently (8 seconds apart)")],
    )
    assert found.cause == "database.checkpoint_storm"
    assert "LWLock" in found.statement
