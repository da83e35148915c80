"""Small worlds for tests: objects as the API gives them, events and logs in one line each."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from anyops.diagnose.finding import Found
from anyops.diagnose.rules import load
from anyops.world.evidence import Document, Path, Quote, Span
from anyops.world.quantity import parse_time
from anyops.world.resource import Ref, Resource
from anyops.world.world import Event, Log, LogLine, Series, World

Body = dict[str, Any]
NOW = "2026-11-20T12:00:00Z"


class JsonView:
    """A body as if it had been read from one JSON file."""

    def __init__(self, body: Body) -> None:
        self.body = body

    def quote(self, path: Path) -> Quote | None:
        value: Any = self.body
        for key in path:
            try:
                value = value[key]
            except (KeyError, IndexError, TypeError):
                return None
        return Quote(
            source="test.json", place="test.json#/" + "/".join(map(str, path)), text=json.dumps(value)
        )


def resource(body: Body, *, complete: bool = True) -> Resource:
    """A resource of its API object."""
    metadata = body.get("metadata", {})
    return Resource(
        api_version=body.get("apiVersion", "v1"),
        kind=body["kind"],
        namespace=metadata.get("namespace", ""),
        name=metadata["name"],
        body=body,
        views=(JsonView(body),),
        complete=complete,
    )


def ref(text: str) -> Ref:
    """`Pod/shop/cart-0` or `Node/n1` as a Ref."""
    kind, *namespace, name = text.split("/")
    return Ref(kind, namespace[0] if namespace else "", name)


def span(text: str, name: str = "test.txt") -> Span:
    """A span that is the whole of a document."""
    data = text.encode()
    return Span(Document(name, data), 0, len(data))


def event(
    about: str,
    reason: str,
    message: str = "",
    *,
    warning: bool = True,
    count: int = 1,
    first: str | None = None,
    last: str | None = NOW,
    component: str = "",
) -> Event:
    """An event about `Kind/namespace/name`."""
    return Event(
        about=ref(about),
        reason=reason,
        message=message,
        warning=warning,
        count=count,
        first=parse_time(first or last),
        last=parse_time(last),
        component=component,
        source=span(f"{reason} {about} {message}", "events.txt"),
    )


def log(about: str, text: str, *, container: str = "", previous: bool = False) -> Log:
    """A log of `Kind/namespace/name`, one entry a line."""
    lines = tuple(LogLine(line, span(line, "pod.log")) for line in text.splitlines())
    return Log(name=about, lines=lines, about=ref(about), container=container, previous=previous)


def world(
    *bodies: Body | Resource,
    events: Iterable[Event] = (),
    logs: Iterable[Log] = (),
    series: Iterable[Series] = (),
    listed: Iterable[str | tuple[str, str]] = (),
    at: str | None = NOW,
    question: str = "",
    complete: bool = True,
    **more: Any,
) -> World:
    """A world of these objects, captured at `at`; `listed` are kinds (or kind and namespace) read whole."""
    return World(
        resources=tuple(b if isinstance(b, Resource) else resource(b, complete=complete) for b in bodies),
        events=tuple(events),
        logs=tuple(logs),
        series=tuple(series),
        listed=frozenset((k, "") if isinstance(k, str) else k for k in listed),
        captured_at=parse_time(at),
        question=question,
        **more,
    )


def meta(name: str, namespace: str = "shop", **more: Any) -> Body:
    """Metadata; labels, annotations and the like as keywords."""
    return {"name": name, **({"namespace": namespace} if namespace else {}), **more}


def owned(kind: str, name: str) -> list[Body]:
    """ownerReferences with one controller."""
    return [{"apiVersion": "apps/v1", "kind": kind, "name": name, "controller": True}]


def pod(
    name: str = "cart-0",
    namespace: str = "shop",
    *,
    ready: bool = True,
    phase: str = "Running",
    owner: tuple[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    spec: Body | None = None,
    status: Body | None = None,
    **metadata: Any,
) -> Body:
    """A pod with one container `app`; `spec` and `status` are laid over."""
    if owner is not None:
        metadata["ownerReferences"] = owned(*owner)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta(name, namespace, labels=dict(labels or {}), **metadata),
        "spec": {"containers": [{"name": "app", "image": "registry.example/shop/cart:1.0"}], **(spec or {})},
        "status": {
            "phase": phase,
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
            "containerStatuses": [
                {"name": "app", "ready": ready, "restartCount": 0, "state": {"running": {}}}
            ],
            **(status or {}),
        },
    }


def workload(
    kind: str = "Deployment",
    name: str = "cart",
    namespace: str = "shop",
    *,
    replicas: int | None = 1,
    ready: int | None = 1,
    labels: Mapping[str, str] | None = None,
    template: Body | None = None,
    spec: Body | None = None,
    status: Body | None = None,
    **metadata: Any,
) -> Body:
    """A Deployment, StatefulSet, ReplicaSet or DaemonSet; `template` is laid over its pod spec."""
    app = dict(labels or {"app": name})
    pod_spec = {
        "containers": [{"name": "app", "image": "registry.example/shop/cart:1.0"}],
        **(template or {}),
    }
    counts = (
        {"numberReady": ready}
        if kind == "DaemonSet"
        else {"readyReplicas": ready, "availableReplicas": ready}
    )
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": meta(name, namespace, **metadata),
        "spec": {
            **({} if replicas is None or kind == "DaemonSet" else {"replicas": replicas}),
            "selector": {"matchLabels": app},
            "template": {"metadata": {"labels": app}, "spec": pod_spec},
            **(spec or {}),
        },
        "status": {
            **({"desiredNumberScheduled": replicas} if kind == "DaemonSet" else {"replicas": replicas}),
            **counts,
            **(status or {}),
        },
    }


def condition(type_: str, status: str, reason: str = "", message: str = "", **more: Any) -> Body:
    """A status condition."""
    return {"type": type_, "status": status, "reason": reason, "message": message, **more}


def findings(seen: World, *rule_ids: str) -> list[Found]:
    """What these rules (their ids, or a prefix as `pod.`) say about a world."""
    return [
        found
        for id_, rule in load().items()
        if id_ in rule_ids or id_.startswith(tuple(i for i in rule_ids if i.endswith(".")))
        for found in rule(seen)
    ]
