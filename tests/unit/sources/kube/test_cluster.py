"""What a kubeconfig says of a cluster, and what a pod knows of its own."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from anyops.errors import ConfigError
from anyops.sources.kube.config.kubeconfig import connect
from tests.unit.sources.kube.kubeconfigs import connected, credential, kubeconfig, write
from tests.unit.sources.kube.test_login import CERTIFICATE, encoded, token_that_says


def test_every_field_of_a_cluster_is_read(tmp_path: Path) -> None:
    here = connected(
        tmp_path,
        cluster={
            "server": "https://rancher.example.com/k8s/clusters/c-x7f/",
            "certificate-authority-data": encoded(CERTIFICATE),
            "tls-server-name": "kube.internal",
            "proxy-url": "http://proxy:3128",
            "disable-compression": True,
            "extensions": [
                {"name": "other", "extension": {"a": 1}},
                {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "x"}},
            ],
        },
    )
    assert here.server == "https://rancher.example.com/k8s/clusters/c-x7f"
    assert here.certificate_authority.read() == CERTIFICATE.encode()
    assert (here.tls_server_name, here.proxy_url) == ("kube.internal", "http://proxy:3128")
    assert (here.disable_compression, here.insecure) == (True, False)
    assert here.plugin_config == {"audience": "x"}
    assert connected(tmp_path, cluster={"insecure-skip-tls-verify": True}).insecure


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://[fd00::1]:6443", "https://[fd00::1]:6443"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001"),
        ("http://127.8.9.10:8001/", "http://127.8.9.10:8001"),
        ("http://[::1]:8001", "http://[::1]:8001"),
        ("http://LOCALHOST:8001", "http://LOCALHOST:8001"),
        ("localhost:8080", "http://localhost:8080"),
        ("HTTPS://kube.example.com", "https://kube.example.com"),
    ],
)
def test_servers_are_taken_as_kubectl_takes_them(tmp_path: Path, given: str, meant: str) -> None:
    assert connected(tmp_path, cluster={"server": given}).server == meant


def test_a_server_without_scheme_is_https_where_tls_is_set_up(tmp_path: Path) -> None:
    here = connected(tmp_path, cluster={"server": "kube:6443", "certificate-authority": "ca.crt"})
    assert here.server == "https://kube:6443"
    assert here.certificate_authority.file == str(tmp_path / "ca.crt")


WRONG_CLUSTERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no server": ({"server": ""}, "clusters[prod-eu].cluster.server is missing", "https://HOST:6443"),
    "a server that is a number": ({"server": 6443}, "cluster.server is a number, not text", "quotes"),
    "plain http elsewhere": (
        {"server": "http://10.2.0.1:8080"},
        "cluster.server is plain http to 10.2.0.1",
        "use https",
    ),
    "no scheme and no TLS": ({"server": "10.2.0.1:8080"}, "is plain http to 10.2.0.1", "use https"),
    "a name that looks like loopback": ({"server": "http://127.0.0.1.evil.example"}, "is plain http to", ""),
    "another scheme": ({"server": "ftp://10.2.0.1"}, "is neither http nor https", "https://HOST"),
    "a user in it": ({"server": "https://alice:S3CR3T@kube"}, "cluster.server holds a user", "under users"),
    "no host": ({"server": "https://"}, "cluster.server is no URL with a host", "SCHEME://HOST"),
    "a port that cannot be": ({"server": "https://kube:99999"}, "is no URL with a host", "SCHEME://HOST"),
    "half an address": ({"server": "https://[::1"}, "is no URL with a host", "SCHEME://HOST"),
    "a line end": ({"server": "https://kube\r\nX: 1"}, "is no URL with a host", "SCHEME://HOST"),
    "a backslash": ({"server": "https://kube\\evil"}, "is no URL with a host", "SCHEME://HOST"),
    "letters beyond ASCII": ({"server": "https://kübe"}, "is no URL with a host", "SCHEME://HOST"),
    "a query": ({"server": "https://kube/?a=b"}, "has more than host, port and path", "cut it off"),
    "authority twice": (
        {"certificate-authority": "ca", "certificate-authority-data": encoded(CERTIFICATE)},
        "cluster.certificate-authority-data and certificate-authority are both given",
        "keep one",
    ),
    "authority that is no base64": (
        {"certificate-authority-data": "***"},
        "cluster.certificate-authority-data is no base64",
        "base64 -w0",
    ),
    "authority that is no PEM": (
        {"certificate-authority-data": encoded("hello")},
        "cluster.certificate-authority-data is no PEM certificate",
        "-----BEGIN CERTIFICATE-----",
    ),
    "authority and insecure": (
        {"certificate-authority": "ca", "insecure-skip-tls-verify": True},
        "cluster.insecure-skip-tls-verify and certificate-authority are both given",
        "keep the authority",
    ),
    "insecure in words": ({"insecure-skip-tls-verify": "maybe"}, "is text, not true or false", "mend"),
    "a server name that is none": ({"tls-server-name": "a b"}, "cluster.tls-server-name is no host name", ""),
    "a proxy that is a list": ({"proxy-url": []}, "cluster.proxy-url is a list, not text", "mend"),
    "compression in words": ({"disable-compression": 1}, "disable-compression is a number, not", "mend"),
    "extensions that are fields": ({"extensions": {}}, "cluster.extensions is a mapping, not a list", "mend"),
}


@pytest.mark.parametrize("case", WRONG_CLUSTERS)
def test_a_wrong_cluster_is_said_with_field_and_cure(tmp_path: Path, case: str) -> None:
    cluster, message, hint = WRONG_CLUSTERS[case]
    with pytest.raises(ConfigError) as raised:
        connected(tmp_path, cluster=cluster)
    assert message in raised.value.message
    assert hint in raised.value.hint
    assert "S3CR3T" not in raised.value.message
    assert raised.value.message.isprintable()


POD = {"KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"}


def service_account(folder: Path, **files: str) -> Path:
    content = {"token": "pod-token", "ca.crt": CERTIFICATE, "namespace": "shop\n"} | files
    for name, text in content.items():
        (folder / name).write_text(text)
    return folder


def test_in_a_pod_its_service_account_is_used(tmp_path: Path) -> None:
    token = token_that_says(sub="system:serviceaccount:shop:anyops")
    here = connect(POD, tmp_path, service_account=service_account(tmp_path, token=token))
    assert (here.context, here.cluster, here.server) == ("in-cluster", "in-cluster", "https://10.96.0.1:443")
    assert (here.user, here.namespace, here.file) == ("system:serviceaccount:shop:anyops", "shop", "")
    assert here.certificate_authority.read() == CERTIFICATE.encode()
    assert here.credentials == "token file"
    (tmp_path / "token").write_text("rotated")
    assert credential(here).headers == {"Authorization": "Bearer rotated"}


def test_a_pod_may_lack_all_but_the_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("opaque")
    here = connect(POD | {"KUBERNETES_SERVICE_HOST": "fd00::1"}, tmp_path, service_account=tmp_path)
    assert (here.server, here.user, here.namespace) == (
        "https://[fd00::1]:443",
        "service account",
        "default",
    )
    assert not here.certificate_authority


def test_a_kubeconfig_comes_before_the_pod_which_can_be_asked_for(tmp_path: Path) -> None:
    account = service_account(tmp_path)
    variables = write(tmp_path, kubeconfig()) | POD
    assert connect(variables, tmp_path, service_account=account).context == "prod"
    asked = connect(variables, tmp_path, context="in-cluster", service_account=account)
    assert asked.server == "https://10.96.0.1:443"
    empty = write(tmp_path, "", "empty") | POD
    assert connect(empty, tmp_path, service_account=account).context == "in-cluster"


def test_a_pod_without_token_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no service account token") as raised:
        connect(POD, tmp_path, service_account=tmp_path / "none")
    assert "automountServiceAccountToken" in raised.value.hint


@pytest.mark.parametrize("token", ["a.b.c", "a.!!!.c", "..", f"a.{base64.b64encode(b'[1]').decode()}.c"])
def test_a_token_that_says_nothing_is_used_all_the_same(tmp_path: Path, token: str) -> None:
    here = connect(POD, tmp_path, service_account=service_account(tmp_path, token=token, namespace="../x"))
    assert (here.user, here.namespace) == ("service account", "default")
    assert credential(here).headers == {"Authorization": f"Bearer {token}"}


def test_json_and_yaml_are_the_same(tmp_path: Path) -> None:
    import yaml

    content = kubeconfig(user={"token": "t"}, cluster={"proxy-url": "http://p:1"}, context={"namespace": "a"})
    as_yaml = connect(write(tmp_path, yaml.safe_dump(content)), tmp_path)
    assert as_yaml == connect(write(tmp_path, json.dumps(content)), tmp_path)
