"""What the scheduler says of a pod that fits nowhere, taken apart.

Written by Kubernetes' pkg/scheduler: `FitError.Error()` in framework/types.go joins the reasons of the
filter plugins, each with the number of nodes that gave it; the wordings are of 1.9 to 1.34.
"""

import re

from msgspec import Struct


class Obstacle(Struct, frozen=True):
    """One reason with the number of nodes that gave it (0: the pod itself is refused on every node).

    `cause` is the code it points at; `subject` what it names: a taint, a resource, a claim.
    """

    cause: str
    text: str
    count: int
    subject: str = ""


class Refusal(Struct, frozen=True):
    """The whole message: how many nodes there are and why none of them takes the pod."""

    total: int
    obstacles: tuple[Obstacle, ...]
    preemption: str = ""


FILTER_ORDER = (
    "scheduling.cordoned",
    "scheduling.taint",
    "scheduling.node_affinity",
    "scheduling.node_selector",
    "scheduling.host_port",
    "scheduling.cpu",
    "scheduling.memory",
    "scheduling.ephemeral_storage",
    "scheduling.extended_resource",
    "scheduling.max_pods",
    "scheduling.volume_limit",
    "scheduling.volume_zone",
    "scheduling.topology_spread",
    "scheduling.pod_affinity",
    "scheduling.pod_anti_affinity",
)
"""The order in which the filter plugins look at a node; the first that says no is the one reported."""

_REASONS: tuple[tuple[str, str], ...] = (
    (r"were unschedulable", "scheduling.cordoned"),
    (r"had (?:untolerated )?taints?(?:\(s\))?\b", "scheduling.taint"),
    (r"didn't match (?:the )?requested (?:hostname|node name)", "scheduling.node_selector"),
    (r"didn't match Pod's node affinity/selector", "scheduling.node_selector"),
    (r"didn't match node selector|MatchNodeSelector", "scheduling.node_selector"),
    (r"didn't match (?:Pod's )?node affinity\b", "scheduling.node_affinity"),
    (r"didn't have free ports|PodFitsHostPorts", "scheduling.host_port"),
    (r"pod topology spread constraints", "scheduling.topology_spread"),
    (r"(?:existing pods )?anti-affinity rules?", "scheduling.pod_anti_affinity"),
    (r"pod affinity/anti-affinity", "scheduling.pod_anti_affinity"),
    (r"pod affinity(?: rules)?|MatchInterPodAffinity", "scheduling.pod_affinity"),
    (r"volume node affinity conflict|no available volume zone", "scheduling.volume_zone"),
    (r"didn't match PersistentVolume's node affinity", "scheduling.volume_zone"),
    (r"exceed max volume count|MaxVolumeCount", "scheduling.volume_limit"),
    (r"didn't find available persistent volumes to bind", "volume.unbound"),
    (r"did not have enough free storage", "volume.unbound"),
    (r"bound to non-existent (?:pv|persistentvolume)", "volume.lost"),
    (r"with the same name and ReadWriteOncePod", "volume.already_bound"),
    (r"[Tt]oo many pods|Insufficient pods", "scheduling.max_pods"),
    (r"Insufficient cpu", "scheduling.cpu"),
    (r"Insufficient memory", "scheduling.memory"),
    (r"Insufficient ephemeral-storage", "scheduling.ephemeral_storage"),
    (r"Insufficient \S+", "scheduling.extended_resource"),
    (r"cannot allocate all claims|resourceclaim|ResourceClaim|device class", "scheduling.extended_resource"),
    (r"not ready|out of disk|(?:disk|memory|pid) pressure|network unavailable", "node.not_ready"),
)
_REASON_TABLE = tuple((re.compile(pattern), cause) for pattern, cause in _REASONS)

_WHOLE_POD: tuple[tuple[str, str], ...] = (
    (r"unbound immediate PersistentVolumeClaims", "volume.unbound"),
    (r'persistentvolumeclaims? "([^"]{1,253})" not found', "volume.claim_missing"),
    (r'persistentvolumeclaim "([^"]{1,253})" bound to non-existent persistentvolume', "volume.lost"),
    (r'persistentvolumeclaim "([^"]{1,253})" is being deleted', "volume.claim_missing"),
    (r'ephemeral volume controller to create the persistentvolumeclaim "([^"]{1,253})"', "volume.unbound"),
    (r'binding volumes|running PreBind plugin "VolumeBinding"', "volume.unbound"),
    (r"non-empty scheduling gates|scheduling gate", "scheduling.gated"),
    (r"no nodes available to schedule pods", "scheduling.unschedulable"),
    (r"resource ?claim|ResourceClaim", "scheduling.extended_resource"),
)
_WHOLE_POD_TABLE = tuple((re.compile(pattern), cause) for pattern, cause in _WHOLE_POD)

_HEAD = re.compile(r"(?:0/(\d{1,6}) nodes are available|No nodes are available[^:]{0,80}):\s*")
_PREEMPTION = re.compile(r"\.?\s*preemption:\s*")
_ITEM = re.compile(r"(?:^|, |\. )(\d{1,6}) (?=\S)")
_OLD_ITEM = re.compile(r"([A-Za-z][^(),]{1,80}) \((\d{1,6})\)")
_TAINT = re.compile(r"\{([^{}:]{1,320}):\s*([^{}]{0,80})\}")
_LIMIT = 4000


def parse(message: str) -> Refusal:
    """The message as counted obstacles; an unknown wording keeps its text under scheduling.unschedulable."""
    text, tail = _cut(message[:_LIMIT].strip())
    head = _HEAD.search(text)
    body = text[head.end() :] if head else text
    items = list(_items(body)) if head else []
    if not items:
        items = [_whole_pod(body)]
    return Refusal(total=int(head[1] or 0) if head else 0, obstacles=tuple(items), preemption=tail)


def _cut(text: str) -> tuple[str, str]:
    match = _PREEMPTION.search(text)
    return (text[: match.start()], text[match.end() :]) if match else (text, "")


def _items(body: str) -> list[Obstacle]:
    starts = list(_ITEM.finditer(body))
    ends = [*(match.start() for match in starts[1:]), len(body)][: len(starts)]
    pairs = [(body[m.end() : end], int(m[1])) for m, end in zip(starts, ends, strict=True)]
    if not starts:
        pairs = [(match[1], int(match[2])) for match in _OLD_ITEM.finditer(body)]
    return [_obstacle(text.strip(" .,"), count) for text, count in pairs]


def _obstacle(text: str, count: int) -> Obstacle:
    cause = next((cause for pattern, cause in _REASON_TABLE if pattern.search(text)), "")
    taint = _TAINT.search(text)
    subject = ""
    if cause == "scheduling.taint" and taint:
        subject = f"{taint[1].strip()}={taint[2].strip()}".rstrip("=")
    elif "Insufficient " in text:
        subject = text.partition("Insufficient ")[2].split()[0]
    return Obstacle(cause or "scheduling.unschedulable", text, count, subject)


def _whole_pod(body: str) -> Obstacle:
    for pattern, cause in _WHOLE_POD_TABLE:
        match = pattern.search(body)
        if match:
            return Obstacle(cause, body.strip(" ."), 0, match[1] if match.re.groups else "")
    return Obstacle("scheduling.unschedulable", body.strip(" ."), 0)
