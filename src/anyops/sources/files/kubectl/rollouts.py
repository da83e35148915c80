"""`kubectl rollout history`: the revisions of a workload."""

import re

from anyops.sources.files.kubectl.command import Hint
from anyops.sources.files.kubectl.kinds import find_kind
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.reading import Reading
from anyops.world.resource import Ref
from anyops.world.world import Change

_OBJECT = re.compile(r"([a-z]+(?:\.[a-z.]+)?)/([a-z0-9][a-z0-9.-]{0,252})\s*\Z")
_ROW = re.compile(r"(\d{1,9})\s+(\S.*)\Z")


def read_history(text: Text, first: int, last: int, hint: Hint, into: Reading) -> bool:
    """Read revisions in lines `first` to `last` (exclusive); False when there are none."""
    about: Ref | None = None
    inside = found = False
    for number in range(first, last):
        line = text.lines[number]
        named = _OBJECT.match(line)
        info = find_kind(named[1]) if named else None
        if named and info:
            about, inside = Ref(info.kind, hint.namespace, named[2]), False
        elif line.startswith("REVISION") and line.rstrip().endswith("CHANGE-CAUSE"):
            inside = True
        else:
            row = _ROW.match(line) if inside else None
            if row is not None:
                cause = "" if row[2].strip() == "<none>" else row[2].strip()
                summary = cause or f"revision {row[1]}"
                source = text.span(number, number)
                into.changes.append(Change(about, None, summary, revision=row[1], source=source))
                found = True
    return found
