"""Pods in bulk: one that is well stands for all that differ from it in name and place only.

Of 10,000 pods perhaps a hundred tell something. A pod that runs, is ready and never restarted says what its
siblings of the same template say; it is kept as bytes, and made whole again when something speaks of it.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from anyops.world.resource import Ref
from anyops.world.world import Crowd

NEAR_TROUBLE = 200
"""Well siblings of a pod in trouble that are shown with it, for their number and their nodes matter."""
_GOOD = frozenset(
    ("PodReadyToStartContainers", "PodHasNetwork", "Initialized", "Ready", "ContainersReady", "PodScheduled")
)
_TOKEN_VOLUME = b"kube-api-access-"
_NODE, _VOLUME = b"\x00node", b"\x00volume"
"""What stands in a template for the pod's own node and token volume: no JSON can hold a zero byte."""
_NODE_NAME = b'"nodeName":'
_NOTHING = msgspec.Raw()


class _Meta(Struct, frozen=True, omit_defaults=True):
    """All that an object's metadata can hold, but who wrote which field."""

    name: str
    generateName: str = ""  # noqa: N815
    namespace: str = ""
    selfLink: str = ""  # noqa: N815
    uid: str = ""
    resourceVersion: str = ""  # noqa: N815
    generation: int = 0
    creationTimestamp: str | None = None  # noqa: N815
    deletionTimestamp: str | None = None  # noqa: N815
    deletionGracePeriodSeconds: int | None = None  # noqa: N815
    labels: msgspec.Raw = _NOTHING
    annotations: msgspec.Raw = _NOTHING
    ownerReferences: msgspec.Raw = _NOTHING  # noqa: N815
    finalizers: list[str] = []


class _Condition(Struct, frozen=True):
    type: str
    status: str


class _State(Struct, frozen=True):
    running: dict[str, Any] | None = None


class _Container(Struct, frozen=True):
    ready: bool = False
    restartCount: int = 0  # noqa: N815
    state: _State = _State()
    lastState: dict[str, msgspec.Raw] = {}  # noqa: N815


class _Status(Struct, frozen=True):
    phase: str = ""
    conditions: list[_Condition] = []
    containerStatuses: list[_Container] = []  # noqa: N815
    initContainerStatuses: list[_Container] = []  # noqa: N815
    ephemeralContainerStatuses: list[msgspec.Raw] = []  # noqa: N815


class _Spec(Struct, frozen=True):
    nodeName: str = ""  # noqa: N815


class Pod(Struct, frozen=True, omit_defaults=True):
    """A pod as it stands in a page, looked into no further than it takes to tell how it is."""

    metadata: _Meta
    spec: msgspec.Raw = _NOTHING
    status: msgspec.Raw = _NOTHING


_pod = msgspec.json.Decoder(Pod)
_status = msgspec.json.Decoder(_Status)
_spec = msgspec.json.Decoder(_Spec)
_any = msgspec.json.Decoder()
_encode = msgspec.json.Encoder().encode


class _Row(Struct, frozen=True):
    """What is the pod's own: everything else stands in its template."""

    name: str
    uid: str
    version: str
    created: str | None
    generation: int
    node: bytes
    volume: bytes
    annotations: bytes
    status: bytes


class _Template(Struct, frozen=True):
    """What siblings share, encoded."""

    namespace: str
    generate_name: str
    labels: bytes
    owners: bytes
    spec: bytes


class Pods:
    """Takes pods one by one; gives those that tell something whole, and the others as crowds."""

    def __init__(self) -> None:
        self._whole: list[bytes] = []
        self._troubled: set[tuple[str, bytes]] = set()
        self._alike: dict[_Template, list[_Row]] = {}
        self._last: dict[bytes, tuple[_Template, list[_Row]]] = {}
        """By their owners, where the last one went: its sibling's template need not be looked up."""

    def add(self, item: Pod | bytes) -> None:
        """Take one pod, or its JSON. Raises msgspec.MsgspecError where it is no JSON."""
        try:
            pod = item if isinstance(item, Pod) else _pod.decode(item)
        except msgspec.ValidationError:
            self._whole.append(encoded(item))
            return
        owners = bytes(pod.metadata.ownerReferences)
        try:
            if owners and _is_well(pod) and self._fold(pod, owners):
                return
            self._troubled.add((pod.metadata.namespace, owners))
        except msgspec.ValidationError:
            pass
        self._whole.append(encoded(pod))

    def _fold(self, pod: Pod, owners: bytes) -> bool:
        """Put it to its siblings, if nothing of it is lost there."""
        meta, spec = pod.metadata, bytes(pod.spec)
        if meta.finalizers or meta.selfLink or meta.deletionGracePeriodSeconds is not None:
            return False
        node, volume = _node(spec), _token_volume(spec)
        shared = spec.replace(node, _NODE)
        if volume:
            shared = shared.replace(volume, _VOLUME)
        template = _Template(meta.namespace, meta.generateName, bytes(meta.labels), owners, shared)
        last = self._last.get(owners)
        if last is None or last[0] != template:
            last = self._last[owners] = (template, self._alike.setdefault(template, []))
        row = _Row(
            meta.name,
            meta.uid,
            meta.resourceVersion,
            meta.creationTimestamp,
            meta.generation,
            node,
            volume,
            bytes(meta.annotations),
            bytes(pod.status),
        )
        last[1].append(row)
        return True

    def told(self, spoken_of: Callable[[str, str], bool]) -> tuple[list[Any], list[Crowd]]:
        """Every pod in trouble, every one that is spoken of (namespace, name), one of each crowd; the crowds.

        None stands for a pod that cannot be read.
        """
        whole, crowds = [decoded(raw) for raw in self._whole], []
        for template, rows in self._alike.items():
            shown, hidden = self._split(template, rows, spoken_of)
            whole += [decoded(_made(template, row)) for row in shown]
            if hidden:
                counted = Counter(row.node for row in hidden)
                nodes = {str(_any.decode(node)): count for node, count in counted.items()}
                crowds.append(Crowd(Ref("Pod", template.namespace, shown[0].name), len(hidden), nodes))
        return whole, crowds

    def _split(
        self, template: _Template, rows: list[_Row], spoken_of: Callable[[str, str], bool]
    ) -> tuple[list[_Row], list[_Row]]:
        """Those that are shown, and those that are not; the first one of a crowd always is.

        In the order of names, so that the same pods give the same answer in whatever order they came.
        """
        named = {row.name: row for row in rows}  # two lists may hold one pod
        rows = [named[name] for name in sorted(named)]
        if (template.namespace, template.owners) in self._troubled:
            return rows[:NEAR_TROUBLE], rows[NEAR_TROUBLE:]
        shown, hidden = rows[:1], list[_Row]()
        for row in rows[1:]:
            (shown if spoken_of(template.namespace, row.name) else hidden).append(row)
        return shown, hidden


def _is_well(pod: Pod) -> bool:
    """Whether it runs as it was meant to, and always has."""
    if pod.metadata.deletionTimestamp is not None or not (pod.spec and pod.status):
        return False
    status = _status.decode(pod.status)
    containers = status.containerStatuses
    return (
        status.phase == "Running"
        and bool(status.conditions)
        and all(c.status == "True" and c.type in _GOOD for c in status.conditions)
        and bool(containers)
        and all(c.ready and c.state.running is not None for c in containers)
        and not any(c.restartCount or c.lastState for c in (*containers, *status.initContainerStatuses))
        and not status.ephemeralContainerStatuses
    )


def _node(spec: bytes) -> bytes:
    """The quoted name of the node that the pod is on."""
    at = spec.rfind(_NODE_NAME)
    if at >= 0 and spec.find(_NODE_NAME, 0, at) < 0:
        at += len(_NODE_NAME)
        name = spec[at : spec.find(b'"', at + 1) + 1]
        if name.startswith(b'"') and b"\\" not in name:
            return name
    return _encode(_spec.decode(spec).nodeName)


def _token_volume(spec: bytes) -> bytes:
    """The quoted name of the volume with the pod's own token: its end is random; b"" where there is none."""
    at = spec.find(b'"' + _TOKEN_VOLUME)
    return spec[at : spec.index(b'"', at + 1) + 1] if at >= 0 else b""


def encoded(item: Pod | bytes) -> bytes:
    """The JSON of a pod, however it was read."""
    return _encode(item) if isinstance(item, Pod) else bytes(item)


def decoded(raw: bytes) -> Any:
    """What the JSON of an object holds; None where it is broken inside."""
    try:
        return _any.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _raw(part: bytes) -> msgspec.Raw:
    return msgspec.Raw(part) if part else _NOTHING


def _made(template: _Template, row: _Row) -> bytes:
    """The pod as it was read."""
    spec = template.spec.replace(_NODE, row.node)
    if row.volume:
        spec = spec.replace(_VOLUME, row.volume)
    metadata = _Meta(
        name=row.name,
        generateName=template.generate_name,
        namespace=template.namespace,
        uid=row.uid,
        resourceVersion=row.version,
        generation=row.generation,
        creationTimestamp=row.created,
        labels=_raw(template.labels),
        annotations=_raw(row.annotations),
        ownerReferences=msgspec.Raw(template.owners),
    )
    return encoded(Pod(metadata, msgspec.Raw(spec), msgspec.Raw(row.status)))
