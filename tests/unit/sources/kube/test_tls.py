"""TLS as a server on loopback and a real client see it."""

import asyncio
import base64
import os
import ssl
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from anyops.errors import ConfigError
from anyops.sources.kube.config.connection import Connection
from anyops.sources.kube.config.credentials import obtain
from anyops.sources.kube.config.proxies import proxy
from anyops.sources.kube.config.tls import ssl_context
from tests.unit.sources.kube.certificates import Certificates, make, openssl
from tests.unit.sources.kube.kubeconfigs import connected, credential
from tests.unit.sources.kube.test_plugins import V1, program


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make(tmp_path_factory.mktemp("certificates"))


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request is answered with the subject of the client's certificate, and its Authorization."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
        return
    certificate = writer.get_extra_info("peercert") or {}
    subject = [value for part in certificate.get("subject", ()) for _, value in part]
    sent = [line for line in head.splitlines() if line.lower().startswith("authorization:")]
    body = " ".join([*subject, *sent]).encode()
    writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    await writer.drain()
    writer.close()


def asked(
    folder: Path,
    certificates: Certificates,
    cluster: dict[str, Any],
    user: dict[str, Any] | None = None,
    *,
    served: str = "server",
    wants_certificate: bool = False,
) -> str:
    """What a request with this kubeconfig is answered by a TLS server with that certificate."""

    async def ask() -> str:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=theirs)
        async with server:
            port = server.sockets[0].getsockname()[1]
            here = connected(folder, user=user, cluster={"server": f"https://127.0.0.1:{port}", **cluster})
            return await request(here)

    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificates.path(f"{served}.crt"), certificates.path(f"{served}.key"))
    theirs.load_verify_locations(certificates.path("ca.crt"))
    theirs.verify_mode = ssl.CERT_REQUIRED if wants_certificate else ssl.CERT_NONE
    return asyncio.run(ask())


async def request(here: Connection) -> str:
    found = await obtain(here, {"PATH": os.environ["PATH"]}, terminal=False)
    context = ssl_context(here, found)
    assert context is not None
    assert proxy(here, {"HTTPS_PROXY": "http://nowhere:1"}) is None
    extensions = {"sni_hostname": here.tls_server_name} if here.tls_server_name else {}
    async with httpx.AsyncClient(verify=context, trust_env=False) as client:
        reply = await client.get(here.server, headers=found.lines, extensions=extensions)
    return reply.text


def inline(certificates: Certificates, name: str) -> str:
    return base64.b64encode(certificates.read(name)).decode()


def test_the_clusters_authority_is_trusted_as_data_and_as_file(
    tmp_path: Path, certificates: Certificates
) -> None:
    data = {"certificate-authority-data": inline(certificates, "ca.crt")}
    file = {"certificate-authority": str(certificates.path("ca.crt"))}
    for cluster in (data, file):
        assert asked(tmp_path, certificates, cluster, {"token": "t"}) == "Authorization: Bearer t"


def test_of_a_bundle_any_authority_will_do_and_a_broken_one_does_no_harm(
    tmp_path: Path, certificates: Certificates
) -> None:
    broken = "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n"
    bundle = (
        f"notes: é\n{broken}{certificates.read('other.crt').decode()}{certificates.read('ca.crt').decode()}"
    )
    (tmp_path / "bundle").write_text(bundle)
    assert asked(tmp_path, certificates, {"certificate-authority": "bundle"}) == ""


def test_a_servers_own_certificate_may_stand_for_its_authority(
    tmp_path: Path, certificates: Certificates
) -> None:
    cluster = {"certificate-authority": str(certificates.path("server.crt"))}
    assert asked(tmp_path, certificates, cluster) == ""


@pytest.mark.parametrize(
    ("authority", "served", "why"),
    [
        ("other.crt", "server", "certificate verify failed"),
        ("", "server", "certificate verify failed"),
        ("ca.crt", "named", "IP address mismatch"),
        ("ca.crt", "common", "mismatch"),
    ],
)
def test_a_server_that_cannot_prove_who_it_is_is_refused(
    tmp_path: Path, certificates: Certificates, authority: str, served: str, why: str
) -> None:
    cluster = {"certificate-authority": str(certificates.path(authority))} if authority else {}
    with pytest.raises(httpx.ConnectError, match=why):
        asked(tmp_path, certificates, cluster, served=served)


def test_tls_server_name_is_the_name_that_is_checked(tmp_path: Path, certificates: Certificates) -> None:
    cluster = {"certificate-authority": str(certificates.path("ca.crt")), "tls-server-name": "kube.internal"}
    assert asked(tmp_path, certificates, cluster, served="named") == ""
    with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
        asked(tmp_path, certificates, cluster, served="server")


SYSTEM = """
import asyncio, os, pathlib
from anyops.sources.kube.config.credentials import Credential
from anyops.sources.kube.config.kubeconfig import connect
from anyops.sources.kube.config.tls import ssl_context
context = ssl_context(connect(os.environ, pathlib.Path("/")), Credential({}))
for trusted in context.get_ca_certs():
    print(trusted["subject"])
"""


def test_without_authority_the_systems_are_trusted_or_else_certifis(
    tmp_path: Path, certificates: Certificates
) -> None:
    def trusted(file: str) -> list[str]:
        store = {"SSL_CERT_FILE": file, "SSL_CERT_DIR": "/nowhere"}
        around = os.environ | {"KUBECONFIG": str(tmp_path / "config")} | store
        said = subprocess.run([sys.executable, "-c", SYSTEM], capture_output=True, check=True, env=around)
        return said.stdout.decode().splitlines()

    connected(tmp_path)
    assert trusted(str(certificates.path("ca.crt"))) == ["((('commonName', 'ca'),),)"]
    assert len(trusted("/nowhere")) > 50


def test_insecure_checks_nothing(tmp_path: Path, certificates: Certificates) -> None:
    assert asked(tmp_path, certificates, {"insecure-skip-tls-verify": True}, served="named") == ""


def test_a_client_certificate_is_shown_from_data_files_and_a_plugin(
    tmp_path: Path, certificates: Certificates
) -> None:
    chain, key = certificates.read("alice.crt").decode(), certificates.read("alice.key").decode()
    plugin = program(tmp_path, f"answer(clientCertificateData={chain!r}, clientKeyData={key!r})")
    users: list[dict[str, Any]] = [
        {
            "client-certificate-data": inline(certificates, "alice.crt"),
            "client-key-data": inline(certificates, "alice.key"),
        },
        {
            "client-certificate": str(certificates.path("alice.crt")),
            "client-key": str(certificates.path("alice.key")),
        },
        {"exec": {"apiVersion": V1, "command": str(plugin)}},
    ]
    cluster = {"certificate-authority": str(certificates.path("ca.crt"))}
    for user in users:
        assert asked(tmp_path, certificates, cluster, user, wants_certificate=True) == "ops alice"
    with pytest.raises(httpx.TransportError):
        asked(tmp_path, certificates, cluster, {"token": "t"}, wants_certificate=True)


@pytest.mark.parametrize("name", ["alice", "late"])
def test_a_client_certificate_says_when_it_ends(
    tmp_path: Path, certificates: Certificates, name: str
) -> None:
    here = pair(tmp_path, certificates, f"{name}.crt", f"{name}.key")
    said = openssl(certificates.folder, "x509", "-in", f"{name}.crt", "-noout", "-enddate").strip()
    ends = datetime.strptime(said.removeprefix("notAfter="), "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
    assert credential(here).expires == ends


def pair(folder: Path, certificates: Certificates, chain: str, key: str) -> Connection:
    files = {"client-certificate": str(certificates.path(chain)), "client-key": str(certificates.path(key))}
    return connected(folder, user=files)


WATCHED = """
import asyncio, os, pathlib, sys
from anyops.errors import ConfigError
from anyops.sources.kube.config.credentials import obtain
from anyops.sources.kube.config.kubeconfig import connect
from anyops.sources.kube.config.tls import ssl_context

def watch(event, arguments):
    if event == "os.remove" and "anyops-" in os.path.basename(arguments[0]):
        print(oct(os.stat(arguments[0]).st_mode), os.path.dirname(arguments[0]))

here = connect(os.environ, pathlib.Path("/"))
found = asyncio.run(obtain(here, os.environ, terminal=False))
sys.addaudithook(watch)
try:
    ssl_context(here, found)
    print("usable")
except ConfigError as error:
    print(error.message)
    print(error.hint)
"""


@pytest.mark.parametrize(
    ("chain", "key", "message", "hint"),
    [
        ("alice.crt", "alice.key", "usable", ""),
        ("alice.crt", "server.key", "the client key does not belong to the client certificate", "log in"),
        ("alice.crt", "locked.key", "the client key has a password", "openssl pkey"),
        ("broken.crt", "alice.key", "the client certificate or its key is broken", "log in again"),
        ("alice.crt", "broken.key", "the client certificate or its key is broken", "log in again"),
    ],
)
def test_a_key_is_on_disk_for_us_alone_and_gone_whether_it_can_be_used_or_not(
    tmp_path: Path, certificates: Certificates, chain: str, key: str, message: str, hint: str
) -> None:
    for name, label in (("broken.crt", "CERTIFICATE"), ("broken.key", "PRIVATE KEY")):
        certificates.path(name).write_text(f"-----BEGIN {label}-----\nTUlJ\n-----END {label}-----\n")
    pair(tmp_path, certificates, chain, key)
    left = tmp_path / "temporary"
    left.mkdir()
    around = os.environ | {"KUBECONFIG": str(tmp_path / "config"), "TMPDIR": str(left)}
    said = subprocess.run(
        [sys.executable, "-c", WATCHED], capture_output=True, text=True, check=True, env=around
    ).stdout.splitlines()
    if key != "locked.key":
        assert said.pop(0) == f"0o100600 {left}"
    assert message in said[0]
    assert hint in said[-1]
    assert list(left.iterdir()) == []


def test_an_authority_of_which_nothing_can_be_used_is_said(tmp_path: Path) -> None:
    broken = b"-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n"
    here = connected(tmp_path, cluster={"certificate-authority-data": base64.b64encode(broken).decode()})
    with pytest.raises(ConfigError, match=r"cluster\.certificate-authority-data holds no usable certificate"):
        ssl_context(here, credential(here))
    gone = connected(tmp_path, cluster={"certificate-authority": "gone.crt"})
    with pytest.raises(ConfigError, match=r"cluster\.certificate-authority: .*gone\.crt cannot be read"):
        ssl_context(gone, credential(gone))


def test_plain_http_to_this_machine_has_no_tls(tmp_path: Path) -> None:
    here = connected(tmp_path, cluster={"server": "HTTP://127.0.0.1:8001"})
    assert ssl_context(here, credential(here)) is None
