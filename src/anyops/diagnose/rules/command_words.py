"""Commands of manifests that the image cannot have: misspelled, or left out of a well-known image."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import all_programs, edit, title, watch
from anyops.diagnose.programs import Program, base_name
from anyops.diagnose.shell import Call
from anyops.diagnose.tools import INSTALLERS, lacks, meant
from anyops.diagnose.workloads import POD_MAKERS
from anyops.world.resource import Field
from anyops.world.world import World

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.+-]{0,63}\Z")
_SYSTEM_FOLDERS = ("/bin/", "/usr/bin/", "/usr/local/bin/", "/sbin/", "/usr/sbin/")
_LONG = 5
_ASKED = frozenset(("command", "which", "type", "hash"))
_STEPS = {"sudo": 0, "nohup": 0, "exec": 0, "time": 0, "setsid": 0, "nice": 0, "command": 0, "env": 0}
_STEPS |= {"timeout": 1, "gosu": 1, "su-exec": 1, "tini": 0, "dumb-init": 0}


class Use(Struct, frozen=True, eq=False):
    """A program that is called by name. `fatal`: where it is missing, the container does not start."""

    name: str
    where: Field
    fatal: bool


@rule("command.unknown", *POD_MAKERS, title="Command exists in the image")
def check_commands(world: World) -> Iterator[Found]:
    """Words that are a slip of a well-known program, and programs that a stock image lacks."""
    for program in all_programs(world):
        said = set[str]()
        for use in _uses(program):
            if use.name in said:
                continue
            right = meant(use.name)
            if right:
                said.add(use.name)
                yield _misspelled(program, use, right)
            elif program.image is not None and lacks(program.image, use.name) and not _may_have(program):
                said.add(use.name)
                yield _lacking(program, use)
                if use.fatal:
                    break


def _uses(program: Program) -> Iterator[Use]:
    if program.known and program.argv:
        words = [word.text() for word in program.argv]
        at = _step(words)
        if at < len(words) and (name := _plain(words[at])):
            yield Use(name, program.argv[at], fatal=at == 0)
    looked_for = _looked_for(program.script.calls)
    for call in program.script.calls:
        words = [word.text for word in call.words]
        at = _step(words)
        name = _plain(words[at]) if at < len(words) and not call.words[at].expands else ""
        if name and name not in program.script.functions and name not in looked_for:
            yield Use(name, program.line(call.line), fatal=False)


def _step(words: Sequence[str]) -> int:
    """Where the real command stands behind `exec`, `timeout 5`, `env A=b`."""
    at = 0
    while at < len(words) - 1 and base_name(words[at]) in _STEPS:
        skip = _STEPS[base_name(words[at])]
        at += 1
        while at < len(words) - 1 and (words[at].startswith("-") or "=" in words[at]):
            at += 1
        at = min(at + skip, len(words) - 1)
    return at


def _plain(word: str) -> str:
    """The name where it is one that PATH or a system folder resolves."""
    folder = word[: len(word) - len(base_name(word))]
    return base_name(word) if folder in ("", *_SYSTEM_FOLDERS) and _NAME.match(base_name(word)) else ""


def _looked_for(calls: Sequence[Call]) -> set[str]:
    """Programs for which the script itself looks first."""
    return {arg for call in calls if call.name in _ASKED for arg in call.args}


def _may_have(program: Program) -> bool:
    """Whether something adds programs: an installer, an alias, a PATH of its own, another script."""
    names = {call.name for call in program.script.calls}
    variables = {v.text("name") for v in program.container.each("env")}
    return bool(names & INSTALLERS or names & {".", "source", "alias"}) or "PATH" in variables


def _misspelled(program: Program, use: Use, right: str) -> Found:
    image = program.container.text("image")
    firm = program.image is not None or len(right) >= _LONG
    return Found(
        on=program.owner,
        title=f'Command "{use.name}" is probably a typo of {right}',
        detail=f"{title(program)} runs {use.name}; {image or 'its image'} has no such command",
        severity="high",
        state="now" if firm else "risk",
        cites=(use.where, program.container.at("image")),
        cause="container.command_not_found",
        certainty="likely" if firm else "maybe",
        statement=f'{title(program)} runs "{use.name}", which is not found in the image; it is probably '
        f"a typo of {right}{_outcome(program, use)}.",
        fix=f'Write {right} in place of "{use.name}".',
        commands=edit(program.owner),
        checks=watch(program.owner),
    )


def _lacking(program: Program, use: Use) -> Found:
    image = program.container.text("image")
    return Found(
        on=program.owner,
        title=f"{image} has no {use.name}",
        detail=f"{title(program)} runs {use.name}, which is not part of the image {image}",
        severity="high" if use.fatal else "medium",
        state="now" if use.fatal else "risk",
        cites=(use.where, program.container.at("image")),
        cause="container.command_not_found",
        certainty="likely",
        statement=f"{title(program)} runs {use.name}, but the image {image} does not have it"
        f"{_outcome(program, use)}.",
        fix=f"Use an image that has {use.name}, install it first, or call what the image has.",
        commands=edit(program.owner),
        checks=watch(program.owner),
    )


def _outcome(program: Program, use: Use) -> str:
    if program.role:
        return ", so the probe fails" if program.role.endswith("Probe") else ", so the hook fails"
    if not use.fatal:
        return ", so that step fails (exit code 127)"
    if program.init:
        return ", so the init container fails and the pod never starts"
    return ", so the container cannot start"
