"""`kubectl get` tables become objects in the shape of the API."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from anyops.sources.files.kubectl.session import read_output
from anyops.sources.files.reading import Reading
from anyops.world.evidence import Document

PODS = """\
NAME         READY   STATUS             RESTARTS        AGE     IP            NODE     NOMINATED NODE   READINESS GATES   LABELS
pump-a       1/1     Running            0               2d3h    10.244.0.92   node-a   <none>           <none>            app=pump,tier=x
pump-b       1/2     CrashLoopBackOff   16 (3m5s ago)   58m     10.244.0.93   node-a   <none>           <none>            <none>
pump-c       0/1     ImagePullBackOff   0               36s     <none>        <none>   <none>           <none>            <none>
pump-d       0/1     Init:Error         2               36s     <none>        <none>   <none>           <none>            <none>
pump-e       1/1     Terminating        0               36s     <none>        <none>   <none>           <none>            <none>
pump-f       0/1     Completed          0               36s     <none>        <none>   <none>           <none>            <none>
pump-g       0/1     Evicted            0               36s     <none>        <none>   <none>           <none>            <none>
"""  # noqa: E501


def read(text: str, name: str = "x.txt") -> Reading:
    reading = read_output(Document(name, text.encode()))
    assert reading is not None
    return reading


def test_the_status_word_of_a_pod_becomes_phase_and_container_states() -> None:
    reading = read(PODS, "kubectl_get_pods_-n_mill_-o_wide.txt")
    pods = {pod.name: pod for pod in reading.resources}
    assert {pod.namespace for pod in pods.values()} == {"mill"}
    assert reading.listed == {("Pod", "mill")}
    assert pods["pump-a"].condition("Ready").text("status") == "True"
    assert pods["pump-a"].labels == {"app": "pump", "tier": "x"}
    assert pods["pump-a"].text("spec", "nodeName") == "node-a"
    assert pods["pump-a"].text("metadata", "age") == "2d3h"
    crashing = pods["pump-b"].at("status", "containerStatuses")
    assert [c.flag("ready") for c in crashing.each()] == [False, True]
    assert crashing.text(0, "state", "waiting", "reason") == "CrashLoopBackOff"
    assert crashing.number(0, "restartCount") == 16
    phases = {name: pod.text("status", "phase") for name, pod in pods.items()}
    assert phases == {
        "pump-a": "Running", "pump-b": "Running", "pump-c": "Pending", "pump-d": "Pending",
        "pump-e": "", "pump-f": "Succeeded", "pump-g": "Failed",
    }  # fmt: skip
    assert (
        pods["pump-d"].text("status", "initContainerStatuses", 0, "state", "terminated", "reason") == "Error"
    )
    assert pods["pump-e"].at("metadata", "deletionTimestamp").value is not None
    assert pods["pump-g"].text("status", "reason") == "Evicted"


def test_a_row_is_the_evidence_of_its_values() -> None:
    pod = read(PODS).resources[1]
    quote = pod.at("status", "containerStatuses", 0, "state", "waiting", "reason").quote()
    assert quote is not None
    assert quote.text == PODS.splitlines()[2]
    assert quote.place == "x.txt:3"


def test_empty_cells_stay_empty() -> None:
    table = """\
NAME     CAPACITY   ACCESS MODES   RECLAIM POLICY   STATUS   CLAIM            STORAGECLASS   REASON   AGE
pump-0   1Gi        RWO            Retain           Bound    mill/pump-data                           97s
"""
    (volume,) = read(table).resources
    assert volume.kind == "PersistentVolume"
    assert volume.at("spec", "claimRef").value == {"namespace": "mill", "name": "pump-data"}
    assert not volume.at("spec").present("storageClassName")
    assert volume.text("metadata", "age") == "97s"


def test_all_namespaces_and_several_tables_in_one_text() -> None:
    text = """\
NAMESPACE   NAME         READY   STATUS    RESTARTS   AGE
mill        pod/pump-a   1/1     Running   0          2d

NAMESPACE   NAME           TYPE           CLUSTER-IP   EXTERNAL-IP   PORT(S)                      AGE
mill        service/pump   LoadBalancer   10.0.0.7     <pending>     80:30080/TCP,443:30443/TCP   2d

NAMESPACE   NAME                   READY   UP-TO-DATE   AVAILABLE   AGE
mill        deployment.apps/pump   1/3     3            1           2d

NAMESPACE   NAME                READY   AGE
mill        statefulset.apps/db   0/1     2d
"""
    reading = read(text)
    assert [(r.kind, r.namespace, r.name) for r in reading.resources] == [
        ("Pod", "mill", "pump-a"),
        ("Service", "mill", "pump"),
        ("Deployment", "mill", "pump"),
        ("StatefulSet", "mill", "db"),
    ]
    assert ("Deployment", "") in reading.listed
    service, deployment = reading.resources[1:3]
    assert service.at("spec", "ports").value == [
        {"port": 80, "protocol": "TCP", "nodePort": 30080},
        {"port": 443, "protocol": "TCP", "nodePort": 30443},
    ]
    assert deployment.number("spec", "replicas") == 3
    assert deployment.number("status", "readyReplicas") == 1


def test_one_object_asked_for_by_name_is_no_list() -> None:
    table = "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\npump   1/3     3            1           2d\n"
    assert read(table, "kubectl_get_deployment_pump_-n_mill.txt").listed == set()
    assert read(table, "kubectl_get_deployments_-n_mill.txt").listed == {("Deployment", "mill")}


def test_nodes_that_take_no_pods() -> None:
    table = """\
NAME     STATUS                        ROLES           AGE   VERSION
node-a   Ready,SchedulingDisabled      control-plane   95d   v1.31.2
node-b   NotReady                      <none>          95d   v1.31.2
"""
    first, second = read(table).resources
    assert (first.kind, first.at("spec", "unschedulable").value) == ("Node", True)
    assert first.condition("Ready").text("status") == "True"
    assert second.condition("Ready").text("status") == "False"


def test_events_are_about_their_objects() -> None:
    table = """\
LAST SEEN               TYPE      REASON      OBJECT           SUBOBJECT                SOURCE            MESSAGE                 FIRST SEEN   COUNT   NAME
3m30s                   Warning   BackOff     pod/pump-a       spec.containers{pump}    kubelet, node-a   Back-off restarting     58m          256     pump-a.18
5m                      Normal    NodeReady   node/node-a                               kubelet, node-a   Node status is Ready    5m           1       node-a.19
"""  # noqa: E501
    back_off, ready = read(table, "kubectl_get_events_-n_mill_-o_wide.txt").aged_events
    assert str(back_off.event.about) == "Pod/mill/pump-a"
    assert (back_off.event.count, back_off.first) == (256, timedelta(minutes=58))
    assert (back_off.event.component, back_off.event.field_path) == ("kubelet", "spec.containers{pump}")
    assert str(ready.event.about) == "Node/node-a"


@given(st.text(max_size=200))
def test_any_table_is_read_without_an_error(rows: str) -> None:
    for header in (
        "NAME   READY   STATUS   RESTARTS   AGE\n",
        "LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n",
    ):
        document = Document("x", (header + rows).encode("utf-8", "surrogatepass"))
        read_output(document)


@given(st.data())
def test_damaged_tables_are_read_and_spans_stay_exact(data: st.DataObject) -> None:
    base = PODS.encode()
    start = data.draw(st.integers(0, len(base)))
    damaged = base[:start] + data.draw(st.binary(max_size=40)) + base[start + data.draw(st.integers(0, 60)) :]
    lines = damaged.split(b"\n")
    for resource in getattr(read_output(Document("x", damaged)), "resources", ()):
        for path in resource.views[0].lines:
            quote = resource.views[0].quote(path)
            assert quote.text in {line.removesuffix(b"\r").decode("utf-8", "replace") for line in lines}
