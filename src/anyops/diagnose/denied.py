"""Which mounted volume a program speaks of when it is refused a file."""

import re
from collections.abc import Iterator

from anyops.diagnose.workloads import containers, pod_spec
from anyops.world.resource import Field, Resource

_PATH = re.compile(r"(?<![\w.:/-])/[\w.@+-]{1,255}(?:/[\w.@+-]{1,255}){0,31}")
_DENIED = re.compile(
    r"permission denied|\bEACCES\b|AccessDeniedException|operation not permitted|read-only file ?system"
    r"|\bEROFS\b|read-only directory|not writable|errno:? ?13\b",
    re.IGNORECASE,
)
_OF_THE_API = ("secret", "configMap", "projected", "downwardAPI")
_KEPT = (
    "persistentVolumeClaim",
    "hostPath",
    "nfs",
    "csi",
    "iscsi",
    "rbd",
    "cephfs",
    "glusterfs",
    "ephemeral",
)


def is_denied(line: str) -> bool:
    """Whether the line says that a file may not be read, written or owned."""
    return _DENIED.search(line[:2000]) is not None


def denied_mount(pod: Resource, container: str, line: str) -> Field | None:
    """The volumeMount that a refusal is about; None when it is about something else.

    A path in the line decides; a line with only a relative name (`dump.rdb`) is about the one volume that
    keeps data, for that is where such programs are started.
    """
    if not is_denied(line):
        return None
    mounts = list(_mounts(pod, container))
    paths = [match[0] for match in _PATH.finditer(line[:2000])]
    if paths:
        return _deepest([m for m in mounts if any(_below(p, m.text("mountPath")) for p in paths)])
    kept = [m for m in mounts if _keeps_data(pod, m)]
    return kept[0] if len(kept) == 1 else None


def _mounts(pod: Resource, container: str) -> Iterator[Field]:
    for spec in containers(pod):
        if not container or spec.text("name") == container:
            yield from spec.each("volumeMounts")


def _below(path: str, mount: str) -> bool:
    root = mount.rstrip("/")
    return bool(root) and (path == root or path.startswith(root + "/"))


def _deepest(mounts: list[Field]) -> Field | None:
    return max(mounts, key=lambda m: len(m.text("mountPath")), default=None)


def volume_of(pod: Resource, mount: Field) -> Field | None:
    """The volume that is mounted there."""
    return next((v for v in pod_spec(pod).each("volumes") if v.text("name") == mount.text("name")), None)


def _keeps_data(pod: Resource, mount: Field) -> bool:
    volume = volume_of(pod, mount)
    return volume is not None and any(volume.at(source).value is not None for source in _KEPT)


def is_api_volume(pod: Resource, mount: Field) -> bool:
    """Whether the volume is filled by the API (a secret, a config map), and so is always read-only."""
    volume = volume_of(pod, mount)
    return volume is not None and any(volume.at(source).value is not None for source in _OF_THE_API)


def advice(pod: Resource, mount: Field) -> str:
    """How the program gets to use the volume.

    fsGroup is not applied to a hostPath: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
    """
    path, volume = mount.text("mountPath"), volume_of(pod, mount)
    host = volume.text("hostPath", "path") if volume is not None else ""
    if mount.flag("readOnly"):
        return f"Mount {path} without readOnly, or let the program write elsewhere."
    if is_api_volume(pod, mount):
        return f"Let the program write elsewhere: {path} is filled by the API and always read-only."
    if host:
        user = pod_spec(pod).text("securityContext", "runAsUser")
        whom = f"user {user}" if user else "the program's user"
        return f"Give {whom} the directory {host} on the node (fsGroup does not reach a hostPath)."
    return f"Set fsGroup in the pod's securityContext, or give {path} to the user that the program runs as."
