"""What loads a database: statements, waits and users, as AWS Performance Insights ranks them."""

from anyops.sources.files.observations.metrics import number_of
from anyops.sources.files.shapes import Found
from anyops.world.world import Sample, Series

_LISTS = (
    ("top_sql", "db_load_by_sql", ("statement", "sql", "db.sql.statement"), "statement"),
    ("top_wait_events", "db_load_by_wait", ("name", "wait_event"), "wait"),
    ("top_users", "db_load_by_user", ("name", "user"), "user"),
)
_MOST = 50


def recognize_insights(found: Found) -> bool:
    """`{"db_instance_identifier", "top_sql": [{"statement", "db_load_avg", "wait_events"}], ...}`.

    Each entry becomes a Series of one sample, its average active sessions. Never says that the object is
    taken: the load over time stands beside the lists, and is a metric like others.
    Terms: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.html
    """
    instance = found.first("db_instance_identifier", "DBInstanceIdentifier", "Identifier").text()
    for key, metric, names, label in _LISTS:
        for index, entry in enumerate(found.each(key)):
            load = number_of(entry.first("db_load_avg", "load", "Total").value)
            name = entry.first(*names).text()
            if not name or load is None or index >= _MOST:
                continue
            labels = {label: name[:2000]} | ({"DBInstanceIdentifier": instance} if instance else {})
            waits = [wait.text("name") for wait in entry.field.each("wait_events")]
            if waits:
                labels["waits"] = ", ".join(waits[:4])
            place = entry.span(str(entry.first(*names).path[-1]))
            found.reading.series.append(
                Series(metric, labels, (Sample(None, load),), None, "sessions", place)
            )
    return False
