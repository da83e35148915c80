"""Which cause a failed pull has, where the registry's answer alone leaves it open.

Registries answer a wrong name and a missing login alike ("pull access denied, repository does not exist or
may require authorization"), so that the images and secrets that work decide.
"""

from difflib import SequenceMatcher

from msgspec import Struct

from anyops.diagnose.absence import is_missing
from anyops.diagnose.image_names import Image, parse_image, working
from anyops.diagnose.placement import demand
from anyops.diagnose.rules.images_text import code_of, refused_at_manifest, secrets_of
from anyops.world.evidence import Quotable
from anyops.world.report import Certainty
from anyops.world.resource import Field, Resource
from anyops.world.world import Event, World

_TYPO = 0.84


class Pull(Struct, frozen=True, eq=False, kw_only=True):
    """A container whose image does not come. `text` is what the kubelet and the registry say, joined."""

    world: World
    pod: Resource
    container: str
    image: str
    image_at: Field | None
    reason: str
    text: str
    waiting: Field | None
    event: Event | None
    unretrieved: tuple[Event, ...] = ()


class Choice(Struct, frozen=True, eq=False):
    """The cause; `secrets` are pull secrets that are not there."""

    code: str
    certainty: Certainty
    secrets: tuple[str, ...] = ()
    cites: tuple[Quotable, ...] = ()


def choose(pull: Pull) -> Choice:
    """The cause of a failed pull."""
    code = code_of(pull.reason, pull.text)
    secrets, cites = missing_secrets(pull)
    if code == "image.unauthorized":
        return _denied(pull, secrets, cites)
    if not code:
        if secrets:
            return Choice("image.pull_secret_missing", "likely", secrets, cites)
        return Choice("image.pull_failed", "likely")
    return Choice(code, "sure", secrets)


def missing_secrets(pull: Pull) -> tuple[tuple[str, ...], tuple[Quotable, ...]]:
    """Pull secrets that the kubelet could not get, or that are named and were not among those listed."""
    told = [name for event in pull.unretrieved for name in secrets_of(event.message)]
    if told:
        return tuple(dict.fromkeys(told)), pull.unretrieved[-1:]
    world, namespace = pull.world, pull.pod.namespace
    if not world.was_listed("Secret", namespace):
        return (), ()
    named = [s.at("name") for s in pull_secrets(world, pull.pod)]
    absent = [n for n in named if n.text() and is_missing(world, "Secret", namespace, n.text())]
    return tuple(n.text() for n in absent), tuple(absent)


def pull_secrets(world: World, pod: Resource) -> list[Field]:
    """imagePullSecrets of the pod, else of its service account."""
    own = list(demand(world, pod, "imagePullSecrets").each())
    if own:
        return own
    name = demand(world, pod, "serviceAccountName").text() or "default"
    account = world.get("ServiceAccount", pod.namespace, name)
    return list(account.each("imagePullSecrets")) if account is not None else []


def _denied(pull: Pull, secrets: tuple[str, ...], cites: tuple[Quotable, ...]) -> Choice:
    if secrets:
        return Choice("image.pull_secret_missing", "sure", secrets, cites)
    image = parse_image(pull.image)
    if image.is_official:
        return Choice("image.not_found", "sure")
    like = None if pull_secrets(pull.world, pull.pod) else _near(pull)
    if like is not None:
        return Choice("image.not_found", "likely", (), (like,))
    if refused_at_manifest(pull.text):
        return Choice("image.not_found", "maybe")
    return Choice("image.unauthorized", "likely")


def _near(pull: Pull) -> Field | None:
    """A working image that this one nearly is: of the same owner, or differing a little in its path."""
    return pull.world.derived(_NearImages).to(pull.image)


class _NearImages:
    """The working images that came without a pull secret, and which of them is near to another one."""

    def __init__(self, world: World) -> None:
        open_to_all = (field for pod, field in working(world) if not pull_secrets(world, pod))
        once: dict[str, Field] = {}
        for field in open_to_all:
            once.setdefault(field.text(), field)
        self._images = [(text, parse_image(text), field) for text, field in once.items()]
        self._known: dict[str, Field | None] = {}

    def to(self, text: str) -> Field | None:
        if text not in self._known:
            image = parse_image(text)
            alike = [(_likeness(image, i), field) for other, i, field in self._images if other != text]
            best = max(alike, key=lambda entry: entry[0], default=None)
            self._known[text] = best[1] if best is not None and best[0] else None
        return self._known[text]


def _likeness(image: Image, other: Image) -> float:
    if image.registry != other.registry:
        return 0.0
    if image.repository == other.repository:
        return 3.0
    ratio = SequenceMatcher(None, image.repository, other.repository).ratio()
    if image.owner == other.owner and image.owner:
        return 1.0 + ratio
    return ratio if ratio >= _TYPO and "/" in image.owner + other.owner else 0.0
