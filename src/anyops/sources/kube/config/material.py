"""Keys and certificates: base64 data or a file, checked to be PEM where PEM is meant."""

import base64
import binascii
import re
from pathlib import Path

from anyops.errors import ConfigError
from anyops.sources.kube.config.fields import Fields, shown
from anyops.sources.kube.config.quiet import Quiet

LARGEST_FILE = 8 << 20
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----(?:[^-]|-(?!----))*-----END \1-----")


class Material(Quiet, frozen=True, kw_only=True):
    """What a kubeconfig gives as `X-data` or as the file `X`. `where` names the field."""

    where: str = ""
    data: bytes = b""
    file: str = ""

    def about(self) -> str:
        """Where it stands."""
        return f"{self.where!r}, {'data' if self.data else shown(self.file)!r}"

    def __bool__(self) -> bool:
        return bool(self.data or self.file)

    def read(self) -> bytes:
        """The content, read anew where it is a file. Raises ConfigError when the file cannot be read."""
        return self.data or read_file(Path(self.file), self.where)


def material(fields: Fields, key: str, label: str) -> Material:
    """`key` is a file, `key`-data is base64. `label` is what the PEM blocks must be called at their end.

    Raises ConfigError where both are given, as kubectl does, and for what is no base64 or no PEM.
    """
    encoded, file = fields.text(f"{key}-data"), fields.path(key)
    if encoded and file:
        raise fields.error(f"{key}-data", f"and {key} are both given", "keep one of the two")
    if not encoded:
        return Material(where=fields.where(key), file=file)
    where = fields.where(f"{key}-data")
    return Material(where=where, data=pem(from_base64(encoded, where), label, where))


def from_base64(encoded: str, where: str) -> bytes:
    """The bytes behind base64, in which line ends do not count."""
    try:
        return base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        hint = "write it with `base64 -w0 FILE`, or name the file itself"
        raise ConfigError(f"{where} is no base64", hint=hint) from None


def pem(data: bytes, label: str, where: str) -> bytes:
    """The PEM blocks whose label ends in `label`, without the text around them.

    Raises ConfigError when there is none. Source: RFC 7468.
    """
    blocks = [m[0] for m in _BLOCK.finditer(data) if m[1].decode().endswith(label)]
    if not blocks:
        hint = f"it must hold a block that begins with -----BEGIN {label}-----"
        raise ConfigError(f"{where} is no PEM {label.lower()}", hint=hint)
    return b"\n".join(blocks) + b"\n"


def read_file(path: Path, where: str) -> bytes:
    """A file that a kubeconfig names, or the kubeconfig itself; pipes too (`KUBECONFIG=<(...)`).

    Raises ConfigError when it is missing, forbidden, no file, or too large. `where` names the field.
    """
    name = shown(str(path), 200)
    prefix = f"{where}: " if where else ""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except PermissionError:
        hint = "make it readable for you: chmod u+r, or chown"
        raise ConfigError(f"{prefix}{name} may not be read (permission denied)", hint=hint) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not a path"
        raise ConfigError(f"{prefix}{name} cannot be read: {why}", hint="mend the path") from None
    if len(data) > LARGEST_FILE:
        raise ConfigError(f"{prefix}{name} is too large", hint="name the right file")
    return data
