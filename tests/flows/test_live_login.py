"""A live cluster that we do not get into: kubeconfig, credentials, trust."""

import json
import ssl
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.kube import KubeServer, Tls, certificates, faults
from tests.flows.live import Shell, refused, report, well


def test_without_a_kubeconfig_it_says_where_it_looked(shell: Shell) -> None:
    refused(
        shell.analyze(), 3, f"no kubeconfig at {shell.home}/.kube/config", "anyops incident analyze ./dump"
    )
    shell.use("/nonexistent")
    refused(shell.analyze(), 3, "no kubeconfig at /nonexistent", "set KUBECONFIG")


@pytest.mark.parametrize(
    ("content", "says", "cure"),
    [
        ("a: [", "broken YAML", "mend that line"),
        ("[1, 2]", "is not a kubeconfig", "point KUBECONFIG at a kubeconfig"),
        ("kind: Pod\nmetadata: {}", "is not a kubeconfig, but a Pod", "point KUBECONFIG"),
        ("", "nothing in the kubeconfig", "set KUBECONFIG"),
        (
            "clusters: []\ncontexts: []\nusers: [{name: a}]",
            "no current context",
            "kubectl config use-context",
        ),
    ],
)
def test_a_broken_kubeconfig_is_named_with_its_cure(shell: Shell, content: str, says: str, cure: str) -> None:
    file = shell.home / "config"
    file.write_text(content)
    shell.use(file)
    refused(shell.analyze(), 3, says, cure)


def test_an_unknown_context_comes_with_one_that_is_near(shell: Shell) -> None:
    shell.at("http://127.0.0.1:1")
    refused(shell.analyze("--context", "fale"), 3, "no context fale; there are: fake", "did you mean fake?")


def test_a_token_that_has_expired_ends_it_at_once(shell: Shell) -> None:
    with KubeServer(well(), token="new") as server:
        shell.at(server.url, {"token": "old"})
        refused(shell.analyze(), 3, "does not accept user fake of context fake: Unauthorized", "log in again")
        assert len(server.requests) <= 10
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer old"}


def plugin(folder: Path, *answers: str) -> dict[str, Any]:
    """A user of an exec plugin that gives these tokens one after the other, the last one again and again."""
    script = folder / "plugin.py"
    script.write_text(
        "import json, pathlib\n"
        f"count = pathlib.Path({str(folder / 'count')!r})\n"
        "number = len(count.read_text()) if count.exists() else 0\n"
        "count.write_text('x' * (number + 1))\n"
        f"tokens = {list(answers)!r}\n"
        "status = {'token': tokens[min(number, len(tokens) - 1)]}\n"
        "print(json.dumps({'apiVersion': 'client.authentication.k8s.io/v1',"
        " 'kind': 'ExecCredential', 'status': status}))\n"
    )
    command = {"command": sys.executable, "args": [str(script)], "interactiveMode": "Never"}
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", **command}}


def runs(folder: Path) -> int:
    return len((folder / "count").read_text())


def test_a_plugin_renews_a_token_that_has_expired_once(shell: Shell) -> None:
    with KubeServer(well(), token="new") as server:
        shell.at(server.url, plugin(shell.home, "old", "new"))
        assert report(shell.analyze("-o", "json"), 0)["verdict"] == "healthy"
        refusals = [request for request in server.requests if request.code == 401]
    assert 1 <= len(refusals) <= 4
    assert runs(shell.home) == 2


def test_a_plugin_that_renews_in_vain_is_not_asked_a_third_time(shell: Shell) -> None:
    with KubeServer(well(), token="new") as server:
        shell.at(server.url, plugin(shell.home, "old"))
        refused(shell.analyze(), 3, "does not accept user fake", "log in again")
    assert runs(shell.home) == 2


def test_a_token_that_expires_half_way_leaves_what_was_read(shell: Shell) -> None:
    with KubeServer(well(), token="right") as server:
        server.fault("/apis/*", faults.replies(server.api.answer(_nobody())))
        shell.at(server.url, {"token": "right"})
        found = report(shell.analyze("-o", "json"), 4)
    assert found["verdict"] == "inconclusive"
    assert any("does not accept user fake" in item["detail"] for item in found["unread"])


def _nobody() -> Any:
    from tests.fakes.kube.messages import Query

    return Query("GET", "/api/v1/pods", {})


def test_a_plugin_that_fails_is_run_once_and_quoted(shell: Shell) -> None:
    with KubeServer(well(), token="right") as server:
        user = plugin(shell.home, "old")
        user["exec"]["args"] = ["-c", "import sys; sys.exit('AADSTS700082: the refresh token has expired')"]
        shell.at(server.url, user)
        done = shell.analyze()
        assert server.requests == []
    assert (done.code, done.out) == (3, "")
    assert "AADSTS700082" in done.err


def test_a_plugin_that_hangs_is_ended_with_the_time(shell: Shell) -> None:
    with KubeServer(well(), token="right") as server:
        user = plugin(shell.home, "old")
        user["exec"]["args"] = ["-c", "import time; time.sleep(60)"]
        shell.at(server.url, user)
        refused(shell.analyze(timeout="0.5s"), 3, "gave no credential within 0.", "--timeout 2m", within=2)


CA = {"certificate-authority": str(certificates.CA)}


@pytest.mark.parametrize(
    ("tls", "cluster", "says"),
    [
        (Tls(), {}, "is not trusted: self-signed certificate in certificate chain"),
        (Tls(), {"certificate-authority": str(certificates.CLIENT)}, "is not trusted: "),
        (Tls(), {**CA, "tls-server-name": "kube.other"}, "certificate is not valid for 'kube.other'"),
        (certificates.EXPIRED, CA, "is not trusted: certificate has expired"),
    ],
    ids=["unknown authority", "wrong authority", "wrong name", "expired"],
)
def test_a_certificate_that_does_not_fit_ends_it_before_anything_is_said(
    shell: Shell, tls: Tls, cluster: dict[str, str], says: str
) -> None:
    with KubeServer(well(), tls=tls) as server:
        shell.at(server.url, {"token": "key"}, **cluster)
        refused(shell.analyze(), 3, says, "check certificate-authority-data, tls-server-name")
        assert server.requests == []


def test_tls_with_the_right_authority_is_healthy(shell: Shell) -> None:
    with KubeServer(well(), tls=Tls()) as server:
        assert report(shell.analyze_at(server, "-o", "json"), 0)["verdict"] == "healthy"
        shell.at(server.url, **CA, **{"tls-server-name": "kubernetes.default.svc"})
        assert shell.analyze().code == 0


def test_plain_http_on_a_tls_port_and_the_other_way_round(shell: Shell) -> None:
    with KubeServer(well(), tls=Tls()) as server:
        shell.at(server.url.replace("https", "http"))
        refused(shell.analyze(), 3, "speaks TLS only", "write https://")
    with KubeServer(well()) as server:
        shell.at(server.url.replace("http", "https"), **CA)
        refused(shell.analyze(), 3, "does not speak TLS", "Plain http is http://")


class Tls12(Tls):
    """In TLS 1.3 a server tells its refusal after the handshake, and closing may outrun what it says."""

    def context(self) -> ssl.SSLContext:
        made = super().context()
        made.maximum_version = ssl.TLSVersion.TLSv1_2
        return made


def test_a_client_certificate_that_the_server_refuses_is_about_us(shell: Shell) -> None:
    with KubeServer(well(), tls=Tls12(client_ca=certificates.CLIENT)) as server:
        key = {"client-certificate": str(certificates.EXPIRED.certificate)}
        shell.at(server.url, {**key, "client-key": str(certificates.EXPIRED.key)}, **CA)
        says = "does not accept user fake of context fake: the client certificate is refused"
        refused(shell.analyze(), 3, says, "log in again")


def test_no_credential_stands_in_any_output(shell: Shell) -> None:
    with KubeServer(well(), token="right") as server:
        shell.at(server.url, {"token": "T0P-S3CRET"})
        for words in (["-o", "json"], [], ["--context", "T"]):
            done = shell.analyze(*words)
            assert "T0P-S3CRET" not in done.out + done.err
        done = shell.anyops("--debug", "incident", "analyze", "--timeout", "5s")
    assert "T0P-S3CRET" not in json.dumps([done.out, done.err])
