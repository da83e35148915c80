"""TLS for a server, and certificates for tests: keys that nothing trusts, valid from 2020 to 2120.

`tls/` holds a CA, a server's certificate for 127.0.0.1, localhost and kubernetes.default.svc, and a client's
certificate for the user `carol`; all EC P-256, made with `openssl ca`. `expired.pem` ended with 2020.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).with_name("tls")

CA = _HERE / "ca.pem"
CLIENT = _HERE / "client.pem"
CLIENT_KEY = _HERE / "client.key"


@dataclass(frozen=True)
class Tls:
    """PEM files of a server. With `client_ca` a client's certificate is asked for; its name is the user."""

    certificate: Path = _HERE / "server.pem"
    key: Path = _HERE / "server.key"
    ca: Path = CA
    client_ca: Path | None = CA

    def context(self) -> ssl.SSLContext:
        """The server's side."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.certificate, self.key)
        if self.client_ca:
            made.load_verify_locations(self.client_ca)
            made.verify_mode = ssl.CERT_OPTIONAL
        return made


EXPIRED = Tls(certificate=_HERE / "expired.pem")
"""a server whose certificate is out of date"""
