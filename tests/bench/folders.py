"""Folders to measure on: a synthetic one of any size, and the largest labelled case."""

import json
from pathlib import Path
from typing import Any

from evals.data import Data
from evals.sets import SETS


def synthetic(folder: Path, pods: int) -> Path:
    """A namespace of `pods` pods in deployments of ten, as JSON, tables and events; one of them broken."""
    folder.mkdir(parents=True)
    apps = [f"app-{n:04}" for n in range(max(1, pods // 10))]
    listed = [_pod(app, n) for app in apps for n in range(10)]
    _write(folder / "pods.json", listed)
    _write(folder / "deployments.json", [_deployment(app) for app in apps])
    rows = [f"{p['metadata']['name']}   1/1   Running   0   9d   10.0.0.1   node-1" for p in listed]
    head = "NAME   READY   STATUS   RESTARTS   AGE   IP   NODE"
    (folder / "pods.txt").write_text("\n".join([head, *rows]) + "\n")
    events = [f"5m   Normal   Pulled   pod/{p['metadata']['name']}   Container image present" for p in listed]
    head = "LAST SEEN   TYPE   REASON   OBJECT   MESSAGE"
    (folder / "events.txt").write_text("\n".join([head, *events]) + "\n")
    lines = [
        f"2026-11-20T02:{n // 60 % 60:02}:{n % 60:02}Z INFO request served id={n}" for n in range(pods * 5)
    ]
    (folder / "app-0001.log").write_text("\n".join(lines) + "\n")
    return folder


def _write(file: Path, items: list[dict[str, Any]]) -> None:
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=1))


def _meta(name: str, app: str) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "big",
        "labels": {"app": app},
        "creationTimestamp": "2026-11-11T02:00:00Z",
    }


def _spec(app: str) -> dict[str, Any]:
    container = {"name": "main", "image": f"registry.example.com/{app}:1", "ports": [{"containerPort": 8080}]}
    return {"containers": [container]}


def _deployment(app: str) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": app}}, "spec": _spec(app)}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _meta(app, app),
        "spec": {"replicas": 10, "selector": {"matchLabels": {"app": app}}, "template": template},
        "status": {"replicas": 10, "readyReplicas": 0 if app == "app-0000" else 10},
    }


def _pod(app: str, number: int) -> dict[str, Any]:
    broken = app == "app-0000"
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image: not found"}}
    running = {"running": {"startedAt": "2026-11-11T02:00:05Z"}}
    status = {"name": "main", "ready": not broken, "restartCount": 0, "state": waiting if broken else running}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _meta(f"{app}-{number}", app),
        "spec": {**_spec(app), "nodeName": f"node-{number % 3}"},
        "status": {
            "phase": "Pending" if broken else "Running",
            "conditions": [{"type": "Ready", "status": "False" if broken else "True"}],
            "containerStatuses": [status],
        },
    }


def largest(data: Data, folder: Path) -> Path:
    """The largest case of an incident, written as its files."""
    every = [case for glob in SETS["cloudopsbench"].globs for case in data.cases(glob)]
    data.write(max(every, key=lambda case: len(json.dumps(case))), folder)
    return folder
