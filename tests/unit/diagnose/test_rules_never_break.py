"""No rule breaks on any object, however odd: what is read is untrusted."""

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from anyops.data import demo_path
from anyops.diagnose.engine import analyze
from anyops.sources.files import read
from anyops.world.resource import Resource
from anyops.world.world import World

DEMO = read([demo_path()])
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of everything inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, item in inner for p in places(item, (*path, key)))]


def altered(resource: Resource, path: tuple[Any, ...], value: Any) -> Resource:
    body = copy.deepcopy(resource.body)
    here: Any = body
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
    return replace(resource, body=body)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_value_replaced_by_anything_breaks_no_rule(data):
    changed = list(DEMO.resources)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(changed) - 1))
        path = data.draw(st.sampled_from(places(changed[at].body)[1:]))
        changed[at] = altered(changed[at], path, data.draw(ODD))
    report = analyze(replace(DEMO, resources=tuple(changed)))
    assert [u for u in report.unread if u.source.startswith("rule ")] == []


@settings(max_examples=150, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(sorted({r.kind for r in DEMO.resources})), max_size=4),
    bodies=st.lists(ODD),
)
def test_objects_without_shape_break_no_rule(kinds, bodies):
    odd = tuple(
        Resource("v1", kind, "shop", f"o{n}", {"metadata": {"name": f"o{n}"}, "spec": body, "status": body})
        for n, (kind, body) in enumerate(zip(kinds, bodies, strict=False))
    )
    report = analyze(World(resources=odd))
    assert [u for u in report.unread if u.source.startswith("rule ")] == []
