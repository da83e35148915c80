"""The use case behind `anyops diff`: read two sides, compare them, judge the answer."""

import os
import re
import shlex
from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple

from msgspec import structs

from anyops.diagnose.diff import Diff, Selection, Side, compare
from anyops.environment import Environment
from anyops.errors import UsageError
from anyops.incident.live import Live
from anyops.incident.world import read_world
from anyops.world.world import World

_BARE_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9@:._/-]*\Z")


class Target(NamedTuple):
    """One side: a kube context (`ctx`), or what stands at a path (`file`)."""

    kind: Literal["ctx", "file"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def parse_target(environment: Environment, text: str) -> Target:
    """`ctx:NAME`, `file:PATH`, or a path. Raises UsageError for anything else, with what may be meant."""
    kind, colon, name = text.partition(":")
    if colon and kind in ("ctx", "file", "git") and not name:
        raise UsageError(f"{text} names nothing", hint="write ctx:NAME or file:PATH")
    if kind == "git" and colon:
        raise UsageError(
            f"{text}: a git revision is compared as a folder",
            hint=f"run `git worktree add ../at {shlex.quote(name)}`, or `git show` of a file; give that path",
        )
    if kind == "ctx" and colon:
        return Target("ctx", name)
    path = name if kind == "file" and colon else text
    if path.startswith("~/"):
        path = str(environment.home / path[2:])
    if path == "-" or os.path.lexists(environment.cwd / path):
        return Target("file", path)
    if kind != "file" and _BARE_WORD.match(text) and not text.startswith("."):
        raise UsageError(f"there is no path {text}", hint=f"for a kube context write ctx:{text}")
    raise UsageError(f"there is no path {path}", hint="give a folder, an archive or a file, or ctx:NAME")


def world_of(
    environment: Environment,
    target: str,
    *,
    namespaces: Collection[str] = (),
    all_namespaces: bool = False,
) -> World:
    """The World of one side. Raises UsageError where the target is none, and what `read_world` raises."""
    parsed = parse_target(environment, target)
    if parsed.kind == "file":
        return read_world(environment, [parsed.name], None)
    live = Live(
        context=parsed.name,
        namespaces=tuple(namespaces),
        all_namespaces=all_namespaces,
        timeout=environment.settings.cluster.timeout,
        objects_only=True,
    )
    return read_world(environment, [], live)


def selection(namespaces: str, namespace_map: Iterable[str], kinds: Iterable[str]) -> Selection:
    """What to compare, from words: `a,b`, `a=b` each, and kinds as kubectl names them (`deploy`).

    Raises UsageError for a map that is none.
    """
    names: dict[str, str] = {}
    for entry in namespace_map:
        a, equals, b = (part.strip() for part in entry.partition("="))
        if not (a and equals and b):
            raise UsageError(f"{entry!r} is no map of namespaces", hint="write --namespace-map shop=shop-eu")
        if a in names or b in names.values():
            raise UsageError(f"{entry!r} maps a namespace for the second time", hint="map each one once")
        names[a] = b
    return Selection(
        namespaces=tuple(filter(None, (name.strip() for name in namespaces.split(",")))),
        namespace_map=names,
        kinds=tuple(map(_kind, kinds)),
    )


def _kind(word: str) -> str:
    from anyops.sources.files.kubectl.kinds import find_kind

    found = find_kind(word)
    return found.kind if found else word


def compare_targets(
    environment: Environment, a: str, b: str, chosen: Selection, *, all_namespaces: bool = False
) -> Diff:
    """What differs between two targets. Raises UsageError where one of them cannot be read."""
    first, second = parse_target(environment, a), parse_target(environment, b)
    if first == second == Target("file", "-"):
        raise UsageError("standard input can be only one side", hint="save one of them to a file")
    names = chosen.namespace_map
    of_a = tuple(dict.fromkeys((*chosen.namespaces, *names)))
    of_b = tuple(names.get(name, name) for name in of_a)
    one = world_of(environment, a, namespaces=of_a, all_namespaces=all_namespaces)
    other = world_of(environment, b, namespaces=of_b, all_namespaces=all_namespaces)
    diff = compare(one, other, chosen)
    return structs.replace(diff, a=_named(diff.a, first), b=_named(diff.b, second))


def _named(side: Side, target: Target) -> Side:
    return structs.replace(side, target=str(target))


def exit_code(diff: Diff, accept_unread: Collection[str] = ()) -> int:
    """0 nothing differs, 1 something does, 4 nothing does in what could be compared, and some could not."""
    if diff.differs:
        return 1
    accepted = frozenset(kind.lower() for kind in accept_unread)
    open_ = [e for e in diff.not_compared if e.kind and e.kind.lower() not in accepted]
    return 4 if open_ else 0
