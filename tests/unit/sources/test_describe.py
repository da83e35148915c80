"""`kubectl describe` becomes objects in the shape of the API, each value citing its lines."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from anyops.sources.files.kubectl.session import read_output
from anyops.sources.files.reading import Reading
from anyops.world.evidence import Document
from anyops.world.resource import Resource

POD = """\
Name:             pump-6bc58-4lbfd
Namespace:        mill
Priority:         0
Service Account:  miller
Node:             node-a/10.0.0.4
Start Time:       Thu, 24 Apr 2025 12:29:17 +0200
Labels:           app=pump
                  pod-template-hash=6bc58
Annotations:      example.org/note: kept
                  example.org/long:
                    first
                    second
Status:           Running
IP:               10.244.1.2
IPs:
  IP:           10.244.1.2
Controlled By:  ReplicaSet/pump-6bc58
Containers:
  pump:
    Container ID:   containerd://39
    Image:          registry.example/pump:0.3
    Image ID:       registry.example/pump@sha256:26
    Ports:          8079/TCP, 9090/TCP
    Host Ports:     0/TCP, 9090/TCP
    Command:
      sh
      -c
      echo a: b
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       Error
      Message:      panic: out of sand
goroutine 1:
    main.go
      Exit Code:    137
      Started:      Mon, 02 Jun 2025 14:21:55 +0200
      Finished:     Mon, 02 Jun 2025 14:22:09 +0200
    Ready:          False
    Restart Count:  27
    Limits:
      cpu:     300m
      memory:  1000Mi
    Requests:
      cpu:      100m
    Liveness:   http-get https://:8079/healthz%3Fx=1 delay=300s timeout=1s period=3s #success=1 #failure=3
    Readiness:  exec [cat /tmp/ready] delay=0s timeout=1s period=10s #success=1 #failure=3
    Startup:    grpc <pod>:9090 live delay=0s timeout=1s period=10s #success=1 #failure=30
    Environment Variables from:
      pump-env   ConfigMap  Optional: false
      pump-keys  Secret with prefix 'K_'  Optional: true
    Environment:
      MODE:      fast
      TOKEN:     <set to the key 'token' in secret 'pump'>       Optional: false
      LEVEL:     <set to the key 'level' of config map 'pump'>   Optional: true
      POD_NAME:  pump-6bc58-4lbfd (v1:metadata.name)
      CPUS:      1 (limits.cpu)
    Mounts:
      /data from data (rw,path="sub")
      /etc/pump from settings (ro)
Conditions:
  Type              Status
  Initialized       True
  Ready             False
Volumes:
  data:
    Type:       PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)
    ClaimName:  pump-data
    ReadOnly:   false
  settings:
    Type:      ConfigMap (a volume populated by a ConfigMap)
    Name:      pump-settings
    Optional:  false
QoS Class:       Burstable
Node-Selectors:  disk=ssd
Tolerations:     node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
                 dedicated=mill:NoSchedule
Events:
  Type     Reason   Age                 From     Message
  ----     ------   ----                ----     -------
  Warning  BackOff  32s (x6 over 2m)    kubelet  Back-off restarting failed container pump
  Normal   Pulled   21s                 kubelet  Container image "registry.example/pump:0.3" already present
"""


def read(text: str | bytes, name: str = "x.txt") -> Reading:
    data = text.encode() if isinstance(text, str) else text
    reading = read_output(Document(name, data))
    assert reading is not None
    return reading


def only(text: str) -> Resource:
    (resource,) = read(text).resources
    return resource


def test_a_pod_reads_like_its_json() -> None:
    pod = only(POD)
    assert (pod.kind, pod.namespace, pod.name, pod.complete) == ("Pod", "mill", "pump-6bc58-4lbfd", False)
    assert pod.labels == {"app": "pump", "pod-template-hash": "6bc58"}
    assert pod.annotations == {"example.org/note": "kept", "example.org/long": "first\nsecond"}
    assert pod.text("metadata", "ownerReferences", 0, "kind") == "ReplicaSet"
    assert pod.text("status", "startTime") == "2025-04-24T10:29:17Z"
    assert (pod.text("spec", "nodeName"), pod.text("status", "hostIP")) == ("node-a", "10.0.0.4")
    assert pod.text("spec", "serviceAccountName") == "miller"
    assert pod.condition("Ready").text("status") == "False"
    assert pod.at("spec", "nodeSelector").value == {"disk": "ssd"}
    assert [t.text("operator") for t in pod.each("spec", "tolerations")] == ["Exists", "Equal"]
    assert pod.text("spec", "volumes", 0, "persistentVolumeClaim", "claimName") == "pump-data"
    assert pod.text("spec", "volumes", 1, "configMap", "name") == "pump-settings"


def test_a_container_has_its_spec_and_its_status() -> None:
    pod = only(POD)
    container, status = pod.at("spec", "containers", 0), pod.at("status", "containerStatuses", 0)
    assert container.text("image") == "registry.example/pump:0.3"
    assert container.at("ports").value == [
        {"containerPort": 8079, "protocol": "TCP"},
        {"containerPort": 9090, "protocol": "TCP", "hostPort": 9090},
    ]
    assert container.at("command").value == ["sh", "-c", "echo a: b"]
    assert container.at("resources").value == {
        "limits": {"cpu": "300m", "memory": "1000Mi"},
        "requests": {"cpu": "100m"},
    }
    assert status.text("state", "waiting", "reason") == "CrashLoopBackOff"
    assert status.number("lastState", "terminated", "exitCode") == 137
    assert (
        status.text("lastState", "terminated", "message") == "panic: out of sand\ngoroutine 1:\n    main.go"
    )
    assert (status.flag("ready"), status.number("restartCount")) == (False, 27)


def test_probes_environment_and_mounts() -> None:
    container = only(POD).at("spec", "containers", 0)
    assert container.at("livenessProbe", "httpGet").value == {
        "scheme": "HTTPS",
        "port": 8079,
        "path": "/healthz?x=1",
    }
    assert container.number("livenessProbe", "initialDelaySeconds") == 300
    assert container.at("readinessProbe", "exec", "command").value == ["cat", "/tmp/ready"]
    assert container.at("startupProbe", "grpc").value == {"port": 9090, "service": "live"}
    assert container.at("envFrom").value == [
        {"configMapRef": {"name": "pump-env", "optional": False}},
        {"secretRef": {"name": "pump-keys", "optional": True}, "prefix": "K_"},
    ]
    assert [e.value for e in container.each("env")] == [
        {"name": "MODE", "value": "fast"},
        {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "pump", "key": "token", "optional": False}}},
        {
            "name": "LEVEL",
            "valueFrom": {"configMapKeyRef": {"name": "pump", "key": "level", "optional": True}},
        },
        {"name": "POD_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}},
        {"name": "CPUS", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}},
    ]
    assert container.at("volumeMounts").value == [
        {"mountPath": "/data", "name": "data", "subPath": "sub"},
        {"mountPath": "/etc/pump", "name": "settings", "readOnly": True},
    ]


def test_the_events_below_are_about_the_object() -> None:
    back_off, pulled = read(POD).aged_events
    assert back_off.event.about == only(POD).ref
    assert (back_off.event.reason, back_off.event.warning, back_off.event.count) == ("BackOff", True, 6)
    assert (back_off.first, back_off.last) == (timedelta(minutes=2), timedelta(seconds=32))
    assert (pulled.event.component, pulled.event.warning, pulled.last) == (
        "kubelet",
        False,
        timedelta(seconds=21),
    )
    quote = back_off.event.quote()
    assert quote is not None
    assert quote.text.startswith("  Warning  BackOff  32s (x6 over 2m)")


def test_a_value_cites_the_line_it_stands_on() -> None:
    pod = only(POD)
    quote = pod.at("status", "containerStatuses", 0, "restartCount").quote()
    assert quote is not None
    assert (quote.text, quote.place) == ("    Restart Count:  27", "x.txt:40")
    state = pod.at("status", "containerStatuses", 0, "state").quote()
    assert state is not None
    assert state.text == "    State:          Waiting\n      Reason:       CrashLoopBackOff"


DEPLOYMENT = """\
Name:                   pump
Namespace:              mill
CreationTimestamp:      Fri, 14 Nov 2025 22:33:23 +0800
Labels:                 app=pump
Annotations:            deployment.kubernetes.io/revision: 3
Selector:               app=pump,tier in (a,b)
Replicas:               3 desired | 1 updated | 4 total | 2 available | 2 unavailable
StrategyType:           RollingUpdate
MinReadySeconds:        0
RollingUpdateStrategy:  25% max unavailable, 1 max surge
Pod Template:
  Labels:           app=pump
  Service Account:  miller
  Containers:
   pump:
    Image:         registry.example/pump:0.4
    Port:          <none>
    Host Port:     <none>
    Environment:   <none>
    Mounts:        <none>
  Volumes:         <none>
  Node-Selectors:  <none>
  Tolerations:     <none>
Conditions:
  Type           Status  Reason
  ----           ------  ------
  Available      True    MinimumReplicasAvailable
  Progressing    False   ProgressDeadlineExceeded
OldReplicaSets:  pump-6bc58 (3/3 replicas created)
NewReplicaSet:   pump-7cd69 (1/1 replicas created)
Events:          <none>
"""


def test_a_deployment_reads_like_its_json() -> None:
    deployment = only(DEPLOYMENT)
    assert deployment.kind == "Deployment"
    assert deployment.at("spec", "selector").value == {
        "matchLabels": {"app": "pump"},
        "matchExpressions": [{"key": "tier", "operator": "In", "values": ["a", "b"]}],
    }
    assert deployment.number("spec", "replicas") == 3
    assert deployment.number("status", "availableReplicas") == 2
    assert deployment.condition("Progressing").text("reason") == "ProgressDeadlineExceeded"
    assert deployment.at("spec", "strategy", "rollingUpdate").value == {
        "maxUnavailable": "25%",
        "maxSurge": 1,
    }
    template = deployment.at("spec", "template", "spec")
    assert template.text("containers", 0, "image") == "registry.example/pump:0.4"
    assert template.text("serviceAccountName") == "miller"
    assert [r.text("role") for r in deployment.each("status", "replicaSets")] == ["new", "old"]


POLICY = """\
Name:         gate
Namespace:    mill
Created on:   2025-04-24 12:29:17 +0200 CEST
Labels:       <none>
Annotations:  <none>
Spec:
  PodSelector:     app=pump
  Allowing ingress traffic:
    To Port: 80/TCP
    From:
      PodSelector: app=feed
    ----------
"""


def test_a_policy_cut_after_a_rule_lets_no_more_through() -> None:
    whole = (
        POLICY
        + "    To Port: <any> (traffic allowed to all ports)\n"
        + "    From: <any> (traffic not restricted by source)\n"
        + "  Policy Types: Ingress\n"
    )
    cut, full = (read(text).resources[0] for text in (POLICY.rstrip("\n"), whole))
    assert [len(r.at("spec", "ingress").value) for r in (cut, full)] == [1, 2]
    for resource in (cut, full):
        for rule in resource.each("spec", "ingress"):
            quote = rule.quote()
            assert quote is not None
            assert quote.text.lstrip().startswith("To Port")


def test_several_objects_in_one_text() -> None:
    reading = read(POD + "\n\n" + DEPLOYMENT)
    assert [r.kind for r in reading.resources] == ["Pod", "Deployment"]
    assert {e.event.about.kind for e in reading.aged_events} == {"Pod"}


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    read_output(Document("x", data))
    read_output(Document("x", b"Name:  a\nNamespace:  b\n" + data))


@given(st.data())
def test_damaged_descriptions_are_read_and_spans_stay_exact(data: st.DataObject) -> None:
    base = data.draw(st.sampled_from([POD, DEPLOYMENT])).encode()
    start = data.draw(st.integers(0, len(base)))
    end = data.draw(st.integers(start, min(len(base), start + 200)))
    damaged = base[:start] + data.draw(st.binary(max_size=40)) + base[end:]
    document = Document("x", damaged)
    for resource in getattr(read_output(document), "resources", ()):
        for view in resource.views:
            for path in getattr(view, "lines", {}):
                quote = view.quote(path)
                assert quote is not None
                assert quote.text.encode() in damaged or "�" in quote.text
