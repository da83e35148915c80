"""A small cluster, and whole commands against a server that serves it."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from anyops.cli.app import run
from tests.fakes.kube import KubeServer
from tests.fakes.kube import kubeconfig as kubeconfigs

STARTED = "2026-05-01T08:00:00Z"
PODS = "/api/v1/namespaces/shop/pods"
SECRET_VALUE = "c2VjcmV0LXZhbHVlLW9mLXRoZS1mYWtl"
"""What the fake's secret holds, and nobody may see."""


class Done(Struct):
    """A command that ended: exit code, what it printed, how many seconds it took."""

    code: int
    out: str
    err: str
    seconds: float


class Shell:
    """A home that holds nothing, and commands in it."""

    def __init__(self, home: Path, variables: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]):
        self.home = home
        self.variables = variables
        self._captured = captured

    def use(self, kubeconfig: Path | str) -> None:
        """Take this kubeconfig."""
        self.variables.setenv("KUBECONFIG", str(kubeconfig))

    def at(self, server: str, user: dict[str, Any] | None = None, **cluster: Any) -> None:
        """Take a kubeconfig for this address."""
        context = {"name": "fake", "namespace": "shop"}
        self.use(kubeconfigs.write(self.home / "kubeconfig", server, user or {}, cluster, context))

    def anyops(self, *words: str) -> Done:
        """Run a command to its end."""
        self._captured.readouterr()
        started = time.monotonic()
        code = run(list(words))
        seconds = time.monotonic() - started
        said = self._captured.readouterr()
        return Done(code, said.out, said.err, seconds)

    def analyze(self, *words: str, timeout: str = "5s") -> Done:
        """`anyops incident analyze`."""
        return self.anyops("incident", "analyze", "--timeout", timeout, *words)

    def analyze_at(self, server: KubeServer, *words: str, timeout: str = "5s") -> Done:
        """`anyops incident analyze` in the namespace `shop` of this server."""
        self.use(server.kubeconfig(self.home, namespace="shop"))
        return self.analyze(*words, timeout=timeout)


def meta(name: str, namespace: str = "shop", **more: Any) -> dict[str, Any]:
    """The metadata of an object that a server gave."""
    where = {"namespace": namespace} if namespace else {}
    return {"name": name, **where, "uid": f"uid-{namespace}-{name}", "creationTimestamp": STARTED, **more}


def controlled_by(kind: str, name: str) -> list[dict[str, Any]]:
    """Owner references to one controller."""
    return [{"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": f"uid-{name}", "controller": True}]


def pod(name: str, app: str = "cart", namespace: str = "shop", **status: Any) -> dict[str, Any]:
    """A pod of `app`'s replica set that runs and is ready, unless its status says otherwise."""
    well = {
        "phase": "Running",
        "conditions": [
            {"type": kind, "status": "True"}
            for kind in ("PodScheduled", "Initialized", "ContainersReady", "Ready")
        ],
        "containerStatuses": [container()],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta(
            name,
            namespace,
            generateName=f"{app}-",
            labels={"app": app},
            ownerReferences=controlled_by("ReplicaSet", f"{app}-6d9f8b7c5"),
        ),
        "spec": {"nodeName": "n1", "containers": [{"name": "main", "image": f"example.com/{app}:1"}]},
        "status": well | status,
    }


def container(**more: Any) -> dict[str, Any]:
    """The status of a container that runs."""
    usual = {"name": "main", "ready": True, "restartCount": 0, "image": "x", "imageID": "x"}
    return {**usual, "state": {"running": {"startedAt": STARTED}}, **more}


def crashing(name: str, app: str = "cart") -> dict[str, Any]:
    """A pod whose container ends with 1 again and again."""
    ended = {"exitCode": 1, "reason": "Error", "startedAt": STARTED, "finishedAt": STARTED}
    state = container(
        ready=False,
        restartCount=7,
        state={"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}},
        lastState={"terminated": ended},
    )
    conditions = [{"type": "PodScheduled", "status": "True"}, {"type": "Initialized", "status": "True"}]
    conditions += [{"type": kind, "status": "False"} for kind in ("ContainersReady", "Ready")]
    return pod(name, app, conditions=conditions, containerStatuses=[state])


def workload(app: str, ready: int, wanted: int) -> list[dict[str, Any]]:
    """A deployment and its replica set."""
    template = {
        "metadata": {"labels": {"app": app}},
        "spec": {"containers": [{"name": "main", "image": f"example.com/{app}:1"}]},
    }
    spec = {"replicas": wanted, "selector": {"matchLabels": {"app": app}}, "template": template}
    counts = {"replicas": wanted, "readyReplicas": ready, "observedGeneration": 1}
    available = "True" if ready == wanted else "False"
    condition = {"type": "Available", "status": available, "lastTransitionTime": STARTED}
    of_deployment = {"availableReplicas": ready, "updatedReplicas": wanted, "conditions": [condition]}
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": meta(app, generation=1, labels={"app": app}),
            "spec": spec,
            "status": counts | of_deployment,
        },
        {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": meta(
                f"{app}-6d9f8b7c5", labels={"app": app}, ownerReferences=controlled_by("Deployment", app)
            ),
            "spec": spec,
            "status": counts | {"availableReplicas": ready},
        },
    ]


def namespace(name: str) -> dict[str, Any]:
    """A namespace."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": meta(name, "")}


def node(name: str = "n1") -> dict[str, Any]:
    """A node that is well."""
    room = {"cpu": "8", "memory": "32Gi", "pods": "110"}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": meta(name, ""),
        "spec": {},
        "status": {
            "conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": STARTED}],
            "capacity": room,
            "allocatable": room,
        },
    }


def secret() -> dict[str, Any]:
    """A secret whose value stands in its data and in what `kubectl apply` left."""
    applied = {"kubectl.kubernetes.io/last-applied-configuration": f'{{"data":{{"p":"{SECRET_VALUE}"}}}}'}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": meta("database", annotations=applied),
        "type": "Opaque",
        "data": {"password": SECRET_VALUE},
    }


def well() -> list[dict[str, Any]]:
    """A cluster in which `cart` runs as it was meant to."""
    return [
        node(),
        secret(),
        *workload("cart", 2, 2),
        pod("cart-6d9f8b7c5-aaaaa"),
        pod("cart-6d9f8b7c5-bbbbb"),
    ]


def ill() -> list[dict[str, Any]]:
    """A cluster in which `cart` crashes."""
    return [node(), secret(), *workload("cart", 0, 1), crashing("cart-6d9f8b7c5-aaaaa")]


def refused(done: Done, code: int, says: str, cure: str, within: float = 5.0) -> None:
    """The command ended with one line and its cure on standard error, in time, and nothing else."""
    assert (done.code, done.out) == (code, "")
    line, hint = done.err.splitlines()
    assert line.startswith("anyops: ")
    assert says in line
    assert cure in hint
    assert done.seconds < within


def report(done: Done, code: int) -> dict[str, Any]:
    """The report that a command gave as JSON; it said nothing else."""
    assert (done.code, done.err) == (code, "")
    found: dict[str, Any] = json.loads(done.out)
    return found


def unread(found: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """What a report did not read: its source, why and in which words."""
    return {item["source"]: (item["why"], item["detail"]) for item in found["unread"]}
