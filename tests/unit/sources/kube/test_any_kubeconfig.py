"""Whatever a kubeconfig holds, it is a connection or a configuration error in one harmless line."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from anyops.errors import ConfigError
from anyops.sources.kube.config.connection import Connection
from anyops.sources.kube.config.credentials import obtain
from anyops.sources.kube.config.jwt import claims, expiry
from anyops.sources.kube.config.kubeconfig import connect, contexts
from anyops.sources.kube.config.proxies import excepted, proxy
from anyops.sources.kube.config.tls import ssl_context
from anyops.sources.kube.config.x509 import not_after
from anyops.text import safe
from tests.unit.sources.kube.test_login import CERTIFICATE, KEY, encoded

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(
        ["a", "b", "https://kube", "http://localhost", "/dev/null", encoded(CERTIFICATE), encoded(KEY)]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
USER = ["token", "tokenFile", "username", "password", "client-certificate", "client-certificate-data",
        "client-key", "client-key-data", "as", "as-uid", "as-groups", "as-user-extra", "auth-provider",
        "exec"]  # fmt: skip
CLUSTER = ["server", "certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify",
           "tls-server-name", "proxy-url", "disable-compression", "extensions"]  # fmt: skip
EXEC = ["command", "args", "env", "apiVersion", "installHint", "provideClusterInfo", "interactiveMode"]


def some(keys: list[str], **also: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Fields with these names, some of them with values that could be."""
    return VALUES | st.fixed_dictionaries({}, optional=dict.fromkeys(keys, VALUES) | also)


def entries(key: str, fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    named = st.fixed_dictionaries({"name": st.sampled_from(["a", "b"]) | VALUES, key: fields})
    return VALUES | st.lists(named | VALUES, min_size=1, max_size=3)


PLUGINS = some(EXEC, command=st.just("x"), apiVersion=st.just("client.authentication.k8s.io/v1"))
KUBECONFIGS = st.fixed_dictionaries(
    {
        "current-context": st.sampled_from(["a", "b"]) | VALUES,
        "contexts": entries("context", some(["namespace"], cluster=st.just("a"), user=st.just("a"))),
        "clusters": entries("cluster", some(CLUSTER, server=st.just("https://kube"))),
        "users": entries(
            "user", some(USER, token=st.text(max_size=9), tokenFile=st.just("config"), exec=PLUGINS)
        ),
    },
    optional={"kind": st.just("Config") | VALUES},
)


async def all_of_it(here: Connection) -> None:
    if here.login.plugin is None:
        found = await obtain(here, {}, terminal=False)
        assert all(value.isascii() for _, value in found.lines)
        ssl_context(here, found)
    proxy(here, {})


def never_another_error(data: bytes) -> None:
    message = hint = ""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config").write_bytes(data)
        variables = {"KUBECONFIG": f"{folder}/config"}
        for use in (
            lambda: asyncio.run(all_of_it(connect(variables, Path(folder)))),
            lambda: contexts(variables, Path(folder)),
        ):
            try:
                use()
            except ConfigError as error:
                message, hint = error.message, error.hint
            assert (safe(message), safe(hint)) == (message, hint)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(KUBECONFIGS)
def test_any_kubeconfig_is_a_connection_or_a_configuration_error(content: object) -> None:
    never_another_error(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass"))


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
@example(b"kind: Config\nusers: &a [*a]")
@example(b"? [a]\n: b\nkind: Config")
@example(b"<<: *x")
@example(b"\xef\xbb\xbf")
@example(b"{{ .Values.kubeconfig }}")
def test_any_bytes_are_a_connection_or_a_configuration_error(data: bytes) -> None:
    never_another_error(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=120), st.text(max_size=60), st.text(max_size=40))
@example(b"0\x80", "a.W10.c", "[")
def test_any_token_certificate_or_exception_is_read_or_left(der: bytes, token: str, exceptions: str) -> None:
    chain = f"-----BEGIN CERTIFICATE-----\n{encoded(der.decode('latin-1'))}\n-----END CERTIFICATE-----"
    assert not_after(chain.encode()) is None or der
    assert expiry(token) is None or claims(token)
    assert excepted("kube", 443, exceptions) in (True, False)
