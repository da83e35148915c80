"""Network policies: which flows they stop, DNS above all, and those that select nothing or everything."""

import re
from collections.abc import Iterator

from anyops.diagnose.commands import act, get
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.flows import Flow, flows, is_enforced, peer_of
from anyops.diagnose.reach import Peer, Port, blocked_by, isolating, policy_types
from anyops.diagnose.selectors import describe, matches, selected_by
from anyops.diagnose.workloads import is_ready, replicas_wanted
from anyops.world.evidence import Quotable
from anyops.world.report import Severity, State
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import LogLine, World

_NO_NAMES = re.compile(
    r"could not resolve|temporary failure in name resolution|name or service not known|EAI_AGAIN"
    r"|lookup \S{1,200} on \S{1,80}:53|no servers could be reached|cannot resolve|resolve host",
    re.IGNORECASE,
)
_ASKS_ABOUT_NAMES = re.compile(r"\bdns\b|\bresolv|\bname resolution", re.IGNORECASE)
_NO_ANSWER = re.compile(
    r"i/o timeout|timed? ?out|ETIMEDOUT|deadline exceeded|no route to host|EHOSTUNREACH", re.IGNORECASE
)
_DNS_PORTS = (Port(53, "UDP"), Port(5353, "UDP"))
"""CoreDNS listens on 53; OpenShift's DNS pods on 5353."""


@rule("network_policy.dns_blocked", "NetworkPolicy", title="Network policy blocks DNS")
def dns_blocked(world: World) -> Iterator[Found]:
    """Pods isolated for egress whose policies open no way to the cluster DNS.

    It is a fault of now where names fail to resolve, in logs or in the question; else only a risk, for a pod
    may need no names.
    """
    dns = _dns_peers(world)
    stopped: dict[tuple[Ref, ...], list[Resource]] = {}
    for pod in _pods_and_promises(world):
        peer = peer_of(pod)
        if isolating(world, peer, "Egress") and (policies := _all_block(world, peer, dns)):
            stopped.setdefault(tuple(p.ref for p in policies), []).append(pod)
    for refs, pods in stopped.items():
        yield _dns_found(world, world.by_ref[refs[0]], refs, pods)


def _pods_and_promises(world: World) -> Iterator[Resource]:
    """Every pod, and the workloads of manifests that have none yet."""
    yield from world.of_kind("Pod")
    for workload in world.of_kind("Deployment", "StatefulSet", "DaemonSet"):
        if not world.pods_of(workload.ref) and replicas_wanted(workload) != 0:
            yield workload


def _all_block(world: World, peer: Peer, dns: list[Peer]) -> list[Resource]:
    for server in dns:
        for port in _DNS_PORTS:
            policies = blocked_by(world, peer, server, port)
            # A policy of the DNS pods' own namespace is not what this rule is about.
            if not policies or policies[0].namespace != peer.namespace:
                return []
    return policies


def _dns_peers(world: World) -> list[Peer]:
    """The DNS pods where they were read, else as every distribution labels them."""
    found = [
        peer_of(pod)
        for namespace in ("kube-system", "openshift-dns")
        for pod in world.in_namespace("Pod", namespace)
        if pod.labels.get("k8s-app") == "kube-dns" or "dns.operator.openshift.io/daemonset-dns" in pod.labels
    ]
    service = world.get("Service", "kube-system", "kube-dns")
    address = service.text("spec", "clusterIP") if service is not None else ""
    extra = (address,) if address else ()
    standard = Peer("kube-system", {"k8s-app": "kube-dns"}, extra)
    return [Peer(p.namespace, p.labels, (*p.addresses, *extra), p.named_ports) for p in found] or [standard]


def _dns_found(world: World, policy: Resource, refs: tuple[Ref, ...], pods: list[Resource]) -> Found:
    lines = [line for pod in pods for line in _log_lines(world, pod, _NO_NAMES)]
    asked = bool(_ASKS_ABOUT_NAMES.search(world.question))
    suffering = bool(lines) or asked
    names = ", ".join(ref.name for ref in refs)
    who = ", ".join(pod.name for pod in pods[:4]) + (" ..." if len(pods) > 4 else "")
    state: State = "now" if suffering and is_enforced(world) else "risk"
    return Found(
        on=policy,
        title="Network policy blocks DNS",
        detail=f"Egress of {who} is restricted by {names}; no rule allows port 53 to the cluster DNS.",
        severity="high" if suffering else "medium",
        state=state,
        cites=(policy.at("spec", "egress"), policy.at("spec", "policyTypes"), *lines[:3]),
        cause="network.dns_blocked",
        fault=policy.ref,
        certainty="sure" if lines else "likely",
        explains=tuple(pod.ref for pod in pods),
        statement=f"NetworkPolicy {names} in {policy.namespace} lets {who} send nothing to port 53 of the "
        "cluster DNS, so names do not resolve.",
        fix="Add an egress rule to kube-system, k8s-app=kube-dns, port 53 UDP and TCP.",
        commands=(act("get", policy.ref, "-o", "yaml"),),
        checks=(act("exec", pods[0].ref, "--", "nslookup", "kubernetes.default"),),
    )


def _log_lines(world: World, pod: Resource, pattern: re.Pattern[str], also: str = "") -> Iterator[LogLine]:
    for log in world.logs_by_ref.get(pod.ref, ()):
        for line in log.lines[-2000:]:
            if also in line.text and pattern.search(line.text[:2000]):
                yield line
                break


@rule("network_policy.flow_blocked", "NetworkPolicy", title="Network policy blocks a needed flow")
def flow_blocked(world: World) -> Iterator[Found]:
    """Calls between workloads, by env addresses or a call graph, that policies stop on every port."""
    for flow in flows(world) if world.by_kind.get("NetworkPolicy") else ():
        stops = [blocked_by(world, flow.source, flow.target, port) for port in flow.ports]
        if stops and all(stops):
            yield _flow_found(world, flow, stops[0])


def _flow_found(world: World, flow: Flow, policies: list[Resource]) -> Found:
    policy = policies[0]
    ports = ", ".join(str(port.number) for port in flow.ports)
    cites = _proof(world, flow)
    proven = bool(cites) and is_enforced(world)
    leaving = policy.namespace == flow.source.namespace and _isolates(policy, flow.source)
    names = ", ".join(p.name for p in policies[:3])
    return Found(
        on=policy,
        title=f"Policy blocks {flow.caller.name} from {flow.service.name}",
        detail=f"{flow.caller.name} calls service {flow.service.name} (port {ports}); {names} does not "
        f"let it {'out to' if leaving else 'in at'} its pods.",
        severity="high" if proven else "medium",
        state="now" if proven else "risk",
        cites=(policy.at("spec", "podSelector"), *cites),
        cause="network.policy_blocks",
        fault=policy.ref,
        certainty="likely",
        explains=(flow.caller, flow.service),
        statement=f"NetworkPolicy {names} in {policy.namespace} stops {flow.caller.name} from reaching "
        f"{flow.service.name} on port {ports}.",
        fix=f"Add a rule that allows {describe(flow.source.labels)} to port {ports}.",
        commands=(act("get", policy.ref, "-o", "yaml"),),
        checks=(get("networkpolicies", policy.namespace),),
    )


def _isolates(policy: Resource, source: Peer) -> bool:
    return "Egress" in policy_types(policy) and matches(policy.at("spec", "podSelector"), source.labels)


def _proof(world: World, flow: Flow) -> tuple[Quotable, ...]:
    """What shows that the flow fails now: the caller's log, a failed check, or that it is not ready."""
    pods = world.pods_of(flow.caller)
    lines = [line for pod in pods for line in _log_lines(world, pod, _NO_ANSWER, flow.service.name)]
    checks: list[Field] = [
        check.at("status", "ok")
        for check in world.of_kind("Connectivity")
        if check.at("status", "ok").value is False
        and check.text("spec", "host").partition(".")[0] == flow.service.name
    ]
    unready = [
        pod.condition("Ready").at("status")
        for pod in pods
        if pod.text("status", "phase") and not is_ready(pod)
    ]
    return (*lines[:2], *checks[:2], *(unready[:1] if len(unready) == len(pods) else ()))


@rule("network_policy.selects_nothing", "NetworkPolicy", title="Network policy selects no pods")
def selects_nothing(world: World) -> Iterator[Found]:
    """A selector, with labels or expressions, that matches no pod of the namespace."""
    for policy in world.of_kind("NetworkPolicy"):
        selector = policy.at("spec", "podSelector")
        if not selector.value or not policy.complete:
            continue
        if not selected_by(world, "Pod", policy.namespace, selector):
            labels = describe(selector.strings("matchLabels")) or "its expressions"
            yield Found(
                on=policy,
                title="Network policy selects no pods",
                detail=f"NetworkPolicy {policy.name} matches no pods: none carries {labels}.",
                severity="low",
                state="risk",
                cites=(selector,),
                fix="Mend the selector, or delete the policy.",
                commands=(get("pods", policy.namespace, "--show-labels"),),
            )


@rule("network_policy.all_pods", "NetworkPolicy", title="Network policy covers every pod")
def all_pods(world: World) -> Iterator[Found]:
    """An empty podSelector: with an empty rule it opens everything; without any it denies everything.

    A default deny is good practice beside policies that open what is needed; it cuts off every other pod.
    """
    for policy in world.of_kind("NetworkPolicy"):
        if policy.at("spec", "podSelector").value or not policy.complete:
            continue
        for direction in sorted(policy_types(policy)):
            rules = list(policy.each("spec", direction.lower()))
            if any(not r.value for r in rules):
                yield _covers_all(policy, f"allows all {direction.lower()} of all pods", "medium")
            elif not rules and not _all_opened(world, policy, direction):
                yield _covers_all(policy, f"denies all {direction.lower()} of all pods that no other opens")


def _all_opened(world: World, policy: Resource, direction: str) -> bool:
    """Whether other policies open something to each pod of the namespace."""
    pods = world.in_namespace("Pod", policy.namespace)
    return bool(pods) and all(_is_opened(world, pod, direction) for pod in pods)


def _is_opened(world: World, pod: Resource, direction: str) -> bool:
    policies = isolating(world, Peer(pod.namespace, pod.labels), direction)
    return any(policy.at("spec", direction.lower()).value for policy in policies)


def _covers_all(policy: Resource, what: str, severity: Severity = "low") -> Found:
    return Found(
        on=policy,
        title=f"Policy {what}",
        detail=f"NetworkPolicy {policy.name} has an empty podSelector: it {what} in {policy.namespace}.",
        severity=severity,
        state="risk",
        cites=(policy.at("spec", "podSelector"),),
    )
