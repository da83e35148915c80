"""How the server's certificate is checked, and the client's shown."""

import os
import re
import tempfile
from typing import TYPE_CHECKING

from anyops.errors import ConfigError
from anyops.sources.kube.config.connection import Connection
from anyops.sources.kube.config.credentials import Credential
from anyops.sources.kube.config.material import pem

if TYPE_CHECKING:
    import ssl

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")


def ssl_context(connection: Connection, credential: Credential) -> "ssl.SSLContext | None":
    """The TLS settings for a connection, None for plain http.

    The name to check is the transport's to give (`tls_server_name`, else the server's host). Raises
    ConfigError for certificates and keys that cannot be used.
    """
    if connection.server.startswith("http://"):
        return None
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.hostname_checks_common_name = False
    if connection.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif connection.certificate_authority:
        _trust(context, connection)
    else:
        _trust_system(context)
    if credential.certificate:
        _show(context, *credential.certificate, connection.login.where)
    return context


def _trust(context: "ssl.SSLContext", connection: Connection) -> None:
    """Trust the cluster's authorities, and each of them as an end of the chain, as Go does."""
    import ssl

    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    authority = connection.certificate_authority
    loaded = 0
    for block in _CERTIFICATE.findall(pem(authority.read(), "CERTIFICATE", authority.where)):
        try:
            context.load_verify_locations(cadata=block.decode("ascii"))
            loaded += 1
        except (ssl.SSLError, ValueError):
            continue
    if not loaded:
        raise ConfigError(f"{authority.where} holds no usable certificate", hint="write the authority again")


def _trust_system(context: "ssl.SSLContext") -> None:
    """Trust the system's authorities; certifi's where this Python knows of none."""
    import ssl

    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    paths = ssl.get_default_verify_paths()
    if not context.get_ca_certs() and not paths.cafile and not paths.capath:
        import certifi

        context.load_verify_locations(certifi.where())


def _show(context: "ssl.SSLContext", chain: bytes, key: bytes, where: str) -> None:
    """Load a client certificate. OpenSSL reads files only: the key's is ours alone and gone right after."""
    import ssl

    if b"ENCRYPTED" in key:
        hint = "write it without a password: openssl pkey -in KEY -out PLAIN"
        raise ConfigError(f"{where}: the client key has a password", hint=hint)
    handle, name = tempfile.mkstemp(prefix="anyops-", suffix=".pem")  # 0600 by its nature
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(chain + key)
        context.load_cert_chain(name, password="")
    except (ssl.SSLError, ValueError) as error:
        why = "the client key does not belong to the client certificate"
        if "KEY_VALUES_MISMATCH" not in str(error):
            why = "the client certificate or its key is broken"
        raise ConfigError(f"{where}: {why}", hint="write both again, or log in again") from None
    finally:
        os.unlink(name)  # noqa: PTH108
