"""Values that may be secret are said to have changed, and never shown."""

from typing import Any

import pytest

from anyops.diagnose.diff import Diff, compare
from anyops.incident.render.diff import diff_lines
from anyops.incident.render.json import render_json
from anyops.incident.render.lines import plain
from anyops.incident.render.options import TextOptions
from tests.unit.diagnose.worlds import Body, meta, workload, world

OLD, NEW = "hunter2sEcReT", "correcthorseSECRET"


def container(**fields: Any) -> Body:
    return workload(template={"containers": [{"name": "main", "image": "a:1", **fields}]})


def config(text: str, key: str = "app.conf") -> Body:
    return {"kind": "ConfigMap", "metadata": meta("c"), "data": {key: text}}


def custom(**spec: Any) -> Body:
    return {"apiVersion": "db.example/v1", "kind": "Database", "metadata": meta("db"), "spec": spec}


CARRIERS = {
    "secret": lambda s: {"kind": "Secret", "metadata": meta("db"), "data": {"password": s, s[:0] + "k": s}},
    "secret text": lambda s: {"kind": "Secret", "metadata": meta("db"), "stringData": {"password": s}},
    "variable's name": lambda s: container(env=[{"name": "DB_PASSWORD", "value": s}]),
    "token": lambda s: container(env=[{"name": "GITHUB_TOKEN", "value": s}]),
    "key": lambda s: container(env=[{"name": "STRIPE_API_KEY", "value": s}]),
    "address with a login": lambda s: container(env=[{"name": "DB", "value": f"postgres://app:{s}@db/shop"}]),
    "connection text": lambda s: container(env=[{"name": "DB", "value": f"Server=db;Password={s};"}]),
    "header": lambda s: container(env=[{"name": "HEADER", "value": f"Bearer {s}"}]),
    "argument": lambda s: container(args=["serve", f"--password={s}"]),
    "argument after its flag": lambda s: container(args=["serve", "--api-token", s, "--port", "80"]),
    "address in an argument": lambda s: container(command=["migrate", f"mysql://root:{s}@db:3306/x"]),
    "shell": lambda s: container(command=["sh", "-c", f"export PASSWORD={s}; run"]),
    "probe": lambda s: container(
        livenessProbe={"exec": {"command": ["redis-cli", f"--password={s}", "ping"]}}
    ),
    "hook": lambda s: container(
        lifecycle={"preStop": {"exec": {"command": ["curl", "-H", f"Authorization: Bearer {s}"]}}}
    ),
    "config key": lambda s: config(s, "db_password"),
    "config value": lambda s: config(f"redis://:{s}@cache:6379/0", "cache"),
    "properties": lambda s: config(f"port=80\ndb.password={s}\nlevel=info\n"),
    "yaml": lambda s: config(f"db:\n  host: a\n  password: {s}\n"),
    "yaml with quotes": lambda s: config(f'db:\n  "password": "{s} x"\n'),
    "yaml block": lambda s: config(f"db:\n  password: |\n    {s}\n  host: b\n"),
    "named value": lambda s: config(f"env:\n- name: DB_PASSWORD\n  value: {s}\n"),
    "json": lambda s: config(f'{{\n "user": "a", "secret": "{s}"\n}}\n'),
    "json in one line": lambda s: config(f'{{"user": "a", "apiKey": "{s}"}}'),
    "login in a file": lambda s: config(f"[db]\nurl = amqp://app:{s}@mq/\n"),
    "private key": lambda s: config(f"-----BEGIN RSA PRIVATE KEY-----\n{s}\n-----END RSA PRIVATE KEY-----\n"),
    "annotation": lambda s: workload(annotations={"example.org/api-token": s}),
    "custom resource": lambda s: custom(password=s),
    "custom resource below": lambda s: custom(auth={"users": [{"name": "a", "password": s}]}),
    "custom resource's address": lambda s: custom(url=f"https://a:{s}@git.example/x.git"),
    "custom resource's text": lambda s: custom(values=f"image: a\npassword: {s}\n"),
}


def outputs(diff: Diff) -> str:
    return render_json(diff) + plain(diff_lines(diff, TextOptions(columns=100)))


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_secret_that_changed_is_not_shown(carrier):
    a, b = world(CARRIERS[carrier](OLD)), world(CARRIERS[carrier](NEW))
    diff = compare(a, b)
    assert diff.differs == (not carrier.startswith("secret"))
    assert OLD not in outputs(diff)
    assert NEW not in outputs(diff)


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("side", ["a", "b"])
def test_a_secret_on_one_side_is_not_shown(carrier, side):
    body = CARRIERS[carrier](OLD)
    kinds = [body["kind"]]
    plain_body = {
        **body,
        "spec": {},
        "data": {},
        "stringData": {},
        "metadata": meta(body["metadata"]["name"]),
    }
    for other in (world(listed=kinds), world(plain_body, listed=kinds)):
        sides = (world(body, listed=kinds), other)
        diff = compare(*(sides if side == "a" else reversed(sides)))
        assert diff.differs
        assert OLD not in outputs(diff)


PLAIN = {
    "secretName": custom(tls={"secretName": "one"}),
    "tokenTTLSeconds": custom(tokenTTLSeconds=30),
    "issuer": custom(issuerRef={"name": "one"}),
    "address": container(env=[{"name": "URL", "value": "https://one.example:8443/x"}]),
    "author": custom(author="one"),
    "image": container(image="registry.example/secret/token:1"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_what_only_speaks_of_a_secret_is_shown(name):
    empty = {**PLAIN[name], "spec": {}}
    diff = compare(world(PLAIN[name]), world(empty))
    assert not any(change.hidden for change in diff.changes)
    assert "(hidden)" not in outputs(diff)
