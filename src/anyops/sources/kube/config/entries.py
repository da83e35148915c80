"""A cluster, a user and a namespace of a kubeconfig, checked.

Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
"""

import re
from pathlib import Path
from typing import Any

from anyops.sources.kube.config.address import checked_server, with_scheme
from anyops.sources.kube.config.connection import Impersonation, Login, Plugin
from anyops.sources.kube.config.fields import Fields, shown
from anyops.sources.kube.config.material import material

API_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
MODES = ("Never", "IfAvailable", "Always")
EXTENSION = "client.authentication.k8s.io/exec"
AUTH_PROVIDERS = {
    "gcp": (
        "was removed from kubectl 1.26",
        "gke-gcloud-auth-plugin: gcloud container clusters get-credentials",
    ),
    "azure": ("was removed from kubectl 1.26", "kubelogin: kubelogin convert-kubeconfig"),
    "oidc": ("is not supported here", "the plugin kubelogin: kubectl oidc-login setup"),
}
_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\Z")
_SERVER_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,253}\Z")


def cluster_of(fields: Fields) -> dict[str, Any]:
    """What a Connection says of its cluster. Raises ConfigError."""
    authority = material(fields, "certificate-authority", "CERTIFICATE")
    insecure = fields.flag("insecure-skip-tls-verify")
    server_name = fields.text("tls-server-name")
    if insecure and authority:
        what = "and certificate-authority are both given"
        raise fields.error("insecure-skip-tls-verify", what, "keep the authority, take the other out")
    if server_name and not _SERVER_NAME.match(server_name):
        raise fields.error("tls-server-name", "is no host name")
    server = fields.text("server")
    if not server:
        raise fields.error("server", "is missing", "give the API server's address: https://HOST:6443")
    return {
        "server": checked_server(
            with_scheme(server, tls=bool(authority) or insecure), fields.where("server")
        ),
        "certificate_authority": authority,
        "insecure": insecure,
        "tls_server_name": server_name,
        "proxy_url": fields.text("proxy-url"),
        "disable_compression": fields.flag("disable-compression"),
        "plugin_config": _plugin_config(fields),
    }


def is_namespace(name: str) -> bool:
    """Whether it can be a namespace's name: it becomes part of paths. Source: RFC 1123, label."""
    return _LABEL.match(name) is not None


def namespace_of(fields: Fields) -> str:
    """A context's namespace, `default` where it names none. Raises ConfigError."""
    namespace = fields.text("namespace") or "default"
    if not is_namespace(namespace):
        raise fields.error("namespace", f"is no name of a namespace: {shown(namespace)}")
    return namespace


def login_of(fields: Fields) -> Login:
    """How a user logs in. Raises ConfigError for what contradicts itself, as kubectl does."""
    _no_auth_provider(fields)
    login = Login(
        where=fields.where(),
        token=fields.text("token"),
        token_file=fields.path("tokenFile"),
        username=fields.text("username"),
        password=fields.text("password"),
        certificate=material(fields, "client-certificate", "CERTIFICATE"),
        key=material(fields, "client-key", "PRIVATE KEY"),
        plugin=_plugin(fields.mapping("exec")),
        impersonation=_impersonation(fields),
    )
    _one_way(fields, login)
    return login


def _one_way(fields: Fields, login: Login) -> None:
    # A token beside tokenFile is what it held once: the file comes first, as in client-go.
    ways = {"token": login.token or login.token_file, "username": login.username}
    given = [key for key, value in ways.items() if value]
    if len(given) > 1:
        raise fields.error("", f"gives {' and '.join(given)}", "keep one of them")
    if login.password and not login.username:
        raise fields.error("username", "is missing beside password")
    if login.certificate and not login.key:
        raise fields.error("client-key", "is missing beside client-certificate")
    if login.key and not login.certificate:
        raise fields.error("client-certificate", "is missing beside client-key")


def _no_auth_provider(fields: Fields) -> None:
    provider = fields.mapping("auth-provider")
    if provider is None:
        return
    name = provider.text("name")
    why, instead = AUTH_PROVIDERS.get(name, ("is not supported here", "an exec plugin"))
    raise fields.error("auth-provider", f"{shown(name)} {why}", f"use {instead}")


def _impersonation(fields: Fields) -> Impersonation | None:
    extra = fields.within("as-user-extra")
    found = Impersonation(
        user=fields.text("as"),
        uid=fields.text("as-uid"),
        groups=fields.texts("as-groups"),
        extra=tuple((key, extra.texts(key)) for key in extra.keys()),  # noqa: SIM118
    )
    if found.user:
        return found
    if found.uid or found.groups or found.extra:
        raise fields.error("as", "is missing beside as-uid, as-groups or as-user-extra")
    return None


def _plugin(fields: Fields | None) -> Plugin | None:
    if fields is None:
        return None
    version, mode = fields.text("apiVersion"), fields.text("interactiveMode") or "IfAvailable"
    if version not in API_VERSIONS:
        old = "v1alpha1 was removed from kubectl 1.24; update the plugin and its entry"
        hint = old if version.endswith("/v1alpha1") else f"it must be {API_VERSIONS[0]}"
        raise fields.error("apiVersion", f"is {shown(version) or 'missing'}", hint)
    if mode not in MODES:
        raise fields.error("interactiveMode", f"is {shown(mode)}", f"it must be one of {', '.join(MODES)}")
    return Plugin(
        command=_command(fields),
        args=fields.texts("args"),
        env=tuple((_variable(entry), entry.text("value")) for entry in fields.entries("env")),
        api_version=version,
        install_hint=fields.text("installHint"),
        provide_cluster_info=fields.flag("provideClusterInfo"),
        interactive_mode=mode,
    )


def _command(fields: Fields) -> str:
    command = fields.text("command")
    if not command:
        raise fields.error("command", "is missing", "name the plugin's program")
    return str(fields.folder.absolute() / Path(command)) if "/" in command else command


def _variable(entry: Fields) -> str:
    name = entry.text("name")
    if not name or "=" in name or "\0" in name:
        raise entry.error("name", "is no name of a variable")
    return name


def _plugin_config(fields: Fields) -> Any:
    for entry in fields.entries("extensions"):
        if entry.text("name") == EXTENSION:
            return entry.raw("extension")
    return None
