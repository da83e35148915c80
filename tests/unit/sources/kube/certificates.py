"""Real certificates, made by openssl."""

import subprocess
from pathlib import Path

from msgspec import Struct


class Certificates(Struct, frozen=True):
    """Paths. `authority` signs all but `other`, which signs nothing."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / name

    def read(self, name: str) -> bytes:
        return self.path(name).read_bytes()


def openssl(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def make(folder: Path) -> Certificates:
    """Authorities `ca` and `other`; servers `server` (127.0.0.1, localhost), `named` (kube.internal) and
    `common` (no alternative name); clients `alice` and `late`; `locked.key` is alice's with a password.
    """
    for name in ("ca", "other"):
        openssl(
            folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "3650", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.crt",
        )  # fmt: skip
    signed(folder, "server", "subjectAltName=IP:127.0.0.1,DNS:localhost")
    signed(folder, "named", "subjectAltName=DNS:kube.internal")
    signed(folder, "common", "keyUsage=digitalSignature", subject="/CN=127.0.0.1")
    signed(folder, "alice", "extendedKeyUsage=clientAuth", subject="/O=ops/CN=alice")
    signed(folder, "late", "extendedKeyUsage=clientAuth", days="20000")
    openssl(
        folder,
        "pkcs8",
        "-topk8",
        "-in",
        "alice.key",
        "-out",
        "locked.key",
        "-passout",
        "pass:x",
        "-v2",
        "aes256",
    )
    return Certificates(folder)


def signed(folder: Path, name: str, extension: str, *, subject: str = "/CN=x", days: str = "365") -> None:
    """A certificate of `ca` as NAME.crt, with its key as NAME.key."""
    (folder / "extension").write_text(extension)
    openssl(
        folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject,
        "-keyout", f"{name}.key", "-out", f"{name}.csr",
    )  # fmt: skip
    openssl(
        folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
        "-days", days, "-extfile", "extension", "-out", f"{name}.crt",
    )  # fmt: skip
