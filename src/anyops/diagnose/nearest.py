"""The existing name that a missing one was probably meant to be."""

from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

_NEAR = 0.6


def nearest(name: str, existing: Iterable[str]) -> str:
    """The most similar of the existing names; "" when none is near."""
    return _nearest(name, tuple(existing))


@lru_cache(maxsize=32)
def _nearest(name: str, existing: tuple[str, ...]) -> str:
    letters = Counter(_plain(name))
    found = (_NEAR, "")
    # Those that share most letters come first: after them few can be nearer still.
    for most, other in sorted(((_at_most(letters, other), other) for other in existing), reverse=True):
        if most < found[0]:
            break
        if other != name:
            found = max(found, (_likeness(name, other), other))
    return found[1]


def _plain(name: str) -> str:
    return name[:253].lower()


def _at_most(letters: Counter[str], other: str) -> float:
    """What the likeness cannot exceed, by the letters that both have."""
    have = Counter(_plain(other))
    both = sum(min(count, have[letter]) for letter, count in letters.items() if letter in have)
    total = letters.total() + have.total()
    return max(2.0 * both / total if total else 1.0, _STARTS_ALIKE if both >= _START else 0.0)


_STARTS_ALIKE = 0.9
_START = 4


def _likeness(name: str, other: str) -> float:
    short, long = sorted((_plain(name), _plain(other)), key=len)
    if len(short) >= _START and long.startswith(short):
        return _STARTS_ALIKE
    return SequenceMatcher(None, short, long).ratio()


def did_you_mean(name: str, existing: Iterable[str]) -> str:
    """` (there is app-configuration)` to go behind a missing name; "" when none is near."""
    near = nearest(name, existing)
    return f" (there is {near})" if near else ""
