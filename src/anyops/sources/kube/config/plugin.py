"""Exec credential plugins.

Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
and https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
"""

import base64
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from anyops.errors import ConfigError
from anyops.sources.kube.config.connection import Connection, Plugin
from anyops.sources.kube.config.credentials import checked_token
from anyops.sources.kube.config.fields import shown
from anyops.sources.kube.config.material import pem
from anyops.sources.kube.config.process import MOST_OUTPUT, Ended, run
from anyops.sources.kube.config.quiet import Quiet
from anyops.text import safe_block, uncolored

LOG_IN = {
    "aws": "aws sso login",
    "aws-iam-authenticator": "aws sso login",
    "gke-gcloud-auth-plugin": "gcloud auth login",
    "gcloud": "gcloud auth login",
    "kubelogin": "az login",
    "tsh": "tsh login",
    "oci": "oci session authenticate",
    "doctl": "doctl auth init",
    "ibmcloud": "ibmcloud login",
}
"""How one logs in with the plugins of the large clouds."""

# JSON Web Tokens; what follows `bearer`; the value of a key that is named so (after a colon and a space only
# what is quoted or looks made up: "token: expired" is for the reader); long runs that are no path.
_SECRET = re.compile(
    r"eyJ[\w-]{8,}(?:\.[\w-]*)*"
    r"|(?i:(?<=bearer )|(?<=basic ))\S+"
    r"|(?i:(?<=token)|(?<=secret)|(?<=password)|(?<=passwd)|(?<=key)|(?<=code))[\"']?"
    r"(?: ?= ?|:(?=\S)|: (?:[\"']|(?=\S*\d)(?=\S{12})))\S+"
    r"|[A-Za-z0-9+=_]{32,}|(?<![\w/.~-])[A-Za-z0-9+][A-Za-z0-9+/=]{39,}"
)


class Answer(Quiet, frozen=True):
    """What a plugin said. `token` is "" where it gave a certificate only. No value in the repr."""

    token: str = ""
    certificate: tuple[bytes, bytes] | None = None
    expires: datetime | None = None

    def about(self) -> str:
        """Until when it holds."""
        return f"expires={self.expires}"


async def ask(
    connection: Connection,
    variables: Mapping[str, str],
    *,
    terminal: bool,
    timeout: float,
    tell: Callable[[str], object] | None = None,
) -> Answer:
    """Run the connection's plugin and read its answer. Raises ConfigError that names the cure."""
    plugin = connection.login.plugin
    if plugin is None:
        raise ConfigError(f"{connection.login.where} has no exec plugin")
    interactive = _interactive(plugin, terminal)
    around = {**variables, **dict(plugin.env), "KUBERNETES_EXEC_INFO": _info(connection, plugin, interactive)}
    try:
        ended = await run(
            [_program(plugin, around), *plugin.args],
            around,
            interactive=interactive,
            timeout=timeout,
            tell=lambda chunk: (tell or _to_stderr)(safe_block(chunk.decode("utf-8", "replace"))),
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its arguments or variables hold what none can"
        raise _failed(plugin, f"cannot be run: {why}", _install(plugin)) from None
    _check(plugin, ended, timeout)
    return read(plugin, ended.output)


def read(plugin: Plugin, output: bytes) -> Answer:
    """The ExecCredential that a plugin printed. Raises ConfigError, which shows nothing of it."""
    try:
        said = msgspec.json.decode(output)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise _failed(plugin, "printed no JSON", "run it yourself to see what it prints") from None
    if not isinstance(said, dict) or said.get("kind") != "ExecCredential":
        raise _failed(plugin, "printed JSON that is no ExecCredential", "use a plugin for kubectl")
    if said.get("apiVersion") != plugin.api_version:
        hint = "update the plugin, or set its apiVersion in the kubeconfig to the one that it speaks"
        raise _failed(plugin, f"answered with another apiVersion than {plugin.api_version}", hint)
    status = said.get("status")
    if not isinstance(status, dict):
        raise _failed(plugin, "printed an ExecCredential without status", _log_in(plugin))
    return _answer(plugin, status)


def _answer(plugin: Plugin, status: Mapping[str, Any]) -> Answer:
    token = _text(plugin, status, "token")
    chain = _text(plugin, status, "clientCertificateData")
    key = _text(plugin, status, "clientKeyData")
    where = f"exec plugin {shown(plugin.name)}"
    if not token and not chain and not key:
        raise _failed(plugin, "gave neither a token nor a certificate", _log_in(plugin))
    if bool(chain) != bool(key):
        missing = "clientKeyData" if chain else "clientCertificateData"
        raise _failed(plugin, f"gave no {missing} beside the other half", "update the plugin")
    return Answer(
        token=checked_token(token, f"{where}: its token") if token else "",
        certificate=(
            pem(chain.encode("utf-8", "replace"), "CERTIFICATE", f"{where}: its clientCertificateData"),
            pem(key.encode("utf-8", "replace"), "PRIVATE KEY", f"{where}: its clientKeyData"),
        )
        if chain
        else None,
        expires=_expires(plugin, _text(plugin, status, "expirationTimestamp")),
    )


def _text(plugin: Plugin, status: Mapping[str, Any], key: str) -> str:
    value = status.get(key)
    if value is None or isinstance(value, str):
        return value or ""
    raise _failed(plugin, f"gave a {key} that is no text", "update the plugin")


def _expires(plugin: Plugin, text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = msgspec.convert(text, datetime)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (msgspec.ValidationError, ValueError, OverflowError):
        raise _failed(plugin, "gave an expirationTimestamp that is no time", "update the plugin") from None


def _interactive(plugin: Plugin, terminal: bool) -> bool:
    """Whether the plugin gets the terminal. Raises ConfigError where it must have one and has none."""
    if plugin.interactive_mode == "Always" and not terminal:
        hint = f"{_log_in(plugin)}, or run this in a terminal"
        raise _failed(plugin, "needs a terminal (interactiveMode: Always), and there is none", hint)
    return terminal and plugin.interactive_mode != "Never"


def _program(plugin: Plugin, variables: Mapping[str, str]) -> str:
    """The program's path. Relative folders on PATH do not count: no repo may bring the program."""
    folders = variables.get("PATH", os.defpath).split(os.pathsep)
    if "\0" in plugin.command:
        raise _failed(plugin, "is no name of a program", "mend exec.command in the kubeconfig")
    found = shutil.which(plugin.command, path=os.pathsep.join(f for f in folders if Path(f).is_absolute()))
    if found is None:
        where = "is not there" if "/" in plugin.command else "is not on PATH"
        raise _failed(plugin, f"{where}, or may not be run", _install(plugin))
    return found


def _info(connection: Connection, plugin: Plugin, interactive: bool) -> str:
    """KUBERNETES_EXEC_INFO: what the plugin is told."""
    spec: dict[str, Any] = {"interactive": interactive}
    if plugin.provide_cluster_info:
        spec["cluster"] = _cluster(connection)
    told = {"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": spec}
    return msgspec.json.encode(told).decode()


def _cluster(connection: Connection) -> dict[str, Any]:
    authority = connection.certificate_authority
    told = {
        "server": connection.server,
        "tls-server-name": connection.tls_server_name,
        "insecure-skip-tls-verify": connection.insecure,
        "certificate-authority-data": base64.b64encode(authority.read()).decode() if authority else "",
        "proxy-url": connection.proxy_url,
        "disable-compression": connection.disable_compression,
        "config": connection.plugin_config,
    }
    return {key: value for key, value in told.items() if value or key == "config"}


def _check(plugin: Plugin, ended: Ended, timeout: float) -> None:
    if len(ended.output) > MOST_OUTPUT:
        raise _failed(plugin, "printed without end", "run it yourself to see what it prints")
    line = last_line(ended.errors, plugin)
    said = f": {line}" if line else ""
    if ended.code is None:
        what = f"did not answer within {timeout:g} s; it may wait for a browser or a terminal{said}"
        raise _failed(plugin, what, _log_in(plugin) + (f"; {_hint(plugin)}" if plugin.install_hint else ""))
    if ended.code:
        how = f"exited {ended.code}" if ended.code > 0 else f"was ended by signal {-ended.code}"
        raise _failed(plugin, f"{how}{said}", _log_in(plugin))


def last_line(errors: bytes, plugin: Plugin) -> str:
    """The last line that says something, made safe, with what looks like a secret taken out."""
    lines = uncolored(errors.decode("utf-8", "replace")).splitlines()
    line = next((line.strip() for line in reversed(lines) if line.strip()), "")
    for value in {*(value for _, value in plugin.env), *plugin.args}:
        if len(value) >= 8:
            line = line.replace(value, "<hidden>")
    return shown(_SECRET.sub("<hidden>", line), 240)


def _to_stderr(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _failed(plugin: Plugin, what: str, hint: str) -> ConfigError:
    return ConfigError(f"exec plugin {shown(plugin.name)} {what}", hint=hint)


def _log_in(plugin: Plugin) -> str:
    command = LOG_IN.get(plugin.name)
    return f"log in first: {command}" if command else f"log in first with {shown(plugin.name)}"


def _hint(plugin: Plugin) -> str:
    return shown(" ".join(plugin.install_hint.split()), 400)


def _install(plugin: Plugin) -> str:
    return _hint(plugin) if plugin.install_hint else f"install {shown(plugin.name)}, or mend exec.command"
