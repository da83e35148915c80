"""Commands of manifests that take more memory or disk than the manifest gives them."""

import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import declared_programs, edit, title, watch
from anyops.diagnose.placement import show_amount
from anyops.diagnose.programs import Program, volume
from anyops.diagnose.shell import Call
from anyops.diagnose.workloads import POD_MAKERS
from anyops.world.quantity import parse_quantity
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_SIZE = re.compile(r"(\d{1,15})([kKmMgGtT])?(?:i?[bB]|i)?\Z")
_FACTORS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
_MEMORY_FLAG = re.compile(
    r"--?[\w.-]{0,40}(?:mem|heap|cache|buffer)[\w.-]{0,40}[= ](\d{1,12}(?:[KMGT]i?)?)b?\Z", re.I
)
_AMOUNT = re.compile(r"\d{1,9}(?:Mi|Gi|M|G)\Z")
_ENDLESS_SOURCES = ("/dev/zero", "/dev/urandom", "/dev/random")


class Write(Struct, frozen=True, eq=False):
    """Bytes that a command writes to a path; None when it never stops."""

    path: str
    size: float | None
    where: Field


class Room(Struct, frozen=True, eq=False):
    """The bytes there are behind a path: of a claim, an emptyDir or the container's own disk."""

    size: float
    name: str
    where: Field


@rule("command.disk", *POD_MAKERS, title="Command writes no more than there is room for")
def check_disk(world: World) -> Iterator[Found]:
    """Files written by a command that are larger than the volume, or grow for ever."""
    for program in declared_programs(world):
        for write in _writes(program):
            room = _room(world, program, write.path)
            if room is not None and (write.size is None or write.size > room.size):
                yield _too_full(program, write, room)
                break


def _writes(program: Program) -> Iterator[Write]:
    for call in program.script.calls:
        where = program.line(call.line)
        if call.name == "dd":
            options = dict(arg.partition("=")[::2] for arg in call.args)
            if options.get("of", "").startswith("/") and not options["of"].startswith("/dev/"):
                yield Write(options["of"], _copied(options), where)
        elif call.name == "fallocate":
            yield from _allocated(call, where)
        elif call.name in ("head", "cat") and call.writes and set(call.args) & set(_ENDLESS_SOURCES):
            yield Write(call.writes[0], _headed(call), where)
        elif call.name == "yes" and call.writes:
            yield Write(call.writes[0], None, where)


def _copied(options: dict[str, str]) -> float | None:
    block, count = _bytes(options.get("bs", "512")), options.get("count")
    if count is None:
        return None if options.get("if") in _ENDLESS_SOURCES else 0.0
    blocks = _bytes(count)
    return block * blocks if block is not None and blocks is not None else 0.0


def _allocated(call: Call, where: Field) -> Iterator[Write]:
    args = call.args
    for at, arg in enumerate(args[:-1]):
        if arg in ("-l", "--length") and args[-1].startswith("/"):
            yield Write(args[-1], _bytes(args[at + 1]), where)


def _headed(call: Call) -> float | None:
    for at, arg in enumerate(call.args):
        if arg in ("-c", "--bytes") and at + 1 < len(call.args):
            return _bytes(call.args[at + 1]) or 0.0
        if arg.startswith(("-c", "--bytes=")):
            return _bytes(arg.removeprefix("--bytes=").removeprefix("-c")) or 0.0
    return None if call.name == "cat" else 0.0


def _bytes(text: str) -> float | None:
    match = _SIZE.match(text)
    return float(match[1]) * _FACTORS[(match[2] or "").lower()] if match else None


def _room(world: World, program: Program, path: str) -> Room | None:
    path = posixpath.normpath(path)
    for mount in program.container.each("volumeMounts"):
        point = posixpath.normpath(mount.text("mountPath") or "/").rstrip("/")
        if path == point or path.startswith(point + "/"):
            return _of_volume(world, program.owner, mount.text("name"))
    for kind in ("limits",):
        limit = program.container.at("resources", kind, "ephemeral-storage")
        if limit.quantity() is not None:
            return Room(limit.quantity() or 0.0, "the ephemeral-storage limit", limit)
    return None


def _of_volume(world: World, owner: Resource, name: str) -> Room | None:
    for template in owner.each("spec", "volumeClaimTemplates"):
        if template.text("metadata", "name") == name:
            return _of_claim(template.at("spec"), f"claim template {name}")
    source = volume(owner, name)
    bound = source.at("emptyDir", "sizeLimit")
    if bound.quantity() is not None:
        return Room(bound.quantity() or 0.0, f"emptyDir {name}", bound)
    claim = world.get(
        "PersistentVolumeClaim", owner.namespace, source.text("persistentVolumeClaim", "claimName")
    )
    return _of_claim(claim.at("spec"), f"PersistentVolumeClaim {claim.name}") if claim is not None else None


def _of_claim(spec: Field, name: str) -> Room | None:
    size = spec.at("resources", "requests", "storage")
    amount = size.quantity()
    return Room(amount, name, size) if amount is not None else None


def _too_full(program: Program, write: Write, room: Room) -> Found:
    much = "without end" if write.size is None else show_amount("storage", write.size)
    have = show_amount("storage", room.size)
    return Found(
        on=program.owner,
        title=f"Command fills the disk: {room.name}",
        detail=f"{title(program)} writes {much} to {write.path}; {room.name} has {have} of storage",
        severity="high",
        cites=(write.where, room.where),
        cause="volume.full",
        certainty="likely",
        statement=f"{title(program)} writes {much} to {write.path}, but {room.name} has only {have} of "
        "storage, so the disk becomes full (No space left on device).",
        fix=f"Make {room.name} larger, or write less.",
        commands=edit(program.owner),
        checks=watch(program.owner),
    )


@rule("command.memory", *POD_MAKERS, title="Arguments stay within the memory limit")
def check_memory(world: World) -> Iterator[Found]:
    """Amounts of memory in the arguments that reach the container's limit."""
    for program in declared_programs(world):
        limit = program.container.at("resources", "limits", "memory")
        bytes_ = limit.quantity()
        if not bytes_:
            continue
        asked = next(((a, w) for a, w in _asked(program) if a >= bytes_), None)
        if asked is not None:
            yield _too_much(program, asked[1], limit)


def _asked(program: Program) -> Iterator[tuple[float, Field]]:
    before = ""
    for word in program.argv:
        text = word.text()
        match = _MEMORY_FLAG.match(text[:200]) or _MEMORY_FLAG.match(f"{before[:100]} {text[:100]}")
        amount = match[1] if match else text if _AMOUNT.match(text) and not program.known else ""
        if amount:
            yield parse_quantity(amount) or 0.0, word
        before = text
    for call in program.script.calls:
        if (
            call.name in ("head", "dd")
            and "/dev/zero" in " ".join(call.args)
            and not call.writes
            and call.tested
        ):
            yield _headed(call) or 0.0, program.line(call.line)


def _too_much(program: Program, word: Field, limit: Field) -> Found:
    return Found(
        on=program.owner,
        title="Arguments ask for as much memory as the limit, or more",
        detail=f"{title(program)} is told {word.text()[:80]!r}, and its memory limit is {limit.text()}: "
        "it will be OOMKilled when it uses that",
        severity="medium",
        state="risk",
        cites=(word, limit),
        cause="container.oom_killed",
        certainty="maybe",
        statement=f"{title(program)} may use all of its memory limit of {limit.text()} and be OOMKilled.",
        fix="Raise the memory limit above what the program is told to use.",
        commands=edit(program.owner),
        checks=watch(program.owner),
    )
