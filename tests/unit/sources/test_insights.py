"""What loads a database, as a ranking in JSON tells it."""

import json
from pathlib import Path

from anyops.sources.files import read

RANKING = {
    "db_instance_identifier": "orders",
    "db_load": {"timestamps": ["2026-11-20T11:00:00Z"], "values": [3.5], "unit": "AAS"},
    "top_sql": [
        {
            "statement": "SELECT 1",
            "db_load_avg": 2.5,
            "wait_events": [{"name": "CPU:user", "db_load_avg": 2.0}],
        },
        {"statement": "broken"},
    ],
    "top_users": [{"name": "reader", "db_load_avg": 2.5}],
}


def test_statements_and_users_with_their_load(tmp_path: Path) -> None:
    (tmp_path / "insights.json").write_text(json.dumps(RANKING))
    series = {s.metric: s for s in read([tmp_path]).series}
    assert series["db_load"].samples[0].value == 3.5
    sql = series["db_load_by_sql"]
    assert (sql.labels["statement"], sql.labels["waits"], sql.samples[0].value) == (
        "SELECT 1",
        "CPU:user",
        2.5,
    )
    assert sql.labels["DBInstanceIdentifier"] == "orders"
    assert (quote := sql.quote()) is not None
    assert "SELECT 1" in quote.text
    assert series["db_load_by_user"].labels["user"] == "reader"
