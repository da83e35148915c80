"""Volumes that do not come to the pod: claims that are not there, attach and mount failures."""

import re
from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.absence import is_live, is_missing, state_of_absence
from anyops.diagnose.claims import ClaimUsers
from anyops.diagnose.commands import describe, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.nearest import did_you_mean
from anyops.diagnose.quotas import refusing_limit
from anyops.diagnose.workloads import container_statuses, is_going
from anyops.world.resource import Field, Resource
from anyops.world.world import Event, World

_REASONS = ("FailedMount", "FailedAttachVolume", "FailedMapVolume", "VolumeMount", "FailedVolumeMount")


class Trouble(Struct, frozen=True):
    """A wording of the kubelet or the attach controller: what it means and what mends it."""

    pattern: re.Pattern[str]
    cause: str
    words: str
    fix: str


def _trouble(pattern: str, cause: str, words: str, fix: str) -> Trouble:
    return Trouble(re.compile(pattern, re.IGNORECASE), cause, words, fix)


_TROUBLES = (
    _trouble(
        r"multi-attach error|already (?:exclusively )?attached to|already used by pod",
        "volume.attach_failed",
        "its volume is still attached to another node, and it can be on one node only",
        "Delete the pod that still holds the volume; use strategy Recreate or a ReadWriteMany volume.",
    ),
    _trouble(
        r"permission denied|access denied|operation not permitted|not authorized to mount",
        "volume.permission_denied",
        "the mount is refused for lack of permission",
        "Let the server export the volume to this node, or mend owner and mode of the directory.",
    ),
    _trouble(
        r"attachvolume\.(?:attach|newattacher) failed|failedattachvolume|volumeattachment",
        "volume.attach_failed",
        "its volume cannot be attached to the node",
        "Mend what the storage reports; see the VolumeAttachment and the CSI controller.",
    ),
    _trouble(
        r"not found in the list of registered CSI drivers",
        "volume.mount_failed",
        "the CSI driver of its volume does not run on the node",
        "Bring the driver's node plugin (a DaemonSet) to the node.",
    ),
    _trouble(
        r"hostpath type check failed|is not a (?:directory|file|socket)",
        "volume.mount_failed",
        "the host path is not on the node, or not of the type asked for",
        "Create the path on the node, or use type DirectoryOrCreate.",
    ),
    _trouble(
        r"wrong fs type|bad superblock|fsck|unknown filesystem",
        "volume.mount_failed",
        "the file system of its volume cannot be read",
        "Check the file system, or set the fsType that the volume has.",
    ),
    _trouble(
        r"connection timed out|no route to host|connection refused|no such host|name or service not known",
        "volume.mount_failed",
        "the storage server does not answer",
        "Mend the address or the network between node and storage server.",
    ),
)
_PLAIN = _trouble(
    "", "volume.mount_failed", "its volumes cannot be mounted", "Mend what the kubelet reports."
)
_OBJECT = re.compile(
    r"(?:secret|configmap)s? \"|references non-existent (?:secret|config) key|not registered"
)
"""Missing secrets and config maps are told by the rules about references."""


@rule("pod.volume_mount", "Event", "Pod", title="Volume that cannot be attached or mounted")
def mount_failed(world: World) -> Iterator[Found]:
    """FailedMount and FailedAttachVolume of pods; of one that started since it is history."""
    for pod in world.of_kind("Pod"):
        events = [e for e in world.events_of(pod.ref) if e.reason in _REASONS and e.warning]
        if not events or is_going(pod):
            continue
        if has_started(pod):
            yield _healed(pod, events[-1])
            continue
        event = _most_telling(events)
        if event is not None:
            yield _found(world, pod, event)


def has_started(pod: Resource) -> bool:
    """Whether some container of the pod has run, so that its volumes are there."""
    if pod.text("status", "phase") in ("Running", "Succeeded"):
        return True
    ran = ("running", "terminated")
    return any(s.at("state", how).value is not None for s in container_statuses(pod) for how in ran)


def _most_telling(events: list[Event]) -> Event | None:
    """The newest that names a known trouble, else the newest; None where another rule tells it."""
    known = [e for e in events if not _OBJECT.search(e.message)]
    told = [e for e in known if _kind(e) is not _PLAIN]
    if told:
        return told[-1]
    return known[-1] if known and len(known) == len(events) else None


def _kind(event: Event) -> Trouble:
    text = f"{event.reason} {event.message[:2000]}"
    return next((t for t in _TROUBLES if t.pattern.search(text)), _PLAIN)


def _found(world: World, pod: Resource, event: Event) -> Found:
    kind, who = _kind(event), world.top_owner(pod)
    node = pod.text("spec", "nodeName")
    return Found(
        on=pod,
        title=f"Volume cannot be {'attached' if kind.cause == 'volume.attach_failed' else 'mounted'}",
        detail=event.message,
        cites=(event,),
        cause=kind.cause,
        certainty="likely" if kind is _PLAIN else "sure",
        statement=f"Pod {pod.name} of {who.name} cannot start{f' on {node}' if node else ''}: {kind.words}.",
        fix=kind.fix,
        commands=(
            describe("pod", pod.namespace, pod.name),
            *((kubectl("", "get", "volumeattachment"),) if kind.cause == "volume.attach_failed" else ()),
        ),
        checks=(kubectl(pod.namespace, "get", "pod", pod.name),),
        onset=event.first,
    )


def _healed(pod: Resource, event: Event) -> Found:
    return Found(
        on=pod,
        title="Volume could not be mounted at first",
        detail=event.message,
        severity="low",
        state="past",
        cites=(event,),
    )


@rule("pod.claim_missing", "Pod", "Deployment", "StatefulSet", title="Claim that does not exist")
def claim_missing(world: World) -> Iterator[Found]:
    """Claims that a pod or template names and nobody has; pods that run have theirs."""
    users = world.derived(ClaimUsers)
    for ref, fields in users.named.items():
        if not is_missing(world, ref.kind, ref.namespace, ref.name):
            continue
        if refusing_limit(world, ref.kind, ref.namespace, ref.name):
            continue
        field = next((f for f in fields if f.resource.kind == "Pod"), fields[0])
        if any(has_started(f.resource) for f in fields if f.resource.kind == "Pod"):
            continue
        yield _missing(world, field)


def _missing(world: World, field: Field) -> Found:
    user, name = field.resource, field.text()
    others = [c.name for c in world.in_namespace("PersistentVolumeClaim", user.namespace)]
    state = state_of_absence(world, "PersistentVolumeClaim", user.namespace)
    who = world.top_owner(user)
    return Found(
        on=user,
        title=f"Claim {name} does not exist",
        severity="high" if state == "now" else "low",
        state=state,
        cites=(field,),
        cause="volume.claim_missing",
        certainty="sure" if is_live(user) and state == "now" else "maybe",
        statement=f"{who.name} mounts the claim {name}, which is not there{did_you_mean(name, others)}.",
        fix=f"Create the claim {name}, or mend claimName.",
        commands=(kubectl(user.namespace, "get", "persistentvolumeclaim"),),
        checks=(kubectl(user.namespace, "get", "persistentvolumeclaim", name),),
    )
