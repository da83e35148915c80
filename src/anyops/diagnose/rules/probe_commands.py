"""Probes of manifests that run a command which cannot succeed."""

import re
from collections.abc import Iterator

from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import declared_programs, edit, watch
from anyops.diagnose.programs import Program, base_name, side_programs
from anyops.diagnose.rules.command_end import failure
from anyops.diagnose.workloads import POD_MAKERS
from anyops.world.resource import Field
from anyops.world.world import World

_PATH = re.compile(r"/[\w./-]{1,200}\Z")
_LOOKERS = frozenset(("cat", "test", "[", "ls", "stat", "[[", "grep"))
_RESULTS = {
    "readinessProbe": ("readiness", "the pod never becomes ready and gets no traffic"),
    "livenessProbe": ("liveness", "the container is killed and restarted again and again"),
    "startupProbe": ("startup", "the container is killed before it counts as started"),
}


@rule("probe.command", *POD_MAKERS, title="Command of a probe can succeed")
def check_probe_commands(world: World) -> Iterator[Found]:
    """Probe commands that always fail, and probes that look for a file which nothing makes."""
    for main in declared_programs(world):
        for probe in side_programs(world, main):
            if probe.role not in _RESULTS:
                continue
            failing = failure(probe)
            if failing is not None:
                where, code, _ = failing
                yield _found(probe, where, f"its command always ends with exit code {code}", sure=True)
            elif (lost := _looked_for(probe)) is not None:
                yield from _no_file(main, probe, *lost)


def _looked_for(probe: Program) -> tuple[str, Field] | None:
    """The file that the probe's command needs, where it looks for just one."""
    if probe.language == "shell":
        calls = [call for call in probe.script.calls if not call.inside]
        words = list(calls[0].args) if len(calls) == 1 and calls[0].name in _LOOKERS else []
        where = probe.line(calls[0].line) if words else probe.container
    else:
        known = base_name(probe.argv[0].text()) in _LOOKERS
        words = [word.text() for word in probe.argv[1:]] if known else []
        where = probe.argv[-1]
    paths = [word for word in words if _PATH.match(word)]
    return (paths[0], where) if len(paths) == 1 and "!" not in words else None


def _no_file(main: Program, probe: Program, path: str, where: Field) -> Iterator[Found]:
    """Only a script that stands in the manifest, or an image whose own files are known, can be judged."""
    if any(
        path.startswith(m.text("mountPath").rstrip("/") + "/") for m in main.container.each("volumeMounts")
    ):
        return
    if not path.startswith(("/tmp/", "/var/run/", "/run/", "/var/tmp/", "/healthy", "/ready")):  # noqa: S108
        return
    told = " ".join(word.text() for word in main.argv) + main.text
    hooks = [word.text() for word in main.container.each("lifecycle", "postStart", "exec", "command")]
    if path in told or any(path in word for word in hooks):
        yield from _removed(main, probe, path, where)
    elif main.image is not None and (main.text or not main.argv):
        yield _found(probe, where, f"it looks for {path}, which nothing in the container makes", sure=False)


def _removed(main: Program, probe: Program, path: str, where: Field) -> Iterator[Found]:
    """The script makes the file and takes it away again."""
    for call in main.script.calls:
        if call.name in ("rm", "unlink") and path in call.args and call.sure:
            found = _found(
                probe, where, f"the container's own script removes {path} after a while", sure=False
            )
            yield found


def _found(probe: Program, where: Field, why: str, *, sure: bool) -> Found:
    kind, result = _RESULTS[probe.role]
    container = f"container {probe.name} of {probe.owner.kind} {probe.owner.name}"
    return Found(
        on=probe.owner,
        title=f"{kind.capitalize()} probe cannot succeed",
        detail=f"The {kind} probe of {container}: {why}",
        severity="high",
        cites=(where, probe.container.at(probe.role)),
        cause=f"probe.{kind}_failing",
        certainty="sure" if sure else "likely",
        statement=f"The {kind} probe of {container} cannot succeed: {why}, so {result}.",
        fix="Let the probe ask something that says whether the program works.",
        commands=edit(probe.owner),
        checks=watch(probe.owner),
    )
