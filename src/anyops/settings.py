"""Settings: defaults < file < environment < flags. A sentence under each field gives its unit and default."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta, Struct, field

from anyops.errors import ConfigError, UsageError

Level = Literal["critical", "high", "medium", "low"]


class AnalyzeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How `incident analyze` judges."""

    fail_on: Level = "high"
    """The least severity at which an incident exits 1; `high` by default."""


class ClusterSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How a live cluster is read."""

    timeout: Annotated[float, Meta(gt=0, le=86_400)] = 60.0
    """Seconds that reading may take in all; 60 by default."""


class OutputSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How answers look."""

    color: Literal["auto", "always", "never"] = "auto"
    """Colour on standard output: on a terminal only, always, or never; `auto` by default."""

    ascii: bool = False
    """Whether to write plain ASCII even where the locale can do more; false by default."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be set."""

    analyze: AnalyzeSettings = field(default_factory=AnalyzeSettings)
    cluster: ClusterSettings = field(default_factory=ClusterSettings)
    output: OutputSettings = field(default_factory=OutputSettings)


class Setting(Struct, frozen=True):
    """One value with where it comes from: `default`, `file` or the environment variable's name."""

    key: str
    value: Any
    origin: str


def config_path(variables: Mapping[str, str], home: Path) -> Path:
    """Where the settings file is: ANYOPS_CONFIG, else `config.toml` in the XDG config folder."""
    if variables.get("ANYOPS_CONFIG"):
        return Path(variables["ANYOPS_CONFIG"])
    return Path(variables.get("XDG_CONFIG_HOME") or home / ".config") / "anyops" / "config.toml"


def load(variables: Mapping[str, str], path: Path) -> tuple[Settings, list[Setting]]:
    """The settings in force, and each value's origin. Raises ConfigError naming the key at fault."""
    known = kinds()
    found = {setting.key: setting for setting in defaults()}
    for key, value in _leaves(read_file(path)):
        if key not in known:
            raise ConfigError(f"{path}: there is no setting {key!r}", hint=_instead(key))
        found[key] = Setting(key, _checked(key, value, str(path)), "file")
    for key in known:
        name = variable(key)
        if variables.get(name):
            found[key] = Setting(key, _checked(key, variables[name], name), name)
    return msgspec.convert(_nested(found.values()), Settings), list(found.values())


def defaults() -> list[Setting]:
    """Every setting with its default."""
    return [Setting(key, value, "default") for key, value in _leaves(msgspec.to_builtins(Settings()))]


def kinds() -> dict[str, Any]:
    """Each key with the type of its value."""
    return {
        f"{section.name}.{leaf.name}": leaf.type
        for section in msgspec.structs.fields(Settings)
        for leaf in msgspec.structs.fields(section.type)
    }


def variable(key: str) -> str:
    """The environment variable that sets a key."""
    return "ANYOPS_" + key.upper().replace(".", "_")


def parse(key: str, text: str) -> Any:
    """A value as it is typed on a command line. Raises UsageError for a key or value that does not fit."""
    if key not in kinds():
        raise UsageError(f"there is no setting {key!r}", hint=_instead(key))
    try:
        return _checked(key, text, "")
    except ConfigError as error:
        raise UsageError(error.message, hint=error.hint) from None


def read_file(path: Path) -> dict[str, Any]:
    """The settings file as a table; empty when there is none. Raises ConfigError when it cannot be read."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise ConfigError(f"{path}: {said}", hint="mend the file, or move it away") from None


def _instead(key: str) -> str:
    parts = {part: known for known in reversed(kinds()) for part in known.split(".")}
    near = get_close_matches(key, kinds(), n=1) or [
        parts[part] for part in get_close_matches(key, parts, n=1)
    ]
    return f"did you mean `{near[0]}`?" if near else "`anyops config show` lists them all"


def _checked(key: str, value: Any, where: str) -> Any:
    """The value in its key's type; text is read as the type wants (`true`, `3`)."""
    wanted = kinds()[key]
    try:
        return msgspec.convert(value, wanted, strict=False)
    except msgspec.ValidationError:
        shown = str(value)[:80]
        hint = f"{_described(wanted)} (`anyops config set {key} VALUE`, or {variable(key)})"
        place = f"{where}: " if where else ""
        raise ConfigError(f"{place}{key} cannot be {shown!r}", hint=f"it is {hint}") from None


def _described(kind: Any) -> str:
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    choices = get_args(kind)
    if choices:
        return f"one of {', '.join(map(str, choices))}"
    return {bool: "true or false", int: "a whole number", float: "a number above zero"}.get(kind, "text")


def _nested(values: Iterable[Setting]) -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = {}
    for setting in values:
        section, _, leaf = setting.key.partition(".")
        table.setdefault(section, {})[leaf] = setting.value
    return table


def _leaves(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping) and not prefix:
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
