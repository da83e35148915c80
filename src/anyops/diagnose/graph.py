"""Where trouble flows: from a node to its pods, from pods to their service, from a service to its callers."""

import re
from collections.abc import Iterator
from functools import cached_property

from anyops.diagnose.references import needs
from anyops.diagnose.selectors import selected_by
from anyops.diagnose.services import services_selecting
from anyops.diagnose.workloads import (
    POD_MAKERS,
    WORKLOADS,
    containers,
    pods_on,
    pods_under,
    template,
)
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_ADDRESS = re.compile(
    r"(?:^|[/@=,\s])([a-z0-9][a-z0-9-]{0,62})(?:\.([a-z0-9-]{1,63}))?(?:\.svc[a-z.]*)?(?::\d{1,5})?(?=[/,\s?]|$)"
)


class Graph:
    """The dependency graph of one world, walked on demand.

    `follows(ref)` are the resources whose symptoms can follow from trouble at `ref`, near ones first.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self._near: dict[Ref, tuple[Ref, ...]] = {}
        self._far: dict[Ref, dict[Ref, int]] = {}

    def near(self, ref: Ref) -> tuple[Ref, ...]:
        """One step: what directly suffers from trouble at `ref`."""
        if ref not in self._near:
            self._near[ref] = tuple(dict.fromkeys(r for r in self._step(ref) if r != ref))
        return self._near[ref]

    def follows(self, ref: Ref) -> dict[Ref, int]:
        """Everything downstream with its distance in steps, `ref` itself at 0."""
        if ref not in self._far:
            distance, edge = {ref: 0}, [ref]
            while edge:
                current = edge.pop(0)
                for child in self.near(current):
                    if child not in distance:
                        distance[child] = distance[current] + 1
                        edge.append(child)
            self._far[ref] = distance
        return self._far[ref]

    def _step(self, ref: Ref) -> Iterator[Ref]:
        yield from self._users.get(ref, ())
        if ref.kind == "Node":
            yield from (pod.ref for pod in pods_on(self.world, ref.name))
        if ref.kind in WORKLOADS:
            yield from (child.ref for child in self.world.owned_by(ref))
            yield from (pod.ref for pod in pods_under(self.world, ref))
        resource = self.world.by_ref.get(ref)
        if ref.kind in POD_MAKERS:
            if resource is not None:
                yield from self.world.owners(resource)
                yield self.world.top_owner(resource)
            yield from self._services_over(ref, resource)

    def _services_over(self, ref: Ref, resource: Resource | None) -> Iterator[Ref]:
        labels = template(resource).strings("metadata", "labels") if resource is not None else {}
        if labels:
            yield from (s.ref for s in services_selecting(self.world, ref.namespace, labels))
        elif self.world.get("Service", ref.namespace, ref.name) is not None:
            yield Ref("Service", ref.namespace, ref.name)

    @cached_property
    def _users(self) -> dict[Ref, list[Ref]]:
        """What each resource is used by, for every reference that stands in a spec."""
        users: dict[Ref, list[Ref]] = {}
        for user, used in self._uses():
            users.setdefault(used, []).append(user)
        return users

    def _uses(self) -> Iterator[tuple[Ref, Ref]]:
        world = self.world
        for maker in world.of_kind(*POD_MAKERS):
            yield from ((maker.ref, used) for used in needs(maker))
        for claim in world.of_kind("PersistentVolumeClaim"):
            yield claim.ref, Ref("PersistentVolume", "", claim.text("spec", "volumeName"))
            yield claim.ref, Ref("StorageClass", "", claim.text("spec", "storageClassName"))
        for ingress in world.of_kind("Ingress"):
            yield from ((ingress.ref, service) for service in _backends(ingress))
        for scaler in world.of_kind("HorizontalPodAutoscaler"):
            target = scaler.at("spec", "scaleTargetRef")
            yield scaler.ref, Ref(target.text("kind"), scaler.namespace, target.text("name"))
        for app in world.of_kind("Application"):
            for part in app.each("status", "resources"):
                yield app.ref, Ref(part.text("kind"), part.text("namespace"), part.text("name"))
        for endpoints in world.of_kind("Endpoints"):
            yield endpoints.ref, Ref("Service", endpoints.namespace, endpoints.name)
        for piece in world.of_kind("EndpointSlice"):
            service = piece.labels.get("kubernetes.io/service-name", "")
            yield piece.ref, Ref("Service", piece.namespace, service)
        for policy in world.of_kind("NetworkPolicy"):
            for pod in selected_by(world, "Pod", policy.namespace, policy.at("spec", "podSelector")):
                yield pod.ref, policy.ref
        yield from self.calls
        yield from self._alerts()

    @cached_property
    def calls(self) -> list[tuple[Ref, Ref]]:
        """Caller → called service: from a call graph, else from addresses in environment variables."""
        return [*self._told_calls(), *self._set_calls()]

    def _told_calls(self) -> Iterator[tuple[Ref, Ref]]:
        for call in self.world.of_kind("Dependency"):
            for caller in self.named(call.text("spec", "from")):
                yield from ((caller, called) for called in self.named(call.text("spec", "to")))

    def _set_calls(self) -> Iterator[tuple[Ref, Ref]]:
        for maker in self.world.of_kind(*POD_MAKERS):
            for container in containers(maker):
                for value in container.texts("env", under="value"):
                    if len(value) <= 300 and (":" in value or "." in value or "/" in value):
                        yield from ((maker.ref, s) for s in self._addressed(value, maker.namespace))

    def _addressed(self, value: str, namespace: str) -> Iterator[Ref]:
        for match in _ADDRESS.finditer(value):
            ref = Ref("Service", match[2] or namespace, match[1])
            if ref in self.world.by_ref:
                yield ref

    def named(self, name: str) -> list[Ref]:
        """Workloads and services of that bare name."""
        return self._by_name.get(name, [])

    @cached_property
    def _by_name(self) -> dict[str, list[Ref]]:
        found: dict[str, list[Ref]] = {}
        for resource in self.world.of_kind("Service", "Deployment", "StatefulSet", "DaemonSet"):
            found.setdefault(resource.name, []).append(resource.ref)
        return found

    def _alerts(self) -> Iterator[tuple[Ref, Ref]]:
        for alert in self.world.of_kind("Alert"):
            labels = alert.at("labels").strings()
            for ref in labelled_refs(labels):
                yield alert.ref, ref


def labelled_refs(labels: dict[str, str]) -> Iterator[Ref]:
    """The objects that an alert's or a metric's labels name, in kube-state-metrics' terms."""
    namespace = labels.get("namespace", "")
    for label, kind in _LABEL_KINDS.items():
        if labels.get(label):
            yield Ref(kind, "" if kind in ("Node", "PersistentVolume") else namespace, labels[label])


_LABEL_KINDS = {
    "pod": "Pod",
    "deployment": "Deployment",
    "statefulset": "StatefulSet",
    "daemonset": "DaemonSet",
    "replicaset": "ReplicaSet",
    "job_name": "Job",
    "cronjob": "CronJob",
    "node": "Node",
    "service": "Service",
    "persistentvolumeclaim": "PersistentVolumeClaim",
    "persistentvolume": "PersistentVolume",
    "horizontalpodautoscaler": "HorizontalPodAutoscaler",
}


def _backends(ingress: Resource) -> Iterator[Ref]:
    default = ingress.at("spec", "defaultBackend")
    names = [default.text("service", "name"), ingress.text("spec", "backend", "serviceName")]
    for rule in ingress.each("spec", "rules"):
        for path in rule.each("http", "paths"):
            names += [path.text("backend", "service", "name"), path.text("backend", "serviceName")]
    yield from (Ref("Service", ingress.namespace, name) for name in names if name)
