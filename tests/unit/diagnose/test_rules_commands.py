"""What the command lines of manifests tell."""

import pytest

from anyops.world.resource import Ref
from tests.unit.diagnose.manifests import config_map, container, deployment, pod, shell
from tests.unit.diagnose.worlds import event, findings, world

FOREVER = "while true; do sleep 5; done"


def fired(rule, *bodies, **more):
    return findings(world(*bodies, **more), rule)


@pytest.mark.parametrize(
    ("command", "wrong", "right"),
    [
        (["wgte", "-O", "/x", "http://files"], "wgte", "wget"),
        (["/bin/slep", "60"], "slep", "sleep"),
        (["sh", "-c", f"crul -s http://files\n{FOREVER}"], "crul", "curl"),
        (["timeout", "5", "pign", "files"], "pign", "ping"),
        (["exec", "pyhton", "main.py"], "pyhton", "python"),
        (["sh", "-c", "X=$(ehco hi); " + FOREVER], "ehco", "echo"),
    ],
)
def test_a_misspelled_command_names_the_right_one(command, wrong, right):
    found = [f for f in fired("command.unknown", pod(container(command=command))) if f"of {right}" in f.title]
    assert wrong in found[0].statement
    assert found[0].state == "now"
    assert found[0].cause == "container.command_not_found"


@pytest.mark.parametrize(
    "command",
    [
        [
            "sh",
            "-c",
            "foo() { echo; }; foo; my-own-tool --x; ./run; /app/wgte; $TOOL; nginx -g 'daemon off;'",
        ],
        ["sh", "-c", "cat <<E > /x\nwgte\nE\nsleep 1000"],
        ["/app/server"],
    ],
)
def test_words_that_may_well_exist_are_left_alone(command):
    assert not [f for f in fired("command.unknown", pod(container(command=command))) if f.state == "now"]


def test_a_slip_in_an_image_of_ones_own_is_only_a_risk_where_the_word_is_short():
    image = "registry.example/shop/tool:1"
    states = {
        w: fired("command.unknown", pod(container(image, command=[w])))[0].state for w in ("ndoe", "kubectll")
    }
    assert states == {"ndoe": "risk", "kubectll": "now"}


@pytest.mark.parametrize(
    ("image", "command", "lacks"),
    [
        ("alpine:3.20", ["bash", "-c", FOREVER], "bash"),
        ("busybox", ["sh", "-c", "curl http://x"], "curl"),
        ("python:3.12-slim", ["sh", "-c", "curl http://x"], "curl"),
        ("python:3.12", ["sh", "-c", "curl http://x"], ""),
        ("alpine", ["sh", "-c", "apk add curl && curl http://x"], ""),
        ("alpine", ["sh", "-c", "command -v curl && curl http://x"], ""),
        ("shop/own", ["bash", "-c", FOREVER], ""),
        ("nats:2", ["sh", "-c", FOREVER], "sh"),
    ],
)
def test_tools_that_a_stock_image_lacks(image, command, lacks):
    found = fired("command.unknown", deployment(container(image, command=command)))
    assert [f.title for f in found] == ([f"{image} has no {lacks}"] if lacks else [])


def test_an_init_container_that_cannot_run_keeps_the_pod_from_starting():
    made = deployment(shell(FOREVER), initContainers=[container(command=["wegt", "http://files"])])
    assert "the pod never starts" in fired("command.unknown", made)[0].statement


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("echo 'no database'; exit 3", 3),
        ("set -e\nfalse\necho never", 1),
        ("echo a; false", 1),
        ("exit 0", 0),
        ("test -f /x || exit 1; " + FOREVER, 0),
        ("if [ -z $A ]; then exit 1; fi; " + FOREVER, 0),
        ("exec server; exit 1", 0),
        (FOREVER + "; exit 1", 0),
    ],
)
def test_scripts_that_always_fail(script, code):
    found = [f for f in fired("command.exits", deployment(shell(script))) if f.cause != "container.exits"]
    assert [f.title for f in found] == ([f"Command always fails with exit code {code}"] if code else [])


def test_what_a_failing_script_says_is_told():
    assert (
        "no database" in fired("command.exits", deployment(shell("echo 'no database'; exit 3")))[0].statement
    )


@pytest.mark.parametrize(
    ("made", "state"),
    [
        (deployment(shell("echo hello")), "now"),
        (deployment(container("ubuntu:24.04")), "now"),
        (deployment(container("alpine", args=["echo", "hello"])), "now"),
        (pod(shell("echo hello")), "risk"),
        (pod(shell("echo hello"), restartPolicy="Never"), None),
        (deployment(shell(FOREVER)), None),
        (deployment(shell("echo hello && sleep 3600")), None),
        (deployment(shell("sleep infinity")), None),
        (deployment(shell("tail -f /dev/null")), None),
        (deployment(shell("sleep $PAUSE")), None),
        (deployment(container("nginx:1.27")), None),
        (deployment(container("shop/own")), None),
        (deployment(shell(FOREVER), initContainers=[shell("echo hello")]), None),
    ],
)
def test_containers_that_end_although_they_should_serve(made, state):
    found = fired("command.exits", made)
    assert [f.state for f in found] == ([state] if state else [])


CHECK = 'if [ -z "${REGION}" ]; then echo "no REGION"; exit 1; fi; ' + FOREVER


@pytest.mark.parametrize(
    ("script", "more", "state"),
    [
        (CHECK, {}, "now"),
        (CHECK, {"env": [{"name": "REGION", "value": "eu"}]}, None),
        (CHECK, {"envFrom": [{"configMapRef": {"name": "x"}}]}, None),
        ("REGION=eu; " + CHECK, {}, None),
        (CHECK.replace("exit 1; ", ""), {}, "risk"),
        (": ${REGION:?must be set}; " + FOREVER, {}, "now"),
        (CHECK.replace("REGION", "HOME"), {}, None),
        (CHECK, {"image": "shop/own"}, "risk"),
    ],
)
def test_variables_that_nobody_sets(script, more, state):
    made = {**shell(script), **more}
    found = fired("command.variable", deployment(made))
    assert [f.state for f in found] == ([state] if state else [])
    if found:
        assert "REGION" in found[0].statement


def test_a_variable_of_nearly_the_same_name_is_named():
    made = shell(CHECK, env=[{"name": "REGOIN", "value": "eu"}])
    assert "REGOIN" in fired("command.variable", deployment(made))[0].statement


def mounted(script, path="/etc/settings", **more):
    made = shell(script, volumeMounts=[{"name": "conf", "mountPath": path}], **more)
    return deployment(made, volumes=[{"name": "conf", "configMap": {"name": "settings"}}])


def test_files_that_the_mounted_config_map_lacks():
    made = mounted("cat /etc/settings/app.propertis && sleep 1000")
    found = fired("command.file", made, config_map(**{"app.properties": "a=b"}))
    assert found[0].cause == "config.configmap_key_missing"
    assert "app.properties" in found[0].statement
    assert not fired("command.file", made, config_map(**{"app.propertis": "a=b"}))
    assert not fired("command.file", made)


def test_scripts_of_config_maps_are_read():
    made = mounted("", path="/scripts")
    made["spec"]["template"]["spec"]["containers"][0]["command"] = ["sh", "/scripts/run.sh"]
    found = fired("command.exits", made, config_map(**{"run.sh": "echo starting\nexit 7\n"}))
    assert "exit code 7" in found[0].title
    assert found[0].cites[0].quote().text


@pytest.mark.parametrize(
    ("script", "full"),
    [
        ("dd if=/dev/zero of=/data/f bs=1M count=300", True),
        ("dd if=/dev/zero of=/data/f bs=1M count=30", False),
        ("dd if=/dev/zero of=/data/f bs=1M", True),
        ("fallocate -l 2G /data/f", True),
        ("head -c 500M /dev/urandom > /data/f", True),
        ("cat /dev/zero > /data/f", True),
        ("dd if=/dev/zero of=/other/f bs=1M count=300", False),
        ("dd if=/data/f of=/dev/null bs=1M count=300", False),
    ],
)
def test_writes_beyond_a_volume(script, full):
    made = shell(script, volumeMounts=[{"name": "data", "mountPath": "/data"}])
    found = fired(
        "command.disk", deployment(made, volumes=[{"name": "data", "emptyDir": {"sizeLimit": "100Mi"}}])
    )
    assert [f.cause for f in found] == (["volume.full"] if full else [])


def test_writes_beyond_a_claim():
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": "disk", "namespace": "shop"},
             "spec": {"resources": {"requests": {"storage": "50Mi"}}}}  # fmt: skip
    made = shell("fallocate -l 1G /data/f", volumeMounts=[{"name": "data", "mountPath": "/data"}])
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": "disk"}}]
    assert "disk" in fired("command.disk", claim, deployment(made, volumes=volumes))[0].statement


@pytest.mark.parametrize(
    ("args", "risk"),
    [
        (["50Mi", "0", "200Mi"], True),
        (["--cache-size=2Gi"], True),
        (["--max-memory", "2Gi"], True),
        (["--cache-size=20Mi"], False),
        (["--port=8080"], False),
    ],
)
def test_arguments_that_reach_the_memory_limit(args, risk):
    made = container("shop/own", args=args, resources={"limits": {"memory": "128Mi"}})
    assert [f.state for f in fired("command.memory", deployment(made))] == (["risk"] if risk else [])


def python(text, image="python:3.11-slim", **more):
    return deployment(container(image, command=["python", "-c", text], **more))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import os\nprint('x'\nwhile True: pass", "no Python"),
        ("import requests\nwhile True: pass", "requests"),
        ("import os, sys\nprint('no route')\nsys.exit(4)", "no route"),
        ("def main():\n  print('bad')\n  raise ValueError('x')\nif __name__ == '__main__':\n  main()", "bad"),
        ("try:\n  import requests\nexcept ImportError: pass\nwhile True: pass", ""),
        ("while True:\n  if 1: raise SystemExit(2)\n", ""),
        ("import sys\nsys.exit(0)", ""),
        ("import json\nwhile True: pass", ""),
        ("(" * 5000, "no Python"),
    ],
)
def test_python_programs_that_cannot_run(text, says):
    found = fired("command.python", python(text))
    assert bool(found) == bool(says)
    if says:
        assert says in found[0].statement


def test_python_that_takes_more_memory_than_the_limit():
    limits = {"limits": {"memory": "100Mi"}}
    assert (
        fired("command.python", python("x = 'a' * 500_000_000", resources=limits))[0].cause
        == "container.oom_killed"
    )
    assert not fired("command.python", python("x = 'a' * 500", resources=limits))
    assert not fired("command.python", python("x = 'a' * 9**9**9**9", resources=limits))


def probed(command, main=FOREVER, kind="readinessProbe", **more):
    return deployment(shell(main, **{kind: {"exec": {"command": command}}}, **more))


@pytest.mark.parametrize(
    ("command", "main", "certainty"),
    [
        (["sh", "-c", "exit 1"], FOREVER, "sure"),
        (["false"], FOREVER, "sure"),
        (["cat", "/tmp/healthy"], FOREVER, "likely"),
        (["cat", "/tmp/healthy"], "touch /tmp/healthy; " + FOREVER, None),
        (["cat", "/tmp/healthy"], "touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600", "likely"),
        (["sh", "-c", "pgrep server || exit 1"], FOREVER, None),
        (["true"], FOREVER, None),
    ],
)
def test_probe_commands_that_cannot_succeed(command, main, certainty):
    found = fired("probe.command", probed(command, main))
    assert [f.certainty for f in found] == ([certainty] if certainty else [])
    if found:
        assert found[0].cause == "probe.readiness_failing"
        assert found[0].ref == Ref("Deployment", "shop", "cart")


RULES = ("unknown", "exits", "variable", "file", "disk", "memory", "python")


@pytest.mark.parametrize("rule", RULES)
def test_nothing_is_said_of_what_runs(rule):
    made = deployment(
        shell("wgte; exit 1"), shell("echo"), probed(["false"])["spec"]["template"]["spec"]["containers"][0]
    )
    for id_ in (f"command.{rule}", "probe.command"):
        assert not fired(id_, made, events=[event("Pod/shop/cart-1", "Started", warning=False)])
        assert not fired(id_, {**made, "status": {"replicas": 1}})
