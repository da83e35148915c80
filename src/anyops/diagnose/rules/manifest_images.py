"""Images of manifests that no registry will have: by their own word, or by a slip of a well-known name."""

import re
from collections.abc import Iterator

from anyops.diagnose.finding import Found, rule
from anyops.diagnose.image_names import is_valid, parse_image
from anyops.diagnose.manifests import edit, watch
from anyops.diagnose.stock_images import OFFICIAL, USUAL
from anyops.diagnose.tools import one_slip
from anyops.diagnose.wordlist import names
from anyops.diagnose.workloads import POD_MAKERS, containers
from anyops.world.report import Severity
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_BY_ITS_OWN_WORD = re.compile(
    r"(?:\A|[-_.])(?:invalid|nonexist\w*|non-exist\w*|not-exist\w*|doesnotexist|does-not-exist|missing|wrong|bad"
    r"|broken|fake|typo|unknown|tbd|todo|changeme|change-me|replace-me|placeholder|x\.y\.z|no-such\w*)(?:\Z|[-_.])",
    re.I,
)
_PLACEHOLDER = re.compile(
    r"(?:\A|/)(?:your[-_]?\w*|my[-_]?(?:registry|repo|org|company|account)|example|acme|foo|bar|placeholder)"
    r"(?:\.(?:com|io|org))?(?=/)|<[^>]{1,60}>|REPLACE|CHANGEME|TODO",
    re.I,
)

_CHANNELS = names("""
    latest stable main master edge nightly dev develop development prod production staging release lts current
    alpine slim bullseye bookworm trixie buster jammy focal noble debian ubuntu fpm apache perl mainline
    management distroless nonroot debug canary beta alpha rc snapshot test testing ci local unprivileged otel
    full mini base core server client jre jdk headless rootless uclibc musl glibc
    """)
"""Words that tags without a number are made of."""


@rule("manifest.image", *POD_MAKERS, title="Image of the manifest can be pulled")
def check_images(world: World) -> Iterator[Found]:
    """Tags that say that they do not exist, official images that are misspelled, placeholders."""
    if world.only_manifests:
        for maker in world.of_kind(*POD_MAKERS):
            for container in containers(maker) if not world.is_owned(maker) else ():
                image = container.at("image")
                if image.text() and "$" not in image.text() and "{" not in image.text():
                    yield from _judged(maker, container, image)


def _judged(maker: Resource, container: Field, image: Field) -> Iterator[Found]:
    parsed = parse_image(image.text())
    name = parsed.repository.removeprefix("library/")
    unknown = parsed.is_official and name not in OFFICIAL
    right = one_slip(name, USUAL) if unknown and len(name) > 4 else ""
    if right:
        why = f"Docker Hub has no official image {name}; meant is probably {right}"
        yield _found(maker, container, image, why, f"Write {right}.", firm=True)
    elif _BY_ITS_OWN_WORD.search(parsed.tag) or _BY_ITS_OWN_WORD.search(name.rpartition("/")[2]):
        why = "its name says itself that it does not exist: the pull fails (ErrImagePull, ImagePullBackOff)"
        yield _found(maker, container, image, why, "Name a tag that the registry has.")
    elif _PLACEHOLDER.search(image.text()):
        why = "the name looks like a placeholder that nobody filled in: the pull fails (ImagePullBackOff)"
        yield _found(maker, container, image, why, "Fill in the registry and repository.")
    elif is_valid(image.text()) and _is_odd(parsed.tag):
        why = (
            "its tag is no version and no usual channel: without such a tag the pull fails (ImagePullBackOff)"
        )
        yield _found(maker, container, image, why, "Name a tag that the registry has.", "medium")
    elif unknown and container.text("imagePullPolicy") != "Never":
        why = "it names no registry and no owner and is no official image: only nodes that have it can run it"
        yield _found(maker, container, image, why, "Push it to a registry and name that.", "low")


def _is_odd(tag: str) -> bool:
    words = {word for word in re.split(r"[-_.]", tag.lower()) if word}
    return bool(words) and not any(c.isdigit() for c in tag) and not words <= _CHANNELS


def _found(
    maker: Resource,
    container: Field,
    image: Field,
    why: str,
    fix: str,
    severity: Severity = "high",
    *,
    firm: bool = False,
) -> Found:
    return Found(
        on=maker,
        title=f"Image {image.text()[:120]} probably does not exist",
        detail=f"container {container.text('name')}: {why}",
        severity=severity,
        state="now" if firm else "risk",
        cites=(image,),
        cause="image.not_found",
        certainty="likely" if firm else "maybe",
        statement=f"Container {container.text('name')} of {maker.kind} {maker.name} asks for the image "
        f"{image.text()[:120]}: {why}.",
        fix=fix,
        commands=edit(maker),
        checks=watch(maker),
    )
