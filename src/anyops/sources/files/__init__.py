"""What a person hands over: directories, archives, files and standard input.

The parsers are loaded by `read`: whoever needs one module of this package does not wait for all of them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from anyops.environment import uncollected
from anyops.errors import NothingReadableError, UsageError
from anyops.sources.files.limits import Limits

if TYPE_CHECKING:
    from anyops.world.world import World

__all__ = ["Limits", "read"]


def read(
    paths: Sequence[str | Path],
    *,
    stdin: BinaryIO | None = None,
    question: str = "",
    limits: Limits = Limits(),  # noqa: B008
) -> "World":
    """The World in folders, archives and files; `-` is `stdin`.

    Raises UsageError when a path is missing, NothingReadableError when nothing in it can be read.
    """
    from anyops.sources.files.assemble import assemble
    from anyops.sources.files.detect import read_document
    from anyops.sources.files.reading import Reading
    from anyops.sources.files.walk import Walk

    if not paths:
        raise UsageError("nothing to read", hint="name a folder, an archive, a file, or - for standard input")
    source = ", ".join(str(path) for path in paths)
    with uncollected():
        walk = Walk(limits)
        readings: list[Reading] = []
        for document in walk.documents([Path(path) for path in paths], stdin):
            readings += read_document(document, limits)
        readings.append(Reading(unread=walk.unread))
        world = assemble(readings, source=source, question=question)
    if not _says_anything(world):
        raise _nothing(world, source)
    return world


def _says_anything(world: "World") -> bool:
    return bool(world.resources or world.events or world.logs or world.series or world.changes or world.notes)


def _nothing(world: "World", source: str) -> NothingReadableError:
    hint = "hand over kubectl output, Kubernetes YAML or JSON, logs, or an archive of them"
    if not world.unread:
        return NothingReadableError(f"nothing in {source}: the folder is empty", hint=hint)
    first = world.unread[0]
    more = f" (and {len(world.unread) - 1} more)" if len(world.unread) > 1 else ""
    return NothingReadableError(
        f"nothing readable in {source}: {first.source}: {first.detail}{more}", hint=hint
    )
