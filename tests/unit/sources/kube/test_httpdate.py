"""Times in HTTP headers, and how long a server wants us to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyops.sources.kube.httpdate import http_date, retry_after

AT = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 01 May 2026 08:30:00 GMT",
        "Friday, 01-May-26 08:30:00 GMT",
        "Fri May  1 08:30:00 2026",
        "Fri, 01 May 2026 10:30:00 +0200",
        "Fri, 01 May 2026 08:30:00 -0000",
    ],
)
def test_every_form_that_http_has_is_the_same_moment(text: str) -> None:
    assert http_date(text) == AT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "3",
        "Fri, 32 May 2026 08:30:00 GMT",
        "Fri, 01 May 2026 08:30:00 +9999",
        "Fri, 31 Dec 9999 23:59:59 -2300",
        "Fri, 01 May 99999 08:30:00 GMT",
    ],
)
def test_what_names_no_moment_is_none(text: str) -> None:
    assert http_date(text) is None


@given(TIMES)
def test_a_moment_that_is_written_is_read(at: datetime) -> None:
    assert http_date(format_datetime(at, usegmt=True)) == at


DATES = TIMES.map(lambda at: format_datetime(at, usegmt=True)).flatmap(
    lambda text: st.sampled_from(
        [text, text.replace("GMT", "-2359"), text.replace("GMT", "+1400"), text[:-8]]
    )
)


@given(st.text(max_size=40) | DATES)
def test_any_header_is_a_moment_of_utc_or_none(text: str) -> None:
    at = http_date(text)
    assert at is None or at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("3", 3),
        (" 120 ", 120),
        ("0", 0),
        ("Fri, 01 May 2026 08:30:20 GMT", 20),
        ("Fri, 01 May 2026 08:29:00 GMT", 0),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("9" * 5_000, 999_999),
    ],
)
def test_a_server_says_how_long_to_wait_by_its_own_clock(said: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": said, "date": "Fri, 01 May 2026 08:30:00 GMT"}) == seconds


def test_without_a_clock_of_the_server_ours_is_taken() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    found = retry_after({"retry-after": later})
    assert found is not None
    assert 50 < found <= 60
    assert retry_after({}) is None


@given(st.text(max_size=20) | DATES, st.text(max_size=20) | DATES)
def test_whatever_a_server_says_no_wait_is_negative(said: str, date: str) -> None:
    found = retry_after({"retry-after": said, "date": date})
    assert found is None or found >= 0
