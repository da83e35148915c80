"""JSON-like data without its secrets: the keys say more than the values do."""

import json
import re
from typing import TYPE_CHECKING, Any

from anyops.redact.carriers import decoded
from anyops.redact.names import Strength, is_secret, strength

if TYPE_CHECKING:
    from anyops.redact.redactor import Redactor

_DEEPEST = 200
_TOO_DEEP = f"<deeper than {_DEEPEST} levels>"
_FLAG = re.compile(r"(?a)--?([A-Za-z][\w.-]{1,60})")
_BASE64 = re.compile(r"(?a)[A-Za-z0-9+/_-]{16,}={0,2}")
_LISTED = "items of a SecretList"
"""They say no kind of their own."""
_NAME_KEYS = ("name", "Name", "key", "Key", "variable")
_DATA_KEYS: tuple[str, ...] = ("data", "stringData")
_VALUE_KEYS: tuple[str, ...] = ("value", "Value")


def redacted_tree(redactor: "Redactor", value: Any, depth: int = 0, name: str = "") -> Any:
    """The value with every secret in it replaced; `name` is the key it stands under."""
    if isinstance(value, str):
        return _string(redactor, name, value, depth)
    if depth > _DEEPEST:
        return _TOO_DEEP if isinstance(value, dict | list | tuple) else _leaf(redactor, value, name)
    if isinstance(value, dict):
        return _object(redactor, value, depth, name)
    if isinstance(value, list | tuple):
        items = _items(redactor, value, depth, name)
        return tuple(items) if isinstance(value, tuple) else items
    return _leaf(redactor, value, name)


def _leaf(redactor: "Redactor", value: Any, name: str) -> Any:
    """Bytes as text, and numbers that are passwords; the rest as it is."""
    if isinstance(value, bytes | bytearray):
        return redactor.blob(bytes(value))
    if isinstance(value, int | float) and not isinstance(value, bool) and is_secret(name, str(value)):
        return redactor.mask(str(value), strength(name).name.lower())
    return value


def _object(redactor: "Redactor", value: dict[Any, Any], depth: int, under: str) -> dict[Any, Any]:
    entry = next((value[key] for key in _NAME_KEYS if isinstance(value.get(key), str)), "")
    entry = under if not entry and strength(under) >= Strength.SECRET else entry
    secret_object = value.get("kind") == "Secret" or under == _LISTED
    result: dict[Any, Any] = {}
    for key, inner in value.items():
        safe_key = redactor.text(key) if isinstance(key, str) and len(key) > 15 else key
        hidden = _DATA_KEYS if secret_object else _VALUE_KEYS if value.get("sensitive") is True else ()
        if key in hidden:
            result[safe_key] = _masked(redactor, inner, depth + 1)
        elif key in _VALUE_KEYS and entry:
            result[safe_key] = redacted_tree(redactor, inner, depth + 1, entry)
        else:
            listed = key == "items" and value.get("kind") == "SecretList"
            result[safe_key] = redacted_tree(redactor, inner, depth + 1, _LISTED if listed else str(key))
    return result


def _masked(redactor: "Redactor", value: Any, depth: int) -> Any:
    """Every text and number in it is a secret."""
    if isinstance(value, dict | list | tuple) and depth > _DEEPEST:
        return _TOO_DEEP
    if isinstance(value, dict):
        return {key: _masked(redactor, inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(redactor, inner, depth + 1) for inner in value]
    if value is None or isinstance(value, bool) or value == "":
        return value
    return redactor.mask(str(value), "secret-data")


def _items(redactor: "Redactor", values: Any, depth: int, name: str) -> list[Any]:
    """The items of a list; one that follows a flag (`--password`) is that flag's value."""
    result, flag = [], ""
    for value in values:
        result.append(redacted_tree(redactor, value, depth + 1, flag or name))
        found = _FLAG.fullmatch(value) if isinstance(value, str) else None
        flag = found[1] if found and strength(found[1]) >= Strength.SECRET else ""
    return result


def _string(redactor: "Redactor", name: str, value: str, depth: int) -> str:
    if len(value) > 8 and value[0] in "{[" and value.rstrip()[-1] in "}]" and depth <= _DEEPEST:
        value = _json(redactor, value, depth)
    elif (
        len(value) >= 20
        and _BASE64.fullmatch(value)
        and not name.endswith(("certificate-authority-data", "caBundle"))
    ):
        plain = decoded(value)
        text = plain.decode("ascii", "ignore")
        if len(text) == len(plain) and redactor.is_redacted(redactor.text(text)):
            return redactor.mask(value, "base64")
    return redactor.value(name, value) if name else redactor.text(value)


def _json(redactor: "Redactor", value: str, depth: int) -> str:
    """JSON in a string, as in kubectl's last-applied-configuration."""
    try:
        inner = json.loads(value)
    except (ValueError, RecursionError):
        return value
    if not isinstance(inner, dict | list):
        return value
    done = redacted_tree(redactor, inner, depth + 1)
    if done == inner:
        return value
    return json.dumps(done, separators=(",", ":"), ensure_ascii=False) + (
        "\n" if value.endswith("\n") else ""
    )
