"""What differs between two worlds, grouped by meaning, without what a server fills in or a controller makes.

Each object becomes a flat table of facts (`facts`), the same for every way to write the object; two tables
are compared key by key, and what differs is said without values that may be secret (`concealed`).
"""

from anyops.diagnose.diff.compare import compare
from anyops.diagnose.diff.record import SCHEMA, Change, Diff, Group, Hunk, NotCompared, Selection, Side, Total

__all__ = [
    "SCHEMA",
    "Change",
    "Diff",
    "Group",
    "Hunk",
    "NotCompared",
    "Selection",
    "Side",
    "Total",
    "compare",
]
