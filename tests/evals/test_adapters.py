"""The adapters are tables of real codes, and stay short."""

from pathlib import Path

import pytest

from anyops.diagnose.causes import CAUSES
from evals.adapters import cloudopsbench, facts
from evals.figures import figures
from evals.measures import without_run
from evals.report import NOTHING, Told

HERE = Path(__file__).parent

ADAPTERS = sorted((HERE / "adapters").glob("[a-z]*.py"))


@pytest.mark.parametrize("file", ADAPTERS, ids=lambda file: file.stem)
def test_an_adapter_is_at_most_150_lines_and_knows_no_pattern(file: Path) -> None:
    text = file.read_text()
    assert len(text.splitlines()) <= 150
    assert not any(word in text for word in ("import re", "evals.data", "open("))


def test_every_code_in_a_table_is_in_the_taxonomy() -> None:
    assert not {*cloudopsbench.LABELS, *facts.EXHAUSTION} - CAUSES.keys()


def cause(code: str, kind: str, name: str, namespace: str = "shop") -> dict[str, object]:
    resource = {"kind": kind, "namespace": namespace, "name": name}
    return {"cause": code, "resource": resource, "explains": ["F1"], "layer": CAUSES[code].layer}


def report(*causes: dict[str, object]) -> Told:
    findings = [{"id": "F1", "resource": {"kind": "Deployment", "namespace": "shop", "name": "store"}}]
    return Told({**NOTHING, "verdict": "incident", "causes": list(causes), "findings": findings})


@pytest.mark.parametrize(
    ("code", "kind", "name", "fault_object"),
    [
        ("image.not_found", "Deployment", "cart", "app/cart"),
        ("quota.pods_exceeded", "ResourceQuota", "limits", "namespace/shop"),
        ("quota.pods_exceeded", "Deployment", "cart", "namespace/shop"),
        ("node.kubelet_down", "NodeService", "node-2/kubelet", "node/node-2"),
        ("volume.capacity_mismatch", "PersistentVolumeClaim", "store-data", "app/store"),
    ],
)
def test_a_cause_names_its_fault_object(code: str, kind: str, name: str, fault_object: str) -> None:
    predictions = cloudopsbench.predict(report(cause(code, kind, name)))["predictions"]
    assert predictions[0]["fault_object"] == fault_object


def test_a_code_without_a_word_keeps_its_rank() -> None:
    first, second = cause("pod.evicted", "Pod", "a"), cause("image.not_found", "Deployment", "b")
    predictions = cloudopsbench.predict(report(first, second))["predictions"]
    assert [p["root_cause"] for p in predictions] == ["pod.evicted", "incorrect_image_reference"]


def test_the_top_cause_is_the_block_numbered_one() -> None:
    told = report(cause("container.oom_killed", "Deployment", "cart"))._replace(
        text="where\n\n1 sure   Killed for memory\n  because\n  E1 quote\n\n2 likely Other\nall: ..."
    )
    said = facts.predict(told)
    assert said["top"].splitlines()[0] == "1 sure   Killed for memory"
    assert "Other" not in said["top"]
    assert said["category"] == "resource_exhaustion"


def test_figures_are_read_from_tables_and_from_pairs() -> None:
    printed = (
        "group    n  partial@1 partial@3\nALL    263      0.850     0.920\n"
        "argocd   all      n= 703 acc=0.812 degraded_F1=0.801 msg=nan\n"
        "ALL      objects 40/50=0.800  failures 57/60=0.950\nquiet on clean cases: 0.700 (n=9)\n"
    )
    found = figures(printed)
    assert found["ALL partial@3"] == 0.92
    assert found["argocd all acc"] == 0.812
    assert found["ALL failures"] == 0.95


def test_two_reports_are_the_same_outside_run() -> None:
    assert without_run('{"a": 1, "run": {"id": "x"}}') == without_run('{"a": 1, "run": {"id": "y"}}')
    assert without_run('{"a": 1, "b": 2}') != without_run('{"b": 2, "a": 1}')
