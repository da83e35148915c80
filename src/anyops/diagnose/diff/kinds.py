"""The facts of one object, by its kind."""

from collections.abc import Callable
from typing import Any

from anyops.diagnose.diff import defaults
from anyops.diagnose.diff.access import BINDINGS, ROLES, binding_facts, role_facts
from anyops.diagnose.diff.autoscalers import autoscaler_facts
from anyops.diagnose.diff.facts import (
    Facts,
    Key,
    Reader,
    Value,
    entries,
    flatten,
    mapping,
    meant,
    put,
    quantity,
    text,
    word,
)
from anyops.diagnose.diff.metadata import object_facts
from anyops.diagnose.diff.network import ingress_facts, policy_facts, service_facts
from anyops.diagnose.diff.workloads import workload_facts
from anyops.diagnose.workloads import POD_MAKERS
from anyops.world.resource import Resource

_BY_GROUP = {
    "workloads": POD_MAKERS,
    "replicas": ("HorizontalPodAutoscaler", "VerticalPodAutoscaler", "ScaledObject", "ScaledJob"),
    "config": ("ConfigMap",),
    "secrets": ("Secret",),
    "scheduling": ("PriorityClass", "RuntimeClass"),
    "rollout": ("PodDisruptionBudget",),
    "security": ("ServiceAccount", "PodSecurityPolicy"),
    "storage": (
        "PersistentVolumeClaim",
        "PersistentVolume",
        "StorageClass",
        "CSIDriver",
        "VolumeSnapshotClass",
    ),
    "access": (*ROLES, *BINDINGS),
    "network_policies": ("NetworkPolicy",),
    "services": ("Service", "Ingress", "IngressClass", "Gateway", "GatewayClass", "HTTPRoute", "GRPCRoute"),
    "quotas": ("ResourceQuota", "LimitRange"),
    "admission": (
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "APIService",
        "CustomResourceDefinition",
        "FlowSchema",
        "PriorityLevelConfiguration",
    ),
    "nodes": ("Node",),
}
_GROUPS = {kind: group for group, kinds in _BY_GROUP.items() for kind in kinds}
_NATIVE = ("", "apps", "batch", "autoscaling", "policy", "extensions")
_NOT_FACTS = frozenset(["apiVersion", "kind", "metadata", "status"])
_NODE_INFO = ("kubeletVersion", "osImage", "kernelVersion", "containerRuntimeVersion", "architecture")


def is_native(resource: Resource) -> bool:
    """Whether the kind is of Kubernetes itself: other groups use the same names too."""
    group = resource.group
    return group in _NATIVE or (group.endswith(".k8s.io") and not group.startswith(("gateway.", "snapshot.")))


def group_of(resource: Resource) -> str:
    """The group of changes that an object as a whole belongs to."""
    if resource.kind == "HelmRelease" or not is_native(resource):
        return "services" if resource.group == "gateway.networking.k8s.io" else "custom"
    return _GROUPS.get(resource.kind, "other")


def facts_of(resource: Resource, reader: Reader) -> Facts:
    """Everything about an object that somebody decided."""
    facts: Facts = {}
    object_facts(facts, resource.at("metadata").value)
    native = is_native(resource)
    special = _SPECIAL.get(resource.kind) if native or resource.kind == "HelmRelease" else None
    if special is not None:
        special(facts, resource, reader)
    else:
        _plain(facts, resource, reader, native)
    return facts


def _plain(facts: Facts, resource: Resource, reader: Reader, native: bool) -> None:
    """Any other object: all its leaves but the status."""
    group = group_of(resource)
    body = {k: v for k, v in mapping(resource.body).items() if k not in _NOT_FACTS}
    if native:
        body = defaults.filled(body, defaults.OBJECTS.get(resource.kind, {}), reader.complete)
        if "spec" in body or resource.kind in defaults.SPECS:
            body["spec"] = _spec(resource.kind, mapping(body.get("spec")), reader)
        if "webhooks" in body:
            body["webhooks"] = [_webhook(hook, reader) for hook in entries(body["webhooks"])]
    for key, value in body.items():
        put(facts, Key(group, "", "", "" if key == "spec" else key), flatten(value, known=native))


def _spec(kind: str, spec: dict[str, Any], reader: Reader) -> dict[str, Any]:
    kept = defaults.filled(spec, defaults.SPECS.get(kind, {}), reader.complete)
    if kind == "CustomResourceDefinition":
        return _definition(kept, reader)
    if kind == "APIService":
        kept = _with_port(kept, reader)
    if kind == "PersistentVolumeClaim" and mapping(kept.get("dataSourceRef")) == mapping(
        kept.get("dataSource")
    ):
        kept.pop("dataSourceRef", None)
    return {k: v for k, v in kept.items() if k not in defaults.DROPPED.get(kind, ())}


def _webhook(hook: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """A webhook without the certificate that an operator writes into it."""
    it = defaults.filled(hook, defaults.WEBHOOK, reader.complete)
    client = {k: v for k, v in meant(it.get("clientConfig")).items() if k != "caBundle"}
    it["clientConfig"] = _with_port(client, reader)
    it["rules"] = [{"scope": "*", **rule} for rule in entries(it.get("rules"))]
    return meant(it)


def _with_port(client: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """What names a service that the API server calls, with the port that it takes by default."""
    if not mapping(client.get("service")):
        return client
    return {**client, "service": defaults.filled(client["service"], {"port": 443}, reader.complete)}


def _definition(spec: dict[str, Any], reader: Reader) -> dict[str, Any]:
    """A custom resource definition's spec with the names that follow from its kind."""
    names = mapping(spec.get("names"))
    kind = word(names.get("kind", ""))
    derived = {"listKind": f"{kind}List", "singular": kind.lower()}
    names = defaults.filled(names, derived, reader.complete)
    conversion = defaults.filled(spec.get("conversion"), {"strategy": "None"}, reader.complete)
    webhook = mapping(conversion.get("webhook"))
    if webhook:
        client = {k: v for k, v in meant(webhook.get("clientConfig")).items() if k != "caBundle"}
        conversion["webhook"] = {**webhook, "clientConfig": _with_port(client, reader)}
    return {**spec, "names": names, "conversion": conversion}


def _config_facts(facts: Facts, resource: Resource, reader: Reader) -> None:
    for key, value in mapping(resource.at("data").value).items():
        facts[Key("config", "", "", key)] = text(value)
    for key, value in mapping(resource.at("binaryData").value).items() if reader.complete else ():
        facts[Key("config", "", "", key)] = _binary(word(value))
    if resource.at("immutable").value:
        facts[Key("config", "", "", "immutable")] = text(True)


def _binary(encoded: str) -> Value:
    return text(encoded)._replace(
        shown=f"binary, {len(encoded.strip()) * 3 // 4 - encoded.count('='):,} bytes"
    )


def _secret_facts(facts: Facts, resource: Resource, reader: Reader) -> None:
    """The keys and the type; a value never becomes a fact."""
    for part in ("data", "stringData"):
        for key in mapping(resource.at(part).value):
            facts[Key("secrets", "", "", f"key {key}")] = text("", open=True)
    type_ = resource.text("type") or ("Opaque" if reader.complete else "")
    if type_:
        facts[Key("secrets", "", "", "type")] = text(type_, open=True)


def _account_facts(facts: Facts, resource: Resource, reader: Reader) -> None:
    """What a service account's pods get; its token secrets are made by a controller."""
    for secret in entries(resource.at("imagePullSecrets").value):
        name = reader.secret(word(secret.get("name", "")))
        facts[Key("security", "", "", f"imagePullSecret {name}")] = text("", open=True)
    mounts = resource.at("automountServiceAccountToken").value
    if mounts is not None:
        facts[Key("security", "", "", "automountServiceAccountToken")] = text(mounts, open=True)


def _node_facts(facts: Facts, resource: Resource, reader: Reader) -> None:
    """What a node is: versions, capacity, taints, and whether it is cordoned."""
    for key in _NODE_INFO:
        if said := resource.text("status", "nodeInfo", key):
            facts[Key("nodes", "", "", key)] = text(said, open=True)
    for key, amount in meant(resource.at("status", "capacity").value).items():
        facts[Key("nodes", "", "", f"capacity {key}")] = quantity(amount)
    spec = defaults.filled(resource.at("spec").value, {}, reader.complete)
    for taint in entries(spec.pop("taints", None)):
        value = f"={word(taint['value'])}" if taint.get("value") else ""
        said = f"taint {word(taint.get('key', ''))}{value}:{word(taint.get('effect', ''))}"
        facts[Key("nodes", "", "", said)] = text("", open=True)
    rest = {k: v for k, v in spec.items() if k not in defaults.DROPPED["Node"]}
    put(facts, Key("nodes", "", "", ""), flatten(rest))


def _release_facts(facts: Facts, resource: Resource, reader: Reader) -> None:
    """A Helm release's chart and the version of what it installs; a Flux HelmRelease's spec."""
    for key in ("chart", "appVersion"):
        if said := resource.text("status", key):
            facts[Key("custom", "", "", key)] = text(said, open=True)
    if resource.group != "helm.sh":
        _plain(facts, resource, reader, native=False)


_SPECIAL: dict[str, Callable[[Facts, Resource, Reader], None]] = {
    **dict.fromkeys(POD_MAKERS, workload_facts),
    **dict.fromkeys(ROLES, role_facts),
    **dict.fromkeys(BINDINGS, binding_facts),
    "Service": service_facts,
    "Ingress": ingress_facts,
    "NetworkPolicy": policy_facts,
    "ConfigMap": _config_facts,
    "Secret": _secret_facts,
    "HorizontalPodAutoscaler": autoscaler_facts,
    "ServiceAccount": _account_facts,
    "Node": _node_facts,
    "HelmRelease": _release_facts,
}
