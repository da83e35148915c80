"""No parser raises on any bytes, and what a World quotes stands in what was read, byte for byte."""

import contextlib
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path as FilePath

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from anyops.errors import ReadError, UsageError
from anyops.sources.files import Limits, read
from anyops.sources.files.detect import plain, read_document
from anyops.sources.files.jsonspan import JsonPlaces
from anyops.sources.files.jsontext import Value, same_length_utf8, values
from anyops.sources.files.magic import archive_format
from anyops.sources.files.reading import Reading
from anyops.sources.files.unpack import unpack
from anyops.sources.files.yamlspan import YamlMarks
from anyops.sources.files.yamltext import load, pieces
from anyops.world.evidence import Document, Path, Quote

FRAGMENTS = [
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web-0\n  namespace: shop\nspec:\n  containers: []\n",
    '{"kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","uid":"c"}}]}',
    '{"pods":[{"name":"a","phase":"Pending","containers":[{"name":"c","state":{"waiting":true}}]}]}',
    '{"alerts":[{"labels":{"alertname":"X","pod":"a"},"annotations":{},"status":"firing"}]}',
    '{"events":[{"involved_object":"Pod/a","reason":"BackOff","message":"m\\nn","count":3}]}',
    '{"data":{"resultType":"matrix","result":[{"metric":{"pod":"a"},"values":[[1700000000,"1.5"]]}]}}',
    '{"a:80":"Connection refused","svc":"{\\"patterns\\":[{\\"sample\\":\\"boom\\",\\"count\\":2}]}"}',
    '{"pod_name":"a","namespace":"b","logs":"one \\"x\\"\\ntwo\\n"}',
    "● a.service - A\n   Loaded: loaded (/x; enabled)\n   Active: failed (Result: x); 5min ago\n",
    "NAME   NAMESPACE  REVISION  UPDATED  STATUS  CHART\nweb  shop  3  now  failed  w-1\n",
    "Name:  argocd/web\nSync Status:  OutOfSync from HEAD (abc1234)\nHealth Status:  Degraded\nGROUP  H\n",
    "time,web-cpu,web-mem\n2026-01-02T03:04:05Z,1,2\n2026-01-02T03:05:05Z,1,NaN\n",
    "$ nc -zv web 80\nnc: connect to web port 80 (tcp) failed: Connection refused\n",
    "stdout:\nNAME   READY   STATUS    RESTARTS   AGE\nweb    0/1     Error     4 (3m ago)  5d\nstderr:\n",
    "==== START logs for container c of pod n/p ====\nb\n==== END logs for container c of pod n/p ====\n",
    "Name:      web\nNamespace: shop\nStatus:    Running\nEvents:\n  Type  Reason  Age  From  Message\n",
    "namespace: shop\nWhy is web down?\n",
    "---\n", "\r\n", "\t", "\x00", "é", "{", "}", "[", "]", '"', "&a ", "*a",
]  # fmt: skip
ANYTHING = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=12), max_size=8).map(
        lambda parts: "".join(parts).encode("utf-8", "surrogatepass")
    ),
)
KEYS = st.text(max_size=8).filter(lambda key: "\x00" not in key)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def paths(value: object, path: Path = ()) -> Iterator[Path]:
    """Every place in a value."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, (*path, index))


def quotes(readings: list[Reading]) -> Iterator[Quote]:
    """Everything that could be cited of what was read."""
    for reading in readings:
        for resource in reading.resources:
            yield from (
                q for path in paths(resource.body) for view in resource.views if (q := view.quote(path))
            )
        events = [*reading.events, *(aged.event for aged in reading.aged_events)]
        citable = [*events, *reading.series, *reading.changes, *(note.source for note in reading.notes)]
        yield from (q for item in citable if (q := item.quote()) is not None)
        yield from (line.quote() for log in reading.logs for line in log.lines)


def stands_in(quote: Quote, data: bytes) -> bool:
    """Whether the quote is what the document has at the place that it names."""
    name, _, lines = quote.place.rpartition(":")
    first, _, last = lines.partition("-")
    there = b"\n".join(data.split(b"\n")[int(first) - 1 : int(last or first)]).decode("utf-8", "replace")
    exact = data.decode("utf-8", "replace")
    return name == quote.source and (quote.text in there or quote.text.rstrip("\ufffd") in exact)


NAMES = st.sampled_from(["a.txt", "logs/web.log", "pods.json", "worker-1_kubelet.txt", "metrics.csv"])


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANYTHING, NAMES)
@example(b'{"a":"\\ud800"}', "a.json")
@example(b"kind: Pod\nmetadata: {name: a}\nx: &x [*x]\n", "a.yaml")
def test_any_bytes_are_read_and_quoted_exactly(data: bytes, name: str) -> None:
    document = Document(name, data)
    whole = plain(document).data if data[:2] in (b"\xff\xfe", b"\xfe\xff") else data
    assert all(stands_in(quote, whole) for quote in quotes(read_document(document, Limits())))


@settings(max_examples=150, deadline=None)
@given(st.lists(ANYTHING, max_size=3))
def test_any_folder_becomes_a_world_or_a_usage_error(contents: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number, content in enumerate(contents):
            (FilePath(folder) / f"{number}").write_bytes(content)
        try:
            refs = [resource.ref for resource in read([folder]).resources]
        except UsageError:
            refs = []
    assert len(set(refs)) == len(refs)


@settings(max_examples=200, deadline=None)
@given(JSON, st.integers(0, 3))
def test_every_json_value_is_found_where_it_stands(value: object, indent: int) -> None:
    data = json.dumps(value, indent=indent or None, ensure_ascii=indent == 1).encode("utf-8", "surrogatepass")
    data = same_length_utf8(data)
    for found in values(data):
        assert isinstance(found, Value)
        places = JsonPlaces(Document("a", data), data, found.start, found.end)
        for path in paths(found.value):
            here = places.at(path, 0)
            assert here is not None
            at_path = found.value
            for step in path:
                at_path = at_path[step]
            assert json.loads(data[here.start : here.end]) == at_path


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), JSON, min_size=1, max_size=5))
def test_every_yaml_value_is_found_in_whole_lines(value: dict[str, object]) -> None:
    import yaml

    data = yaml.safe_dump(value, allow_unicode=True).encode()
    for piece in pieces(data):
        try:
            loaded = load(data, piece, 0, Limits())
        except ReadError:
            continue
        marks = YamlMarks(Document("a", data), piece)
        for path in paths(loaded):
            span = marks.span(path)
            if path:
                assert span is not None
                assert (
                    str(path[-1]) in span.quote().text
                    or isinstance(path[-1], int)
                    or "'" in span.quote().text
                    or '"' in span.quote().text
                )


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\x00"])
)
def test_any_archive_is_unpacked_or_refused(data: bytes, magic: bytes) -> None:
    data = magic + data
    form = archive_format(data)
    with contextlib.suppress(ReadError):
        assert form == "" or list(unpack(io.BytesIO(data), form, "a", len(data), Limits())) is not None


def test_a_resource_is_cited_by_its_own_lines() -> None:
    data = b"kind: Pod\nmetadata: {name: a}\n---\nkind: Pod\nmetadata: {name: b}\n"
    readings = read_document(Document("x", data), Limits())
    quoted = [resource.at("metadata").quote() for reading in readings for resource in reading.resources]
    assert [quote.place for quote in quoted if quote] == ["x:2", "x:5"]
