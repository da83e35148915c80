"""Sessions of commands, refusals, usage, rows without a header, trees, histories."""

from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from anyops.sources.files.detect import read_document
from anyops.sources.files.kubectl.command import Hint, hint_of_name
from anyops.sources.files.kubectl.session import read_output
from anyops.sources.files.limits import Limits
from anyops.sources.files.reading import UNKNOWN_NAMESPACE, Reading
from anyops.world.evidence import Document
from anyops.world.resource import Ref
from anyops.world.world import Unread


def read(text: str, name: str = "x.txt") -> Reading | None:
    return read_output(Document(name, text.encode()))


def session(text: str) -> list[Reading]:
    return read_document(Document("session.txt", text.encode()), Limits())


SESSION = """\
jo@desk:~/shop$ kubectl get pods -n mill
NAME     READY   STATUS    RESTARTS   AGE
pump-a   1/1     Running   0          2d
jo@desk:~/shop$ kubectl --context prod get deploy pump -n mill
NAME   READY   UP-TO-DATE   AVAILABLE   AGE
pump   1/1     1            1           2d
jo@desk:~/shop$ kubectl get secrets -n mill
Error from server (Forbidden): secrets is forbidden: User "jo" cannot list resource "secrets" in API group ""
jo@desk:~/shop$ kubectl get jobs -A | grep -v Complete
No resources found
jo@desk:~/shop$ kubectl top pod -n mill
NAME     CPU(cores)   MEMORY(bytes)
pump-a   250m         64Mi
"""


def test_a_session_is_read_command_by_command():
    pods, deployment, secrets, jobs, usage = session(SESSION)
    assert [str(r.ref) for r in pods.resources] == ["Pod/mill/pump-a"]
    assert pods.listed == {("Pod", "mill")}
    assert pods.resources[0].at("status", "phase").quote().place == "session.txt:3"
    assert [str(r.ref) for r in deployment.resources] == ["Deployment/mill/pump"]
    assert deployment.listed == set()
    (forbidden,) = secrets.unread
    assert (forbidden.source, forbidden.why, forbidden.kind) == ("secrets", "forbidden", "Secret")
    assert jobs.unread[0].why == "empty"
    assert jobs.listed == set()
    cpu, memory = usage.series
    assert (cpu.metric, cpu.unit, cpu.samples[0].value, cpu.about) == (
        "cpu", "cores", 0.25, Ref("Pod", "mill", "pump-a"),
    )  # fmt: skip
    assert memory.samples[0].value == 64 * 2**20
    assert memory.quote().text == "pump-a   250m         64Mi"


def test_objects_and_logs_in_a_session_are_read_as_such():
    yaml, log = session("""\
$ kubectl get deploy pump -n mill -o yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: pump, namespace: mill}
spec: {replicas: 2}
$ kubectl logs pump-a -n mill -c side --previous
2025-06-12T22:14:51Z ERROR no sand
""")
    assert yaml.resources[0].complete
    assert log.logs[0].about == Ref("Pod", "mill", "pump-a")
    assert (log.logs[0].container, log.logs[0].previous) == ("side", True)
    assert log.logs[0].lines[0].quote().place == "session.txt:7"


def test_colours_carriage_returns_and_wrappers_change_nothing():
    row = "pump-a   1/1     \x1b[32mRunning\x1b[0m   0          2d"
    table = f"stdout:\r\nNAME     READY   STATUS    RESTARTS   AGE\r\n{row}\r\n"
    (pod,) = read(table + "\r\nstderr:\r\n").resources
    assert pod.text("status", "phase") == "Running"
    quote = pod.at("status", "phase").quote()
    assert quote.text == row


def test_a_script_in_a_config_map_is_no_session():
    text = """\
Name:         cm
Namespace:    mill
Labels:       <none>
Annotations:  <none>

Data
====
run.sh:
----
kubectl get pods -n other
Name:  forged
Namespace:  mill
Containers:
end

BinaryData
====

Events:  <none>
"""
    (reading,) = session(text)
    (config,) = reading.resources
    assert config.text("data", "run.sh").startswith("kubectl get pods -n other\nName:  forged")


def test_examples_in_a_page_of_prose_are_no_facts():
    prose = "This page explains how one would look at the pods of a name space in a cluster.\n" * 12
    assert (
        read(
            prose
            + "\n```\n$ kubectl get pods\nNAME  READY  STATUS  RESTARTS  AGE\np  1/1  Running  0  1d\n```\n"
        )
        is None
    )


def test_refusals_say_what_was_asked_for():
    def refused(text: str, name: str = "x.txt") -> Unread:
        (unread,) = read(text, name).unread
        return unread

    missing = refused('Error from server (NotFound): services "pump" not found\n')
    assert (missing.source, missing.why, missing.kind) == ("services/pump", "absent", "Service")
    waiting = refused(
        'Error from server (BadRequest): container "c" in pod "pump-a" is waiting to start: trying\n'
    )
    assert (waiting.source, waiting.why) == ("logs of pod/pump-a", "failed")
    assert refused('error: the server doesn\'t have a resource type "widgets"\n').why == "absent"
    assert refused("Unable to connect to the server: dial tcp 10.0.0.1:6443: i/o timeout\n").why == "failed"
    assert refused("error: You must be logged in to the server (Unauthorized)\n").why == "forbidden"


def test_an_error_in_the_midst_of_a_log_is_the_logs():
    assert read('starting\nError from server (NotFound): pods "x" not found\nretrying\n') is None


def test_nothing_found_is_a_list_of_none():
    assert read("No resources found in mill namespace.\n", "kubectl_get_pods.txt").listed == {("Pod", "mill")}
    assert read("No resources found\n", "kubectl_get_pods.txt").listed == {("Pod", UNKNOWN_NAMESPACE)}
    assert read("No resources found in mill namespace.\n").listed == set()


def test_rows_that_lost_their_header():
    pods = "mill   pump-a   0/1   CrashLoopBackOff   27 (43s ago)   39d   10.244.1.2   node-a\n"
    (pod,) = read(pods).resources
    assert str(pod.ref) == "Pod/mill/pump-a"
    assert pod.text("status", "containerStatuses", 0, "state", "waiting", "reason") == "CrashLoopBackOff"
    assert read(pods).listed == set()
    line = "3m (x5 over 9m)   Warning   BackOff   pod/pump-a   Back-off  restarting\n"
    (event,) = read(line).aged_events
    assert (event.event.count, event.first, event.event.message) == (
        5,
        timedelta(minutes=9),
        "Back-off  restarting",
    )
    (job,) = read("load   Failed   0/1   9m31s   9m31s   c   busybox\n").resources
    assert job.condition("Failed").text("status") == "True"


def test_a_tree_of_owners():
    tree = """\
NAME                                READY   STATUS                                  AGE
Deployment/pump                     1/1                                             18d
└── ReplicaSet/pump-6bc58           1/1                                             18d
    └── Pod/pump-6bc58-4lbfd        1/1     Running                                 18d
        ├── Event/pump-6bc58.18     -       BackOff: Back-off restarting container  9s
        └── Service/pump            -                                               18d
"""
    reading = read(tree)
    assert [r.ref.kind for r in reading.resources] == ["Deployment", "ReplicaSet", "Pod", "Service"]
    assert reading.resources[2].text("metadata", "ownerReferences", 0, "name") == "pump-6bc58"
    assert not reading.resources[3].at("metadata", "ownerReferences")
    (event,) = reading.aged_events
    assert (event.event.about.name, event.event.reason, event.event.warning) == (
        "pump-6bc58-4lbfd",
        "BackOff",
        True,
    )
    assert reading.listed == set()


def test_usage_of_nodes_and_containers():
    nodes = """\
NAME     CPU(cores)   CPU%   MEMORY(bytes)   MEMORY%
node-a   117m         12%    1387Mi          91%
"""
    metrics = {s.metric: s for s in read(nodes).series}
    assert metrics["memory_share"].samples[0].value == 0.91
    assert metrics["cpu"].about == Ref("Node", "", "node-a")
    pods = """\
NAMESPACE   POD      NAME   CPU(cores)   MEMORY(bytes)
mill        pump-a   side   1m           5Mi
"""
    assert read(pods).series[0].labels == {"namespace": "mill", "pod": "pump-a", "container": "side"}


def test_the_history_of_a_rollout():
    text = """\
deployment.apps/pump
REVISION  CHANGE-CAUSE
1         <none>
2         kubectl set image deploy/pump c=d
"""
    first, second = read(text, "kubectl_rollout_history_deploy_pump_-n_mill.txt").changes
    assert (str(first.about), first.revision) == ("Deployment/mill/pump", "1")
    assert second.summary == "kubectl set image deploy/pump c=d"


def test_what_a_file_name_tells():
    assert hint_of_name("kubectl_get_pods_-n_mill_-o_wide.txt") == Hint(
        verb="get", kind="Pod", namespace="mill", output="wide"
    )
    assert hint_of_name("dump/namespaces/mill/pods.txt").namespace == "mill"
    assert hint_of_name("kubectl-describe-deployments.txt").kind == "Deployment"
    assert hint_of_name("kubectl get po pump -n mill --show-labels.txt").words == ("pump",)
    assert hint_of_name("get_svc_-A.log").everywhere


CORPUS = [
    SESSION,
    *(
        (Path(__file__).parent / "described" / f"kubectl-{v}.txt").read_text()
        for v in ("1.20", "1.32", "1.37")
    ),
]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_outputs_are_read_and_cite_their_own_bytes(data):
    base = data.draw(st.sampled_from(CORPUS)).encode()
    begin = data.draw(st.integers(0, len(base)))
    chunk = bytearray(base[begin : begin + 6000])
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(chunk)))
        chunk[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=12))
    damaged = bytes(chunk)
    reading = read_output(Document("x", damaged))
    for resource in reading.resources if reading else ():
        for path in resource.views[0].lines:
            text = resource.views[0].quote(path).text
            assert text.encode() in damaged or "\ufffd" in text
    for event in reading.aged_events if reading else ():
        text = event.event.quote().text
        assert text.encode() in damaged or "\ufffd" in text
