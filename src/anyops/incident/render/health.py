"""The health of many objects as lines of text: what is not well first, the rest counted."""

from collections import Counter
from collections.abc import Iterator, Sequence

from anyops.incident.health import WORST_FIRST, ObjectHealth
from anyops.text import plural, safe, shorten
from anyops.world.world import Unread


def health_lines(objects: Sequence[ObjectHealth], columns: int) -> Iterator[str]:
    """One line an object that is not Healthy, then how many there are of each status."""
    told = [o for o in objects if o.status != "Healthy"]
    names = [f"{o.kind} {o.namespace + '/' if o.namespace else ''}{o.name}" for o in told]
    width = min(max(map(len, names), default=0), columns // 2)
    for entry, name in zip(told, names, strict=True):
        line = f"{entry.status:<11}  {shorten(safe(name), width):<{width}}  {safe(entry.message)}"
        yield shorten(line.rstrip(), columns)
    counts = Counter(o.status for o in objects)
    yield ", ".join(f"{counts[status]} {status}" for status in WORST_FIRST if counts[status]) or "no objects"


def hidden_lines(unknown: Sequence[Unread], columns: int) -> Iterator[str]:
    """What was not read, by the reason, as many names as fit into a line."""
    for why in dict.fromkeys(unread.why for unread in unknown):
        names = [safe(unread.source) for unread in unknown if unread.why == why]
        yield shorten(f"not read     {plural(len(names), 'source')} {why}: {', '.join(names)}", columns)
