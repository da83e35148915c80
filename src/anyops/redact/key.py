"""The key of this installation, under which placeholders are hashes nobody else can compute."""

import os
from functools import cache
from pathlib import Path

KEY_BYTES = 32


def installation_key(folder: Path) -> bytes:
    """The 32 random bytes in `folder/redact.key` (0600), made on the first call.

    Two processes that start at once get the same key: the file is linked into place whole, by one of them.
    Where the folder can be neither read nor written the key is random for this process and stays in memory.
    """
    path = folder / "redact.key"
    try:
        return _read(path) or _made(path)
    except OSError:
        return _process_key()


def _read(path: Path) -> bytes | None:
    """The key in the file; nothing where there is no file, or one that holds no whole key."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return None
    return key if len(key) == KEY_BYTES else None


def _made(path: Path) -> bytes:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(KEY_BYTES))
        _put(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    key = _read(path)
    if key is None:
        raise OSError(f"{path} holds no key")
    return key


def _put(draft: Path, path: Path) -> None:
    """The draft under its name, unless another process was first with a whole key."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        if _read(path) is None:  # cut short by a crash or a full disk
            draft.replace(path)


@cache
def _process_key() -> bytes:
    return os.urandom(KEY_BYTES)
