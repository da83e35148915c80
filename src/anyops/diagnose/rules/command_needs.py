"""What scripts of manifests need and nobody gives them: variables, and files of mounted ConfigMaps."""

import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import declared_programs, edit, title, watch
from anyops.diagnose.nearest import did_you_mean
from anyops.diagnose.programs import Program, volume
from anyops.diagnose.shell import Call
from anyops.diagnose.workloads import POD_MAKERS
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_REQUIRED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]{0,60}):?\?")
_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]{0,60})\}?\Z")
_DEFAULTED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]{0,60}):?[-+]")
_ASKED_OF_PYTHON = re.compile(
    r"os\.environ\[\s*[\"']([A-Za-z_][A-Za-z0-9_]{0,60})[\"']\s*\](?!\s*=[^=])"
    r"|(?:os\.getenv|os\.environ\.get)\(\s*[\"']([A-Za-z_][A-Za-z0-9_]{0,60})[\"']\s*\)"
)
_ALWAYS = re.compile(
    r"(?:PATH|HOME|HOSTNAME|PWD|OLDPWD|USER|SHELL|TERM|LANG|LC_\w+|IFS|UID|EUID|PPID|RANDOM|SECONDS|LINENO|OPTARG"
    r"|OPTIND|REPLY|BASH\w*|KUBERNETES_\w+|\w+_SERVICE_(?:HOST|PORT)\w*|\w+_PORT(?:_\w+)?)\Z"
)
_READERS = frozenset(
    ("cat", "source", ".", "head", "tail", "less", "grep", "jq", "sh", "bash", "python", "python3")
)


class Need(Struct, frozen=True, eq=False):
    """A variable that a script cannot do without. `firm`: it says itself that it stops without it."""

    name: str
    where: Field
    firm: bool
    said: str = ""


@rule("command.variable", *POD_MAKERS, title="Script gets the variables it needs")
def check_variables(world: World) -> Iterator[Found]:
    """Variables that a script tests for or requires, and that neither the container nor the script sets."""
    for program in declared_programs(world):
        given = _given(program)
        if given is None:
            continue
        for need in _needs(program):
            if need.name not in given and not _ALWAYS.match(need.name):
                yield _unset(program, need, sorted(given))
                break


def _given(program: Program) -> set[str] | None:
    """Names that are set; None where not all of them are known."""
    if any(True for _ in program.container.each("envFrom")):
        return None
    names = {v.text("name") for v in program.container.each("env")}
    for call in program.script.calls:
        if call.name in (".", "source", "eval", "read", "getopts"):
            return None
        names.update(name for name, _ in call.sets)
        names.update(
            arg.partition("=")[0] for arg in call.args if call.name in ("export", "local", "declare")
        )
    return names


def _needs(program: Program) -> Iterator[Need]:
    if program.language == "shell":
        yield from _of_shell(program)
    elif program.language == "python":
        yield from _of_python(program)


def _of_shell(program: Program) -> Iterator[Need]:
    calls = program.script.calls
    for at, call in enumerate(calls):
        for word in call.words:
            for match in _REQUIRED.finditer(word.text):
                yield Need(match[1], program.line(call.line), firm=call.sure)
        if call.name in ("[", "[[", "test"):
            name = _tested_empty(call)
            if name and call.sure:
                stops = _stops(calls[at + 1 : at + 6])
                yield Need(
                    name, program.line(call.line), firm=stops is not None, said=_says(calls[at + 1 : at + 3])
                )


def _tested_empty(call: Call) -> str:
    """NAME of `[ -z "$NAME" ]`, of `[ "$NAME" = "" ]`."""
    args = [arg for arg in call.args if arg not in ("]", "]]")]
    if len(args) == 2 and args[0] == "-z":
        word = args[1]
    elif len(args) == 3 and args[1] in ("=", "==") and not args[2]:
        word = args[0]
    else:
        return ""
    match = _VARIABLE.match(word) or _DEFAULTED.match(word)
    return match[1] if match else ""


def _stops(following: tuple[Call, ...]) -> Call | None:
    """The exit with an error in the branch behind the test."""
    for call in following:
        if call.sure:
            return None
        if call.name in ("exit", "return"):
            return call if call.args and call.args[0] not in ("0", "") else None
    return None


def _says(following: tuple[Call, ...]) -> str:
    said = next((c for c in following if not c.sure and c.name in ("echo", "printf")), None)
    return " ".join(said.args)[:120] if said is not None else ""


def _of_python(program: Program) -> Iterator[Need]:
    lines = program.text.splitlines()
    for number, row in enumerate(lines[:2000], 1):
        if row[:1] in (" ", "\t", "#"):
            continue
        match = _ASKED_OF_PYTHON.search(row[:500])
        if match is None:
            continue
        name = match[1] or match[2]
        if match[1]:
            yield Need(name, program.line(number), firm=not _is_guarded(lines[: number - 1]))
        else:
            yield from _asked_and_refused(program, name, row, lines, number)


def _is_guarded(before: list[str]) -> bool:
    return bool(before) and before[-1].startswith(("try:", "if "))


def _asked_and_refused(
    program: Program, name: str, row: str, lines: list[str], number: int
) -> Iterator[Need]:
    """`x = os.getenv("X")`, then `if not x:` with a raise or an exit in it."""
    variable = row.partition("=")[0].strip()
    following = lines[number : number + 12]
    for at, later in enumerate(following):
        if variable.isidentifier() and re.match(rf"if (?:not {variable}|{variable} is None)\s*:", later):
            branch = " ".join(line.strip() for line in following[at + 1 : at + 5] if line[:1] in (" ", "\t"))
            firm = re.search(r"\braise\b|exit\(\s*[1-9]", branch) is not None
            yield Need(name, program.line(number), firm=firm)


def _unset(program: Program, need: Need, given: list[str]) -> Found:
    firm = need.firm and program.image is not None
    near = did_you_mean(need.name, given)
    says = f' and says "{need.said}"' if need.said else ""
    return Found(
        on=program.owner,
        title=f"Variable {need.name} is not set",
        detail=f"{title(program)} needs {need.name}, which its env does not set{near}{says}",
        severity="high" if need.firm else "medium",
        state="now" if firm else "risk",
        cites=(need.where, *_env(program)),
        cause="config.env_missing",
        certainty="likely" if firm else "maybe",
        statement=f"{title(program)} needs the environment variable {need.name}, which nothing sets{near}, "
        f"so it {'stops' if need.firm else 'does not do its work'}{says}.",
        fix=f"Set {need.name} in the container's env.",
        commands=edit(program.owner),
        checks=watch(program.owner),
    )


def _env(program: Program) -> tuple[Field, ...]:
    env = program.container.at("env")
    return (env,) if env.value else ()


@rule("command.file", *POD_MAKERS, title="Script finds the files of its ConfigMaps")
def check_files(world: World) -> Iterator[Found]:
    """Files under the mount of a ConfigMap of the folder that it does not hold."""
    for program in declared_programs(world):
        for path, where in _paths(program):
            missing = _not_in_config(world, program, path)
            if missing is not None:
                yield _no_file(program, path, where, *missing)


def _paths(program: Program) -> Iterator[tuple[str, Field]]:
    seen = set[str]()
    for call in program.script.calls:
        reads = [*call.reads, *(call.args if call.name in _READERS else ())]
        for path in reads:
            if (
                path.startswith("/")
                and not call.forgiven
                and path not in seen
                and not set("*?[$`") & set(path)
            ):
                seen.add(path)
                yield path, program.line(call.line)
    if not program.script.calls:
        for word in program.argv[1:]:
            _, _, path = word.text().rpartition("=")
            if path.startswith("/") and path not in seen and not set("*?[$`, ") & set(path):
                seen.add(path)
                yield path, word


def _not_in_config(world: World, program: Program, path: str) -> tuple[Resource, str] | None:
    """The mounted ConfigMap without that key, and the key."""
    path = posixpath.normpath(path)
    for mount in program.container.each("volumeMounts"):
        point = posixpath.normpath(mount.text("mountPath") or "/").rstrip("/")
        source = volume(program.owner, mount.text("name")).at("configMap")
        config = world.get("ConfigMap", program.owner.namespace, source.text("name"))
        if config is None or mount.text("subPath") or not path.startswith(point + "/"):
            continue
        key = path[len(point) + 1 :]
        files = {i.text("path") for i in source.each("items")} or {
            k for part in ("data", "binaryData") for k, _ in config.at(part).entries()
        }
        if key not in files and not _mounted_deeper(program, path, point):
            return config, key
    return None


def _mounted_deeper(program: Program, path: str, point: str) -> bool:
    points = (posixpath.normpath(m.text("mountPath") or "/") for m in program.container.each("volumeMounts"))
    return any(p != point and p.startswith(point) and (path + "/").startswith(p + "/") for p in points)


def _no_file(program: Program, path: str, where: Field, config: Resource, key: str) -> Found:
    near = did_you_mean(key, [name for name, _ in config.at("data").entries()])
    return Found(
        on=program.owner,
        title=f"File {path} is not in ConfigMap {config.name}",
        detail=f"{title(program)} reads {path}; ConfigMap {config.name} has no key {key}{near}",
        severity="high",
        cites=(where, config.at("data") if config.at("data").value else config.at("metadata", "name")),
        cause="config.configmap_key_missing",
        certainty="likely",
        statement=f"{title(program)} reads {path}, but the ConfigMap {config.name} that is mounted there "
        f"has no key {key}{near}.",
        fix=f"Add the key {key} to ConfigMap {config.name}, or read the file that is there.",
        commands=edit(config),
        checks=watch(program.owner),
    )
