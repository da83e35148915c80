"""The name that was probably meant."""

from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from anyops.diagnose.nearest import did_you_mean, nearest

NAMES = st.text("abcdE-1", max_size=12)


def likeness(name: str, other: str) -> float:
    short, long = sorted((name.lower(), other.lower()), key=len)
    if len(short) >= 4 and long.startswith(short):
        return 0.9
    return SequenceMatcher(None, short, long).ratio()


@given(NAMES, st.lists(NAMES, max_size=8))
def test_the_nearest_is_the_one_that_comparing_all_of_them_finds(name: str, existing: list[str]) -> None:
    near = [(likeness(name, other), other) for other in existing if other not in ("", name)]
    best = max(near, default=(0.0, ""))

    assert nearest(name, existing) == (best[1] if best[0] >= 0.6 else "")


def test_a_slip_of_the_pen_is_told() -> None:
    assert did_you_mean("app-confg", ["web", "app-config", "app"]) == " (there is app-config)"


def test_nothing_is_told_where_no_name_comes_near() -> None:
    assert did_you_mean("payments", ["web", "cart"]) == ""
