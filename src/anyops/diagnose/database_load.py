"""A managed database by its metrics, events and what loads it most."""

import re
from collections.abc import Sequence
from statistics import median

from msgspec import Struct

from anyops.diagnose.subjects import DATABASE_LABELS
from anyops.world.resource import Ref
from anyops.world.world import Event, Series, World

_NAMES = (
    ("lag", re.compile(r"replica_?lag|replication_?lag|seconds_behind", re.I)),
    ("connections", re.compile(r"database_?connections|threads_connected|numbackends", re.I)),
    ("storage", re.compile(r"free_?storage_?space|free_?local_?storage", re.I)),
    ("cpu", re.compile(r"cpu_?utilization", re.I)),
    ("wal", re.compile(r"transaction_?logs_?generation|wal_?(?:bytes|generat)", re.I)),
    ("writes", re.compile(r"write_?iops", re.I)),
    ("reads", re.compile(r"read_?iops", re.I)),
)


class Gauge(Struct, frozen=True, eq=False):
    """One metric of one instance."""

    series: Series

    @property
    def values(self) -> list[float]:
        return [s.value for s in self.series.samples]

    @property
    def first(self) -> float:
        """The first value: what it was before."""
        return self.values[0]

    @property
    def now(self) -> float:
        """The median of the last fifth, at least three values."""
        values = self.values
        return median(values[-max(3, len(values) // 5) :])

    @property
    def peak(self) -> float:
        return max(self.values)


class Database(Struct, frozen=True, eq=False):
    """One instance: its gauges by what they tell, its events oldest first, and its top entries by load."""

    ref: Ref
    gauges: dict[str, Gauge]
    events: list[Event]
    top: dict[str, list[Series]]

    def rose(self, name: str, factor: float = 2.0) -> bool:
        """Whether a gauge stands at `factor` times its first value."""
        gauge = self.gauges.get(name)
        return gauge is not None and gauge.now >= factor * max(gauge.first, 1e-9)

    def leader(self, kind: str) -> Series | None:
        """The statement, wait or user that loads it most."""
        return next(iter(self.top.get(kind, ())), None)


def databases(world: World) -> list[Database]:
    """Every instance that metrics or events name."""
    gauges: dict[str, dict[str, Gauge]] = {}
    top: dict[str, dict[str, list[Series]]] = {}
    for series in world.series:
        name = next((series.labels[k] for k in DATABASE_LABELS if series.labels.get(k)), "")
        if not name or not series.samples:
            continue
        if series.metric.startswith("db_load_by_"):
            top.setdefault(name, {}).setdefault(series.metric.removeprefix("db_load_by_"), []).append(series)
        else:
            for kind, words in _NAMES:
                if words.search(series.metric):
                    gauges.setdefault(name, {}).setdefault(kind, Gauge(series))
    names = {*gauges, *top, *(e.about.name for e in world.events if e.about.kind == "DBInstance")}
    return [_database(world, name, gauges.get(name, {}), top.get(name, {})) for name in sorted(names)]


def _database(world: World, name: str, gauges: dict[str, Gauge], top: dict[str, list[Series]]) -> Database:
    ref = Ref("DBInstance", "", name)
    ranked = {kind: sorted(found, key=_load, reverse=True) for kind, found in top.items()}
    return Database(ref, gauges, world.events_of(ref), ranked)


def _load(series: Series) -> float:
    return series.samples[-1].value


def said(events: Sequence[Event], words: str, unless: str = "") -> Event | None:
    """The newest event that says it, unless a later one says that it is over."""
    found = None
    for event in events:
        if re.search(words, event.message, re.I):
            found = event
        elif unless and found is not None and re.search(unless, event.message, re.I):
            found = None
    return found
