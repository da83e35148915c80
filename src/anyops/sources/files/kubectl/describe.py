"""`kubectl describe` of any kind: objects in the shape of the API, and the events below each.

Source of the format: the describers of kubectl, https://github.com/kubernetes/kubectl/tree/master/pkg/describe
(1.16 to 1.34). Several objects follow each other with blank lines between.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from msgspec import Struct

from anyops.sources.files.kubectl import describe_access as access
from anyops.sources.files.kubectl import describe_custom as custom
from anyops.sources.files.kubectl import describe_network as network
from anyops.sources.files.kubectl import describe_nodes as nodes
from anyops.sources.files.kubectl import describe_pods as pods
from anyops.sources.files.kubectl import describe_policies as policies
from anyops.sources.files.kubectl import describe_services as services
from anyops.sources.files.kubectl import describe_storage as storage
from anyops.sources.files.kubectl import describe_workloads as workloads
from anyops.sources.files.kubectl.command import Hint
from anyops.sources.files.kubectl.events import describe_events
from anyops.sources.files.kubectl.fields import put_metadata
from anyops.sources.files.kubectl.kinds import is_namespaced
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.kubectl.tree import Node, read_tree
from anyops.sources.files.reading import UNKNOWN_NAMESPACE, Reading

Reader = Callable[[Node, Sketch], None]


class Describer(Struct, frozen=True):
    """How a kind is recognised, by keys in the first column that all stand there, and read."""

    kind: str
    keys: tuple[str, ...]
    read: Reader


DESCRIBERS = (
    Describer("Pod", ("Containers",), pods.read_pod),
    Describer("Pod", ("Init Containers",), pods.read_pod),
    Describer("Deployment", ("StrategyType",), workloads.read_deployment),
    Describer("Deployment", ("NewReplicaSet",), workloads.read_deployment),
    Describer("DaemonSet", ("Desired Number of Nodes Scheduled",), workloads.read_daemon_set),
    Describer("StatefulSet", ("Volume Claims",), workloads.read_stateful_set),
    Describer("StatefulSet", ("Update Strategy", "Pod Template"), workloads.read_stateful_set),
    Describer("CronJob", ("Schedule", "Concurrency Policy"), workloads.read_cron_job),
    Describer("Job", ("Pods Statuses",), workloads.read_job),
    Describer("ReplicaSet", ("Replicas", "Pods Status"), workloads.read_replica_set),
    Describer("Node", ("Allocatable",), nodes.read_node),
    Describer("Node", ("System Info",), nodes.read_node),
    Describer("Service", ("Session Affinity",), services.read_service),
    Describer("Service", ("TargetPort",), services.read_service),
    Describer("Endpoints", ("Subsets",), services.read_endpoints),
    Describer("EndpointSlice", ("AddressType",), services.read_endpoint_slice),
    Describer("Secret", ("Type", "===="), access.read_secret),
    Describer("ConfigMap", ("====",), access.read_config_map),
    Describer("ServiceAccount", ("Mountable secrets",), access.read_service_account),
    Describer("ServiceAccount", ("Image pull secrets",), access.read_service_account),
    Describer("PersistentVolumeClaim", ("Volume", "Access Modes"), storage.read_claim),
    Describer("PersistentVolume", ("Reclaim Policy", "Claim"), storage.read_volume),
    Describer("StorageClass", ("Provisioner",), storage.read_class),
    Describer("Ingress", ("Rules", "Address"), network.read_ingress),
    Describer("IngressClass", ("Controller",), network.read_ingress_class),
    Describer("NetworkPolicy", ("Created on", "Spec"), network.read_network_policy),
    Describer("HorizontalPodAutoscaler", ("Reference", "Metrics"), policies.read_autoscaler),
    Describer("PodDisruptionBudget", ("Min available", "Selector"), policies.read_budget),
    Describer("PodDisruptionBudget", ("Max unavailable", "Selector"), policies.read_budget),
    Describer("PriorityClass", ("GlobalDefault",), policies.read_priority_class),
    Describer("Role", ("PolicyRule",), access.read_role),
    Describer("RoleBinding", ("Role", "Subjects"), access.read_binding),
    Describer("ResourceQuota", ("Resource Used",), policies.read_quota),
    Describer("LimitRange", ("Type Resource",), policies.read_limit_range),
    Describer("Namespace", ("Status", "No LimitRange"), nodes.read_namespace),
    Describer("Namespace", ("Status", "Resource Limits"), nodes.read_namespace),
    Describer("Namespace", ("Status", "Resource Quotas"), nodes.read_namespace),
    Describer("Namespace", ("Status", "No resource"), nodes.read_namespace),
)
"""Tried in order. The first two words of a line without a key count as a key, and so does `====`."""

_ALIKE = {"ReplicaSet": ("ReplicationController",)}
"""Kinds whose descriptions look the same: there the command decides."""
_SECOND = re.compile(r"(?:[A-Z][A-Za-z -]{1,40}:(?:\s|$)|Resource\s|Type\s\s|Field\s)")


def read_descriptions(text: Text, first: int, last: int, hint: Hint, into: Reading) -> int | None:
    """Read every description in lines `first` to `last` (exclusive); the line of the first, None if none."""
    starts = list(_starts(text.lines, first, last))
    kinds: list[str] = []
    begin = None
    for start, end in pairwise([*starts, last]):
        kind = _read_object(text, start, end, hint, into)
        if kind:
            kinds.append(kind)
            begin = start if begin is None else begin
    if hint.exact and hint.verb == "describe" and not hint.words and not hint.filtered:
        into.listed.update((kind, _listed(kind, hint)) for kind in kinds)
    return begin


def _listed(kind: str, hint: Hint) -> str:
    return "" if hint.everywhere or not is_namespaced(kind) else hint.namespace or UNKNOWN_NAMESPACE


_MARKS = frozenset({"Name:", "====", "Type:", "Event"})


def _starts(lines: list[str], first: int, last: int) -> Iterator[int]:
    """The lines that begin an object. Inside a ConfigMap's data nothing does, before its `Events:`."""
    is_secret = in_data = False
    for number in [n for n in range(first, last) if lines[n][:5] in _MARKS]:
        mark = lines[number][:5]
        if mark == "Name:":
            if not in_data and _begins(lines, number, last):
                is_secret = False
                yield number
        elif mark == "====":
            in_data = not is_secret and lines[number - 1] == "Data"
        elif mark == "Type:":
            is_secret = not in_data
        elif lines[number].startswith("Events:"):
            in_data = False


def _begins(lines: list[str], number: int, last: int) -> bool:
    """Whether a line `Name:` begins an object: the next line that is not empty is a key, too."""
    if lines[number][5:6] not in ("", " "):
        return False
    following = next((lines[n] for n in range(number + 1, min(last, number + 4)) if lines[n].strip()), "")
    return _SECOND.match(following) is not None


def _read_object(text: Text, first: int, last: int, hint: Hint, into: Reading) -> str:
    """Read one object and its events; its kind, "" when it is none that is known."""
    lines = text.lines
    events = next((n for n in range(last - 1, first, -1) if lines[n].startswith("Events:")), last)
    data = next(
        (n for n in range(first + 1, events) if lines[n] == "====" and lines[n - 1] == "Data"), events
    )
    is_pod = any(lines[n].startswith("Node:") for n in range(first, min(events, first + 12)))
    root = read_tree(text, first, data, is_pod=is_pod)
    keys = {child.key or " ".join(child.value.split()[:2]) for child in root.children}
    if data < events:
        root.end = events - 1
        keys.add("====")
    sketch = Sketch(text, into.times)
    kind, api_version = _read(root, keys, sketch, hint)
    if not kind:
        return ""
    if hint.namespace and is_namespaced(kind):
        sketch.body.setdefault("metadata", {}).setdefault("namespace", hint.namespace)
    resource = sketch.resource(kind, api_version)
    into.resources.append(resource)
    into.aged_events.extend(describe_events(text, events + 1, last, resource.ref))
    if kind == "Namespace":
        into.resources.extend(nodes.quotas_of(root, sketch))
        into.listed.update((listed, resource.name) for listed in nodes.listed_in(keys))
    return kind


def _read(root: Node, keys: set[str], sketch: Sketch, hint: Hint) -> tuple[str, str]:
    """Fill the sketch; kind and, for a custom resource, API version."""
    if "API Version" in keys and "Kind" in keys:
        custom.read_custom(root, sketch)
        return root.text("Kind"), root.text("API Version")
    for describer in DESCRIBERS:
        if keys.issuperset(describer.keys):
            describer.read(root, sketch)
            return _kind(describer.kind, sketch, hint), ""
    if hint.verb == "describe" and hint.kind:
        put_metadata(root, sketch)
        return hint.kind, ""
    return "", ""


def _kind(kind: str, sketch: Sketch, hint: Hint) -> str:
    """What the describer's kind stands for: a role's description does not say whether it is the cluster's."""
    if hint.kind in _ALIKE.get(kind, ()):
        return hint.kind
    if kind in ("Role", "RoleBinding"):
        of_role = sketch.body.get("roleRef", {}).get("kind") == "Role"
        namespaced = hint.kind == kind or (not hint.kind and (hint.namespace or of_role))
        return kind if namespaced else f"Cluster{kind}"
    return kind
