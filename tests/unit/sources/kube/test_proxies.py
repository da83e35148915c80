"""Through which proxy a cluster is reached."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from anyops.errors import ConfigError
from anyops.sources.kube.config.proxies import excepted, proxy
from tests.unit.sources.kube.kubeconfigs import connected


def test_the_clusters_own_proxy_comes_first(tmp_path: Path) -> None:
    here = connected(tmp_path, cluster={"proxy-url": "https://u:p@own:8443", "server": "https://127.0.0.1"})
    assert proxy(here, {"HTTPS_PROXY": "http://other:1", "NO_PROXY": "*"}) == "https://u:p@own:8443"


@pytest.mark.parametrize(
    ("server", "variables", "expected"),
    [
        ("https://kube:6443", {}, None),
        ("https://kube:6443", {"HTTPS_PROXY": "http://proxy:3128"}, "http://proxy:3128"),
        ("https://kube:6443", {"https_proxy": "proxy:3128"}, "http://proxy:3128"),
        ("https://kube:6443", {"HTTPS_PROXY": "http://big", "https_proxy": "http://small"}, "http://big"),
        ("https://kube:6443", {"HTTPS_PROXY": "", "https_proxy": "http://small"}, "http://small"),
        ("https://kube:6443", {"HTTP_PROXY": "http://proxy", "ALL_PROXY": "http://proxy"}, None),
        ("https://kube:6443", {"HTTPS_PROXY": "http://proxy", "NO_PROXY": "a, kube"}, None),
        ("https://kube:6443", {"HTTPS_PROXY": "http://proxy", "no_proxy": "kube"}, None),
        ("https://127.0.0.1:6443", {"HTTPS_PROXY": "http://proxy"}, None),
        ("https://[::1]:6443", {"HTTPS_PROXY": "http://proxy"}, None),
        ("https://localhost:6443", {"HTTPS_PROXY": "http://proxy"}, None),
        ("http://localhost:8001", {"HTTP_PROXY": "http://proxy"}, None),
    ],
)
def test_variables_are_read_as_go_reads_them(
    tmp_path: Path, server: str, variables: dict[str, str], expected: str | None
) -> None:
    assert proxy(connected(tmp_path, cluster={"server": server}), variables) == expected


@pytest.mark.parametrize(
    ("exceptions", "host", "named"),
    [
        ("", "kube.example.com", False),
        ("*", "kube.example.com", True),
        ("example.com", "kube.example.com", True),
        ("example.com", "example.com", True),
        ("example.com", "badexample.com", False),
        (".example.com", "kube.example.com", True),
        (".example.com", "example.com", False),
        ("*.example.com", "kube.example.com", True),
        ("*.example.com", "example.com", False),
        (" other , EXAMPLE.com ", "kube.example.com", True),
        ("kube.example.com:6443", "kube.example.com", True),
        ("kube.example.com:443", "kube.example.com", False),
        ("10.0.0.0/8", "10.2.0.1", True),
        ("10.0.0.0/8", "11.2.0.1", False),
        ("10.0.0.0/8", "kube", False),
        ("10.2.0.1", "10.2.0.1", True),
        ("10.2.0.1:6443", "10.2.0.1", True),
        ("10.2.0.1:443", "10.2.0.1", False),
        ("10.2.0.1", "kube", False),
        ("fd00::/8", "fd00::1", True),
        ("fd00::1", "fd00:0::1", True),
        ("[fd00::1]:6443", "fd00::1", True),
        ("[fd00::1]:443", "fd00::1", False),
        ("10.0.0.0/99, nonsense/x, :, /, [", "10.2.0.1", False),
    ],
)
def test_no_proxy_names_hosts_domains_and_ranges(exceptions: str, host: str, named: bool) -> None:
    assert excepted(host, 6443, exceptions) is named


def test_a_proxy_that_cannot_be_used_is_said_without_its_password(tmp_path: Path) -> None:
    for url, message in (
        ("ftp://u:S3CR3T@proxy", "proxy-url of cluster prod-eu is neither http, https nor socks5"),
        ("http://u:S3CR3T@pr oxy", "proxy-url of cluster prod-eu is no URL with a host"),
        ("http://", "proxy-url of cluster prod-eu is no URL with a host"),
    ):
        with pytest.raises(ConfigError, match=message) as raised:
            proxy(connected(tmp_path, cluster={"proxy-url": url}), {})
        assert "S3CR3T" not in raised.value.message + raised.value.hint
    with pytest.raises(ConfigError, match="HTTPS_PROXY is no URL"):
        proxy(connected(tmp_path), {"HTTPS_PROXY": "http://:8080"})


def test_a_socks_proxy_needs_its_package(tmp_path: Path) -> None:
    here = connected(tmp_path, cluster={"proxy-url": "socks5://proxy:1080"})
    if find_spec("socksio"):
        assert proxy(here, {}) == "socks5://proxy:1080"
        return
    with pytest.raises(ConfigError, match="SOCKS proxy, which this installation does not support") as raised:
        proxy(here, {})
    assert "httpx[socks]" in raised.value.hint
