"""Whatever the secret and whatever the text: nothing survives, nothing raises, nothing takes long."""

import json
import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anyops.redact import Redactor
from tests.unit.redact_examples import ALNUM, BASE64, HEX, URLSAFE, b64

KEY = b"k" * 32

WORDS = st.text(ALNUM + "!%+^_-@~$/.", min_size=10, max_size=30).filter(
    lambda s: (
        sum(map(str.isdigit, s)) > 2 and sum(map(str.isupper, s)) > 2 and s[0] in ALNUM and s[-1] in ALNUM
    )
)
PLACES = (
    "password={}", "DB_PASSWORD: {}", 'password: "{}"', "--password {}", "--password={} -v",
    "'password': '{}'",
    '{{"level":"info","password":"{}"}}', "export ROOT_PASSWORD='{}'", "with password '{}'",
    "<password>{}</password>",
    "- name: DB_PASSWORD\n  value: {}\n", '{{"name":"DB_PASSWORD","value":"{}"}}', "mysql -u a -p'{}' db",
    "kind: Secret\nstringData:\n  x: {}\n", "Server=db;Pwd={};Timeout=3", "PGPASSWORD={} psql -h db",
    "machine h login a password {}", "password: {} # from the vault", "docker run -e DB_PASSWORD={} shop",
)  # fmt: skip
TOKENS = st.one_of(
    st.text(HEX, min_size=64, max_size=64).map(lambda s: "sk-" + "or-v1-" + s),
    st.text(URLSAFE, min_size=93, max_size=93).map(lambda s: "sk-" + "ant-api03-" + s + "AA"),
    st.text(ALNUM, min_size=36, max_size=36).map(lambda s: "gh" + "p_" + s),
    st.text(URLSAFE, min_size=20, max_size=20).map(lambda s: "gl" + "pat-" + s),
    st.text("ABCDEFGHIJKLMNOP234567", min_size=16, max_size=16).map(lambda s: "AK" + "IA" + s),
    st.text(URLSAFE, min_size=35, max_size=35).map(lambda s: "AI" + "za" + s),
    st.text(ALNUM, min_size=24, max_size=24).map(lambda s: "sk" + "_live_" + s),
    st.text(ALNUM, min_size=18, max_size=18).map(lambda s: f"postgresql://app:{s}@db:5432/shop"),
)
FRAMES = (
    "rejected key {}", "{}", "\t{}\r\n", '"auth":"{}"', "({})", "[{}]", "k={}", "see {}, then", "é{}é",
    "<{}>",
)  # fmt: skip
BEGIN, END = (f"{'-' * 5}{word} PRIVATE KEY{'-' * 5}" for word in ("BEGIN", "END"))
PIECES = """password secret token key : = " ' \\" \\n \t { } [ ] , ; & ? @ :// <secret: <secret:0123abcd> > -
-- sk- ghp_ name: value: | kind:
Secret data: stringData: "kind":"Secret" Bearer Basic cookie: eyJ . $ ${ mysql -p é
curl -u identified by changeme Zima9x!kq AbCdEf123456GhIjKl \x1b[0m aGVsbG8gd29ybGQ6 </ > hunter2 \x85 \xa0 à
authorization signature= login machine 12345678 LS0tLS1C"""
TEXTS = st.one_of(
    st.text(st.characters(), max_size=200),
    st.lists(st.sampled_from([*re.split(r"( |\n)", PIECES), BEGIN, END]), max_size=25).map("".join),
)
LEAVES = TEXTS | st.none() | st.booleans() | st.integers() | st.floats()
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("place", PLACES)
@given(secret=WORDS)
@settings(max_examples=60)
def test_no_password_survives(place, secret):
    text = place.format(secret)

    assert secret not in Redactor(KEY).text(text)
    assert secret not in json.dumps(Redactor(KEY).tree({"log": [text]}))
    assert secret not in Redactor(KEY).text(json.dumps({"log": text}))
    assert secret.encode() not in Redactor(KEY).blob(text.encode())


@given(secret=TOKENS, frame=st.sampled_from(FRAMES))
def test_no_token_survives(secret, frame):
    text = frame.format(secret)
    core = secret.split("app:")[-1].split("@")[0]

    assert core not in Redactor(KEY).text(text)
    assert core not in Redactor(KEY).text(json.dumps(json.dumps(text)))
    assert core not in Redactor(KEY).value("LOG", text)


@given(TEXTS)
@example("password: <secret:0123abcd>x")
@example("<secret:<secret:0123abcd>>")
def test_redacted_text_stays_as_it_is(text):
    redactor = Redactor(KEY)
    once = redactor.text(text)

    assert redactor.text(once) == once
    assert Redactor(KEY).text(text) == once
    assert once.count("\n") == text.count("\n")
    if "<secret:" not in text:
        assert redactor.reveal(once).replace("\n", "") == text.replace("\n", "")


@given(TREES)
@settings(max_examples=50)
def test_any_tree_is_redacted_once_and_for_all(tree):
    redactor = Redactor(KEY)
    once = redactor.tree(tree)

    assert repr(redactor.tree(once)) == repr(once)


@given(st.binary(max_size=200))
def test_any_bytes_do_no_harm(data):
    Redactor(KEY).blob(data)


HOSTILE = (
    "a", " ", "password", "password=", "password='", 'key="', "key=", "key:", "auth=`", "token=\\\"",
    "eyJ", "eyJaaaaa.", "://", "://a:", "://a:b@", "kind: Secret ", "kind: Secret\n", '{"kind":"Secret"',
    '{"kind":"Secret"}', '}"kind":"Secret"', BEGIN, "<key>",
    "-aaaaaaaaaaaaaaaaaaa", "sk-", "cookie:", "cookie:a=", "bearer ", "bearer a", "mysql", "mysql -p",
    "curl -u a:", ":*:", "@tcp(", "token:\n- x\n", "key: |\n ", "_aaaaaaaaaaaaaaaa", "<secret:",
    "<secret:0123abcd>", "name: key value: ", "LS0tLS1C", "A", "é", "password=self.", "token=://",
    "token=/a", "auth: digest username=", "AKIA", "$2y$", "password is ", "identified by '",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_line_takes_no_long_time(piece):
    line = piece * (200_000 // len(piece))
    begun = time.process_time()
    Redactor(KEY).text(line)

    assert time.process_time() - begun < 3


def test_one_long_base64_line_is_read_once():
    begun = time.process_time()
    Redactor(KEY).text('{"data": "' + b64("x" * 7_000_000) + BASE64 + '"}')

    assert time.process_time() - begun < 10
