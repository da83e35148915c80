"""ConfigMaps that nobody uses, that hold nothing, or that are nearly too large."""

from collections.abc import Iterable, Iterator
from typing import Any

from anyops.diagnose.finding import Found, rule
from anyops.diagnose.references import needs
from anyops.diagnose.workloads import POD_MAKERS
from anyops.world.resource import Resource
from anyops.world.world import World

_LOADED_BY_OTHERS = (
    "grafana_dashboard",
    "grafana_datasource",
    "prometheus_rule",
    "fluentd_config",
    "k8sgpt.ai/dynamically-loaded",
)
"""Labels by which sidecars and tools pick config maps up without naming them."""

_SKIP = "k8sgpt.ai/skip-usage-check"
_SYSTEM_NAMES = frozenset({"kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert"})
_SYSTEM_NAMESPACES = frozenset({"kube-system", "kube-public", "kube-node-lease"})
_LARGE = 1_048_576
"""The API's limit: https://kubernetes.io/docs/concepts/configuration/configmap/#motivation"""


@rule("configmap.unused", "ConfigMap", title="ConfigMap is not used")
def unused(world: World) -> Iterator[Found]:
    """Config maps that no pod, workload, cron job or custom resource of the namespace names."""
    by_namespace: dict[str, list[Resource]] = {}
    for config in world.of_kind("ConfigMap"):
        if config.complete and _is_plain(config):
            by_namespace.setdefault(config.namespace, []).append(config)
    users = _users(world)
    for namespace, configs in by_namespace.items():
        plainly = _plainly_named(users.get(namespace, []))
        doubtful = [config for config in configs if config.name not in plainly]
        named, mentions = _named_in(users.get(namespace, []) if doubtful else ())
        for config in doubtful:
            if config.name not in named and config.name not in mentions:
                yield Found(
                    on=config,
                    title="ConfigMap is not used",
                    detail=f"ConfigMap {config.name} is not referenced by any workload of {namespace}.",
                    severity="low",
                    state="risk",
                    cites=(config.at("metadata", "name"),),
                    fix="Delete it, if nothing reads it through the API.",
                )


def _is_plain(config: Resource) -> bool:
    return not (
        config.name in _SYSTEM_NAMES
        or config.namespace in _SYSTEM_NAMESPACES
        or config.at("metadata", "ownerReferences").value
        or any(label in config.labels for label in _LOADED_BY_OTHERS)
        or config.annotations.get(_SKIP) == "true"
        or "control-plane.alpha.kubernetes.io/leader" in config.annotations
    )


def _users(world: World) -> dict[str, list[Resource]]:
    grouped: dict[str, list[Resource]] = {}
    for resource in world.resources:
        # A ReplicaSet of a Deployment says what the Deployment says.
        made = resource.kind == "ReplicaSet" and resource.at("metadata", "ownerReferences").value
        if resource.kind not in ("ConfigMap", "Secret", "Event") and not made:
            grouped.setdefault(resource.namespace, []).append(resource)
    return grouped


_REFERENCES = ("configMap", "configMapRef", "configMapKeyRef")
_TEXTS = ("command", "args", "value")
_HOLDERS = (dict, list)
_BOUND = 20_000
"""So many values of a spec are looked at."""


def _plainly_named(users: Iterable[Resource]) -> set[str]:
    """Names that stand where pod specs mostly have them; whoever is not among them may be named elsewhere."""
    makers = (user for user in users if user.kind in POD_MAKERS)
    return {ref.name for maker in makers for ref in needs(maker) if ref.kind == "ConfigMap"}


def _named_in(users: Iterable[Resource]) -> tuple[set[str], str]:
    """Names that a pod spec refers to or any other spec holds, and the text that may mention one."""
    named: set[str] = set()
    mentions: set[str] = set()
    for user in users:
        spec = user.body.get("spec")
        if user.kind in POD_MAKERS:
            _references(spec, named, mentions)
        else:
            named.update(_strings(spec))
    return named, "\n".join(sorted(mentions))


def _references(spec: Any, named: set[str], mentions: set[str]) -> None:
    """What a pod spec names as config maps; its commands, arguments and values may mention one."""
    for holder in _objects(spec):
        for key in _REFERENCES:
            source = holder.get(key)
            if isinstance(source, dict):
                named.add(str(source.get("name")))
        for key in _TEXTS:
            text = holder.get(key)
            if isinstance(text, str):
                mentions.add(text)
            elif isinstance(text, list):
                mentions.update(word for word in text if isinstance(word, str))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in it, to a bounded number."""
    stack = [value] if isinstance(value, _HOLDERS) else []
    for _ in range(_BOUND):
        if not stack:
            return
        item = stack.pop()
        if isinstance(item, dict):
            yield item
        inner = item.values() if isinstance(item, dict) else item
        stack.extend([value for value in inner if isinstance(value, _HOLDERS)])


def _strings(value: Any) -> Iterator[str]:
    """Every string in it but keys, to a bounded number."""
    stack = [value]
    for _ in range(_BOUND):
        if not stack:
            return
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, _HOLDERS):
            stack.extend(item.values() if isinstance(item, dict) else item)


@rule("configmap.empty", "ConfigMap", title="ConfigMap is empty")
def empty(world: World) -> Iterator[Found]:
    """No data and no binaryData."""
    for config in world.of_kind("ConfigMap"):
        hollow = not config.at("data").value and not config.at("binaryData").value
        if hollow and config.complete and _is_plain(config):
            yield Found(
                on=config,
                title="ConfigMap is empty",
                detail=f"ConfigMap {config.name} is empty: it has no data and no binaryData.",
                severity="low",
                state="risk",
                cites=(config.at("metadata", "name"),),
            )


@rule("configmap.large", "ConfigMap", title="ConfigMap is close to the size limit")
def large(world: World) -> Iterator[Found]:
    """More than 90 % of the 1 MiB that the API accepts."""
    for config in world.of_kind("ConfigMap"):
        data = config.at("data").strings().values(), config.at("binaryData").strings().values()
        size = sum(len(text.encode("utf-8", "surrogatepass")) for texts in data for text in texts)
        if size > 0.9 * _LARGE:
            yield Found(
                on=config,
                title="ConfigMap is close to the size limit",
                detail=f"It holds {size / _LARGE:.2f} MiB of at most 1 MiB: larger than the API stores well.",
                severity="medium",
                state="risk",
                cites=(config.at("metadata", "name"),),
                fix="Split it, or keep large files in an image or a volume.",
            )
