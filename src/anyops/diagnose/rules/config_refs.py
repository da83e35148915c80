"""Secrets and config maps that pods need and that are not there, or lack a key."""

import re
from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.absence import is_live, is_missing, state_of_absence
from anyops.diagnose.commands import get, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.nearest import did_you_mean
from anyops.diagnose.references import SYSTEM_MAPS, Reference, found, keys_of, references
from anyops.diagnose.workloads import POD_MAKERS, container_statuses, is_going
from anyops.world.evidence import Quotable
from anyops.world.report import Certainty, State
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World

_KINDS = {"secret": "Secret", "configmap": "ConfigMap", "config": "ConfigMap", "config map": "ConfigMap"}
_NAME = r"\"?([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)\"?"
_MISSING = re.compile(rf"\b(secret|configmap)s? {_NAME} not found", re.IGNORECASE)
_KEY = re.compile(
    r"couldn't find key ([\w./-]{1,253}) in (Secret|ConfigMap) "
    r"(?:[a-z0-9-]{1,63}/)?([a-z0-9][a-z0-9.-]{0,252})",
    re.IGNORECASE,
)
_VOLUME_KEY = re.compile(r"references non-existent (secret|config) key: ([\w./-]{1,253})", re.IGNORECASE)
_VOLUME = re.compile(r"for volume \"([^\"]{1,253})\"")
_CODES = {
    ("Secret", False): "config.secret_missing",
    ("Secret", True): "config.secret_key_missing",
    ("ConfigMap", False): "config.configmap_missing",
    ("ConfigMap", True): "config.configmap_key_missing",
}


class Missing(Struct, frozen=True, eq=False):
    """An object, or a key of one, that a pod needs."""

    kind: str
    name: str
    key: str
    cites: tuple[Quotable, ...]
    use: str = ""

    @property
    def noun(self) -> str:
        return "secret" if self.kind == "Secret" else "config map"


@rule("pod.config_missing", "Pod", "Event", title="Secret or config map that a pod waits for")
def waits(world: World) -> Iterator[Found]:
    """What the kubelet says: CreateContainerConfigError, and FailedMount for lack of an object or key."""
    for pod in world.of_kind("Pod"):
        if is_going(pod):
            continue
        told: dict[tuple[str, str, str], Found] = {}
        for text, cite, now in _messages(world, pod):
            for missing in _read(pod, text, cite):
                key = (missing.kind, missing.name, missing.key)
                if key not in told or now:
                    told[key] = _waiting(world, pod, missing) if now else _healed(pod, missing)
        yield from told.values()


def _messages(world: World, pod: Resource) -> Iterator[tuple[str, Quotable, bool]]:
    """Messages of events and waiting containers, and whether they still hold."""
    statuses = list(container_statuses(pod))
    refused = [s.at("state", "waiting") for s in statuses if _reason(s) == "CreateContainerConfigError"]
    for event in world.events_of(pod.ref):
        if event.warning and ("not found" in event.message or "key" in event.message):
            open_still = bool(refused) if event.reason == "Failed" and statuses else not _volumes_came(pod)
            yield event.message, event, open_still and _blocked(pod)
    for state in refused:
        if state.text("message"):
            yield state.text("message"), state.at("message"), True


def _reason(status: Field) -> str:
    return status.text("state", "waiting", "reason")


def _volumes_came(pod: Resource) -> bool:
    """Whether a container of the pod has run: its volumes were mounted then."""
    ran = (("state", "running"), ("state", "terminated"), ("lastState", "terminated"))
    return any(s.at(*path).value is not None for s in container_statuses(pod) for path in ran)


def _read(pod: Resource, text: str, cite: Quotable) -> Iterator[Missing]:
    text = text[:4000].replace('\\"', '"')
    for match in _MISSING.finditer(text):
        kind = _KINDS[match[1].lower()]
        yield Missing(kind, match[2], "", (cite, *_places(pod, kind, match[2], "")))
    for match in _KEY.finditer(text):
        kind = _KINDS[match[2].lower()]
        yield Missing(kind, match[3].rstrip("."), match[1], (cite, *_places(pod, kind, match[3], match[1])))
    key = _VOLUME_KEY.search(text)
    if key:
        yield from _of_volume(pod, text, _KINDS[key[1].lower()], key[2], cite)


def _of_volume(pod: Resource, text: str, kind: str, key: str, cite: Quotable) -> Iterator[Missing]:
    """A key that a volume's items name; the message names only the volume."""
    volume = _VOLUME.search(text)
    use = f"volume {volume[1]}" if volume else ""
    for reference in references(pod):
        if reference.kind == kind and (reference.key == key or (reference.use == use and not reference.key)):
            yield Missing(kind, reference.name, key, (cite, reference.at), use)
            return


def _places(pod: Resource, kind: str, name: str, key: str) -> tuple[Quotable, ...]:
    """Where the pod names it."""
    fits = [r for r in references(pod) if (r.kind, r.name) == (kind, name) and (not key or r.key == key)]
    return tuple(r.at for r in fits[:1])


def _waiting(world: World, pod: Resource, missing: Missing) -> Found:
    return _told(world, pod, missing, "now", "sure")


def _healed(pod: Resource, missing: Missing) -> Found:
    return Found(
        on=pod,
        title=f"The {missing.noun} {missing.name} was missing at first",
        severity="low",
        state="past",
        cites=missing.cites,
    )


def _told(world: World, on: Resource, missing: Missing, state: State, certainty: Certainty) -> Found:
    who = world.top_owner(on)
    what = (
        f"the key {missing.key} of {missing.noun} {missing.name}"
        if missing.key
        else f"the {missing.noun} {missing.name}"
    )
    return Found(
        on=on,
        title=f"Needs {what}, which is not there",
        severity="high" if state == "now" else "low",
        state=state,
        cites=(*missing.cites, *_near_cite(world, on.namespace, missing)),
        cause=_CODES[missing.kind, bool(missing.key)],
        certainty=certainty,
        statement=f"{who.name} needs {what}{f' for {missing.use}' if missing.use else ''}, which is not in "
        f"namespace {on.namespace}{_instead(world, on.namespace, missing)}.",
        fix=_fix(world, on.namespace, missing),
        commands=_commands(on.namespace, who, missing),
        checks=(get(missing.kind.lower(), on.namespace, missing.name),),
    )


def _instead(world: World, namespace: str, missing: Missing) -> str:
    thing = world.get(missing.kind, namespace, missing.name)
    if missing.key and thing is not None:
        keys = sorted(keys_of(thing) or ())
        return did_you_mean(missing.key, keys) or (f" (it has {', '.join(keys[:5])})" if keys else "")
    return did_you_mean(missing.name, [o.name for o in world.in_namespace(missing.kind, namespace)])


def _near_cite(world: World, namespace: str, missing: Missing) -> tuple[Quotable, ...]:
    thing = world.get(missing.kind, namespace, missing.name)
    return (thing.at("data"),) if missing.key and thing is not None and missing.kind == "ConfigMap" else ()


def _fix(world: World, namespace: str, missing: Missing) -> str:
    near = _instead(world, namespace, missing)
    if missing.key:
        return f"Add the key {missing.key} to {missing.noun} {missing.name}, or refer to a key that it has."
    if near:
        return f"Correct the name in the reference, or create the {missing.noun} {missing.name}."
    return f"Create the {missing.noun} {missing.name}, or mend the reference."


def _commands(namespace: str, who: Ref, missing: Missing) -> tuple[str, ...]:
    kind = "secrets" if missing.kind == "Secret" else "configmaps"
    edit = kubectl(who.namespace, "edit", f"{who.kind.lower()}/{who.name}")
    if missing.key:
        return (kubectl(namespace, "describe", missing.kind.lower(), missing.name), edit)
    return (get(kind, namespace), edit)


@rule("workload.config_missing", *POD_MAKERS, title="Reference to a secret or config map that is not there")
def refers(world: World) -> Iterator[Found]:
    """Every reference of a template against what was listed; pods that run show that theirs is there."""
    for maker in world.of_kind(*POD_MAKERS):
        if world.is_owned(maker) or _all_run(world, maker):
            continue
        seen: set[tuple[str, str, str]] = set()
        for reference in references(maker):
            key = (reference.kind, reference.name, reference.key)
            if reference.optional or reference.name in SYSTEM_MAPS or key in seen:
                continue
            seen.add(key)
            yield from _checked(world, maker, reference, seen)


def _all_run(world: World, maker: Resource) -> bool:
    """Whether its pods got past what they refer to."""
    pods = world.pods_of(maker.ref)
    return bool(pods) and not any(_blocked(pod) for pod in pods)


def _blocked(pod: Resource) -> bool:
    waiting = ("CreateContainerConfigError", "ContainerCreating", "PodInitializing")
    reasons = [_reason(s) for s in container_statuses(pod)]
    return any(r in waiting for r in reasons) or (pod.text("status", "phase") == "Pending" and not reasons)


def _checked(
    world: World, maker: Resource, reference: Reference, seen: set[tuple[str, str, str]]
) -> Iterator[Found]:
    thing = found(world, maker.namespace, reference)
    if thing is None:
        if not is_missing(world, reference.kind, maker.namespace, reference.name):
            return
        if reference.key and (reference.kind, reference.name, "") in seen:
            return
        seen.add((reference.kind, reference.name, ""))
        missing = Missing(reference.kind, reference.name, "", (reference.at,), reference.use)
        state = state_of_absence(world, reference.kind, maker.namespace)
        yield _told(world, maker, missing, state, "likely" if state == "now" else "maybe")
        return
    keys = keys_of(thing)
    if reference.key and keys is not None and reference.key not in keys:
        missing = Missing(reference.kind, reference.name, reference.key, (reference.at,), reference.use)
        now = is_live(maker) or world.question
        yield _told(world, maker, missing, "now" if now else "risk", "sure")
