"""Settings: defaults < file < environment < flags. A sentence under each field gives its unit and default."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from anyops.errors import ConfigError

Level = Literal["critical", "high", "medium", "low"]


class AnalyzeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How `incident analyze` judges."""

    fail_on: Level = "high"
    """The least severity at which an incident exits 1; `high` by default."""


class OutputSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How answers look."""

    color: Literal["auto", "always", "never"] = "auto"
    """Colour on standard output: on a terminal only, always, or never; `auto` by default."""

    ascii: bool = False
    """Whether to write plain ASCII even where the locale can do more; false by default."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be set."""

    analyze: AnalyzeSettings = field(default_factory=AnalyzeSettings)
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
    table = _read(path)
    origins = {key: "file" for key, _ in _leaves(table)}
    for key, _ in _leaves(msgspec.to_builtins(Settings())):
        name = "ANYOPS_" + key.upper().replace(".", "_")
        if variables.get(name):
            section, _, leaf = key.partition(".")
            table.setdefault(section, {})[leaf] = variables[name]
            origins[key] = name
    try:
        settings = msgspec.convert(table, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"settings: {error}", hint=f"see `anyops config show`; the file is {path}"
        ) from None
    return settings, [
        Setting(k, v, origins.get(k, "default")) for k, v in _leaves(msgspec.to_builtins(settings))
    ]


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(f"{path}: {error}", hint="mend the file, or move it away") from None


def _leaves(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
