"""The cluster's DNS: CoreDNS without ready pods, or with a Corefile that it cannot use.

https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/
"""

import re
from collections.abc import Iterator

from anyops.diagnose.commands import act, get
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.workloads import is_ready, live_pods, replicas_ready, replicas_wanted
from anyops.world.evidence import Quotable
from anyops.world.resource import Ref, Resource
from anyops.world.world import LogLine, World

_NAMES = ("coredns", "kube-dns", "rke2-coredns-rke2-coredns", "dns-default")
_NAMESPACES = ("kube-system", "openshift-dns")
_LOOP = re.compile(r"plugin/loop: Loop .{1,200} detected", re.IGNORECASE)
_PARSE = re.compile(
    r"Corefile:\d{1,6} - Error|plugin/\w{1,40}: .{0,200}(?:unknown|invalid)|Unknown directive", re.I
)


@rule("dns.unavailable", "Deployment", "DaemonSet", "Pod", title="Cluster DNS has no ready pods")
def unavailable(world: World) -> Iterator[Found]:
    """CoreDNS or kube-dns with none of its pods ready: no service name resolves anywhere."""
    for workload in world.of_kind("Deployment", "DaemonSet"):
        wanted, ready = replicas_wanted(workload), replicas_ready(workload)
        if _is_dns(workload) and wanted is not None and ready == 0:
            yield _down(workload, f"{ready} of {wanted} pods ready", (workload.at("status"),))
    for namespace in _NAMESPACES:
        pods = [p for p in live_pods(world, namespace) if p.labels.get("k8s-app") == "kube-dns"]
        known = any(_is_dns(w) for w in world.of_kind("Deployment", "DaemonSet"))
        if pods and not known and not any(is_ready(pod) for pod in pods):
            cites = tuple(pod.condition("Ready").at("status") for pod in pods[:2])
            yield _down(pods[0], f"0 of {len(pods)} pods ready", cites)


def _is_dns(workload: Resource) -> bool:
    return workload.namespace in _NAMESPACES and (
        workload.name in _NAMES or workload.labels.get("k8s-app") == "kube-dns"
    )


def _down(on: Resource, how: str, cites: tuple[Quotable, ...]) -> Found:
    zero = replicas_wanted(on) == 0 if on.kind == "Deployment" else False
    return Found(
        on=on,
        title=f"Cluster DNS is down: {how}",
        detail=f"{on.kind} {on.name}: {how}; no service name resolves in the cluster.",
        severity="critical",
        cites=cites,
        cause="dns.unavailable",
        statement=f"The cluster's DNS ({on.name}) has no ready pods, so no name resolves.",
        fix="Scale it up again." if zero else "Mend its pods first: most else follows from them.",
        commands=(act("scale", on.ref, "--replicas=2"),) if zero else (act("describe", on.ref),),
        checks=(get("pods", on.namespace, "-l", "k8s-app=kube-dns"),),
    )


@rule("dns.corefile", "ConfigMap", title="Corefile is broken")
def corefile(world: World) -> Iterator[Found]:
    """A Corefile whose braces do not pair, that answers for no cluster zone, or that forwards to itself."""
    for config in world.of_kind("ConfigMap"):
        field = config.at("data", "Corefile")
        if config.namespace not in _NAMESPACES or not isinstance(field.value, str):
            continue
        problem = _corefile_problem(field.value)
        if problem:
            down = not _any_ready(world, config.namespace)
            yield Found(
                on=config,
                title=f"Corefile: {problem}",
                detail=f"Corefile of ConfigMap {config.name}: {problem}.",
                severity="high" if down else "medium",
                state="now" if down else "risk",
                cites=(field,),
                cause="dns.unavailable",
                fault=config.ref,
                statement=f"CoreDNS cannot serve with the Corefile in ConfigMap {config.name}: {problem}.",
                fix="Mend the Corefile; CoreDNS reloads it by itself.",
                commands=(act("edit", config.ref),),
                checks=(get("pods", config.namespace, "-l", "k8s-app=kube-dns"),),
            )


def _corefile_problem(text: str) -> str:
    lines = [line.partition("#")[0] for line in text.splitlines()]
    bare = "\n".join(lines)
    if bare.count("{") != bare.count("}"):
        return "its braces do not pair"
    words = bare.split()
    if "kubernetes" not in words:
        return "it has no kubernetes plugin, so it knows no service names"
    return ""


def _any_ready(world: World, namespace: str) -> bool:
    pods = [p for p in live_pods(world, namespace) if p.labels.get("k8s-app") == "kube-dns"]
    return not pods or any(is_ready(pod) for pod in pods)


@rule("dns.coredns_log", "Pod", title="CoreDNS reports a broken configuration")
def coredns_log(world: World) -> Iterator[Found]:
    """Forwarding loops and refused Corefiles, as CoreDNS logs them before it exits.

    https://coredns.io/plugins/loop/#troubleshooting
    """
    for log in world.logs:
        if log.about is None or log.about.namespace not in _NAMESPACES or "dns" not in log.about.name:
            continue
        line = next((entry for entry in log.lines[-2000:] if _complaint(entry)), None)
        pod = world.by_ref.get(log.about)
        if line is not None and (pod is None or not is_ready(pod)):
            loop = bool(_LOOP.search(line.text[:1000]))
            yield Found(
                on=pod or log.about,
                title="CoreDNS forwards to itself" if loop else "CoreDNS refuses its Corefile",
                detail=line.text[:300],
                severity="critical",
                cites=(line,),
                cause="dns.unavailable",
                fault=Ref("ConfigMap", log.about.namespace, "coredns"),
                certainty="sure",
                explains=(log.about,),
                onset=line.at,
                statement="CoreDNS forwards to itself and exits: its node has a local resolver."
                if loop
                else f"CoreDNS does not start: {line.text[:200]}",
                fix="Let it forward to a real resolver (kubelet --resolv-conf, or forward in the Corefile)."
                if loop
                else "Mend the Corefile.",
                commands=(act("edit", Ref("ConfigMap", log.about.namespace, "coredns")),),
                checks=(get("pods", log.about.namespace, "-l", "k8s-app=kube-dns"),),
            )


def _complaint(line: LogLine) -> bool:
    return bool(_LOOP.search(line.text[:1000]) or _PARSE.search(line.text[:1000]))
