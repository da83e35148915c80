"""The facts of services, routes and network policies."""

from typing import Any

from anyops.diagnose.diff import defaults
from anyops.diagnose.diff.facts import (
    Facts,
    Key,
    Reader,
    compact,
    entries,
    flatten,
    mapping,
    meant,
    put,
    text,
    word,
)
from anyops.world.resource import Resource


def service_facts(facts: Facts, resource: Resource, reader: Reader) -> None:
    """Add a Service's type, ports and selector."""
    spec = defaults.service_spec(mapping(resource.at("spec").value), reader.complete)
    for port in entries(spec.pop("ports", None)):
        _service_port(facts, port, reader)
    for label, wanted in mapping(spec.pop("selector", None)).items():
        facts[Key("services", "", "", f"selector {label}")] = text(wanted, open=True)
    put(facts, Key("services", "", "", ""), flatten(spec))


def _service_port(facts: Facts, value: dict[str, Any], reader: Reader) -> None:
    """A port by number and protocol; it leads to the same number where nothing else is said."""
    port = defaults.filled(value, {**defaults.PORT, "targetPort": value.get("port", "")}, reader.complete)
    port.pop("nodePort", None)
    number, protocol = word(port.pop("port", "")), word(port.pop("protocol", "TCP"))
    key = Key("services", "", f"port {number}/{protocol}", "")
    facts[key] = text("", open=True)
    if "targetPort" in port:
        facts[key._replace(field="to")] = text(port.pop("targetPort"), open=True)
    put(facts, key, flatten(port))


def ingress_facts(facts: Facts, resource: Resource, reader: Reader) -> None:
    """Add each route of an Ingress: host and path to the service and port."""
    spec = mapping(resource.at("spec").value)
    for rule in entries(spec.pop("rules", None)):
        host = word(rule.get("host") or "*")
        for path in entries(mapping(rule.get("http")).get("paths")):
            where = f"{host}{word(path.get('path') or '/')}"
            kind = word(path.get("pathType") or "ImplementationSpecific")
            facts[Key("services", "", "", where)] = text(
                f"{defaults.backend(path.get('backend'))} ({kind})", open=True
            )
    default = spec.pop("defaultBackend", None) or spec.pop("backend", None)
    if default:
        facts[Key("services", "", "", "default backend")] = text(defaults.backend(default), open=True)
    for tls in entries(spec.pop("tls", None)):
        hosts = tls.get("hosts")
        named = sorted(map(word, hosts)) if isinstance(hosts, list) else []
        secret = reader.secret(word(tls.get("secretName", "")))
        facts[Key("services", "", "", f"TLS of {', '.join(named) or '*'}")] = text(
            f"Secret {secret}", open=True
        )
    put(facts, Key("services", "", "", ""), flatten(spec))


def policy_facts(facts: Facts, resource: Resource, reader: Reader) -> None:
    """Add what a network policy selects, closes and lets through."""
    spec = mapping(resource.at("spec").value)
    selected = _labels(spec.pop("podSelector", None))
    facts[Key("network_policies", "", "", "selects")] = text(f"pods {selected}", open=True)
    if reader.complete or "policyTypes" in spec:
        closed = ", ".join(defaults.policy_types(spec))
        facts[Key("network_policies", "", "", "closes")] = text(closed, open=True)
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for rule in entries(spec.get(direction)):
            who = ", ".join(sorted(_peer(peer) for peer in entries(rule.get(peers)))) or "anyone"
            ports = ", ".join(sorted(_port(port) for port in entries(rule.get("ports")))) or "any port"
            where = f"lets {direction} {peers} {who} on {ports}"
            facts[Key("network_policies", "", "", where)] = text("", open=True)
    rest = {k: v for k, v in spec.items() if k not in ("ingress", "egress", "policyTypes")}
    put(facts, Key("network_policies", "", "", ""), flatten(rest))


def _peer(peer: dict[str, Any]) -> str:
    block = meant(peer.get("ipBlock"))
    if block:
        excepted = block.get("except")
        out = f" except {', '.join(sorted(map(word, excepted)))}" if isinstance(excepted, list) else ""
        return f"{word(block.get('cidr', ''))}{out}"
    namespaces = f"namespaces {_labels(peer['namespaceSelector'])}" if "namespaceSelector" in peer else ""
    pods = f"pods {_labels(peer['podSelector'])}" if "podSelector" in peer else ""
    return " of ".join(filter(None, (pods, namespaces)))


def _port(port: dict[str, Any]) -> str:
    numbers = word(port.get("port", "any"))
    end = f"-{word(port['endPort'])}" if "endPort" in port else ""
    return f"{numbers}{end}/{word(port.get('protocol') or 'TCP')}"


def _labels(selector: Any) -> str:
    """`app=web`, `*` for a selector of everything."""
    it = meant(selector)
    words = [f"{k}={word(v)}" for k, v in sorted(mapping(it.get("matchLabels")).items())]
    words += sorted(
        f"{word(e.get('key', ''))} {word(e.get('operator', ''))} {_values(e)}"
        for e in entries(it.get("matchExpressions"))
    )
    return " ".join(words) or "*"


def _values(expression: dict[str, Any]) -> str:
    return compact(expression.get("values", []), ordered=False)
