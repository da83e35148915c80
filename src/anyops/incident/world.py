"""The World of what a command is asked to read: files, a snapshot, or a live cluster."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import structs

from anyops.environment import Environment
from anyops.incident.live import Live, read_live
from anyops.world.world import World


def read_world(here: Environment, paths: Sequence[str], live: Live | None, *, question: str = "") -> World:
    """The live cluster where one is asked for, else what stands under the paths (`-` is standard input).

    Raises UsageError where nothing can be read there, and what `read_live` raises.
    """
    if live is not None:
        return read_live(here, live, question=question)
    if len(paths) == 1 and paths[0] != "-":
        from anyops.sources.kube.replay import is_snapshot, read_snapshot

        if is_snapshot(Path(paths[0])):
            return structs.replace(read_snapshot(Path(paths[0])), question=question)
    from anyops.sources.files import read

    return read(list(paths), stdin=here.stdin, question=question)
