"""What a live object shows: each value by its pointer, as it was read, and no secret."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anyops.redact import Redactor
from anyops.sources.kube.views import QUOTED_BYTES, LiveView, pointer
from anyops.world.evidence import Path, Quote
from tests.unit.sources.kube.test_page import JSON

POD = {
    "metadata": {"name": "cart-1", "annotations": {"example.com/a~b": "x"}},
    "spec": {"containers": [{"name": "main", "image": "cart:1"}, {"name": "side", "command": None}]},
}


def quote(path: Path, body: dict[str, Any] = POD, redactor: Redactor | None = None) -> Quote | None:
    return LiveView("prod", "Pod/shop/cart-1", body, redactor).quote(path)


def quoted(path: Path, body: dict[str, Any] = POD, redactor: Redactor | None = None) -> Quote:
    found = quote(path, body, redactor)
    assert found is not None
    return found


def test_a_value_is_quoted_by_where_it_stands_without_white_space() -> None:
    assert quoted(("spec", "containers", 0)) == Quote(
        source="prod",
        place="Pod/shop/cart-1#/spec/containers/0",
        text='{"name":"main","image":"cart:1"}',
    )


@pytest.mark.parametrize(
    "path",
    [
        ("status",),
        ("spec", "containers", 2),
        ("spec", "containers", -1),
        ("spec", "containers", "0"),
        ("spec", "containers", 0, "image", "tag"),
        ("spec", "containers", 1, "command"),
        ("metadata", 0),
    ],
    ids=pointer,
)
def test_where_nothing_stands_nothing_is_quoted(path: Path) -> None:
    assert quote(path) is None


def test_a_pointer_escapes_what_would_part_it() -> None:
    path = ("metadata", "annotations", "example.com/a~b")
    assert quoted(path).place.endswith("#/metadata/annotations/example.com~1a~0b")
    assert pointer(()) == ""


def every(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Each place in a value, and what stands there."""
    yield path, value
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in below:
        yield from every(item, (*path, key))


def follow(value: Any, text: str) -> Any:
    """What a JSON pointer leads to, as RFC 6901 has it."""
    for part in text.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text(max_size=5) | st.sampled_from(["a/b", "~1", "~"]), JSON, max_size=4))
def test_every_value_is_quoted_and_its_pointer_leads_to_it(body: dict[str, Any]) -> None:
    for path, value in every(body):
        found = quote(path, body)
        if value is None:
            assert found is None
            continue
        assert found is not None
        assert json.loads(found.text) == value
        assert follow(body, found.place.partition("#")[2]) == value


@given(st.integers(QUOTED_BYTES - 8, QUOTED_BYTES + 8), st.sampled_from(["x", "ü", "€", "👍"]))
def test_a_long_value_is_quoted_to_a_whole_letter(length: int, letter: str) -> None:
    text = "a" * (length % 4) + letter * length
    found = quoted(("data",), {"data": text}).text
    whole = f'"{text}"'
    assert whole.startswith(found)
    assert min(len(whole.encode()), QUOTED_BYTES - 3) <= len(found.encode()) <= QUOTED_BYTES


def test_a_secret_is_not_quoted_by_its_name_nor_by_its_form() -> None:
    env = [
        {"name": "DB_PASSWORD", "value": "correct horse"},
        {"name": "URL", "value": "postgres://a:h0rs3b4tt@db/x"},
    ]
    body = {"spec": {"env": env, "password": "correct horse"}}
    paths: list[Path] = [("spec",), ("spec", "env"), ("spec", "password"), ("spec", "env", 0, "value")]
    paths += [("spec", "env", 1), ("spec", "env", 1, "value")]
    for path in paths:
        found = quoted(path, body, Redactor(b"k" * 32))
        assert found.redacted
        assert "correct horse" not in found.text
        assert "h0rs3b4tt" not in found.text
    assert not quoted(("spec", "env", 0, "name"), body, Redactor(b"k" * 32)).redacted


def test_the_same_secret_is_the_same_wherever_it_is_quoted() -> None:
    body = {"a": {"password": "correct horse"}, "b": {"name": "PASSWORD", "value": "correct horse"}}
    redactor = Redactor(b"k" * 32)
    assert quoted(("a", "password"), body, redactor).text == quoted(("b", "value"), body, redactor).text
