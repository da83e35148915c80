"""Images that cannot be pulled, taken apart by what the registry answered.

https://kubernetes.io/docs/concepts/containers/images/
"""

from collections.abc import Iterator

from anyops.diagnose.absence import is_live, stand_in
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.image_names import is_valid
from anyops.diagnose.rules.images_choice import Pull, choose
from anyops.diagnose.rules.images_text import code_of, image_of, secrets_of
from anyops.diagnose.rules.images_words import say
from anyops.diagnose.siblings import ReadyBelow
from anyops.diagnose.workloads import WORKLOADS, container_statuses, containers, is_going
from anyops.world.resource import Field, Resource
from anyops.world.world import Event, World

_WAITING = (
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
)
_FAILED = (
    "Failed to pull image",
    "Back-off pulling image",
    "is not present with pull policy",
    "Failed to apply",
    "Failed to inspect image",
)


@rule("pod.image_pull", "Pod", "Event", title="Image that cannot be pulled")
def image_pull(world: World) -> Iterator[Found]:
    """Containers that wait for their image; of those that run now the failed pulls are history."""
    for pod in world.of_kind("Pod"):
        if is_going(pod):
            continue
        events = _pull_events(world, pod)
        waiting = [s for s in container_statuses(pod) if s.text("state", "waiting", "reason") in _WAITING]
        for status in waiting:
            yield _found(_pull(world, pod, status, events))
        if events and not waiting and _runs(pod):
            yield _healed(pod, events[-1])
        elif events and not waiting and not any(True for _ in container_statuses(pod)):
            yield _found(_pull(world, pod, None, events))
    yield from _of_events_alone(world)


def _pull_events(world: World, pod: Resource) -> list[Event]:
    return [
        e
        for e in world.events_of(pod.ref)
        if e.message.startswith(_FAILED) or "Failed to pull image" in e.message
    ]


def _runs(pod: Resource) -> bool:
    statuses = list(container_statuses(pod))
    return bool(statuses) and all(s.at("state", "waiting").value is None for s in statuses)


def _of_events_alone(world: World) -> Iterator[Found]:
    """Pods that only events name, where pods were not listed."""
    for ref in world.events_by_ref:
        if ref.kind == "Pod" and ref not in world.by_ref and not world.was_listed("Pod", ref.namespace):
            pod = stand_in(world, ref)
            events = _pull_events(world, pod)
            if events and world.events_of(ref)[-1].reason not in ("Pulled", "Started", "Killing"):
                yield _found(_pull(world, pod, None, events))


def _pull(world: World, pod: Resource, status: Field | None, events: list[Event]) -> Pull:
    """What is known of one container's pull: the message that tells most."""
    name = status.text("name") if status is not None else ""
    spec = next((c for c in containers(pod) if name and c.text("name") == name), None)
    image = (spec.text("image") if spec is not None else "") or (
        status.text("image") if status is not None else ""
    )
    own = [e for e in events if not image or image_of(e.message) in ("", image)]
    told = [e for e in own if code_of("", e.message)]
    waiting = status.at("state", "waiting") if status is not None else None
    event = (told or own)[-1] if own else None
    text = f"{waiting.text('message') if waiting is not None else ''} {event.message if event else ''}"
    return Pull(
        world=world,
        pod=pod,
        container=name,
        image=image or (image_of(event.message) if event else ""),
        image_at=spec.at("image") if spec is not None else None,
        reason=waiting.text("reason") if waiting is not None else "",
        text=text.replace('\\"', '"').strip(),
        waiting=waiting,
        event=event,
        unretrieved=tuple(_unretrieved(world, pod)),
    )


def _unretrieved(world: World, pod: Resource) -> Iterator[Event]:
    for event in world.events_of(pod.ref):
        if event.reason == "FailedToRetrieveImagePullSecret" and secrets_of(event.message):
            yield event


def _found(pull: Pull) -> Found:
    choice = choose(pull)
    words = say(pull, choice)
    waiting = (pull.waiting.at("message"), pull.waiting.at("reason")) if pull.waiting is not None else ()
    events = (pull.event,) if pull.event is not None else ()
    return Found(
        on=pull.pod,
        title=f"Image cannot be pulled: {pull.image}" if pull.image else "Image cannot be pulled",
        detail=pull.text or pull.reason,
        severity="critical" if pull.waiting is not None and not _sibling_ready(pull) else "high",
        cites=(*events, *waiting, *words.cites),
        cause=choice.code,
        certainty=choice.certainty,
        statement=words.statement,
        fix=words.fix,
        commands=words.commands,
        checks=words.checks,
        onset=pull.event.first if pull.event is not None else None,
        ruled_out=words.ruled_out,
    )


def _sibling_ready(pull: Pull) -> bool:
    return pull.world.derived(ReadyBelow).has(pull.world.top_owner(pull.pod))


def _healed(pod: Resource, event: Event) -> Found:
    return Found(
        on=pod,
        title="Image could not be pulled at first",
        detail=event.message,
        severity="low",
        state="past",
        cites=(event,),
    )


@rule("workload.image_invalid", *WORKLOADS, title="Image reference that no runtime can parse")
def image_invalid(world: World) -> Iterator[Found]:
    """References in templates against the grammar; templating left in a manifest shows here, too."""
    for workload in world.of_kind(*WORKLOADS):
        if world.is_owned(workload):
            continue
        for container in containers(workload):
            image = container.at("image")
            if image.text() and not is_valid(image.text()) and workload.complete:
                yield _invalid(world, workload, container, image)


def _invalid(world: World, workload: Resource, container: Field, image: Field) -> Found:
    now = is_live(workload) or bool(world.question)
    return Found(
        on=workload,
        title=f"Image reference is malformed: {image.text()[:120]}",
        detail=f"container {container.text('name')}",
        severity="high" if now else "medium",
        state="now" if now else "risk",
        cites=(image,),
        cause="image.reference_invalid",
        certainty="sure",
        statement=f"Container {container.text('name')} of {workload.name} names the image "
        f'"{image.text()[:200]}", which is no valid reference.',
        fix="Write it as [REGISTRY/]REPOSITORY[:TAG], in lower case, without spaces or a scheme.",
    )
