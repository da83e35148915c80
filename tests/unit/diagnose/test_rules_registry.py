from hypothesis import given, settings
from hypothesis import strategies as st

from anyops.diagnose.causes import CAUSES
from anyops.diagnose.rules import load
from tests.unit.diagnose.worlds import world


def test_every_rule_has_a_title_and_its_kinds_are_words() -> None:
    for id_, rule in load().items():
        assert rule.title, id_
        assert all(kind[:1].isupper() for kind in rule.kinds), id_


def test_an_empty_world_has_no_findings() -> None:
    assert [f for rule in load().values() for f in rule(world())] == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "True", "False", "-", "x", "5%"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "name", "type"]), inner)
    ),
    max_leaves=6,
)
_KEYS = (
    "replicas", "conditions", "phase", "template", "selector", "containers", "rules", "schedule", "rules",
    "serviceName", "webhooks", "scaleTargetRef", "ingress", "egress", "ports", "results", "jobs", "resources",
)  # fmt: skip


@settings(deadline=None)
@given(
    st.dictionaries(st.sampled_from(_KEYS), _JSON),
    st.dictionaries(st.sampled_from(_KEYS), _JSON),
    st.booleans(),
)
def test_no_rule_breaks_on_odd_shapes(spec: dict, status: dict, complete: bool) -> None:
    rules = load().values()
    kinds = {kind for rule in rules for kind in rule.kinds}
    bodies = [
        {"kind": kind, "metadata": {"name": "a", "namespace": "b"}, "spec": spec, "status": status, **spec}
        for kind in sorted(kinds)
    ]
    odd = world(*bodies, complete=complete)
    for rule in rules:
        for found in rule(odd):
            assert found.cause is None or found.cause in CAUSES
            assert found.title
            for cited in found.cites:
                cited.quote()
