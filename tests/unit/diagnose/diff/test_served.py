"""What a real API server made of manifests is what the manifests say.

`tests/fixtures/served`: `declared.yaml` was applied to a kube-apiserver 1.20, `served.yaml`
is what `kubectl get -o yaml` then gave, `tables` and `described` what `get -o wide` and `describe` did.
"""

from pathlib import Path

import pytest

from anyops.diagnose.diff import Selection, compare
from anyops.sources.files import read
from anyops.world.world import World

FOLDER = Path(__file__).parents[3] / "fixtures" / "served"
SHOP = Selection(namespaces=("shop",))


@pytest.fixture(scope="module")
def served() -> World:
    return read([FOLDER / "served.yaml"])


def test_manifests_and_what_the_server_made_of_them_are_the_same(served):
    declared = read([FOLDER / "declared.yaml"])
    for diff in (compare(declared, served), compare(served, declared)):
        assert diff.totals == []
        assert diff.changes == []
        assert diff.not_compared == []
        assert diff.a.objects >= 40


@pytest.mark.parametrize("outline", ["tables", "described"])
def test_what_tables_and_descriptions_show_is_the_same(served, outline):
    diff = compare(served, read([FOLDER / outline]), SHOP)
    assert diff.totals == []
    assert diff.changes == []
    assert diff.b.objects >= 25


def test_a_single_value_that_differs_is_found_through_all_of_it(served, tmp_path):
    text = (FOLDER / "declared.yaml").read_text()
    for old, new in (
        ("cpu: 1000m", "cpu: 1001m"),
        ("periodSeconds: 5", "periodSeconds: 6"),
        ("[get, list]", "[get]"),
    ):
        changed = tmp_path / "changed.yaml"
        changed.write_text(text.replace(old, new))
        assert len(compare(read([changed]), served).changes) == 1, old
