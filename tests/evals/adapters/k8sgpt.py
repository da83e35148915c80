"""Findings of any state → kind, name and text."""

from typing import Any

from evals.report import Told


def predict(told: Told) -> dict[str, Any]:
    """Every finding with its title, detail and evidence."""
    quotes = {item["id"]: item["text"] for item in told.report["evidence"]}
    return {
        "findings": [
            {
                "kind": found["resource"]["kind"],
                "name": "/".join(filter(None, (found["resource"]["namespace"], found["resource"]["name"]))),
                "text": "\n".join(
                    [found["title"], found["detail"], *(quotes.get(e, "") for e in found["evidence"])]
                ),
            }
            for found in told.report["findings"]
        ]
    }
