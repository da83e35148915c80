"""What a container is told to run: its command line, and the script in it or in a mounted ConfigMap."""

import posixpath
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from anyops.diagnose.shell import Script, parse
from anyops.diagnose.stock_images import Stock, stock
from anyops.diagnose.workloads import POD_MAKERS, containers, pod_spec
from anyops.world.evidence import Quote
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_SHELLS = frozenset(("sh", "bash", "ash", "dash", "zsh", "ksh"))
_PYTHONS = frozenset(("python", "python3", "python2"))
_SHELL_OPTIONS = frozenset("abefhiklmnprstuvxBCHPc")


class LineOf(Field):
    """One line of a text that stands in a field."""

    __slots__ = ("line",)

    def __init__(self, field: Field, line: str) -> None:
        super().__init__(field.resource, field.path, field.value)
        self.line = line.strip()

    def quote(self) -> Quote | None:
        """The line where the text stands as it is; else the whole field."""
        whole = super().quote()
        if whole is None or not self.line:
            return whole
        for number, row in enumerate(whole.text.split("\n")):
            if self.line in row and whole.text.count("\n"):
                return Quote(
                    whole.source, _shifted(whole.place, number), row.strip(), whole.at, whole.redacted
                )
        return whole


def _shifted(place: str, lines: int) -> str:
    name, _, numbers = place.rpartition(":")
    first = numbers.partition("-")[0]
    return f"{name}:{int(first) + lines}" if name and first.isdigit() else place


class Program(Struct, frozen=True, eq=False, dict=True):
    """A container of `owner` with its command line. `text` is its script, `language` `shell`, `python` or "".

    `known` says that `argv` is what runs, and not arguments to a program that only the image knows. `role` is
    "" for what the container runs, else the probe or hook that runs beside it (`readinessProbe`, `preStop`).
    """

    owner: Resource
    container: Field
    argv: tuple[Field, ...]
    known: bool
    image: Stock | None
    role: str = ""
    language: str = ""
    text: str = ""
    where: Field | None = None

    @property
    def name(self) -> str:
        return self.container.text("name")

    @property
    def init(self) -> bool:
        return "initContainers" in self.container.path

    @cached_property
    def script(self) -> Script:
        """The shell script's commands; none where it is no shell script."""
        return parse(self.text if self.language == "shell" else "")

    def line(self, number: int) -> Field:
        """The script's line of that number, counted from 1, as something to cite."""
        lines = self.text.splitlines()
        where = self.where or self.container
        return LineOf(where, lines[number - 1]) if 0 < number <= len(lines) else where

    @property
    def repeats(self) -> bool:
        """Whether the container is started again when it ends with success."""
        policy = pod_spec(self.owner).text("restartPolicy") or "Always"
        sidecar = self.container.text("restartPolicy") == "Always"
        return sidecar if self.init else policy == "Always" and self.owner.kind not in ("Job", "CronJob")


def programs(world: World) -> Iterator[Program]:
    """What every container of what makes pods, and is not itself made, runs in its main process."""
    for owner in world.of_kind(*POD_MAKERS):
        if not world.is_owned(owner):
            for container in containers(owner):
                image = stock(container.text("image"))
                argv = (*container.each("command"), *container.each("args"))
                stocked = image is not None and image.runs_args and bool(argv)
                known = bool(container.at("command").value) or (
                    stocked and not argv[0].text().startswith("-")
                )
                yield _program(world, owner, container, argv, known=known)


def side_programs(world: World, main: Program) -> Iterator[Program]:
    """What the probes and hooks of the container run."""
    for role, path in _SIDES:
        argv = tuple(main.container.each(*path, "exec", "command"))
        if argv:
            yield _program(world, main.owner, main.container, argv, known=True, role=role)


_SIDES = (
    *((name, (name,)) for name in ("startupProbe", "livenessProbe", "readinessProbe")),
    *((name, ("lifecycle", name)) for name in ("postStart", "preStop")),
)


def _program(
    world: World,
    owner: Resource,
    container: Field,
    argv: tuple[Field, ...],
    *,
    known: bool,
    role: str = "",
) -> Program:
    image = stock(container.text("image"))
    language, text, where = _script(world, owner, container, argv) if known else ("", "", None)
    return Program(owner, container, argv, known, image, role, language, text, where)


def base_name(path: str) -> str:
    """`sh` of `/bin/sh`."""
    return path.rpartition("/")[2]


def _script(
    world: World, owner: Resource, container: Field, argv: tuple[Field, ...]
) -> tuple[str, str, Field | None]:
    name = base_name(argv[0].text()) if argv else ""
    if name in _SHELLS:
        return "shell", *_of_shell(world, owner, container, argv)
    if name.rstrip("0123456789.") in _PYTHONS or name in _PYTHONS:
        return "python", *_of_python(world, owner, container, argv)
    mounted = mounted_text(world, owner, container, argv[0].text()) if argv else None
    if mounted is not None:
        first = mounted.text().partition("\n")[0]
        return "python" if "python" in first else "shell", mounted.text(), mounted
    return "", "", None


def _of_shell(
    world: World, owner: Resource, container: Field, argv: tuple[Field, ...]
) -> tuple[str, Field | None]:
    words = list(argv[1:])
    for at, word in enumerate(words):
        text = word.text()
        if text.startswith("-") and not text.startswith("--") and set(text[1:]) <= _SHELL_OPTIONS:
            if "c" in text[1:]:
                script = _behind_options(words[at + 1 :])
                return (script.text(), script) if script is not None else ("", None)
        elif not text.startswith("-") and not (at and words[at - 1].text().endswith("o")):
            mounted = mounted_text(world, owner, container, text)
            return (mounted.text(), mounted) if mounted is not None else ("", None)
    return "", None


def _behind_options(words: list[Field]) -> Field | None:
    """`-c -e SCRIPT` and `-c -o pipefail SCRIPT` are as good as `-ec SCRIPT`."""
    at = 0
    while at < len(words) - 1 and words[at].text().startswith("-") and " " not in words[at].text():
        at += 2 if words[at].text().endswith("o") else 1
    return words[at] if words else None


def _of_python(
    world: World, owner: Resource, container: Field, argv: tuple[Field, ...]
) -> tuple[str, Field | None]:
    for at, word in enumerate(argv[1:], 1):
        text = word.text()
        if text.endswith("c") and text.startswith("-") and len(text) < 4:
            return (argv[at + 1].text(), argv[at + 1]) if at + 1 < len(argv) else ("", None)
        if text.startswith("-m"):
            return "", None
        if not text.startswith("-"):
            mounted = mounted_text(world, owner, container, text)
            return (mounted.text(), mounted) if mounted is not None else ("", None)
    return "", None


def mounted_text(world: World, owner: Resource, container: Field, path: str) -> Field | None:
    """The text of a ConfigMap that is mounted there; None when none of the world's is."""
    path = posixpath.normpath(path if path.startswith("/") else posixpath.join(_folder(container), path))
    for mount in container.each("volumeMounts"):
        point = posixpath.normpath(mount.text("mountPath") or "/")
        inside = path.startswith(point.rstrip("/") + "/")
        if path != point and not inside:
            continue
        key = mount.text("subPath") if path == point else path[len(point.rstrip("/")) + 1 :]
        source = volume(owner, mount.text("name")).at("configMap")
        config = world.get("ConfigMap", owner.namespace, source.text("name"))
        if config is not None and key:
            data = config.at("data", _key_of(source, key))
            return data if isinstance(data.value, str) else None
    return None


def _folder(container: Field) -> str:
    return container.text("workingDir") or "/"


def _key_of(source: Field, path: str) -> str:
    """The ConfigMap's key behind a file's path in the volume."""
    return next((i.text("key") for i in source.each("items") if i.text("path") == path), path)


def volume(owner: Resource, name: str) -> Field:
    """The pod's volume of that name; an empty field when there is none."""
    spec = pod_spec(owner)
    return next((v for v in spec.each("volumes") if v.text("name") == name), spec.at("volumes", name))
