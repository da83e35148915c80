"""Whether one case was met in full. Only for showing misses; figures come from the data folder's scorers."""

import re
from typing import Any

from evals.data import Case

Prediction = dict[str, Any]


def incident(case: Case, said: Prediction) -> bool:
    """Object and cause of the first cause are the label's."""
    wanted, first = case["expected"], next(iter(said["predictions"]), {})
    return all(first.get(key) == wanted[key] for key in ("fault_object", "root_cause"))


def failures(case: Case, said: Prediction) -> bool:
    """Each expected failure is said by a finding of its object, or by one that names it."""
    return all(
        any(
            _is_of(found, expected["name"]) and re.search(failure["accept"], found["text"], re.I)
            for found in said["findings"]
        )
        for expected in case["expected"]
        for failure in expected["failures"]
    )


def _is_of(found: Prediction, name: str) -> bool:
    short = name.split("/")[-1].lower()
    return found["name"].split("/")[-1].lower() == short or short in found["text"].lower()


def health(case: Case, said: Prediction) -> bool:
    """The status is the label's."""
    return bool(said["status"] == case["expected"]["status"])


def facts(case: Case, said: Prediction) -> bool:
    """All facts stand in the text, or the case's own rule holds."""
    if case.get("healthy") is True:
        return bool(said["healthy"])
    if "expected_facts" in case:
        return all(re.search(fact, said["text"], re.I) for fact in case["expected_facts"])
    wanted, text = case["expected"], " ".join(said["text"].lower().split())
    held = [word for word in wanted["required_keywords"] if " ".join(word.lower().split()) in text]
    return said["category"] == wanted["root_cause_category"] and len(held) == len(wanted["required_keywords"])
