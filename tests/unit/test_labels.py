"""Who selects whom: the indexes say what a search through everything would."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from anyops.world.labels import LabelIndex, SelectorIndex

NAMESPACES = st.sampled_from(["", "shop", "db"])
LABELS = st.dictionaries(st.sampled_from(["", "app", "tier", "team"]), st.sampled_from(["", "cart", "web"]))
MANY = st.lists(st.tuples(NAMESPACES, LABELS), max_size=12)


def numbered(
    many: list[tuple[str, dict[str, str]]],
) -> list[tuple[str, Mapping[str, str], int]]:
    return [(namespace, labels, number) for number, (namespace, labels) in enumerate(many)]


@given(MANY, NAMESPACES, LABELS)
def test_a_selector_finds_all_that_bear_its_labels_in_their_order(
    bearers: list[tuple[str, dict[str, str]]], namespace: str, wanted: dict[str, str]
) -> None:
    found = LabelIndex(numbered(bearers)).selected(namespace, wanted)

    fitting = [
        n
        for n, (space, labels) in enumerate(bearers)
        if space == namespace and wanted.items() <= labels.items()
    ]
    assert found == (fitting if wanted else [])


@given(MANY, NAMESPACES, LABELS)
def test_labels_find_all_selectors_that_they_satisfy_in_their_order(
    selectors: list[tuple[str, dict[str, str]]], namespace: str, labels: dict[str, str]
) -> None:
    found = SelectorIndex(numbered(selectors)).selecting(namespace, labels)

    assert found == [
        n
        for n, (space, wanted) in enumerate(selectors)
        if space == namespace and wanted.items() <= labels.items()
    ]
