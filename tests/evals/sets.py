"""The sets: which cases, which command, which adapter, which scorer. One set of flags serves all."""

from collections.abc import Callable
from typing import Any, NamedTuple

from evals import hits
from evals.adapters import argocd_health, cloudopsbench, facts, k8sgpt
from evals.data import Case
from evals.report import Told

ANALYZE = ("incident", "analyze", ".")
HEALTH = ("cluster", "health", "object.json")
JSON = ("-o", "json")


class Set(NamedTuple):
    """`text` is True where the default format is scored too."""

    globs: tuple[str, ...]
    adapter: Callable[[Told], dict[str, Any]]
    scorer: str
    hit: Callable[[Case, dict[str, Any]], bool]
    command: tuple[str, ...] = ANALYZE
    text: bool = False


SETS = {
    "cloudopsbench": Set(("cloudopsbench/*.xz",), cloudopsbench.predict, "score_k8s_rca", hits.incident),
    "k8sgpt": Set(("k8sgpt_analyzers/cases.jsonl.gz",), k8sgpt.predict, "score_findings", hits.failures),
    "argocd_health": Set(
        ("argocd_health/cases.jsonl.gz", "argocd_health/kstatus_cases.jsonl"),
        argocd_health.predict,
        "score_health",
        hits.health,
        command=HEALTH,
    ),
    "facts": Set(
        ("holmesgpt/*.jsonl.gz", "k8s_ai_bench/fix_tasks.jsonl", "opensre/cases.jsonl.gz"),
        facts.predict,
        "score_facts",
        hits.facts,
        text=True,
    ),
}
