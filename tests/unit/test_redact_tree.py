"""Objects without their secrets: the keys tell what the values are."""

import json

from anyops.redact import Redactor
from tests.unit.redact_examples import HEX, b64, drawn, jwt, pem, word


def done(value):
    return Redactor(b"k" * 32).tree(value)


def test_the_values_of_a_secret_object_go_and_its_keys_stay():
    value = b64(word())
    secret = {
        "kind": "Secret",
        "data": {"color": value, "empty": ""},
        "stringData": {"n": drawn(4)},
        "type": "Opaque",
    }
    left = done(secret)

    assert left["data"]["color"].startswith("<secret:")
    assert left["data"]["empty"] == ""
    assert left["stringData"]["n"].startswith("<secret:")
    assert left["type"] == "Opaque"
    assert secret["data"]["color"] == value


def test_the_items_of_a_list_of_secrets_that_say_no_kind():
    left = done(
        {"kind": "SecretList", "items": [{"metadata": {"name": "db"}, "data": {"color": b64(word())}}]}
    )

    assert left["items"][0]["metadata"] == {"name": "db"}
    assert left["items"][0]["data"]["color"].startswith("<secret:")


def test_a_value_that_stands_one_level_below_its_name():
    left = done({"db_password": {"value": word(), "description": "of the database"}})

    assert left["db_password"]["value"].startswith("<secret:")
    assert left["db_password"]["description"] == "of the database"


def test_a_configmap_loses_only_what_its_keys_or_lines_say():
    password = word()
    config = {
        "kind": "ConfigMap",
        "data": {
            "DB_PASSWORD": password,
            "COLOR": "blue",
            "app.ini": f"[db]\nuser = app\npassword = {password}\n",
        },
    }
    left = done(config)["data"]

    assert left["COLOR"] == "blue"
    assert left["app.ini"].startswith("[db]\nuser = app\npassword = <secret:")
    assert left["app.ini"].endswith(left["DB_PASSWORD"] + "\n")


def test_variables_of_a_container():
    env = [
        {"name": "API_KEY", "value": drawn(8)},
        {"name": "COLOR", "value": "blue"},
        {"name": "PIN", "value": "1234"},
    ]
    left = done({"env": env})["env"]

    assert left[0]["value"].startswith("<secret:")
    assert left[1:] == env[1:]


def test_the_argument_after_a_flag():
    password = word()
    left = done({"args": ["--user", "app", "--password", password, f"--db-password={password}", "--verbose"]})

    assert left["args"][:3] == ["--user", "app", "--password"]
    assert left["args"][4] == "--db-password=" + left["args"][3]
    assert left["args"][3].startswith("<secret:")


def test_json_in_an_annotation_stays_json():
    value = b64(word())
    inner = {"kind": "Secret", "data": {"color": value}, "metadata": {"name": "db"}}
    last_applied = json.dumps(inner, separators=(",", ":")) + "\n"
    name = "kubectl.kubernetes.io/last-applied-configuration"
    left = done({"metadata": {"annotations": {name: last_applied}}})["metadata"]["annotations"][name]

    assert value not in left
    assert json.loads(left)["metadata"] == {"name": "db"}
    assert left.endswith("}\n")


def test_a_duplicate_key_does_not_hide_a_secret():
    password = word()
    text = f'{{"password": "{password}", "password": ""}}'

    assert password not in done([text])[0]


def test_a_kubeconfig_keeps_the_cluster_and_loses_the_user():
    public = b64("-----BEGIN CERTIFICATE-----\n" + drawn(100))
    config = {
        "clusters": [
            {"name": "a", "cluster": {"server": "https://a:6443", "certificate-authority-data": public}}
        ],
        "users": [
            {
                "name": "a",
                "user": {"client-certificate-data": public, "client-key-data": b64(pem("PRIVATE KEY"))},
            },
            {"name": "b", "user": {"token": drawn(20), "password": word()}},
        ],
    }
    left = done(config)

    assert left["clusters"] == config["clusters"]
    assert left["users"][0]["user"]["client-certificate-data"] == public
    hidden = [left["users"][0]["user"]["client-key-data"], *left["users"][1]["user"].values()]
    assert all(value.startswith("<secret:") for value in hidden)


def test_docker_credentials():
    left = done({"auths": {"registry.example": {"auth": b64("me:" + word()), "email": "me@example.org"}}})

    assert left["auths"]["registry.example"]["auth"].startswith("<secret:")
    assert left["auths"]["registry.example"]["email"] == "me@example.org"


def test_base64_that_holds_a_secret():
    hidden = b64(f"https://app:{drawn(12)}@git.example/shop.git")
    left = done({"note": hidden, "blob": b64(jwt()), "plain": b64("nothing to see, move along please")})

    assert left["note"].startswith("<secret:")
    assert left["blob"].startswith("<secret:")
    assert left["plain"] == b64("nothing to see, move along please")


def test_terraform_state():
    outputs = {"db": {"value": "blue", "type": "string", "sensitive": True}, "ip": {"value": "10.0.0.1"}}
    left = done({"outputs": outputs, "attributes": {"master_password": word(), "port": 5432}})

    assert left["outputs"]["db"]["value"].startswith("<secret:")
    assert left["outputs"]["ip"] == outputs["ip"]
    assert left["attributes"]["master_password"].startswith("<secret:")
    assert left["attributes"]["port"] == 5432


def test_numbers_are_secrets_only_where_they_are_passwords():
    left = done(
        {"password": 12345678, "tokens": 1234, "token_count": 7, "secret_version": 3, "enable_password": True}
    )

    assert left["password"].startswith("<secret:")
    assert left == left | {"tokens": 1234, "token_count": 7, "secret_version": 3, "enable_password": True}


def test_a_value_under_a_name():
    redactor = Redactor(b"k" * 32)

    assert redactor.value("X-Api-Key", drawn(10)).startswith("<secret:")
    assert redactor.value("password", "change" + "me").startswith("<secret:")
    assert redactor.value("Authorization", "Bearer " + drawn(10)).startswith("Bearer <secret:")
    assert redactor.value("Set-Cookie", f"sid={drawn(20)}; Secure").endswith(">; Secure")
    assert redactor.value("DATABASE_URL", f"mysql://a:{drawn(9)}@db/x").startswith("mysql://a:<secret:")
    assert redactor.value("image", "cart@sha256:" + "0" * 64) == "cart@sha256:" + "0" * 64
    assert redactor.value("secretName", "db") == "db"


def test_depth_and_foreign_values_do_no_harm():
    deep: list = []
    for _ in range(5000):
        deep = [deep]
    secret = word()

    assert secret not in repr(
        done({"a": (secret, f"password={secret}"), "b": b"password=" + secret.encode()})["b"]
    )
    assert done([1, 2.5, None, True, {3: "x"}]) == [1, 2.5, None, True, {3: "x"}]
    assert done(deep)
    assert done({"kind": "Secret", "data": deep})


def test_tree_twice_is_tree_once():
    redactor = Redactor(b"k" * 32)
    once = redactor.tree(
        {
            "password": word(),
            "data": [f"token={drawn(20)}", b64(jwt())],
            "auth": "Basic " + b64("a:" + word()),
        }
        | {"kind": "Secret", "stringData": {"a": word()}, "id": drawn(64, HEX)}
    )

    assert redactor.tree(once) == once
