"""What a TARGET on the command line means: a path, or an object of a cluster."""

import os
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from msgspec import Struct

from anyops.diagnose.selectors import Requirement
from anyops.errors import OpenQuestionError, UsageError
from anyops.sources.files.kubectl.kinds import find_kind
from anyops.text import safe
from anyops.world.resource import Ref, Resource
from anyops.world.world import Unread, World

_PATHS = ("/", "./", "../", "~")
_POINTS_AT = ("Pod", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Service", "Ingress")
"""Kinds that a label selector asks about."""


class Named(Struct, frozen=True):
    """`deploy/cart`: a kind and a name; the namespace is that of the command."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


def named(target: str) -> Named | None:
    """The object that `KIND/NAME` means, KIND as kubectl takes it (`po`, `deployment.apps`), if it is one."""
    word, slash, name = target.partition("/")
    info = find_kind(word) if slash and name and "/" not in name else None
    return Named(info.kind, name) if info else None


def split(targets: Sequence[str]) -> tuple[list[str], list[Named]]:
    """Paths and objects among the targets.

    A target is a path if it is `-`, begins with `/`, `./`, `../` or `~`, or exists and its first part is no
    kind. Raises UsageError where it can be both, where both stand side by side, and for a kind with no name.
    """
    paths: list[str] = []
    objects: list[Named] = []
    for target in targets:
        if not target:
            raise UsageError("a target is an empty text", hint="a variable may be unset; `.` is this folder")
        found = None if target == "-" or target.startswith(_PATHS) else named(target)
        if found is None and find_kind(target) and not os.path.lexists(target):
            raise UsageError(f"{target} is a kind, and names no object", hint=f"write {target}/NAME")
        if found is None:
            paths.append(os.path.expanduser(target) if target.startswith("~") else target)  # noqa: PTH111
        elif os.path.lexists(target):
            raise UsageError(
                f"{target} is a path and an object of the cluster",
                hint=f"write ./{target} for the path, {spelled(found)} for the object",
            )
        else:
            objects.append(found)
    if paths and objects:
        raise UsageError(
            f"{paths[0]} is a path and {objects[0]} an object of a cluster",
            hint="ask about one of both at a time",
        )
    return paths, objects


def spelled(found: Named) -> str:
    """The object with its group, as no path is called: `deployment.apps/cart`."""
    info = find_kind(found.kind)
    group = info.api_version.rpartition("/")[0] if info else ""
    return f"{found.kind.lower()}.{group}/{found.name}" if group else f"{found.kind.lower()}s/{found.name}"


def asked(world: World, objects: Sequence[Named], selector: Sequence[Requirement]) -> tuple[Ref, ...]:
    """The objects of this World that are asked about.

    Raises UsageError for one that is not there, OpenQuestionError where its kind could not be read.
    """
    refs = [ref for it in objects for ref in _found(world, it)]
    if selector:
        chosen = [r.ref for r in _selected(world, selector)]
        if not chosen:
            raise UsageError(
                f"no object has the labels {','.join(map(str, selector))}",
                hint="see `kubectl get pods --show-labels`; -A looks in all namespaces",
            )
        refs += chosen
    return tuple(dict.fromkeys(refs))


def require(world: World, namespaces: Sequence[str]) -> None:
    """Raises UsageError for a namespace that is sure not to be there: an empty one is another matter."""
    there = [r.name for r in world.of_kind("Namespace")]
    if not there or not world.was_listed("Namespace"):
        return
    for name in namespaces:
        if name not in there and not any(r.namespace == name for r in world.resources):
            near = get_close_matches(name, there, n=1)
            hint = f"did you mean -n {safe(near[0])}?" if near else "see `kubectl get namespaces`"
            raise UsageError(f"there is no namespace {name}", hint=hint)


def _found(world: World, it: Named) -> list[Ref]:
    refs = [r.ref for r in world.of_kind(it.kind) if r.name == it.name]
    if refs:
        return refs
    unread = next((u for u in world.unread if u.kind == it.kind and _is_in_scope(world, u)), None)
    if unread is not None:
        raise OpenQuestionError(
            f"{it} cannot be looked up: {unread.source} ({unread.why}): {unread.detail}",
            hint="get read access to it, or ask without the target",
        )
    where = f" in {', '.join(world.scope.namespaces)}" if world.scope.namespaces else ""
    near = get_close_matches(it.name, [r.name for r in world.of_kind(it.kind)], n=1)
    hint = (
        f"did you mean {it.kind.lower()}/{safe(near[0])}?" if near else "-n NAMESPACE or -A looks elsewhere"
    )
    raise UsageError(f"there is no {it}{where}", hint=hint)


def _is_in_scope(world: World, unread: Unread) -> bool:
    """Whether it is of the namespaces in question, and not of those that are looked at beside them."""
    namespace, slash, _ = unread.source.partition("/")
    return not slash or not world.scope.namespaces or namespace in world.scope.namespaces


def _selected(world: World, selector: Sequence[Requirement]) -> Iterable[Resource]:
    for resource in world.of_kind(*_POINTS_AT):
        if all(requirement.holds(resource.labels) for requirement in selector):
            yield resource
