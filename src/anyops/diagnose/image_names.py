"""Image references, and which images a world shows to work.

Grammar: https://github.com/distribution/reference/blob/main/reference.go
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.nearest import nearest
from anyops.diagnose.workloads import WORKLOADS, container_statuses, containers
from anyops.world.resource import Field, Ref, Resource
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


def working(world: World) -> tuple[tuple[Resource, Field], ...]:
    """Images of containers that run or ran: the pod, and the field that names the image."""
    return world.derived(_working)


def pulled_from(world: World) -> dict[str, list[Field]]:
    """Images of containers that run or ran by their registry, each once."""
    return world.derived(_pulled_from)


def _pulled_from(world: World) -> dict[str, list[Field]]:
    once: dict[str, Field] = {}
    for _, field in working(world):
        once.setdefault(field.text(), field)
    found: dict[str, list[Field]] = {}
    for text, field in once.items():
        found.setdefault(parse_image(text).registry, []).append(field)
    return found


def _working(world: World) -> tuple[tuple[Resource, Field], ...]:
    return tuple(_find_working(world))


def _find_working(world: World) -> Iterator[tuple[Resource, Field]]:
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
    return world.derived(_Suggestions).of(pod, image)


class _Suggestions:
    """What each workload's image was probably meant to be, found out once for all of its pods."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._known: dict[tuple[str, Ref, str], Suggestion | None] = {}

    def of(self, pod: Resource, image: str) -> Suggestion | None:
        key = (pod.namespace, self.world.top_owner(pod), image)
        if key not in self._known:
            self._known[key] = (
                _before(self.world, pod, image)
                or _other_tag(self.world, image)
                or _as_the_others(self.world, pod, image)
            )
        return self._known[key]


def _before(world: World, pod: Resource, image: str) -> Suggestion | None:
    """The image of the same container in another revision of the workload."""
    top, asked = world.top_owner(pod), parse_image(image)
    for other in world.derived(_by_top).get((pod.namespace, top), ()):
        for field in (c.at("image") for c in containers(other)):
            near = nearest(asked.repository, [parse_image(field.text()).repository])
            if field.text() != image and (near or parse_image(field.text()).repository == asked.repository):
                return Suggestion(field.text(), f"Another revision has {field.text()}", field)
    return None


def _by_top(world: World) -> dict[tuple[str, Ref], list[Resource]]:
    """The workloads by namespace and outermost owner."""
    found: dict[tuple[str, Ref], list[Resource]] = {}
    for workload in world.of_kind(*WORKLOADS):
        found.setdefault((workload.namespace, world.top_owner(workload)), []).append(workload)
    return found


def _other_tag(world: World, image: str) -> Suggestion | None:
    asked = parse_image(image)
    for other, field in world.derived(_by_repository).get((asked.registry, asked.repository), ()):
        if other.tag != asked.tag:
            return Suggestion(field.text(), f"{field.text()} works", field)
    return None


def _by_repository(world: World) -> dict[tuple[str, str], list[tuple[Image, Field]]]:
    """Images that came by registry and repository, each once."""
    found: dict[tuple[str, str], list[tuple[Image, Field]]] = {}
    for fields in pulled_from(world).values():
        for image, field in ((parse_image(f.text()), f) for f in fields):
            found.setdefault((image.registry, image.repository), []).append((image, field))
    return found


class _Beside(Struct):
    """The images of one owner that came: how many containers have one, their tags, and the first."""

    first: Field
    tags: set[str]
    count: int = 0


def _by_owner(world: World) -> dict[tuple[str, str], _Beside]:
    found: dict[tuple[str, str], _Beside] = {}
    for _, named in working(world):
        image = parse_image(named.text())
        beside = found.setdefault((image.registry, image.owner), _Beside(named, set()))
        beside.count += 1
        beside.tags.add(image.tag)
    return found


def _as_the_others(world: World, pod: Resource, image: str) -> Suggestion | None:
    """The tag that all images beside it have, or the workload's own name as the last part."""
    asked = parse_image(image)
    beside = world.derived(_by_owner).get((asked.registry, asked.owner))
    if beside is None or beside.count < 2 or len(beside.tags) != 1:
        return None
    (tag,) = beside.tags
    path = image.rpartition(":")[0] if asked.tag and f":{asked.tag}" in image else image
    if tag != asked.tag:
        of = asked.owner or asked.registry
        return Suggestion(f"{path}:{tag}", f"The other images of {of} have the tag {tag}", beside.first)
    name, last = world.top_owner(pod).name, asked.repository.rpartition("/")[2]
    if nearest(last, [name]):
        meant = f"{path.rpartition('/')[0]}/{name}:{tag}"
        return Suggestion(meant, f"The workload is called {name}", beside.first)
    return None
