"""A log becomes entries with times; a stack trace is one entry."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyops.sources.files.kubectl.logs import parse_log, time_of, writer_of
from anyops.world.evidence import Document
from anyops.world.resource import Ref

LOG = """\
2025-06-12 22:14:51,711 ERROR    Database error
Traceback (most recent call last):
  File "x.py", line 1, in <module>
    main()
ValueError: no sand
2025-06-12 22:14:52,000 INFO     next
java.lang.IllegalStateException: broken
\tat a.b.C(C.java:1)
Caused by: java.io.IOException: x
2025-06-12 22:14:53,000 INFO     last
"""


def test_a_trace_belongs_to_the_line_above():
    reading = parse_log(Document("pump-6bc58-4lbfd.log", LOG.encode()))
    (log,) = reading.logs
    assert [line.text.splitlines()[0] for line in log.lines] == [
        "2025-06-12 22:14:51,711 ERROR    Database error",
        "Traceback (most recent call last):",
        "2025-06-12 22:14:52,000 INFO     next",
        "2025-06-12 22:14:53,000 INFO     last",
    ]
    assert log.lines[1].text.endswith("ValueError: no sand")
    assert log.lines[2].text.endswith("Caused by: java.io.IOException: x")
    assert log.lines[0].at == datetime(2025, 6, 12, 22, 14, 51, 711000, UTC)
    assert log.lines[1].quote().text == log.lines[1].text


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (b"2025-06-20T10:37:30.113Z [ERROR] x", datetime(2025, 6, 20, 10, 37, 30, 113000, UTC)),
        (b"2025-06-20T12:37:30.113456789+02:00 x", datetime(2025, 6, 20, 10, 37, 30, 113456, UTC)),
        (b"[2025-06-20 10:37:30] x", datetime(2025, 6, 20, 10, 37, 30, tzinfo=UTC)),
        (b"2025/06/20 10:37:30 x", datetime(2025, 6, 20, 10, 37, 30, tzinfo=UTC)),
        (b'{"level":30,"time":1742277257530,"msg":"x"}', datetime(2025, 3, 18, 5, 54, 17, 530000, UTC)),
        (b'{"msg":"x","ts":"2025-06-20T10:37:30Z"}', datetime(2025, 6, 20, 10, 37, 30, tzinfo=UTC)),
        (b'time="2025-06-20T10:37:30Z" level=info', datetime(2025, 6, 20, 10, 37, 30, tzinfo=UTC)),
        (b"E0620 10:37:30.113456 1 x.go:3] no year", None),
        (b"9999-99-99T99:99:99Z", None),
        (b"plain words", None),
    ],
)
def test_the_time_that_a_line_begins_with(line, at):
    assert time_of(line) == at


POD = Ref("Pod", "mill", "pump-6bc58d7f9-4lbfd")


@pytest.mark.parametrize(
    ("name", "about", "container", "previous"),
    [
        (f"namespaces/mill/pods/{POD.name}/main/main/logs/current.log", POD, "main", False),
        (f"namespaces/mill/pods/{POD.name}/main/main/logs/previous.log", POD, "main", True),
        (f"var/log/pods/mill_{POD.name}_0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f/main/0.log", POD, "main", False),
        (f"dump/mill/{POD.name}/logs.txt", POD, "", False),
        (f"kubectl_logs_{POD.name}_-n_mill_-c_side_--previous.txt", POD, "side", True),
        (f"logs_{POD.name}_mill.txt", POD, "", False),
        ("recent_logs/pump.log", None, "", False),
    ],
)
def test_who_wrote_it_by_its_name(name, about, container, previous):
    writer = writer_of(name)
    assert (writer.about, writer.container, writer.previous) == (about, container, previous)


def test_prose_and_binary_are_no_log():
    assert parse_log(Document("question.txt", b"Why is the pump slow?\n")) is None
    assert parse_log(Document("x.bin", b"\0\1\2" * 100)) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_error(data):
    reading = parse_log(Document("x.log", data))
    for log in reading.logs if reading else ():
        for line in log.lines:
            assert data[line.source.start : line.source.end].decode("utf-8", "replace") == line.text
