"""Writes one setting into the settings file; everything else in it stays as a person wrote it."""

import json
import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from anyops.errors import ConfigError
from anyops.settings import parse, read_file

_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")


def store(path: Path, key: str, text: str) -> Any:
    """Set a key in the file and return its value. The file is replaced whole or not at all.

    Raises UsageError for a key or value that does not fit, ConfigError when the file cannot be changed.
    """
    value = parse(key, text)
    before = read_file(path)
    section, _, leaf = key.partition(".")
    wanted = {**before, section: {**_table(before.get(section)), leaf: value}}
    line = f"{leaf} = {json.dumps(value, ensure_ascii=False)}"
    try:
        old = path.read_text("utf-8") if path.exists() else ""
        new = edited(old, section, leaf, line)
        if _loads(new) != wanted:
            raise ConfigError(
                f"{path}: written in a way that cannot be changed here",
                hint=f"put `{line}` under [{section}]",
            )
        _replace(path, new)
    except OSError as error:
        hint = "set ANYOPS_CONFIG to a file that can be written"
        raise ConfigError(f"{path}: {error.strerror or error}", hint=hint) from None
    return value


def edited(text: str, section: str, leaf: str, line: str) -> str:
    """TOML with `line` in place of the section's `leaf`, or added to it."""
    lines = text.splitlines()
    here, end = "", None
    for number, old in enumerate(lines):
        header = _HEADER.match(old)
        here = header[1].strip() if header else here
        if here != section:
            continue
        if re.match(rf"\s*{re.escape(leaf)}\s*=", old):
            return "\n".join([*lines[:number], line, *lines[number + 1 :]]) + "\n"
        end = number + 1 if old.strip() else end
    if end is None:
        lines += [*([""] if lines and lines[-1].strip() else []), f"[{section}]"]
        end = len(lines)
    return "\n".join([*lines[:end], line, *lines[end:]]) + "\n"


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _loads(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _replace(path: Path, text: str) -> None:
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".config-", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        if path.exists():
            Path(name).chmod(path.stat().st_mode & 0o7777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
