"""What to say of an image that cannot be pulled: one function a cause."""

from collections.abc import Callable

from anyops.diagnose.commands import act, describe, kubectl
from anyops.diagnose.finding import RuledOut, Words
from anyops.diagnose.image_names import HUB, parse_image, pulled_from, suggestion
from anyops.diagnose.nearest import nearest
from anyops.diagnose.rules.images_choice import Choice, Pull, pull_secrets
from anyops.diagnose.rules.images_text import host_of
from anyops.world.evidence import Quotable
from anyops.world.resource import Ref


def say(pull: Pull, choice: Choice) -> Words:
    """Statement, fix, commands and further evidence for the chosen cause."""
    return _SAYS.get(choice.code, _plain)(pull, choice)


def _who(pull: Pull) -> Ref:
    return pull.world.top_owner(pull.pod)


def _set_image(pull: Pull, image: str) -> tuple[str, ...]:
    who = _who(pull)
    if who.kind in ("Deployment", "StatefulSet", "DaemonSet") and pull.container and image:
        return (act("set image", who, f"{pull.container}={image}"),)
    return (act("edit", who),)


def _checks(pull: Pull) -> tuple[str, ...]:
    who = _who(pull)
    if who.kind in ("Deployment", "StatefulSet", "DaemonSet"):
        return (act("rollout status", who),)
    return (kubectl(pull.pod.namespace, "get", "pod", pull.pod.name),)


def _image_at(pull: Pull) -> tuple[Quotable, ...]:
    return (pull.image_at,) if pull.image_at is not None else ()


def _not_found(pull: Pull, _: Choice) -> Words:
    image = parse_image(pull.image)
    meant = suggestion(pull.world, pull.pod, pull.image)
    better = f" {meant.why}." if meant is not None else ""
    return Words(
        statement=f"{_who(pull).name} asks for {pull.image}; {image.registry} has no "
        f'{image.repository} with the tag "{image.tag or image.digest}".{better}',
        fix="Correct the image's name or tag, or push it.",
        commands=_set_image(pull, meant.image if meant is not None else ""),
        checks=_checks(pull),
        cites=(*_image_at(pull), *((meant.cite,) if meant is not None else ())),
        ruled_out=_login_works(pull),
    )


def _login_works(pull: Pull) -> tuple[RuledOut, ...]:
    """Another image of the same registry that came says that registry and login are not at fault."""
    registry = parse_image(pull.image).registry
    for field in pulled_from(pull.world).get(registry, ()):
        if field.text() != pull.image:
            return (("registry login", f"{field.text()} is pulled from {registry}", (field,)),)
    return ()


def _unauthorized(pull: Pull, _: Choice) -> Words:
    image, namespace = parse_image(pull.image), pull.pod.namespace
    named = [s.text("name") for s in pull_secrets(pull.world, pull.pod)]
    has = [s.name for s in pull.world.in_namespace("Secret", namespace) if "docker" in s.text("type")]
    spare = f" (namespace {namespace} has {', '.join(has[:3])})" if has and not named else ""
    how = f"with {', '.join(named)}" if named else f"without an image pull secret{spare}"
    use = nearest(image.registry, has) or (has[0] if has else "registry-login")
    return Words(
        statement=f"{image.registry} refuses the pull of {pull.image} {how}: {_who(pull).name} needs a pull "
        "secret that may read it.",
        fix="Mend the credentials in the pull secret."
        if named
        else f"Name a pull secret in imagePullSecrets, such as {use}.",
        commands=_use_secret(pull, use, exists=bool(has))
        if not named
        else (kubectl(namespace, "get", "secrets"),),
        checks=_checks(pull),
        cites=_image_at(pull),
    )


def _use_secret(pull: Pull, secret: str, *, exists: bool) -> tuple[str, ...]:
    who, registry = _who(pull), parse_image(pull.image).registry
    server = "https://index.docker.io/v1/" if registry == HUB else registry
    patch = f'{{"spec":{{"template":{{"spec":{{"imagePullSecrets":[{{"name":"{secret}"}}]}}}}}}}}'
    login = ("--docker-server", server, "--docker-username", "USER", "--docker-password", "TOKEN")
    create = kubectl(who.namespace, "create", "secret", "docker-registry", secret, *login)
    use = act("patch", who, "-p", patch)
    return (use,) if exists else (create, use)


def _secret_missing(pull: Pull, choice: Choice) -> Words:
    names, namespace = ", ".join(choice.secrets), pull.pod.namespace
    others = [s.name for s in pull.world.in_namespace("Secret", namespace)]
    near = nearest(choice.secrets[0], others) if choice.secrets else ""
    there = f" (there is {near})" if near else ""
    return Words(
        statement=f"{_who(pull).name} pulls {pull.image} with the pull secret {names}, "
        f"which is not in namespace {namespace}{there}; the registry refuses without it.",
        fix=f"Create the secret {names}, or name one that exists in imagePullSecrets.",
        commands=(
            kubectl(namespace, "get", "secrets"),
            *_use_secret(pull, near or choice.secrets[0], exists=bool(near)),
        ),
        checks=(kubectl(namespace, "get", "secret", *choice.secrets[:1]), *_checks(pull)),
        cites=(*choice.cites, *_image_at(pull)),
    )


def _dns(pull: Pull, _: Choice) -> Words:
    host = host_of(pull.text) or parse_image(pull.image).registry
    hosts = sorted(pulled_from(pull.world))
    near = nearest(host, hosts)
    node = pull.pod.text("spec", "nodeName")
    others = [h for h in hosts if h != host]
    return Words(
        statement=f"The registry host {host} of {_who(pull).name}'s image does not resolve"
        f"{f' on node {node}' if node else ''}{f' (others use {near})' if near else ''}.",
        fix="Correct the registry in the image's name, or make the host resolve for the nodes.",
        commands=(
            *_set_image(pull, ""),
            f"nslookup {host}" if host.replace(".", "").replace("-", "").isalnum() else "",
        ),
        checks=_checks(pull),
        cites=_image_at(pull),
        ruled_out=(("node DNS", f"images of {', '.join(others[:2])} come", ()),) if others else (),
    )


def _unreachable(pull: Pull, _: Choice) -> Words:
    registry, node = parse_image(pull.image).registry, pull.pod.text("spec", "nodeName")
    tls = "x509" in pull.text or "certificate" in pull.text
    return Words(
        statement=f"{registry} cannot be reached{f' from node {node}' if node else ''} for {pull.image}"
        f"{': its certificate is not accepted' if tls else ''}.",
        fix="Give the nodes the registry's CA, or mend its certificate." if tls
        else "Mend the way from node to registry: proxy, firewall, mirror, or the registry itself.",
        commands=(describe("pod", pull.pod.namespace, pull.pod.name),),
        checks=_checks(pull),
        cites=_image_at(pull),
    )  # fmt: skip


def _plain(pull: Pull, choice: Choice) -> Words:
    meaning, fix = _MEANINGS.get(choice.code, ("it cannot be pulled", "Mend what the kubelet reports."))
    return Words(
        statement=f"{_who(pull).name} asks for {pull.image or 'an image'}, and {meaning}.",
        fix=fix,
        commands=(*_set_image(pull, ""), describe("pod", pull.pod.namespace, pull.pod.name)),
        checks=_checks(pull),
        cites=_image_at(pull),
    )


_MEANINGS = {
    "image.reference_invalid": (
        "that is no valid image reference",
        "Write it as [REGISTRY/]REPOSITORY[:TAG], in lower case, without spaces or a scheme.",
    ),
    "image.never_pull": (
        "the node does not have it while imagePullPolicy is Never",
        "Load the image onto the node, or set imagePullPolicy to IfNotPresent.",
    ),
    "image.rate_limited": (
        "the registry limits the rate of pulls",
        "Log in with a pull secret, or pull through a mirror or cache.",
    ),
    "image.architecture_mismatch": (
        "it has no build for the node's architecture",
        "Build the image for the node's architecture, or select nodes that fit it.",
    ),
}

_SAYS: dict[str, Callable[[Pull, Choice], Words]] = {
    "image.not_found": _not_found,
    "image.unauthorized": _unauthorized,
    "image.pull_secret_missing": _secret_missing,
    "image.registry_dns": _dns,
    "image.registry_unreachable": _unreachable,
}
