"""How a pod resolves names. https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/"""

from collections.abc import Iterator

from anyops.diagnose.addresses import in_setting
from anyops.diagnose.services import ServiceMap
from anyops.diagnose.workloads import containers, pod_spec
from anyops.world.resource import Field, Resource

Problem = tuple[tuple[Field, ...], str, bool]
"""What to cite, why names do not resolve, and whether that is certain."""


def blind_to_services(services: ServiceMap, maker: Resource) -> Iterator[Problem]:
    """A pod that names services in its settings and asks a DNS that does not know them."""
    spec = pod_spec(maker)
    policy, host = spec.at("dnsPolicy"), spec.at("hostNetwork")
    on_host = host.value is True and policy.text() == "ClusterFirst"
    doubtful = on_host or policy.text() in ("Default", "None")
    named = _named_service(services, maker) if doubtful else None
    if named is None:
        return
    if policy.text() == "Default":
        yield (policy, named), "dnsPolicy Default asks the node's DNS, which knows no services", True
    elif policy.text() == "None":
        yield from _own_servers(services, spec, named)
    else:
        yield (host, policy, named), "on the host's network dnsPolicy ClusterFirst asks the node's DNS", False


def _own_servers(services: ServiceMap, spec: Field, named: Field) -> Iterator[Problem]:
    servers = list(spec.each("dnsConfig", "nameservers"))
    cluster = [
        s.text("spec", "clusterIP")
        for s in services.world.of_kind("Service")
        if s.labels.get("k8s-app") == "kube-dns" or s.name in ("kube-dns", "coredns")
    ]
    texts = [server.text() for server in servers]
    if cluster and any(text in cluster for text in texts):
        return
    where = servers[0] if servers else spec.at("dnsPolicy")
    listed = ", ".join(texts) or "none"
    yield (where, spec.at("dnsPolicy"), named), f"dnsPolicy None with nameservers {listed}", bool(cluster)


def _named_service(services: ServiceMap, maker: Resource) -> Field | None:
    for container in containers(maker):
        for variable in container.each("env"):
            for address in in_setting(variable.text("value")):
                if services.named(address.host, maker.namespace) is not None:
                    return variable.at("value")
    return None


def misled_by_alias(services: ServiceMap, maker: Resource) -> Iterator[Problem]:
    """hostAliases that give a service's name another address than the service has."""
    for alias in pod_spec(maker).each("hostAliases"):
        for name in alias.each("hostnames"):
            service = services.named(name.text(), maker.namespace)
            ip = service.text("spec", "clusterIP") if service is not None else ""
            if service is not None and ip and ip != "None" and ip != alias.text("ip"):
                why = f"hostAliases sends {name.text()} to {alias.text('ip')}, the service has {ip}"
                yield (alias.at("ip"), name), why, True
