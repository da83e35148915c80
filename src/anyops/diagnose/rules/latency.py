"""Slow answers: which workload or node they come from, by metrics and the call graph.

What calls something slow is slow itself. So the origin is what is slow while nothing that it calls is; and
several such origins on one node speak of the node.
"""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.calls import Calls
from anyops.diagnose.commands import act, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.measures import Measure, lasts, measures, percentile, raised, union
from anyops.diagnose.rules.performance import check_cpu
from anyops.diagnose.subjects import Subjects
from anyops.diagnose.workloads import POD_MAKERS
from anyops.world.evidence import Quotable
from anyops.world.resource import Ref
from anyops.world.world import World

_FACTOR = 4.0
_SHARE_OF_WORST = 0.01
_SHARE_OF_CALLER = 0.05
_MULTIPLIED = 10.0
_RESENT_FACTOR = 5.0
_LOSS, _SOME_RESENT = 2.0, 0.5
"""Segments sent again, a second: loss keeps them high; delay makes some, until the timers have adapted."""


class Slow(Struct, frozen=True, eq=False):
    """A workload whose latency rose: the stretch, the usual value and how much it added."""

    measure: Measure
    window: slice

    @property
    def subject(self) -> Ref:
        return self.measure.top

    @property
    def excess(self) -> float:
        return self.measure.level(self.window) - self.measure.usual

    @property
    def text(self) -> str:
        measure = self.measure
        return f"{measure.metric} rose from {measure.usual:.3g} to {measure.level(self.window):.3g}"


_SERVING = (*POD_MAKERS, "Service")
"""Kinds whose answers cross the pod network; a managed database, say, is not one of them."""


@rule("metrics.latency", title="Requests are answered as fast as usual")
def check_latency(world: World) -> Iterator[Found]:
    """Latency that rose far above its usual value, followed to the workload or node it comes from."""
    subjects = world.derived(Subjects)
    found = measures(world, subjects)
    slow = _slow(found)
    if not slow:
        return
    calls = Calls(world, subjects)
    past = not any(lasts(s.window, len(s.measure.values)) for s in slow)
    busy = {f.fault for f in check_cpu(world) if f.fault is not None and f.state == "now"}
    resent = _resent(found, union([s.window for s in slow]), calls, slow)
    lossy = _standing_out(resent, _LOSS)
    for one in slow:
        yield _symptom(one, past=past)
    if past or busy:
        return
    origins = _origins(slow, calls)
    node = lossy or _common_node(origins, slow, resent, calls) or _standing_out(resent, _SOME_RESENT)
    if node is not None:
        yield _node(node, origins or slow, found, loss=lossy is not None)
    elif len(origins) == 1 and origins[0].subject.kind in _SERVING:
        yield _pod(origins[0], slow, found)
    else:
        yield from (_many(one) for one in origins)


def _slow(found: list[Measure]) -> list[Slow]:
    """The strongest risen latency of each workload; what is small beside the worst is noise."""
    best: dict[Ref, Slow] = {}
    for measure in found:
        window = raised(measure, _FACTOR) if measure.quantity == "latency" and measure.usual > 0 else None
        if window is not None:
            one = Slow(measure, window)
            have = best.get(one.subject)
            if have is None or _strength(one) > _strength(have):
                best[one.subject] = one
    worst = max((s.excess for s in best.values()), default=0.0)
    return [s for _, s in sorted(best.items()) if s.excess >= _SHARE_OF_WORST * worst]


def _strength(one: Slow) -> tuple[int, float]:
    return percentile(one.measure.metric), one.excess


def _origins(slow: list[Slow], calls: Calls) -> list[Slow]:
    """The slow ones of which no slow callee explains a good part."""
    by_subject = {s.subject: s for s in slow}
    return [
        one
        for one in slow
        if not any(
            callee in by_subject and by_subject[callee].excess >= _SHARE_OF_CALLER * one.excess
            for callee in calls.callees.get(one.subject, ())
        )
    ]


def _common_node(origins: list[Slow], slow: list[Slow], resent: dict[str, float], calls: Calls) -> str | None:
    """The node whose network would explain every origin: each is called across its border.

    Two nodes may explain the same picture from both sides; then the one that retransmits more, and that
    hosts more of what is slow, is meant.
    """
    if len(origins) < 2:
        return None
    hosts = {node for one in slow for node in calls.nodes.get(one.subject, ())}
    fitting = [n for n in sorted(hosts) if all(calls.crosses(one.subject, n) for one in origins)]
    votes = Counter(node for one in origins for node in calls.nodes.get(one.subject, ()))
    return max(fitting, key=lambda n: (resent.get(n, 0.0), votes[n]), default=None)


def _resent(found: list[Measure], window: slice, calls: Calls, slow: list[Slow]) -> dict[str, float]:
    """Retransmissions of the nodes that run slow pods, within the window."""
    hosts = {node for one in slow for node in calls.nodes.get(one.subject, ())}
    return {
        m.subject.name: m.level(window)
        for m in found
        if m.quantity == "retransmits" and m.subject.kind == "Node" and m.subject.name in hosts
    }


def _standing_out(resent: dict[str, float], least: float) -> str | None:
    """The node that retransmits far more than the others; None when none does."""
    best = max(resent, key=lambda name: resent[name], default=None)
    if best is None or resent[best] < least:
        return None
    others = max((value for name, value in resent.items() if name != best), default=0.0)
    return best if resent[best] >= _RESENT_FACTOR * others else None


def _symptom(one: Slow, *, past: bool) -> Found:
    return Found(
        on=one.measure.subject,
        title="Requests took long" if past else "Requests take long",
        detail=one.text,
        severity="low" if past else "medium",
        state="past" if past else "now",
        cites=(one.measure.cite,),
        onset=one.measure.at(one.window.start),
    )


def _node(node: str, origins: list[Slow], found: list[Measure], *, loss: bool) -> Found:
    names = ", ".join(sorted({one.subject.name for one in origins})[:4])
    retransmits = [m.cite for m in found if m.quantity == "retransmits" and m.subject.name == node]
    cites: tuple[Quotable, ...] = tuple(one.measure.cite for one in origins[:4])
    what = "loses packets (TCP retransmissions stay high)" if loss else "is slow"
    return Found(
        on=Ref("Node", "", node),
        title="Node's network loses packets" if loss else "Node's network is slow",
        detail=f"{names} became slow together",
        severity="critical",
        cites=(*(retransmits if loss else ()), *cites),
        cause="network.node_packet_loss" if loss else "network.node_delay",
        certainty="sure" if loss else "likely",
        onset=min((at for one in origins if (at := one.measure.at(one.window.start))), default=None),
        statement=f"The network of node {node} {what}: {names} became slow together, "
        "and what calls them is slow for it.",
        fix=f"Move the pods off {node} and look at its network: interface errors, drops, shaping.",
        commands=(kubectl("", "cordon", node), kubectl("", "describe", "node", node)),
        checks=(kubectl("", "get", "pods", "-A", "-o", "wide", "--field-selector", f"spec.nodeName={node}"),),
        explains=tuple(one.subject for one in origins),
    )


def _pod(one: Slow, slow: list[Slow], found: list[Measure]) -> Found:
    top = one.subject
    others = [s.subject.name for s in slow if s is not one]
    after = f"; {', '.join(others[:3])} wait for it" if others else ""
    return Found(
        on=one.measure.subject,
        title="Traffic of the pod is slow",
        detail=one.text,
        severity="high",
        cites=(one.measure.cite,),
        cause="network.pod_delay",
        fault=top,
        certainty="sure" if _is_only_slow(one, found) else "likely",
        onset=one.measure.at(one.window.start),
        statement=f"{top.name} answers slowly while its CPU is not short ({one.text}): its network is "
        f"delayed, or it waits for something inside{after}.",
        fix=f"Look at the network of {top.name}'s pods (sidecar, policies, traffic shaping) and at its log.",
        commands=(kubectl(top.namespace, "describe", top.kind.lower(), top.name),),
        checks=(kubectl(top.namespace, "get", "pods", "-o", "wide"),),
        explains=tuple(s.subject for s in slow if s is not one),
    )


def _is_only_slow(one: Slow, found: list[Measure]) -> bool:
    """Its latency multiplied while its CPU was measured and did not rise."""
    cpu = [m for m in found if m.top == one.subject and m.quantity == "cpu" and len(m.values) > 7]
    multiplied = one.measure.level(one.window) >= _MULTIPLIED * one.measure.usual
    return multiplied and bool(cpu) and not any(raised(m, 1.8) for m in cpu)


def _many(one: Slow) -> Found:
    return Found(
        on=one.measure.subject,
        title="Requests take long",
        detail=one.text,
        severity="high",
        cites=(one.measure.cite,),
        cause="latency.high",
        certainty="likely",
        onset=one.measure.at(one.window.start),
        statement=f"{one.subject.name} answers slowly: {one.text}.",
        fix="Look at what it waits for: traces, its log, its dependencies.",
        commands=(act("describe", one.subject),) if one.subject.kind in _SERVING else (),
    )
