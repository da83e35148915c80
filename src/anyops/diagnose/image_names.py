"""Image references, and which images a world shows to work.

Grammar: https://github.com/distribution/reference/blob/main/reference.go
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from anyops.diagnose.nearest import nearest
from anyops.diagnose.workloads import WORKLOADS, container_statuses, containers
from anyops.world.resource import Field, Resource
from anyops.world.world import World

HUB = "docker.io"
_HUB_ALIASES = ("index.docker.io", "registry-1.docker.io", HUB)
_VALID = re.compile(
    r"(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63}){0,8})(?::\d{1,5})?/)?"
    r"[a-z0-9]+(?:(?:\.|_|__|-{1,8})[a-z0-9]+){0,32}(?:/[a-z0-9]+(?:(?:\.|_|__|-{1,8})[a-z0-9]+){0,32}){0,16}"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
    r"(?:@[A-Za-z][A-Za-z0-9]{0,20}(?:[+._-][A-Za-z][A-Za-z0-9]{0,20}){0,4}:[0-9a-fA-F]{32,128})?\Z"
)


class Image(Struct, frozen=True):
    """A reference taken apart; `repository` is without the registry: `library/nginx`."""

    registry: str
    repository: str
    tag: str
    digest: str = ""

    @property
    def owner(self) -> str:
        """Everything of the repository but its last part: `library`, `shop/backend`."""
        return self.repository.rpartition("/")[0]

    @property
    def is_official(self) -> bool:
        """Whether it is one of Docker Hub's official images, which are all public."""
        return self.registry == HUB and self.owner == "library"


def parse_image(text: str) -> Image:
    """The reference as a runtime reads it: docker.io, library and latest are filled in."""
    name, _, digest = text.partition("@")
    path, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        path, tag = name, "" if digest else "latest"
    first, slash, rest = path.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        registry, repository = first, rest
    else:
        registry, repository = HUB, path
    registry = HUB if registry in _HUB_ALIASES else registry
    if registry == HUB and "/" not in repository:
        repository = f"library/{repository}"
    return Image(registry, repository, tag, digest)


def is_valid(text: str) -> bool:
    """Whether a runtime can parse the reference at all."""
    return len(text) < 1024 and _VALID.match(text) is not None


@lru_cache(maxsize=1)
def working(world: World) -> tuple[tuple[Resource, Field], ...]:
    """Images of containers that run or ran: the pod, and the field that names the image."""
    return tuple(_working(world))


def _working(world: World) -> Iterator[tuple[Resource, Field]]:
    for pod in world.of_kind("Pod"):
        ran = {s.text("name") for s in container_statuses(pod) if _ran(s)}
        for container in containers(pod):
            if container.text("name") in ran and container.text("image"):
                yield pod, container.at("image")


def _ran(status: Field) -> bool:
    if status.text("imageID") or status.at("state", "running").value is not None:
        return True
    return status.at("lastState", "terminated").value is not None or status.flag("ready")


class Suggestion(Struct, frozen=True, eq=False):
    """An image that was probably meant, why, and the field that says so."""

    image: str
    why: str
    cite: Field


def suggestion(world: World, pod: Resource, image: str) -> Suggestion | None:
    """What an image that is not there was probably meant to be; None when nothing tells."""
    return _before(world, pod, image) or _other_tag(world, image) or _as_the_others(world, pod, image)


def _before(world: World, pod: Resource, image: str) -> Suggestion | None:
    """The image of the same container in another revision of the workload."""
    top, asked = world.top_owner(pod), parse_image(image)
    for kind in WORKLOADS:
        for other in world.in_namespace(kind, pod.namespace):
            for field in (c.at("image") for c in containers(other)) if world.top_owner(other) == top else ():
                near = nearest(asked.repository, [parse_image(field.text()).repository])
                if field.text() != image and (
                    near or parse_image(field.text()).repository == asked.repository
                ):
                    return Suggestion(field.text(), f"Another revision has {field.text()}", field)
    return None


def _other_tag(world: World, image: str) -> Suggestion | None:
    asked = parse_image(image)
    for _, field in working(world):
        other = parse_image(field.text())
        if (other.registry, other.repository) == (
            asked.registry,
            asked.repository,
        ) and other.tag != asked.tag:
            return Suggestion(field.text(), f"{field.text()} works", field)
    return None


def _as_the_others(world: World, pod: Resource, image: str) -> Suggestion | None:
    """The tag that all images beside it have, or the workload's own name as the last part."""
    asked = parse_image(image)
    beside = [(parse_image(f.text()), f) for _, f in working(world)]
    beside = [(i, f) for i, f in beside if (i.registry, i.owner) == (asked.registry, asked.owner)]
    tags = {i.tag for i, _ in beside}
    if len(beside) < 2 or len(tags) != 1:
        return None
    path, tag = image.rpartition(":")[0] if asked.tag and f":{asked.tag}" in image else image, tags.pop()
    if tag != asked.tag:
        of = asked.owner or asked.registry
        return Suggestion(f"{path}:{tag}", f"The other images of {of} have the tag {tag}", beside[0][1])
    name, last = world.top_owner(pod).name, asked.repository.rpartition("/")[2]
    if nearest(last, [name]):
        meant = f"{path.rpartition('/')[0]}/{name}:{tag}"
        return Suggestion(meant, f"The workload is called {name}", beside[0][1])
    return None
