"""Fields of an untrusted kubeconfig: the type that is expected, or an error that names file and field."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anyops.errors import ConfigError
from anyops.text import safe, shorten


class Fields:
    """A mapping of a file. Errors name the field and the kind of what is there, never the value."""

    __slots__ = ("_values", "file", "name")

    def __init__(self, file: Path, name: str, values: Mapping[str, Any]) -> None:
        self.file = file
        self.name = name
        self._values = values

    def __repr__(self) -> str:
        return f"<{self.where()}>"

    @property
    def folder(self) -> Path:
        """Where relative paths of the file begin."""
        return self.file.parent

    def where(self, key: str = "") -> str:
        """File and field, fit for a message."""
        field = ".".join(filter(None, (self.name, key)))
        return shown(f"{self.file}: {field}" if field else str(self.file), 300)

    def error(self, key: str, what: str, hint: str = "") -> ConfigError:
        """The error that says what is wrong with a field."""
        return ConfigError(f"{self.where(key)} {what}", hint=hint or "mend that field")

    def raw(self, key: str) -> Any:
        """The value as it stands, None where it is absent."""
        return self._values.get(key)

    def text(self, key: str) -> str:
        """A text, "" where it is absent."""
        value = self._values.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            quotes = isinstance(value, (bool, int, float))
            raise self.error(key, f"is {_kind(value)}, not text", "put it in quotes" if quotes else "")
        return value

    def path(self, key: str) -> str:
        """A path, made absolute from the file's folder, "" where it is absent."""
        value = self.text(key)
        return str(self.folder.absolute() / value) if value else ""

    def flag(self, key: str) -> bool:
        """True or false, false where it is absent."""
        value = self._values.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self.error(key, f"is {_kind(value)}, not true or false")

    def mapping(self, key: str) -> "Fields | None":
        """The fields inside a field, None where it is absent."""
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise self.error(key, f"is {_kind(value)}, not fields")
        return Fields(self.file, ".".join(filter(None, (self.name, key))), value)

    def within(self, key: str) -> "Fields":
        """The fields inside a field, none where it is absent."""
        return self.mapping(key) or Fields(self.file, ".".join(filter(None, (self.name, key))), {})

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty where it is absent."""
        return tuple(
            Fields(self.file, self.name, {f"{key}[{n}]": value}).text(f"{key}[{n}]")
            for n, value in enumerate(self._list(key))
        )

    def entries(self, key: str) -> list["Fields"]:
        """A list of fields, empty where it is absent. Each is called by its name, else its number."""
        found = []
        for n, value in enumerate(self._list(key)):
            if not isinstance(value, Mapping):
                raise self.error(f"{key}[{n}]", f"is {_kind(value)}, not fields")
            called = value.get("name")
            label = called if isinstance(called, str) and called else n
            found.append(Fields(self.file, f"{'.'.join(filter(None, (self.name, key)))}[{label}]", value))
        return found

    def keys(self) -> tuple[str, ...]:
        """The names of the fields that are there."""
        return tuple(self._values)

    def _list(self, key: str) -> list[Any]:
        value = self._values.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error(key, f"is {_kind(value)}, not a list")
        return value


def shown(text: str, cells: int = 80) -> str:
    """Text of a kubeconfig or a plugin, fit for a message."""
    return shorten(safe(text), cells, keep="ends")


def _kind(value: object) -> str:
    """What a value is, in words."""
    match value:
        case None:
            return "empty"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
    return "a mapping"
