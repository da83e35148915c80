"""Every way to log in, what it sends, and what is wrong with it."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.pretty import pretty_repr

from anyops.errors import ConfigError
from tests.unit.sources.kube.kubeconfigs import connected, credential

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN EC PRIVATE KEY-----\nTUlJ\n-----END EC PRIVATE KEY-----\n"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def token_that_says(**claims: Any) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "c2ln"])


def test_a_token_is_sent_as_bearer(tmp_path: Path) -> None:
    here = connected(tmp_path, user={"token": "s3cr3t\n"})
    assert credential(here).headers == {"Authorization": "Bearer s3cr3t"}
    assert here.credentials == "token"


def test_a_token_file_is_read_anew_each_time(tmp_path: Path) -> None:
    here = connected(tmp_path, user={"tokenFile": "rotates"})
    for token in ("first", "second"):
        (tmp_path / "rotates").write_text(f"{token}\n")
        assert credential(here).headers == {"Authorization": f"Bearer {token}"}
    assert here.credentials == "token file"


def test_a_token_file_comes_before_the_token_that_it_held_once(tmp_path: Path) -> None:
    (tmp_path / "rotates").write_text("new\n")
    here = connected(tmp_path, user={"token": "old", "tokenFile": "rotates"})
    assert credential(here).headers == {"Authorization": "Bearer new"}


def test_user_name_and_password_are_sent_as_basic(tmp_path: Path) -> None:
    here = connected(tmp_path, user={"username": "alice", "password": "pässword:1"})
    kind, _, sent = credential(here).headers["Authorization"].partition(" ")
    assert (kind, base64.b64decode(sent).decode()) == ("Basic", "alice:pässword:1")
    assert here.credentials == "user name and password"


def test_a_client_certificate_comes_as_data_or_as_files(tmp_path: Path) -> None:
    data = {
        "client-certificate-data": encoded(f"subject=alice\n{CERTIFICATE}"),
        "client-key-data": encoded(KEY),
    }
    (tmp_path / "me.crt").write_text(CERTIFICATE)
    (tmp_path / "me.key").write_text(KEY)
    files = {"client-certificate": "me.crt", "client-key": str(tmp_path / "me.key")}
    for user in (data, files, data | {"token": "t"}):
        here = connected(tmp_path, user=user)
        assert credential(here).certificate == (CERTIFICATE.encode(), KEY.encode())
    assert here.credentials == "token and client certificate"


def test_nobody_sends_nothing(tmp_path: Path) -> None:
    found = credential(connected(tmp_path))
    assert (dict(found.headers), found.certificate, found.expires, found.lines) == ({}, None, None, [])


def test_impersonation_is_sent_one_group_a_line(tmp_path: Path) -> None:
    here = connected(
        tmp_path,
        user={
            "token": "t",
            "as": "bob",
            "as-uid": "7",
            "as-groups": ["ops", "dev, qa"],
            "as-user-extra": {"example.com/Scopes": ["read", "write"], "plain": ["1"]},
        },
    )
    found = credential(here)
    assert found.lines == [
        ("Authorization", "Bearer t"),
        ("Impersonate-Extra-plain", "1"),
        ("Impersonate-Extra-example.com%2FScopes", "read"),
        ("Impersonate-Group", "ops"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-User", "bob"),
        ("Impersonate-Group", "dev, qa"),
        ("Impersonate-Extra-example.com%2FScopes", "write"),
    ]
    assert found.headers["Impersonate-Group"] == "ops"
    assert here.credentials == "token, as bob"


def test_a_token_says_when_it_ends(tmp_path: Path) -> None:
    here = connected(tmp_path, user={"token": token_that_says(exp=1_800_000_000)})
    assert credential(here).expires == datetime.fromtimestamp(1_800_000_000, UTC)


@pytest.mark.parametrize("exp", [True, "soon", 1e300, -1e300, None, [], {}])
def test_a_token_may_say_nonsense_of_its_end(tmp_path: Path, exp: object) -> None:
    assert credential(connected(tmp_path, user={"token": token_that_says(exp=exp)})).expires is None


EXEC = {"apiVersion": "client.authentication.k8s.io/v1", "command": "x"}
WRONG_USERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a token that is a number": (
        {"token": 12345678},
        "users[alice].user.token is a number, not text",
        "quotes",
    ),
    "a password that is true": (
        {"username": "a", "password": True},
        "users[alice].user.password is true or false, not text",
        "quotes",
    ),
    "a token file that is a list": (
        {"tokenFile": ["S3"]},
        "users[alice].user.tokenFile is a list, not text",
        "mend",
    ),
    "token and user name": (
        {"token": "S3CR3T", "username": "u", "password": "S3CR3T"},
        "gives token and username",
        "keep one",
    ),
    "password alone": (
        {"password": "S3CR3T"},
        "users[alice].user.username is missing beside password",
        "mend",
    ),
    "certificate alone": ({"client-certificate": "c"}, "user.client-key is missing beside", "mend"),
    "key alone": ({"client-key": "k"}, "user.client-certificate is missing beside", "mend"),
    "certificate twice": (
        {"client-certificate": "c", "client-certificate-data": encoded(CERTIFICATE), "client-key": "k"},
        "user.client-certificate-data and client-certificate are both given",
        "keep one",
    ),
    "key twice": (
        {"client-certificate": "c", "client-key": "k", "client-key-data": encoded(KEY)},
        "user.client-key-data and client-key are both given",
        "keep one",
    ),
    "bad base64": (
        {"client-certificate": "c", "client-key-data": "S3CR3T!"},
        "users[alice].user.client-key-data is no base64",
        "base64 -w0",
    ),
    "base64 that is not ASCII": (
        {"client-certificate": "c", "client-key-data": "ü"},
        "users[alice].user.client-key-data is no base64",
        "base64 -w0",
    ),
    "no PEM": (
        {"client-certificate": "c", "client-key-data": encoded("S3CR3T")},
        "users[alice].user.client-key-data is no PEM private key",
        "-----BEGIN PRIVATE KEY-----",
    ),
    "a key for a certificate": (
        {"client-certificate-data": encoded(KEY), "client-key-data": encoded(KEY)},
        "users[alice].user.client-certificate-data is no PEM certificate",
        "-----BEGIN CERTIFICATE-----",
    ),
    "groups without a user": ({"as-groups": ["ops"]}, "user.as is missing beside as-uid", "mend"),
    "groups that are text": ({"as": "bob", "as-groups": "ops"}, "user.as-groups is text, not a list", "mend"),
    "a group that is a number": (
        {"as": "bob", "as-groups": ["a", 5]},
        "user.as-groups[1] is a number, not text",
        "quotes",
    ),
    "extra that is a list": (
        {"as": "b", "as-user-extra": []},
        "user.as-user-extra is a list, not fields",
        "mend",
    ),
    "extra without lists": (
        {"as": "b", "as-user-extra": {"scopes": "x"}},
        "user.as-user-extra.scopes is text, not a list",
        "mend",
    ),
    "gcp": (
        {"auth-provider": {"name": "gcp", "config": {"access-token": "S3CR3T"}}},
        "auth-provider gcp was removed from kubectl 1.26",
        "gke-gcloud-auth-plugin",
    ),
    "azure": (
        {"auth-provider": {"name": "azure"}},
        "auth-provider azure was removed from kubectl 1.26",
        "kubelogin convert-kubeconfig",
    ),
    "oidc": (
        {"auth-provider": {"name": "oidc", "config": {"id-token": "S3CR3T"}}},
        "auth-provider oidc is not supported",
        "kubectl oidc-login",
    ),
    "another provider": (
        {"auth-provider": {"name": "x"}},
        "auth-provider x is not supported",
        "an exec plugin",
    ),
    "a provider that is text": ({"auth-provider": "gcp"}, "user.auth-provider is text, not fields", "mend"),
    "exec that is text": ({"exec": "aws"}, "users[alice].user.exec is text, not fields", "mend"),
    "exec without command": (
        {"exec": EXEC | {"command": ""}},
        "user.exec.command is missing",
        "name the plugin",
    ),
    "exec without version": ({"exec": {"command": "x"}}, "user.exec.apiVersion is missing", "k8s.io/v1"),
    "exec of an old version": (
        {"exec": {"command": "x", "apiVersion": "client.authentication.k8s.io/v1alpha1"}},
        "user.exec.apiVersion is client.authentication.k8s.io/v1alpha1",
        "removed from kubectl 1.24",
    ),
    "exec with a wrong mode": (
        {"exec": EXEC | {"interactiveMode": "never"}},
        "interactiveMode is never",
        "Never",
    ),
    "exec with args that are text": (
        {"exec": EXEC | {"args": "S3CR3T"}},
        "user.exec.args is text, not a list",
        "mend",
    ),
    "exec with an argument that is a number": (
        {"exec": EXEC | {"args": ["a", 1]}},
        "user.exec.args[1] is a number, not text",
        "quotes",
    ),
    "exec with a mapping for variables": (
        {"exec": EXEC | {"env": {"A": "S3CR3T"}}},
        "user.exec.env is a mapping, not a list",
        "mend",
    ),
    "exec with a variable without name": (
        {"exec": EXEC | {"env": [{"value": "S3CR3T"}]}},
        "exec.env[0].name is no",
        "",
    ),
    "exec with a variable that cannot be": (
        {"exec": EXEC | {"env": [{"name": "A=B", "value": "S3CR3T"}]}},
        "user.exec.env[A=B].name is no name of a variable",
        "mend",
    ),
    "exec with a flag that is text": (
        {"exec": EXEC | {"provideClusterInfo": "yes please"}},
        "user.exec.provideClusterInfo is text, not true or false",
        "mend",
    ),
}


@pytest.mark.parametrize("case", WRONG_USERS)
def test_a_wrong_user_is_said_with_field_and_cure_and_without_the_secret(tmp_path: Path, case: str) -> None:
    user, message, hint = WRONG_USERS[case]
    with pytest.raises(ConfigError) as raised:
        connected(tmp_path, user=user)
    assert message in raised.value.message
    assert hint in raised.value.hint
    assert "S3CR3T" not in raised.value.message + raised.value.hint


WRONG_TOKENS = ("two words S3CR3T", "S3CR3T\nX-Evil: 1", "S3CR3T\x00", "S3CR3Tü")


@pytest.mark.parametrize("token", WRONG_TOKENS)
def test_a_token_that_no_header_can_have_is_refused_unseen(tmp_path: Path, token: str) -> None:
    with pytest.raises(ConfigError, match=r"user\.token holds characters") as raised:
        credential(connected(tmp_path, user={"token": token}))
    assert "S3CR3T" not in raised.value.message
    (tmp_path / "t").write_text(token)
    with pytest.raises(ConfigError, match=r"user\.tokenFile holds characters") as raised:
        credential(connected(tmp_path, user={"tokenFile": "t"}))
    assert "S3CR3T" not in raised.value.message


@pytest.mark.parametrize("name", ["böb", "bob\r\nX-Evil: 1"])
def test_a_name_that_no_header_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match=r"user\.as holds characters"):
        credential(connected(tmp_path, user={"as": name}))


def test_files_that_are_not_there_empty_or_something_else_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text(" \n")
    (tmp_path / "me.crt").write_text(CERTIFICATE)
    for user, message in (
        ({"tokenFile": "gone"}, r"user\.tokenFile: .*/gone cannot be read: No such file"),
        ({"tokenFile": "a\0b"}, r"user\.tokenFile: .* cannot be read: not a path"),
        ({"tokenFile": "empty"}, r"user\.tokenFile is empty"),
        (
            {"client-certificate": "gone", "client-key": "gone"},
            r"user\.client-certificate: .*/gone cannot be read",
        ),
        ({"client-certificate": "me.crt", "client-key": "gone"}, r"user\.client-key: .*/gone cannot be read"),
        (
            {"client-certificate": "empty", "client-key": "gone"},
            r"user\.client-certificate is no PEM certificate",
        ),
        ({"client-certificate": "me.crt", "client-key": "me.crt"}, r"user\.client-key is no PEM private key"),
    ):
        with pytest.raises(ConfigError, match=message):
            credential(connected(tmp_path, user=user))


def test_no_repr_shows_a_secret(tmp_path: Path) -> None:
    secret = "S3CR3T"
    users: list[dict[str, Any]] = [
        {"token": secret},
        {"username": "alice", "password": secret},
        {"client-certificate-data": encoded(CERTIFICATE), "client-key-data": encoded(KEY)},
        {"exec": EXEC | {"args": [secret], "env": [{"name": "KEY", "value": secret}]}},
    ]
    for user in users:
        here = connected(tmp_path, user=user, cluster={"proxy-url": f"http://a:{secret}@proxy:1"})
        values = [here, here.login, here.login.plugin, here.login.key, here.kept]
        if "exec" not in user:
            values.append(credential(here))
        for value in values:
            for shown in (repr(value), str(value), f"{value}", pretty_repr(value)):
                assert secret not in shown
                assert "TUlJ" not in shown
                assert base64.b64encode(f"alice:{secret}".encode()).decode() not in shown
