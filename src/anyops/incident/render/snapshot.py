"""What a snapshot holds, in a few lines."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from anyops.text import plural, safe

if TYPE_CHECKING:
    from anyops.sources.kube.snapshot import Manifest


def snapshot_lines(manifest: "Manifest", destination: str) -> Iterator[str]:
    """Where it is, what is inside, what was left out or not read."""
    counts: Counter[str] = Counter()
    for entry in manifest.lists:
        counts[entry.resource] += entry.count
    spaces = ", ".join(manifest.namespaces) or "all namespaces"
    yield f"{safe(destination)}: {safe(manifest.context)}, {spaces}"
    kinds = sum(count > 0 for count in counts.values())
    logs = plural(len(manifest.logs), "log")
    yield f"  {plural(counts.total(), 'object')} of {plural(kinds, 'kind')}, {logs}"
    for resource, count in counts.most_common(6):
        yield f"  {count:>7,} {safe(resource)}"
    yield f"  secrets: {manifest.secrets}; {plural(manifest.redacted, 'value')} redacted elsewhere"
    for item in manifest.unread[:8]:
        yield f"  not read: {safe(item.source)} ({item.why}): {safe(item.detail)}"
    if len(manifest.unread) > 8:
        yield f"  and {len(manifest.unread) - 8} more, in anyops-snapshot.json"
