"""Events of the last hour: mostly of pods that were rolled out, and the complaints about those in trouble."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from .identity import Object, digest, metadata, stamp, uid
from .places import name_of, node_name, node_of
from .plan import App, Plan, Trouble
from .podstatus import pull_message, unschedulable_message

_KUBELET = {"component": "kubelet"}


def events(app: App, plan: Plan) -> Iterator[Object]:
    """The events about one application."""
    if app.recent:
        yield _scaled(app, plan)
    for number in range(app.replicas):
        if app.recent:
            yield from _started(app, plan, number)
        elif app.trouble is not Trouble.NONE:
            yield from _complaints(app, plan, number)
        elif digest("probe", app.number, number)[0] == 0 and number == 0:
            message = 'Readiness probe failed: Get "http://10.64.0.1:8080/ready": context deadline exceeded'
            yield _of_pod(app, plan, number, ("Warning", "Unhealthy", message), minutes=44)


def _scaled(app: App, plan: Plan) -> Object:
    message = f"Scaled up replica set {app.replica_set} from 0 to {app.replicas}"
    about = {
        "kind": "Deployment",
        "namespace": app.namespace,
        "name": app.name,
        "uid": uid("Deployment", app.namespace, app.name),
        "apiVersion": "apps/v1",
    }
    source = {"component": "deployment-controller"}
    minutes = 50 - app.number % 30
    return _event(plan, about, ("Normal", "ScalingReplicaSet", message), source, minutes, 1)


def _started(app: App, plan: Plan, number: int) -> Iterator[Object]:
    minutes = 50 - app.number % 30
    node = node_name(node_of(app, number, plan))
    where = f"Successfully assigned {app.namespace}/{name_of(app, number)} to {node}"
    present = f'Container image "{app.image}" already present on machine'
    for words in (
        ("Normal", "Scheduled", where),
        ("Normal", "Pulled", present),
        ("Normal", "Created", "Created container: main"),
        ("Normal", "Started", "Started container main"),
    ):
        yield _of_pod(app, plan, number, words, minutes=minutes)


def _complaints(app: App, plan: Plan, number: int) -> Iterator[Object]:
    name = name_of(app, number)
    where = f"{name}_{app.namespace}({uid('Pod', app.namespace, name)})"
    if app.trouble is Trouble.UNSCHEDULABLE:
        words = ("Warning", "FailedScheduling", unschedulable_message(plan))
        yield _of_pod(app, plan, number, words, minutes=40, times=9)
    elif app.trouble is Trouble.IMAGE:
        pull = f'Failed to pull image "{app.image}": {pull_message(app).partition("ErrImagePull: ")[2]}'
        back_off = f'Back-off pulling image "{app.image}"'
        yield _of_pod(app, plan, number, ("Warning", "Failed", pull), minutes=46, times=12)
        yield _of_pod(app, plan, number, ("Warning", "Failed", "Error: ErrImagePull"), minutes=46, times=12)
        yield _of_pod(
            app, plan, number, ("Warning", "Failed", "Error: ImagePullBackOff"), minutes=45, times=170
        )
        yield _of_pod(app, plan, number, ("Normal", "BackOff", back_off), minutes=45, times=170)
    else:
        message = f"Back-off restarting failed container main in pod {where}"
        present = f'Container image "{app.image}" already present on machine'
        yield _of_pod(app, plan, number, ("Warning", "BackOff", message), minutes=59, times=840)
        yield _of_pod(app, plan, number, ("Normal", "Pulled", present), minutes=59, times=41)


def _of_pod(
    app: App, plan: Plan, number: int, words: tuple[str, str, str], *, minutes: int, times: int = 1
) -> Object:
    name = name_of(app, number)
    about = {
        "kind": "Pod",
        "namespace": app.namespace,
        "name": name,
        "uid": uid("Pod", app.namespace, name),
        "apiVersion": "v1",
    }
    if words[1] in ("Scheduled", "FailedScheduling"):
        return _event(plan, about, words, {"component": "default-scheduler"}, minutes, times)
    source = {**_KUBELET, "host": node_name(node_of(app, number, plan))}
    return _event(plan, {**about, "fieldPath": "spec.containers{main}"}, words, source, minutes, times)


def _event(
    plan: Plan, about: Object, words: tuple[str, str, str], source: Object, minutes: int, times: int
) -> Object:
    """One Event; it began `minutes` ago, and one that was seen more often was seen a moment ago."""
    type_, reason, message = words
    first = plan.now - timedelta(minutes=minutes)
    last = plan.now - timedelta(seconds=30) if times > 1 else first
    name = f"{about['name']}.{digest('event', about['name'], *words).hex()}"[:240]
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": metadata("Event", about["namespace"], name, stamp(first)),
        "involvedObject": about,
        "reason": reason,
        "message": message,
        "source": source,
        "firstTimestamp": stamp(first),
        "lastTimestamp": stamp(last),
        "count": times,
        "type": type_,
        "eventTime": None,
        "reportingComponent": source["component"],
        "reportingInstance": source.get("host", ""),
    }
