"""Commands of manifests that fail or end by themselves: what the script says, nobody has to run."""

import re
from collections.abc import Iterator, Sequence

from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import declared_programs, edit, title, watch
from anyops.diagnose.programs import Program, base_name
from anyops.diagnose.shell import Call
from anyops.diagnose.wordlist import names
from anyops.diagnose.workloads import POD_MAKERS, WORKLOADS
from anyops.world.resource import Field
from anyops.world.world import World

_QUICK = names("""
    echo printf true false : date env printenv hostname uname whoami id pwd ls cat mkdir touch chmod chown cp
    mv rm ln test [ [[ export set exit sleep seq basename dirname cd unset expr wc head sort uniq tr cut
    sha256sum md5sum
    """)
"""Commands that end soon whatever they are given."""

_LONG_SLEEP = 120.0
_SLEEP = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)([smhd]?)\Z")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SAYS = frozenset(("echo", "printf"))


@rule("command.exits", *POD_MAKERS, title="Command goes on running")
def check_endings(world: World) -> Iterator[Found]:
    """Scripts that exit with an error in any case, and containers that end although they should serve."""
    for program in declared_programs(world):
        failing = failure(program)
        if failing is not None:
            yield _fails(program, *failing)
        elif program.repeats and (ending := _ends(program)) is not None:
            yield _returns(program, *ending)


def failure(program: Program) -> tuple[Field, int, str] | None:
    """Where the command fails in any case, its exit code, and what it says before."""
    if program.language == "shell":
        return _script_failure(program)
    words = [base_name(word.text()) for word in program.argv]
    return (program.argv[0], 1, "") if program.known and words[:1] == ["false"] else None


def _script_failure(program: Program) -> tuple[Field, int, str] | None:
    said = ""
    calls = [call for call in program.script.calls if not call.inside]
    for number, call in enumerate(calls):
        if not call.sure:
            continue
        if call.name == "exit":
            code = int(call.args[0]) if call.args and call.args[0].isdigit() else 0
            return (program.line(call.line), code, said) if code else None
        if call.name == "exec":
            return None
        if call.name in _SAYS:
            said = " ".join(call.args)
        last = number == len(calls) - 1
        if call.name == "false" and not call.tested and (last or _stops_at_errors(program, calls)):
            return program.line(call.line), 1, said
    return None


def _stops_at_errors(program: Program, calls: Sequence[Call]) -> bool:
    options = [arg for call in calls if call.name == "set" for arg in call.args]
    options += [word.text() for word in program.argv[1:3]]
    return any(option.startswith("-") and "e" in option and len(option) < 6 for option in options)


def _fails(program: Program, where: Field, code: int, said: str) -> Found:
    words = f', after it says "{said[:120]}"' if said else ""
    end = "so the pod never starts" if program.init else "again and again"
    job = program.owner.kind in ("Job", "CronJob")
    return Found(
        on=program.owner,
        title=f"Command always fails with exit code {code}",
        detail=f"{title(program)} ends with exit code {code}{words}",
        severity="high",
        cites=(where,),
        cause="init.failed" if program.init else "job.failed" if job else "container.crash",
        certainty="likely",
        statement=f"{title(program)} always ends with exit code {code}{words}"
        + (f", {end}." if program.init or program.repeats else "."),
        fix="Mend what the script does before it gives up, or the condition under which it does.",
        commands=edit(program.owner),
        checks=watch(program.owner),
    )


def _ends(program: Program) -> tuple[Field, str] | None:
    """Where one sees that the command ends soon and with success, and why."""
    if not program.argv:
        image = program.image
        if image is not None and not image.serves:
            return program.container.at("image"), f"{image.name} runs nothing of its own that lasts"
        return None
    if program.language == "shell" and program.text and not program.script.endless:
        calls = [call for call in program.script.calls if not call.inside]
        if calls and all(_is_quick(call) for call in calls) and _slept(calls) < _LONG_SLEEP:
            return program.line(calls[-1].line), "it has nothing more to do after its last line"
        return None
    words = [word.text() for word in program.argv]
    if program.known and not program.language and base_name(words[0]) in _QUICK - {"sleep"}:
        return program.argv[0], f"{base_name(words[0])} ends at once"
    return None


def _is_quick(call: Call) -> bool:
    return not call.words or call.name in _QUICK


def _slept(calls: Sequence[Call]) -> float:
    return sum(_seconds(arg) for call in calls if call.name == "sleep" for arg in call.args)


def _seconds(text: str) -> float:
    match = _SLEEP.match(text)
    return float(match[1]) * _UNITS[match[2]] if match else _LONG_SLEEP


def _returns(program: Program, where: Field, why: str) -> Found:
    meant_to_last = program.owner.kind in WORKLOADS
    return Found(
        on=program.owner,
        title="Command ends, and the container is restarted for ever",
        detail=f"{title(program)} ends at once: {why}",
        severity="high" if meant_to_last else "medium",
        state="now" if meant_to_last else "risk",
        cites=(where,),
        cause="container.exits",
        certainty="likely",
        statement=f"{title(program)} ends soon after its start, for {why}; with restartPolicy Always it is "
        "started again and again (CrashLoopBackOff).",
        fix="Give it a command that goes on running, or make it a Job.",
        commands=edit(program.owner),
        checks=watch(program.owner),
    )
