"""The health of one object, as it is said."""

from typing import Any

from evals.report import Told


def predict(told: Told) -> dict[str, Any]:
    """Status and message of the first object."""
    first = next(iter(told.report["objects"]), {})
    return {"status": first.get("status", ""), "message": first.get("message", "")}
