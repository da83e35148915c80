from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyops.diagnose.cron import ScheduleError, parse

NOON = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)  # a Friday


@pytest.mark.parametrize(
    ("schedule", "previous"),
    [
        ("* * * * *", "2026-11-20T12:00"),
        ("*/15 * * * *", "2026-11-20T12:00"),
        ("30 3 * * *", "2026-11-20T03:30"),
        ("30 13 * * *", "2026-11-19T13:30"),
        ("0 0 1 * *", "2026-11-01T00:00"),
        ("0 9 * * MON-WED", "2026-11-18T09:00"),
        ("0 9 * * 0", "2026-11-15T09:00"),
        ("5,35 8-10/2 ? nov ?", "2026-11-20T10:35"),
        ("0 0 13 * 1", "2026-11-16T00:00"),  # the 13th or a Monday
        ("0 0 29 2 *", "2024-02-29T00:00"),
        ("@daily", "2026-11-20T00:00"),
        ("@weekly", "2026-11-15T00:00"),
        ("@yearly", "2026-01-01T00:00"),
        ("TZ=UTC @hourly", "2026-11-20T12:00"),
    ],
)
def test_the_newest_start_before_a_time(schedule: str, previous: str) -> None:
    assert parse(schedule).previous(NOON) == datetime.fromisoformat(previous).replace(tzinfo=UTC)


def test_a_time_zone_moves_the_start() -> None:
    assert parse("0 4 * * *").previous(NOON, ZoneInfo("Asia/Tokyo")) == datetime(2026, 11, 19, 19, tzinfo=UTC)


def test_every_so_often_has_no_fixed_starts() -> None:
    assert parse("@every 1h30m").every == timedelta(minutes=90)
    assert parse("@every 1h30m").previous(NOON) is None


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("", "expected exactly 5 fields, found 0"),
        ("invalid-cron", "expected exactly 5 fields, found 1"),
        ("0 0 * * * *", "expected exactly 5 fields, found 6"),
        ("60 * * * *", "minute 60 is above its maximum 59"),
        ("* * 0 * *", "day of month 0 is below its minimum 1"),
        ("* * * * 7", "day of week 7 is above its maximum 6; Sunday is 0"),
        ("* 9-5 * * *", "hour: range 9-5 ends before it begins"),
        ("*/0 * * * *", "step of minute must be a positive number"),
        ("a * * * *", "minute: 'a' is no number"),
        ("@fortnightly", "unknown descriptor"),
        ("@every soon", "is no duration"),
    ],
)
def test_a_refused_schedule_says_why(schedule: str, why: str) -> None:
    with pytest.raises(ScheduleError, match=why.replace("*", r"\*")):
        parse(schedule)


@given(st.text(alphabet="*/?-,0123456789 @TZ=monSUN", max_size=40))
def test_any_text_is_read_or_refused_and_starts_lie_in_the_past(text: str) -> None:
    try:
        previous = parse(text).previous(NOON)
    except ScheduleError:
        return
    assert previous is None or previous <= NOON
