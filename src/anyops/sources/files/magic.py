"""Archive formats by their first bytes; apart, so that reading plain files imports no archive library."""

MAGIC_BYTES = 265


def archive_format(head: bytes) -> str:
    """`zip`, `tar`, `gzip`, `bzip2`, `xz` or `zstd` by the first MAGIC_BYTES bytes; "" for anything else."""
    if head[257:262] == b"ustar":
        return "tar"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    return ""


_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
