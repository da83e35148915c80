"""Which files count, how they are merged, and which context is meant."""

import os
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest

from anyops.errors import ConfigError
from anyops.sources.kube.config.kubeconfig import connect, contexts
from tests.unit.sources.kube.kubeconfigs import SERVER, connected, kubeconfig, write
from tests.unit.sources.test_bad_input import not_root


def test_the_current_context_is_meant_unless_another_one_is_asked_for(tmp_path: Path) -> None:
    both = kubeconfig(
        contexts=[
            {"name": "prod", "context": {"cluster": "prod-eu", "user": "alice", "namespace": "shop"}},
            {"name": "again", "context": {"cluster": "prod-eu", "user": "alice"}},
        ]
    )
    here = connect(write(tmp_path, both), tmp_path)
    assert (here.context, here.cluster, here.server) == ("prod", "prod-eu", SERVER)
    assert (here.user, here.namespace, here.file) == ("alice", "shop", str(tmp_path / "config"))
    assert connect(write(tmp_path, both), tmp_path, context="again").namespace == "default"


def test_without_kubeconfig_variable_the_home_folder_is_looked_in(tmp_path: Path) -> None:
    (tmp_path / ".kube").mkdir()
    write(tmp_path / ".kube", kubeconfig())
    assert connect({}, tmp_path).context == "prod"
    assert connect({"KUBECONFIG": ""}, tmp_path).context == "prod"


FIRST = """
apiVersion: v1
kind: Config
contexts:
- {name: prod, context: {cluster: shared, user: alice}}
clusters:
- {name: shared, cluster: {server: "https://first:6443", certificate-authority: ca.crt}}
"""
SECOND = """
kind: Config
current-context: prod
contexts:
- {name: prod, context: {cluster: shared, user: bob, namespace: ignored}}
- {name: test, context: {cluster: shared, user: bob}}
clusters:
- {name: shared, cluster: {server: "https://second:6443", proxy-url: "http://proxy:3128"}}
users:
- {name: alice, user: {tokenFile: alice.token}}
- {name: bob, user: {tokenFile: /run/bob.token}}
"""


def test_of_several_files_the_first_to_name_a_thing_wins_whole(tmp_path: Path) -> None:
    for name, text in (("one", FIRST), ("two", SECOND)):
        (tmp_path / name).mkdir()
        write(tmp_path / name, text)
    files = [tmp_path / "missing", tmp_path / "one" / "config", tmp_path / "two" / "config"]
    variables = {"KUBECONFIG": os.pathsep.join(["", *map(str, files), str(files[1])])}
    here = connect(variables, tmp_path)
    assert (here.context, here.user, here.server) == ("prod", "alice", "https://first:6443")
    assert (here.namespace, here.proxy_url) == ("default", "")
    assert here.certificate_authority.file == str(tmp_path / "one" / "ca.crt")
    assert here.login.token_file == str(tmp_path / "two" / "alice.token")
    assert connect(variables, tmp_path, context="test").login.token_file == "/run/bob.token"


def test_a_relative_kubeconfig_has_its_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    write(tmp_path / "keys", kubeconfig(user={"tokenFile": "t"}))
    with chdir(tmp_path):
        login = connect({"KUBECONFIG": "keys/config"}, tmp_path).login
        assert login.token_file == str(tmp_path / "keys" / "t")


def test_contexts_are_listed_with_what_they_lead_to(tmp_path: Path) -> None:
    named = kubeconfig(
        contexts=[
            {"name": "prod", "context": {"cluster": "prod-eu", "user": "alice", "namespace": "shop"}},
            {"name": "half", "context": {"cluster": "gone"}},
            {"name": "empty"},
        ]
    )
    prod, half, empty = contexts(write(tmp_path, named), tmp_path)
    assert (prod.name, prod.cluster, prod.server, prod.user) == ("prod", "prod-eu", SERVER, "alice")
    assert (prod.namespace, prod.current, prod.file) == ("shop", True, str(tmp_path / "config"))
    assert (half.server, half.user, half.namespace, half.current) == ("", "", "default", False)
    assert empty.cluster == ""
    assert contexts({}, tmp_path / "nowhere") == []


def test_a_kubeconfig_from_a_pipe_is_read(tmp_path: Path) -> None:
    write(tmp_path, kubeconfig())
    code = (
        "import os, pathlib; from anyops.sources.kube.config.kubeconfig import connect;"
        "print(connect(os.environ, pathlib.Path('/')).server)"
    )
    said = subprocess.run(
        ["bash", "-c", f'KUBECONFIG=<(cat {tmp_path}/config) exec {sys.executable} -c "{code}"'],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.stdout, said.stderr) == (f"{SERVER}\n", "")


def test_a_bom_comments_and_a_second_document_do_not_matter(tmp_path: Path) -> None:
    text = f"\ufeff# mine\n---\n{SECOND}---\nkind: Pod\n"
    assert connect(write(tmp_path, text), tmp_path).server == "https://second:6443"


def test_unknown_fields_and_empty_ones_do_not_matter(tmp_path: Path) -> None:
    here = connected(
        tmp_path,
        user={"token": None, "exec": None, "newer": [1]},
        cluster={"certificate-authority-data": "", "extensions": None},
        context={"namespace": None},
        preferences={},
    )
    assert (here.namespace, here.credentials) == ("default", "none")


def test_what_is_not_used_may_be_broken(tmp_path: Path) -> None:
    users = [{"name": "alice", "user": {"token": "t"}}, {"name": "bob", "user": {"token": 5, "exec": "x"}}]
    assert connected(tmp_path, users=users).credentials == "token"


def test_a_context_without_user_is_anonymous(tmp_path: Path) -> None:
    here = connected(tmp_path, context={"user": None})
    assert (here.user, here.credentials) == ("", "none")


def listing(*names: str) -> list[dict[str, object]]:
    return [{"name": name, "context": {"cluster": "prod-eu", "user": "alice"}} for name in names]


WRONG: dict[str, tuple[object, str, str]] = {
    "broken YAML": ("a: 1\nb: [", "config: broken YAML: ", "mend that line"),
    "a tab": ("kind: Config\n\tusers: []\n", "line 2, column 1", "mend that line"),
    "binary": ("\x00\x01\x02", "a character that YAML forbids", "mend that line"),
    "nested without end": ("kind: Config\nusers: " + "[" * 500, "nested more than 200 levels deep", "mend"),
    "an alias bomb": (
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)
        ),
        "aliases stand for more than",
        "mend",
    ),
    "a list": ("- a\n- b\n", "config is not a kubeconfig", "KUBECONFIG"),
    "a text": ("hello", "config is not a kubeconfig", "KUBECONFIG"),
    "a pod": ({"kind": "Pod", "metadata": {}}, "is not a kubeconfig, but a Pod", "KUBECONFIG"),
    "some other mapping": ({"name": "x"}, "config is not a kubeconfig", "KUBECONFIG"),
    "no list of users": (kubeconfig(users={"alice": {}}), "config: users is a mapping, not a list", "mend"),
    "no fields in the list": (kubeconfig(users=["alice"]), "users[0] is text, not fields", "mend"),
    "a name that is a number": (
        kubeconfig(users=[{"name": 5}]),
        "users[0].name is a number, not text",
        "quotes",
    ),
    "a context that is a text": (
        kubeconfig(contexts=[{"name": "prod", "context": "x"}]),
        "contexts[prod].context is text, not fields",
        "mend",
    ),
    "a current context that is a list": (
        kubeconfig(**{"current-context": ["prod"]}),
        "config: current-context is a list, not text",
        "mend",
    ),
    "no current context": (
        kubeconfig(**{"current-context": ""}),
        "no current context in",
        "kubectl config use-context NAME",
    ),
    "a current context that is not there": (
        kubeconfig(**{"current-context": "prd"}),
        "no context prd; there are: prod",
        "did you mean prod?",
    ),
    "one of many contexts": (
        kubeconfig(contexts=listing(*"abcdefgh")),
        "no context prod; there are: a, b, c, d, e and 3 more",
        "name a context that is there",
    ),
    "a cluster that is not there": (
        kubeconfig(context={"cluster": "prod-e"}),
        "contexts[prod].context.cluster: no cluster prod-e; there are: prod-eu",
        "did you mean prod-eu?",
    ),
    "no cluster": (
        kubeconfig(context={"cluster": ""}),
        "contexts[prod].context.cluster is missing",
        "name one",
    ),
    "a user that is not there": (
        kubeconfig(context={"user": "alicia"}),
        "contexts[prod].context.user: no user alicia; there are: alice",
        "did you mean alice?",
    ),
    "a namespace that leads elsewhere": (
        kubeconfig(context={"namespace": "../../secrets"}),
        "contexts[prod].context.namespace is no name of a namespace: ../../secrets",
        "mend",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_file_field_and_cure(tmp_path: Path, case: str) -> None:
    content, message, hint = WRONG[case]
    with pytest.raises(ConfigError) as raised:
        connect(write(tmp_path, content), tmp_path)
    assert message in raised.value.message
    assert str(tmp_path / "config") in raised.value.message
    assert "\n" not in raised.value.message
    assert hint in raised.value.hint
    assert raised.value.exit_code == 3


@pytest.mark.parametrize(
    "content", ["", "\n# nothing\n", "---\n", "{}", "null", kubeconfig(contexts=[], clusters=[], users=None)]
)
def test_an_empty_kubeconfig_is_told_from_a_missing_one(tmp_path: Path, content: object) -> None:
    with pytest.raises(ConfigError, match=r"nothing in the kubeconfig .*config") as raised:
        connect(write(tmp_path, content), tmp_path)
    assert "set KUBECONFIG" in raised.value.hint


def test_no_kubeconfig_anywhere_names_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no kubeconfig at .*/\.kube/config") as raised:
        connect({}, tmp_path)
    assert "folder of kubectl output" in raised.value.hint
    with pytest.raises(ConfigError, match=r"no kubeconfig at .*/a, .*/b"):
        connect({"KUBECONFIG": f"{tmp_path}/a{os.pathsep}{tmp_path}/b"}, tmp_path)


def test_an_unknown_context_is_told_even_in_a_pod(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no context staging; there are: prod"):
        connect(
            write(tmp_path, kubeconfig()) | {"KUBERNETES_SERVICE_HOST": "10.0.0.1"},
            tmp_path,
            context="staging",
        )


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path) -> None:
    variables = write(tmp_path, kubeconfig())
    (tmp_path / "config").chmod(0)
    with not_root(), pytest.raises(ConfigError, match="permission denied") as raised:
        connect(variables, tmp_path)
    assert "chmod" in raised.value.hint


def test_a_folder_or_a_huge_file_is_no_kubeconfig(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        connect({"KUBECONFIG": str(tmp_path)}, tmp_path)
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(ConfigError, match="huge is too large"):
        connect({"KUBECONFIG": str(tmp_path / "huge")}, tmp_path)


def test_nothing_in_a_kubeconfig_acts_on_the_terminal(tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\u202e\nname"
    with pytest.raises(ConfigError) as raised:
        connect(write(tmp_path, kubeconfig(context={"cluster": evil})), tmp_path)
    assert raised.value.message.isprintable()
    with pytest.raises(ConfigError) as raised:
        connect(write(tmp_path, kubeconfig(contexts=listing(evil))), tmp_path)
    assert raised.value.message.isprintable()


def test_a_token_kubeconfig_loads_nothing_heavy(tmp_path: Path) -> None:
    write(tmp_path, kubeconfig(user={"token": "t"}))
    code = (
        "import sys, pathlib\n"
        "from anyops.sources.kube.config.kubeconfig import connect\n"
        "from anyops.sources.kube.config.credentials import obtain\n"
        f"here = connect({{'KUBECONFIG': '{tmp_path}/config'}}, pathlib.Path('/'))\n"
        "coroutine = obtain(here, {}, terminal=False)\n"
        "try: coroutine.send(None)\n"
        "except StopIteration as done: assert done.value.headers == {'Authorization': 'Bearer t'}\n"
        "print(*sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"httpx", "kubernetes", "asyncio", "subprocess", "ssl", "pydantic", "rich", "selectors"}
    assert not heavy & set(said.stdout.split())
