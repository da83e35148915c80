"""How much of an untrusted input is read before anyops says so and goes on."""

from msgspec import Struct

MIB = 1024 * 1024


class Limits(Struct, frozen=True):
    """Bounds of one read.

    `file_bytes`: a file beyond it is read by its first and last half of `excerpt_bytes`. `total_bytes`: all
    documents together. `files`: files and archive members. `ratio`: unpacked to packed bytes of an archive.
    `nesting`: levels of YAML. `alias_nodes`: nodes that the aliases of one YAML document stand for.
    """

    file_bytes: int = 64 * MIB
    excerpt_bytes: int = 8 * MIB
    total_bytes: int = 512 * MIB
    files: int = 20_000
    ratio: int = 200
    nesting: int = 200
    alias_nodes: int = 100_000
