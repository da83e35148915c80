"""Whether network policies let one pod talk to another.

Semantics of https://kubernetes.io/docs/concepts/services-networking/network-policies/ : a pod that no policy
selects for a direction is open in it; a selected one allows what any of these policies allows. What was not
read (a namespace's labels, an address) counts as allowed, so that nothing is blamed on a guess.
"""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Literal

from msgspec import Struct

from anyops.diagnose.selectors import matches
from anyops.world.labels import SelectorIndex
from anyops.world.resource import Field, Resource
from anyops.world.world import World

Direction = Literal["Ingress", "Egress"]
_NAME_LABEL = "kubernetes.io/metadata.name"
"""Set on every namespace by the API server since 1.21."""


class Peer(Struct, frozen=True):
    """One end of a flow: a pod's namespace and labels, its addresses where known, its named ports."""

    namespace: str
    labels: Mapping[str, str]
    addresses: tuple[str, ...] = ()
    named_ports: Mapping[str, int] = {}


class Port(Struct, frozen=True):
    """Where a flow arrives."""

    number: int
    protocol: str = "TCP"


def isolating(world: World, peer: Peer, direction: str) -> list[Resource]:
    """The policies that select the peer for this direction."""
    return [
        policy
        for policy in world.derived(_policies).selecting(peer.namespace, peer.labels)
        if direction in policy_types(policy) and matches(policy.at("spec", "podSelector"), peer.labels)
    ]


def _policies(world: World) -> SelectorIndex[Resource]:
    return SelectorIndex(
        (policy.namespace, policy.at("spec", "podSelector").strings("matchLabels"), policy)
        for policy in world.of_kind("NetworkPolicy")
    )


def policy_types(policy: Resource) -> set[str]:
    """spec.policyTypes; by default Ingress, and Egress where there are egress rules."""
    types = {t.text() for t in policy.each("spec", "policyTypes")}
    return types or ({"Ingress", "Egress"} if policy.at("spec", "egress").value else {"Ingress"})


def blocked_by(world: World, source: Peer, target: Peer, port: Port) -> list[Resource]:
    """The policies that stop the flow: those isolating the source, else the target; none when allowed."""
    leaving = isolating(world, source, "Egress")
    if leaving and not any(_permits(world, p, "Egress", target, port, target) for p in leaving):
        return leaving
    entering = isolating(world, target, "Ingress")
    if entering and not any(_permits(world, p, "Ingress", source, port, target) for p in entering):
        return entering
    return []


def _permits(
    world: World, policy: Resource, direction: Direction, other: Peer, port: Port, target: Peer
) -> bool:
    key, side = ("egress", "to") if direction == "Egress" else ("ingress", "from")
    return any(
        _opens(rule, port, target) and _covers(world, rule.at(side), policy.namespace, other)
        for rule in policy.each("spec", key)
    )


def _opens(rule: Field, port: Port, target: Peer) -> bool:
    entries = list(rule.each("ports"))
    return not entries or any(_is_port(entry, port, target) for entry in entries)


def _is_port(entry: Field, port: Port, target: Peer) -> bool:
    if (entry.text("protocol") or "TCP") != port.protocol:
        return False
    first = entry.number("port")
    if first is None:
        name = entry.text("port")
        return not name or target.named_ports.get(name, port.number) == port.number
    return first <= port.number <= (entry.number("endPort") or first)


def _covers(world: World, peers: Field, namespace: str, other: Peer) -> bool:
    entries = list(peers.each())
    return not entries or any(_is_peer(world, entry, namespace, other) for entry in entries)


def _is_peer(world: World, entry: Field, namespace: str, other: Peer) -> bool:
    if entry.present("ipBlock"):
        return _in_block(entry.at("ipBlock"), other.addresses)
    if entry.present("podSelector") and not matches(entry.at("podSelector"), other.labels):
        return False
    if not entry.present("namespaceSelector"):
        return other.namespace == namespace
    return _in_namespace(world, entry.at("namespaceSelector"), other.namespace)


def _in_namespace(world: World, selector: Field, name: str) -> bool:
    resource = world.get("Namespace", "", name)
    if resource is not None and resource.complete:
        return matches(selector, {_NAME_LABEL: name, **resource.labels})
    keys = {e.text("key") for e in selector.each("matchExpressions")} | set(selector.strings("matchLabels"))
    return matches(selector, {_NAME_LABEL: name}) if keys <= {_NAME_LABEL} else True


def _in_block(block: Field, addresses: tuple[str, ...]) -> bool:
    if not addresses:
        return True
    outside = [e.text() for e in block.each("except")]
    return any(
        _within(address, block.text("cidr")) and not any(_within(address, e) for e in outside)
        for address in addresses
    )


def _within(address: str, cidr: str) -> bool:
    try:
        return ip_address(address) in ip_network(cidr, strict=False)
    except ValueError:
        return False
