"""Labels and selectors by namespace, so that who selects whom is looked up and not searched for.

A selector here is a plain map of labels (`spec.selector` of a service, `matchLabels`), all of which must be
borne.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

_T = TypeVar("_T")
_Pair = tuple[str, str]
"""A label and its value."""


class LabelIndex(Generic[_T]):
    """Things by the labels that they bear: `(namespace, labels, thing)` each."""

    def __init__(self, labelled: Iterable[tuple[str, Mapping[str, str], _T]]) -> None:
        self._bearers: dict[tuple[str, _Pair], list[tuple[Mapping[str, str], _T]]] = {}
        for namespace, labels, thing in labelled:
            for pair in labels.items():
                self._bearers.setdefault((namespace, pair), []).append((labels, thing))

    def selected(self, namespace: str, wanted: Mapping[str, str]) -> list[_T]:
        """Those that bear all these labels, in their order; an empty selector selects none."""
        groups = (self._bearers.get((namespace, pair), ()) for pair in wanted.items())
        fewest: Sequence[tuple[Mapping[str, str], _T]] = min(groups, key=len, default=())
        return [thing for labels, thing in fewest if wanted.items() <= labels.items()]


class SelectorIndex(Generic[_T]):
    """Things by the labels that they select: `(namespace, selector, thing)` each."""

    def __init__(self, selectors: Iterable[tuple[str, Mapping[str, str], _T]]) -> None:
        known = list(selectors)
        common = Counter((namespace, pair) for namespace, wanted, _ in known for pair in wanted.items())
        self._askers: dict[tuple[str, _Pair | None], list[tuple[int, Mapping[str, str], _T]]] = {}
        for order, (namespace, wanted, thing) in enumerate(known):
            # Under its rarest label, so that few others stand beside it; an empty selector under none.
            pair = min(wanted.items(), key=lambda p: common[namespace, p], default=None)
            self._askers.setdefault((namespace, pair), []).append((order, wanted, thing))

    def selecting(self, namespace: str, labels: Mapping[str, str]) -> list[_T]:
        """Those whose selector these labels satisfy, as any do an empty one; in their order."""
        found = [
            (order, thing)
            for pair in (*labels.items(), None)
            for order, wanted, thing in self._askers.get((namespace, pair), ())
            if wanted.items() <= labels.items()
        ]
        return [thing for _, thing in sorted(found, key=lambda entry: entry[0])]
