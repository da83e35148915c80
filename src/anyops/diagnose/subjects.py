"""Whom a log or a metric is about, where the input names it only by a word."""

from functools import cached_property

from anyops.diagnose.services import workloads_behind
from anyops.world.resource import Ref, Resource
from anyops.world.world import Log, Series, World

_KINDS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Node", "Pod", "Job", "CronJob", "Service")
_LABELS = (
    ("pod", "Pod"), ("pod_name", "Pod"), ("kube_pod", "Pod"), ("deployment", "Deployment"),
    ("statefulset", "StatefulSet"), ("node", "Node"), ("kube_node", "Node"),
)  # fmt: skip
_WORDS = (
    "service", "workload", "app", "app_kubernetes_io_name", "destination_workload",
    "destination_service_name", "container", "job", "service_name", "instance", "host",
)  # fmt: skip
DATABASE_LABELS = (
    "DBInstanceIdentifier",
    "dbinstanceidentifier",
    "DBClusterIdentifier",
    "db_instance",
    "database_id",
)


class Subjects:
    """Finds the object that a name, a log or a series means."""

    def __init__(self, world: World) -> None:
        self.world = world

    @cached_property
    def _by_name(self) -> dict[str, Ref]:
        """Workloads before pods before services; a name that two namespaces share means nothing alone."""
        found: dict[str, Ref] = {}
        for kind in reversed(_KINDS):
            seen: set[str] = set()
            for resource in self.world.of_kind(kind):
                if resource.name in seen:
                    found.pop(resource.name, None)
                else:
                    found[resource.name] = resource.ref
                    seen.add(resource.name)
        return found

    def named(self, name: str) -> Ref | None:
        """The object of that name: a workload, a node, a pod or a service."""
        if name in self._by_name:
            return self._by_name[name]
        stem = name.rpartition("/")[2]
        for ending in (".log", ".txt", ".json", ".previous"):
            stem = stem.removesuffix(ending)
        return self._by_name.get(stem)

    def top(self, ref: Ref) -> Ref:
        """The outermost owner of what the reference means; for a service the one workload behind it."""
        resource = self.world.by_ref.get(ref)
        if resource is None:
            return ref
        if ref.kind == "Service":
            behind = workloads_behind(self.world, resource)
            return behind[0].ref if len(behind) == 1 else self.named(ref.name) or ref
        return self.world.top_owner(resource)

    def of_log(self, log: Log) -> Ref | None:
        """Who wrote a log."""
        return log.about if log.about is not None else self.named(log.name)

    def of_series(self, series: Series) -> Ref | None:
        """What a series measures; a database instance of a cloud is a Ref of kind DBInstance."""
        labels = series.labels
        for key in DATABASE_LABELS:
            if labels.get(key):
                return Ref("DBInstance", "", labels[key])
        if series.about is not None and (series.about in self.world.by_ref or not series.about.namespace):
            return series.about
        for key, kind in _LABELS:
            if labels.get(key):
                return self._of_kind(kind, labels.get("namespace", ""), labels[key])
        words = (labels[key] for key in _WORDS if labels.get(key))
        meant = (self.named(word.partition(":")[0]) for word in words)
        return next((ref for ref in meant if ref is not None), series.about)

    def of_alert(self, alert: Resource) -> Ref | None:
        """The object that an alert is about: the one it names, else that of a label, else of its own name."""
        about = alert.at("about")
        if about.text("name"):
            ref = Ref(about.text("kind"), about.text("namespace"), about.text("name"))
            return ref if ref in self.world.by_ref else self.named(ref.name) or ref
        labels = alert.at("labels").strings()
        words = [labels[k] for k in ("pod", "deployment", "statefulset", "node", *_WORDS) if labels.get(k)]
        meant = (self.named(word) for word in (*words, alert.name))
        return next((ref for ref in meant if ref is not None), None)

    def _of_kind(self, kind: str, namespace: str, name: str) -> Ref:
        ref = Ref(kind, "" if kind == "Node" else namespace, name)
        if ref in self.world.by_ref:
            return ref
        known = self._by_name.get(name)
        return known if known is not None and known.kind == kind else ref

    @cached_property
    def logs(self) -> dict[Ref, list[Log]]:
        """Logs of each object, whoever named it."""
        found: dict[Ref, list[Log]] = {}
        for log in self.world.logs:
            ref = self.of_log(log)
            if ref is not None:
                found.setdefault(ref, []).append(log)
        return found
