"""Manifests before they run: what the cluster must have for them, where no cluster was read."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from anyops.diagnose.absence import is_manifests
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.image_names import is_valid, parse_image
from anyops.diagnose.placement import describe_labels, requests, show_amount
from anyops.diagnose.rules.volumes_match import class_of
from anyops.diagnose.workloads import POD_MAKERS, containers, pod_spec
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_ORDINARY = frozenset({"cpu", "memory", "ephemeral-storage", "pods", "storage"})
_OF_EVERY_NODE = ("kubernetes.io/os", "kubernetes.io/arch", "kubernetes.io/hostname")
_CHANNELS = frozenset(
    """
    latest stable main master edge nightly dev develop development prod production staging release lts current
    alpine slim bullseye bookworm buster jammy focal noble debian ubuntu fpm apache perl mainline management
    distroless nonroot debug canary beta alpha rc snapshot test testing ci local unprivileged otel full mini
    base core server client jre jdk headless rootless
    """.split()  # noqa: SIM905
)
"""Words that tags without a number are made of."""

_PROGRAMS = frozenset(
    """
    bash sh ash dash zsh wget curl sleep python python3 node npm npx yarn java ruby perl php dotnet nginx
    httpd echo cat cp mv tar sed awk grep find touch mkdir chmod chown ls tail head env exec printf test true
    redis-server redis-cli mysqld mysql postgres psql mongod mongo mongosh kubectl helm git make gunicorn
    uvicorn celery supervisord tini entrypoint.sh docker-entrypoint.sh nc dig nslookup ping openssl jq socat
    """.split()  # noqa: SIM905
)
"""Programs that most images have: a word that nearly is one of them is a typo."""


@rule("manifest.placement", *POD_MAKERS, title="Pod that only some clusters have a node for")
def placement(world: World) -> Iterator[Found]:
    """GPUs and other devices, and labels of nodes; no node was read that could have them."""
    if not is_manifests(world) or "Node" in world.by_kind:
        return
    for maker in world.of_kind(*POD_MAKERS):
        yield from _devices(world, maker)
        yield from _selector(maker)


def _devices(world: World, maker: Resource) -> Iterator[Found]:
    for name, amount in requests(world, maker).items():
        if name in _ORDINARY or "/" not in name or amount <= 0:
            continue
        fields = (c.at("resources", kind, name) for c in containers(maker) for kind in ("limits", "requests"))
        field = next(f for f in fields if f)
        gpu = "GPU, " if "gpu" in name else ""
        yield _suspicion(
            maker,
            f"Each pod asks for {show_amount(name, amount)} {name} ({gpu}an extended resource)",
            "It stays Pending, unschedulable, unless a node offers that many.",
            field,
        )


def _selector(maker: Resource) -> Iterator[Found]:
    selector = pod_spec(maker).at("nodeSelector")
    wanted = {k: v for k, v in selector.strings().items() if k not in _OF_EVERY_NODE}
    if wanted:
        yield _suspicion(
            maker,
            f"Its nodeSelector asks for nodes labelled {describe_labels(wanted)}",
            "Its pods stay Pending, unschedulable, unless a node carries that label.",
            selector,
        )


@rule(
    "manifest.storage_class", "PersistentVolumeClaim", "StatefulSet", title="Storage class that is not here"
)
def storage_class(world: World) -> Iterator[Found]:
    """Claims and claim templates that name a class which no manifest and no cluster that was read has."""
    if not is_manifests(world):
        return
    for claim in world.of_kind("PersistentVolumeClaim"):
        yield from _class(world, claim, class_of(claim) or "", claim.at("spec", "storageClassName"))
    for owner in world.of_kind("StatefulSet"):
        for template in owner.each("spec", "volumeClaimTemplates"):
            field = template.at("spec", "storageClassName")
            yield from _class(world, owner, field.text(), field)


def _class(world: World, owner: Resource, name: str, field: Field) -> Iterator[Found]:
    made = any(class_of(v) == name for v in world.of_kind("PersistentVolume"))
    if name and not made and world.get("StorageClass", "", name) is None:
        yield _suspicion(
            owner,
            f"It needs the storage class {name}, which is not among what was read",
            "The claim (PVC) stays Pending, and its pods with it, unless the cluster has that class.",
            field,
        )


@rule("manifest.image_tag", *POD_MAKERS, title="Image tag that looks like none")
def image_tag(world: World) -> Iterator[Found]:
    """Tags without a number that are no usual channel either: often a placeholder or a typo."""
    if not is_manifests(world):
        return
    for maker in world.of_kind(*POD_MAKERS):
        for container in containers(maker):
            image = container.at("image")
            if is_valid(image.text()) and _is_odd(parse_image(image.text()).tag):
                yield _suspicion(
                    maker,
                    f"The tag of image {image.text()} is neither a version nor a usual channel",
                    "If the registry has no such tag, the pods stay in ImagePullBackOff.",
                    image,
                )


def _is_odd(tag: str) -> bool:
    words = [word for word in re.split(r"[-_.]", tag.lower()) if word]
    return bool(words) and not any(c.isdigit() for c in tag) and not set(words) <= _CHANNELS


@rule("manifest.command", *POD_MAKERS, title="Command that looks misspelt")
def command(world: World) -> Iterator[Found]:
    """First words of commands that differ by a letter from a program that everybody has."""
    if not is_manifests(world):
        return
    for maker in world.of_kind(*POD_MAKERS):
        for container in containers(maker):
            first = container.at("command", 0)
            program = first.text().rpartition("/")[2]
            meant = _misspelt(program)
            if meant:
                yield _suspicion(
                    maker,
                    f"Container {container.text('name')} runs {program}, which looks like {meant} misspelt",
                    "If the image has no such program, the container ends with exit code 127 (not found).",
                    first,
                )


def _misspelt(program: str) -> str:
    if len(program) < 3 or program in _PROGRAMS:
        return ""
    near = get_close_matches(program[:40], sorted(_PROGRAMS), n=1, cutoff=0.85)
    return near[0] if near else ""


def _suspicion(on: Resource, title: str, detail: str, cite: Field) -> Found:
    return Found(on=on, title=title, detail=detail, severity="medium", state="risk", cites=(cite,))
