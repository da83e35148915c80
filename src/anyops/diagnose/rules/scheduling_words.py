"""What to say of a pod that fits nowhere, by the reason that was chosen: one function a kind of reason."""

from collections.abc import Callable

from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Words
from anyops.diagnose.placement import (
    demand,
    describe_labels,
    is_cordoned,
    required_terms,
    untolerated,
)
from anyops.diagnose.rules.scheduling_case import Case, edit
from anyops.diagnose.rules.scheduling_choice import lacking
from anyops.diagnose.rules.scheduling_room import short_of, short_of_devices, short_of_pod_places
from anyops.diagnose.selectors import matches
from anyops.world.resource import Field, Resource

_RESOURCES = {
    "scheduling.cpu": "cpu",
    "scheduling.memory": "memory",
    "scheduling.ephemeral_storage": "ephemeral-storage",
}


def say(case: Case) -> Words:
    """Statement, fix, commands and further evidence for the chosen reason."""
    code = case.choice.code
    if code in _RESOURCES:
        return short_of(case, _RESOURCES[code])
    return _SAYS.get(code, _plain)(case)


def _node_selector(case: Case) -> Words:
    selector = demand(case.world, case.pod, "nodeSelector")
    wanted = selector.strings()
    if not wanted:
        return _plain(case)
    lacking = {k: v for k, v in wanted.items() if not any(n.labels.get(k) == v for n in case.nodes)}
    missing = lacking or wanted
    have = _values_of(case, missing)
    return Words(
        statement=f"{case.who.name} has the node selector {describe_labels(wanted)}, "
        f"and no eligible node carries {describe_labels(missing)}{have}.",
        fix="Mend nodeSelector, or label the nodes that are meant.",
        commands=(
            kubectl("", "get", "nodes", "-L", ",".join(wanted)),
            edit(case.who),
        ),
        checks=(kubectl("", "get", "nodes", "-l", ",".join(f"{k}={v}" for k, v in wanted.items())),),
        cites=(selector, *(selector.at(k) for k in missing), *_labels_of(case, missing)),
    )


def _values_of(case: Case, missing: dict[str, str]) -> str:
    found = []
    for key in missing:
        values = sorted({n.labels[key] for n in case.nodes if key in n.labels})
        if values:
            found.append(f"{key} is {' or '.join(values[:4])} where it is set")
    return f" ({'; '.join(found)})" if found else ""


def _labels_of(case: Case, missing: dict[str, str]) -> tuple[Field, ...]:
    fields = (n.at("metadata", "labels", key) for n in case.nodes for key in missing)
    return tuple(field for field in fields if field)[:3]


def _node_affinity(case: Case) -> Words:
    terms = required_terms(demand(case.world, case.pod, "affinity"))
    asked = " or ".join(filter(None, (_term(term) for term in terms)))
    rule = f"requires nodes where {asked}" if asked else "requires a node affinity"
    return Words(
        statement=f"{case.who.name} {rule}, and no eligible node is such.",
        fix="Mend the required node affinity (or make it preferred), or label the nodes that are meant.",
        commands=(kubectl("", "get", "nodes", "--show-labels"), edit(case.who)),
        checks=(kubectl(case.pod.namespace, "get", "pod", case.pod.name, "-o", "wide"),),
        cites=(*terms, *_keys_of(case, terms)),
    )


def _term(term: Field) -> str:
    words = []
    for expression in (*term.each("matchExpressions"), *term.each("matchFields")):
        values = ", ".join(v.text() for v in expression.each("values"))
        operator = expression.text("operator")
        words.append(f"{expression.text('key')} {operator}{f' ({values})' if values else ''}")
    return " and ".join(words)


def _keys_of(case: Case, terms: list[Field]) -> tuple[Field, ...]:
    keys = [e.text("key") for term in terms for e in term.each("matchExpressions")]
    fields = (n.at("metadata", "labels", key) for n in case.nodes for key in keys)
    return tuple(field for field in fields if field)[:3]


def _taint(case: Case) -> Words:
    tolerations = list(demand(case.world, case.pod, "tolerations").each())
    taints = [t for n in case.choice.meant or case.nodes for t in untolerated(tolerations, n)]
    named = case.choice.obstacle.subject or (_taint_text(taints[0]) if taints else "a taint")
    holders = [t.resource.name for t in taints if t.text("key") == named.partition("=")[0]]
    where = f"{', '.join(holders[:4])} " if holders else "the eligible nodes "
    has = "carries" if len(holders) == 1 else "carry"
    removal = tuple(kubectl("", "taint", "node", h, f"{named.partition('=')[0]}-") for h in holders[:1])
    return Words(
        statement=f"{case.who.name} does not tolerate the taint {named} that {where}{has}."
        f"{_also_lacks(case)}",
        fix=f"Add a toleration for {named} to {case.who.name} if it may run there, or remove the taint.",
        commands=(edit(case.who), *removal),
        checks=(kubectl("", "get", "nodes", "-o", "custom-columns=NAME:.metadata.name,TAINTS:.spec.taints"),),
        cites=tuple(taints[:3]),
    )


def _also_lacks(case: Case) -> str:
    missing = lacking(case.world, case.pod, case.choice.meant)
    return f" The label {describe_labels(missing)} that it selects is missing there, too." if missing else ""


def _taint_text(taint: Field) -> str:
    return f"{taint.text('key')}={taint.text('value')}".rstrip("=")


def _cordoned(case: Case) -> Words:
    nodes = [n for n in case.choice.meant or case.nodes if is_cordoned(n)]
    names = ", ".join(n.name for n in nodes[:4]) or "the eligible nodes"
    selector = demand(case.world, case.pod, "nodeSelector")
    only = f"only {names} would fit ({describe_labels(selector.strings())}), and" if selector else names
    verb = "is" if len(nodes) == 1 else "are"
    return Words(
        statement=f"{case.who.name} has no node left: {only}{' it' if selector and len(nodes) == 1 else ''} "
        f"{verb} cordoned (unschedulable).",
        fix="Uncordon the node when its maintenance is over, or let the pod run elsewhere.",
        commands=tuple(kubectl("", "uncordon", n.name) for n in nodes[:2]),
        checks=(kubectl("", "get", "nodes"),),
        cites=tuple(f for n in nodes[:3] if (f := n.at("spec", "unschedulable"))),
    )


def _anti_affinity(case: Case) -> Words:
    path = ("podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    terms = list(demand(case.world, case.pod, "affinity").each(*path))
    blockers = _selected(case, terms)
    by = f" ({', '.join(p.name for p in blockers[:3])})" if blockers else ""
    return Words(
        statement=f"Required anti-affinity of {case.who.name} forbids every eligible node: "
        f"each runs a pod that it must not share with{by}.{_replicas_too_many(case, terms)}",
        fix="Make the anti-affinity preferred, lower the replicas to the number of nodes, or add nodes.",
        commands=(edit(case.who),),
        checks=(kubectl(case.pod.namespace, "get", "pods", "-o", "wide"),),
        cites=(*terms, *(p.at("spec", "nodeName") for p in blockers[:3])),
    )


def _replicas_too_many(case: Case, terms: list[Field]) -> str:
    owner = case.world.by_ref.get(case.who)
    wanted = owner.number("spec", "replicas") if owner else None
    key = terms[0].text("topologyKey") if terms else ""
    return f" It wants {wanted} replicas, each on another {key}." if wanted and wanted > 1 and key else ""


def _selected(case: Case, terms: list[Field]) -> list[Resource]:
    """Running pods that the terms select, by node."""
    return [
        other
        for other in sorted(case.world.in_namespace("Pod", case.pod.namespace), key=lambda p: p.name)
        if other.text("spec", "nodeName")
        and other is not case.pod
        and any(matches(term.at("labelSelector"), other.labels) for term in terms)
    ]


def _affinity(case: Case) -> Words:
    path = ("podAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    terms = list(demand(case.world, case.pod, "affinity").each(*path))
    beside = _selected(case, terms)
    reason = "those run where it may not" if beside else "no such pod runs"
    return Words(
        statement=f"{case.who.name} must run beside certain pods (required pod affinity), and {reason}.",
        fix="Start the pods that it wants to run beside, or mend the pod affinity.",
        commands=(edit(case.who),),
        checks=(kubectl(case.pod.namespace, "get", "pods", "-o", "wide"),),
        cites=tuple(terms),
    )


def _spread(case: Case) -> Words:
    constraints = [
        c for c in demand(case.world, case.pod, "topologySpreadConstraints").each()
        if c.text("whenUnsatisfiable") != "ScheduleAnyway"
    ]  # fmt: skip
    keys = ", ".join(dict.fromkeys(c.text("topologyKey") for c in constraints)) or "topology"
    return Words(
        statement=f"{case.who.name} must be spread over {keys} (DoNotSchedule), "
        "and every eligible node breaks that.",
        fix="Raise maxSkew, use ScheduleAnyway, or add nodes in the domain that has too few.",
        commands=(edit(case.who), kubectl("", "get", "nodes", "--show-labels")),
        cites=tuple(constraints),
    )


def _host_port(case: Case) -> Words:
    ports = [p.at("hostPort") for c in case.pod.each("spec", "containers") for p in c.each("ports")]
    named = ", ".join(p.text() for p in ports if p) or "it asks for"
    return Words(
        statement=f"The host port {named} of {case.who.name} is taken on every eligible node.",
        fix="Use another hostPort or a Service, or run no more replicas than nodes.",
        commands=(edit(case.who),),
        cites=tuple(p for p in ports if p),
    )


def _volume_zone(case: Case) -> Words:
    """Where the pod's volumes are, by the node affinity of each."""
    terms = [term for volume in _volumes(case) for term in _volume_terms(volume)]
    places = " or ".join(filter(None, (_term(term) for term in terms)))
    names = ", ".join(dict.fromkeys(term.resource.name for term in terms)) or "a volume"
    return Words(
        statement=f"{case.who.name} must run where its volume is: {names} is only on nodes with "
        f"{places or 'its own zone'}, and none of those takes the pod.",
        fix="Let the pod run in the volume's zone, or move the volume's data to where the pod may run.",
        commands=(kubectl("", "get", "nodes", "-L", "topology.kubernetes.io/zone"),),
        cites=tuple(terms),
    )


def _volumes(case: Case) -> list[Resource]:
    claims = [
        v.text("persistentVolumeClaim", "claimName") for v in demand(case.world, case.pod, "volumes").each()
    ]
    bound = (case.world.get("PersistentVolumeClaim", case.pod.namespace, name) for name in claims if name)
    found = (
        case.world.get("PersistentVolume", "", c.text("spec", "volumeName")) for c in bound if c is not None
    )
    return [volume for volume in found if volume is not None]


def _volume_terms(volume: Resource) -> list[Field]:
    return list(volume.each("spec", "nodeAffinity", "required", "nodeSelectorTerms"))


def _plain(case: Case) -> Words:
    return Words(
        statement=f"No node takes {case.who.name}: {case.choice.obstacle.text}.",
        fix="Mend what the scheduler names.",
        commands=(kubectl(case.pod.namespace, "describe", "pod", case.pod.name),),
    )


_SAYS: dict[str, Callable[[Case], Words]] = {
    "scheduling.extended_resource": short_of_devices,
    "scheduling.max_pods": short_of_pod_places,
    "scheduling.node_selector": _node_selector,
    "scheduling.node_affinity": _node_affinity,
    "scheduling.taint": _taint,
    "scheduling.cordoned": _cordoned,
    "scheduling.pod_anti_affinity": _anti_affinity,
    "scheduling.pod_affinity": _affinity,
    "scheduling.topology_spread": _spread,
    "scheduling.host_port": _host_port,
    "scheduling.volume_zone": _volume_zone,
}
