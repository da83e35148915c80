"""What the redactor masks in a text: one line a kind of secret, in the place it is found in."""

import pytest

from anyops.redact import Redactor
from tests.unit.redact_examples import ALNUM, BASE64, HEX, URLSAFE, b64, drawn, jwt, pem, putty_lines, word

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
DIGITS = "0123456789"

BY_FORM = {
    "anthropic-key": "sk-" + "ant-api03-" + drawn(93, URLSAFE),
    "openai-key": "sk-" + "proj-" + drawn(70, URLSAFE) + "7a",
    "openrouter-key": "sk-" + "or-v1-" + drawn(64, HEX),
    "hugging-face-token": "hf" + "_" + drawn(34),
    "github-token": "ghp" + "_" + drawn(36),
    "gitlab-token": "glpat" + "-" + drawn(20, URLSAFE),
    "slack-token": "xoxb" + "-" + drawn(12, DIGITS) + "-" + drawn(24),
    "stripe-key": "sk" + "_live_" + drawn(24),
    "npm-token": "npm" + "_" + drawn(36),
    "pypi-token": "pypi" + "-AgEI" + drawn(100, URLSAFE),
    "notion-token": "ntn" + "_" + drawn(46),
    "docker-token": "dckr" + "_pat_" + drawn(27, URLSAFE),
    "grafana-token": "glsa" + "_" + drawn(32) + "_" + drawn(8, HEX),
    "digitalocean-token": "dop" + "_v1_" + drawn(64, HEX),
    "aws-access-key": "AK" + "IA" + drawn(16, UPPER),
    "gcp-api-key": "AI" + "za" + drawn(35, URLSAFE),
    "gcp-oauth-token": "ya29" + "." + drawn(60, URLSAFE),
    "gcp-client-secret": "GOCSPX" + "-" + drawn(28, URLSAFE),
    "azure-client-secret": drawn(3) + "8" + "Q~" + drawn(34),
    "vault-token": "hvs" + "." + drawn(90, URLSAFE),
    "terraform-cloud-token": drawn(14) + ".atlas" + "v1." + drawn(60),
    "sendgrid-key": "SG" + "." + drawn(22, URLSAFE) + "." + drawn(43, URLSAFE),
    "twilio-key": "SK" + drawn(32, HEX),
    "databricks-token": "dapi" + drawn(32, HEX),
    "mailgun-key": "key" + "-" + drawn(32, HEX),
    "new-relic-key": "NRAK" + "-" + drawn(27, UPPER),
    "telegram-token": drawn(9, DIGITS) + ":AA" + drawn(33, URLSAFE),
    "age-key": "AGE" + "-SECRET-KEY-1" + drawn(58, UPPER),
    "jwt": jwt(),
    "private-key": pem("RSA PRIVATE KEY"),
    "password-hash": "$2" + "y$10$" + drawn(53),
}
SENTENCES = (
    "2026-11-22T10:00:01Z ERROR upstream rejected {}",
    '{{"level":"debug","msg":"calling with {}"}}',
    "Warning: using {}, which is deprecated",
    "fatal: could not read from {}",
    "\\n{}\\n",
    "\x1b[31m{}\x1b[0m",
    "https://api.example/v1?k={}&page=2",
)


@pytest.mark.parametrize("kind", BY_FORM)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_token_is_known_by_its_form_wherever_it_stands(kind, sentence):
    redactor = Redactor(b"k" * 32)
    secret = BY_FORM[kind]
    before, after = sentence.format("\0").split("\0")

    assert redactor.text(before + secret + after).count("<secret:") == 1
    assert not any(part in redactor.text(before + secret + after) for part in secret.split("\n"))
    assert set(redactor.counts) == {kind}


BY_PLACE = (
    # assignments
    ("export SHOP_TOKEN={}", drawn(20)),
    ("DB_PASSWORD={} python app.py", word()),
    ("password = {}", "change" + "me"),
    ("passwd: {}", word()),
    ('"password": "{}"', "two words " + drawn(4)),
    ("client_secret='{}'", drawn(30)),
    ("spring.datasource.password={}", word()),
    ("requirepass {}", word()),
    ("aws_secret_access_key = {}", drawn(40, BASE64)),
    ('api_key := "{}"', drawn(12)),
    ("salt: {}", drawn(22)),
    ("<password>{}</password>", word()),
    ('{{\\"password\\":\\"{}\\"}}', word()),
    ("pwd={};", word()),
    ('msg="signing failed" session_key={} attempt=2', drawn(24)),
    ("query=password%3D{}%26user%3Dapp", drawn(9)),
    ("password: 'it''s {}'", drawn(9)),
    ("the password is {}", "hunter" + "2"),
    ("login with password {} was refused", word()),
    ("password={}", "пароль" + drawn(4)),
    ("{{Password:{} Retries:3}}", word()),
    ("ENV POSTGRES_PASSWORD {}", word()),
    ('<entry key="db.password">{}</entry>', word()),
    ("password: !!str {}", word()),
    ("SET PASSWORD FOR 'a' = PASSWORD('{}')", word()),
    ("\x1b[36mpassword\x1b[0m={}", word()),
    ("SECRET_KEY_BASE={}", drawn(12)),
    # environment entries and lists
    ('{{"value":"{}","name":"DB_PASSWORD"}}', word()),
    ("- value: {}\n  name: DB_PASSWORD\n", word()),
    ("env:\n- name: SMTP_PASSWORD\n  value: {}\n", word()),
    ('env:\n- name: SMTP_PASSWORD\n  value: "{}"\n', word()),
    ('{{"name": "API_KEY", "value": "{}"}}', drawn(16)),
    ("passwords:\n- {}\nport: 80", word()),
    ("token: |\n  {}\nother: 1", drawn(30)),
    # command lines
    ("mysql -u root -p'{}' -h db", word()),
    ("mysqldump -p{} shop", word()),
    ("sshpass -p {} ssh app@host", word()),
    ("docker login -u me -p {} registry.example", word()),
    ("redis-cli -h cache -a {} ping", word()),
    ("curl -u admin:{} https://api.example", word()),
    ("helm upgrade --set db.password={} shop", word()),
    ("app --token {} --verbose", drawn(16)),
    ('args: ["--password", "{}"]', word()),
    ("CREATE USER app IDENTIFIED BY '{}'", word()),
    # URLs and connection strings
    ("postgresql://app:{}@db.shop.svc:5432/shop", drawn(18)),
    ("redis://:{}@cache:6379/0", drawn(20)),
    ("amqp://guest:{}@mq/%2f", "p@" + drawn(8)),
    ("https://{}@git.example/shop.git", drawn(40)),
    ("app:{}@tcp(db:3306)/shop", drawn(12)),
    ("Server=db;Database=shop;User Id=sa;Password={};Encrypt=true", word()),
    ("AccountName=shop;AccountKey={};EndpointSuffix=core.windows.net", drawn(86, BASE64) + "=="),
    ("https://bucket.example/o?X-Amz-Date=20261122&X-Amz-Signature={}", "a1" + drawn(62, HEX)),
    ("https://blob.example/c?sv=2024&sig={}", drawn(43, ALNUM) + "%3D"),
    ("https://hooks." + "slack.com/services/{}", "T" + drawn(8) + "/B" + drawn(8) + "/" + drawn(24)),
    ("jdbc:oracle:thin:scott/{}@db:1521", drawn(9)),
    ("htpasswd -b /etc/nginx/users app {}", word()),
    # headers
    ("> Authorization: Bearer {}", drawn(32)),
    ("> Authorization: Basic {}", b64("admin:" + word())),
    ('"authorization": ["Basic {}"]', b64("admin:" + word())),
    ("Proxy-Authorization: Basic {}", b64("u:" + word())),
    ('Authorization: Digest username="u", realm="r", response="{}"', drawn(32, HEX)),
    ("X-Api-Key: {}", drawn(24)),
    ("Set-Cookie: session={}; HttpOnly; Secure", drawn(48, URLSAFE)),
    ("Cookie: theme=dark; sid={}", drawn(30)),
    # files
    ("machine git.example login me password {}", word()),
    ("//registry.npmjs.org/:_authToken={}", drawn(36)),
    ("db.shop.svc:5432:shop:app:{}", word()),
    ("admin:{}", "$apr" + "1$" + drawn(8) + "$" + drawn(22)),
    ("    client-key-data: {}", b64(pem("EC PRIVATE KEY"))),
    ("key: {}", pem("PRIVATE KEY", line_end="\\n")),
    (".dockerconfigjson: {}", b64('{"auths":{"r.example":{"auth":"' + b64("me:" + word()) + '"}}}')),
    ('{{"auths": {{"r.example": {{"auth": "{}"}}}}}}', b64("me:" + word())),
    ("Private-Lines: 2\n{}", putty_lines()),
    (
        "[default]\naws_access_key_id = AK" + "IA" + "A" * 16 + "\naws_secret_access_key = {}",
        drawn(40, BASE64),
    ),
    # Secret objects
    ("apiVersion: v1\nkind: Secret\nmetadata: {{name: db}}\ndata:\n  color: {}\n", b64(word())),
    ("apiVersion: v1\ndata:\n  color: {}\nkind: Secret\n", b64(word())),
    ("items:\n- apiVersion: v1\n  data:\n    color: {}\n  kind: Secret\n", b64(word())),
    ("kind: Secret\nstringData: {{color: {}}}\n", drawn(12)),
    ("kind: Secret\nstringData:\n  app.ini: |\n    [db]\n    {}\n", "color " + drawn(12)),
    ('{{"apiVersion":"v1","data":{{"color":"{}"}},"kind":"Secret"}}', b64(word())),
    ('{{"kind": "Secret", "metadata": {{}}, "stringData": {{"color": "{}"}}}}', drawn(12)),
    ('{{"kind":"SecretList","items":[{{"metadata":{{}},"data":{{"color":"{}"}}}}]}}', b64(word())),
    ('    last-applied-configuration: |\n      {{"data":{{"color":"{}"}},"kind":"Secret"}}', b64(word())),
    ('{{\\"data\\":{{\\"color\\":\\"{}\\"}},\\"kind\\":\\"Secret\\"}}', b64(word())),
)


@pytest.mark.parametrize(("place", "secret"), BY_PLACE)
def test_a_secret_is_known_by_where_it_stands(place, secret):
    done = Redactor(b"k" * 32).text(place.format(secret))

    assert "<secret:" in done
    assert not [line for line in secret.split("\n") if line in done]


def test_what_stands_around_a_secret_stays():
    url = Redactor(b"k" * 32).text(f"postgresql://app:{drawn(18)}@db.shop.svc:5432/shop?sslmode=require")

    assert url.startswith("postgresql://app:<secret:")
    assert url.endswith(">@db.shop.svc:5432/shop?sslmode=require")


def test_the_same_secret_is_the_same_placeholder_and_another_key_gives_another():
    secret = drawn(20)
    redactor = Redactor(b"k" * 32)
    first = redactor.text(f"DB_PASSWORD={secret}")
    second = redactor.text(f'{{"password": "{secret}"}}')

    assert first.removeprefix("DB_PASSWORD=") == second.removeprefix('{"password": "').removesuffix('"}')
    assert Redactor(b"x" * 32).text(f"DB_PASSWORD={secret}") != first


def test_the_user_can_be_shown_what_was_replaced():
    redactor = Redactor(b"k" * 32)
    line = f"login with password '{word()}' and Bearer {drawn(30)}; naïve café"

    assert redactor.reveal(redactor.text(line)) == line
    assert redactor.replaced == 2
    assert redactor.is_redacted(redactor.text(line))
    assert not redactor.is_redacted(line)


def test_a_key_on_many_lines_leaves_the_numbers_of_the_lines_as_they_were():
    lines = ["before", *pem("OPENSSH PRIVATE KEY").split("\n"), "after"]
    done = Redactor(b"k" * 32).lines(lines)

    assert len(done) == len(lines)
    assert (done[0], done[-1]) == ("before", "after")
    assert not set(lines[1:-1]) & set(done)


def test_a_key_that_was_cut_off_is_masked_to_where_it_ends():
    cut = pem("PRIVATE KEY").rsplit("\n", 2)[0]

    assert Redactor(b"k" * 32).text(cut).startswith("<secret:")
    assert cut.split("\n")[2] not in Redactor(b"k" * 32).text(cut)


def test_bytes_that_are_no_utf8_stay():
    data = b"\xff\xfe password=" + word().encode() + b" \xe9"
    done = Redactor(b"k" * 32).blob(data)

    assert done.startswith(b"\xff\xfe password=<secret:")
    assert done.endswith(b" \xe9")
