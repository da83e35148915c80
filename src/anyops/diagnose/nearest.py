"""The existing name that a missing one was probably meant to be."""

from collections.abc import Iterable
from difflib import SequenceMatcher

_NEAR = 0.6


def nearest(name: str, existing: Iterable[str]) -> str:
    """The most similar of the existing names; "" when none is near."""
    others = [other for other in existing if other != name]
    best = max(others, key=lambda other: (_likeness(name, other), other), default="")
    return best if best and _likeness(name, best) >= _NEAR else ""


def _likeness(name: str, other: str) -> float:
    short, long = sorted((name[:253].lower(), other[:253].lower()), key=len)
    if len(short) >= 4 and long.startswith(short):
        return 0.9
    return SequenceMatcher(None, short, long).ratio()


def did_you_mean(name: str, existing: Iterable[str]) -> str:
    """` (there is app-configuration)` to go behind a missing name; "" when none is near."""
    near = nearest(name, existing)
    return f" (there is {near})" if near else ""
