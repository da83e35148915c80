"""Images that cannot be pulled, by what the registry answered and by what else works."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyops.diagnose.finding import Found
from anyops.diagnose.image_names import is_valid, parse_image
from anyops.diagnose.rules.images_text import code_of, host_of, image_of, secrets_of
from anyops.world.resource import Ref
from anyops.world.world import World
from tests.unit.diagnose.worlds import Body, event, findings, meta, pod, workload, world

IMAGE = "registry.example/shop/cart:1.4.2"
HEAD = f'Failed to pull image "{IMAGE}": failed to resolve reference "{IMAGE}": '


def waiting(image: str = IMAGE, reason: str = "ImagePullBackOff", message: str = "", **spec: Any) -> Body:
    state = {"waiting": {"reason": reason, "message": message}}
    return pod(
        "cart-7d9-x",
        phase="Pending",
        ready=False,
        owner=("ReplicaSet", "cart-7d9"),
        spec={"nodeName": "n1", "containers": [{"name": "app", "image": image}], **spec},
        status={"containerStatuses": [{"name": "app", "image": image, "state": state}]},
    )


def running(name: str, image: str, **spec: Any) -> Body:
    containers = [{"name": "app", "image": image}]
    return pod(name, labels={"app": name}, spec={"containers": containers, **spec})


def owners(image: str = IMAGE) -> list[Body]:
    template = {"containers": [{"name": "app", "image": image}]}
    up = [{"kind": "Deployment", "name": "cart"}]
    return [
        workload("ReplicaSet", "cart-7d9", template=template, ownerReferences=up),
        workload("Deployment", "cart", template=template, ready=0),
    ]


def pull(message: str, *more: Body, image: str = IMAGE, **spec: Any) -> World:
    told = event("Pod/shop/cart-7d9-x", "Failed", f'Failed to pull image "{image}": {message}')
    return world(waiting(image, **spec), *owners(image), *more, events=[told])


def only(found: list[Found]) -> Found:
    (one,) = found
    return one


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("rpc error: code = NotFound desc = registry.example/shop/cart:1.4.2: not found", "not_found"),
        ("manifest unknown: manifest unknown", "not_found"),
        ("reading manifest 1.4.2 in registry.example/shop/cart: manifest unknown", "not_found"),
        ("failed to authorize: failed to fetch oauth token: 401 Unauthorized", "unauthorized"),
        ('Get "https://registry.example/v2/": unauthorized: authentication required', "unauthorized"),
        ("no basic auth credentials", "unauthorized"),
        ("dial tcp: lookup registry.example on 10.0.0.2:53: no such host", "registry_dns"),
        ("lookup registry.example: Temporary failure in name resolution", "registry_dns"),
        ("dial tcp: lookup registry.example on 10.0.0.2:53: server misbehaving", "registry_dns"),
        (
            "failed to authorize: failed to fetch anonymous token: dial tcp 1.2.3.4:443: i/o timeout",
            "registry_unreachable",
        ),
        ("dial tcp 1.2.3.4:443: connect: connection refused", "registry_unreachable"),
        (
            "tls: failed to verify certificate: x509: certificate signed by unknown authority",
            "registry_unreachable",
        ),
        ("http: server gave HTTP response to HTTPS client", "registry_unreachable"),
        ("429 Too Many Requests - toomanyrequests: You have reached your pull rate limit", "rate_limited"),
        ("no matching manifest for linux/arm64/v8 in the manifest list entries", "architecture_mismatch"),
        ("something odd", "pull_failed"),
    ],
)
def test_what_registries_answer(message: str, cause: str) -> None:
    found = only(findings(pull(message), "pod.image_pull"))
    assert found.cause == f"image.{cause}"
    assert found.state == "now"


@pytest.mark.parametrize(
    ("reason", "cause"),
    [("InvalidImageName", "image.reference_invalid"), ("ErrImageNeverPull", "image.never_pull")],
)
def test_reasons_that_say_it_all(reason: str, cause: str) -> None:
    there = world(waiting(reason=reason), *owners())
    assert only(findings(there, "pod.image_pull")).cause == cause


def test_words_in_an_images_name_mean_nothing() -> None:
    image = "registry.example/shop/rate-limiter-unauthorized:1.0"
    there = pull(f"{image}: not found", image=image)
    assert only(findings(there, "pod.image_pull")).cause == "image.not_found"


def test_the_tag_that_another_revision_has() -> None:
    before = workload(
        "ReplicaSet",
        "cart-1a2",
        template={"containers": [{"name": "app", "image": "registry.example/shop/cart:1.4.1"}]},
        ownerReferences=[{"kind": "Deployment", "name": "cart"}],
    )
    there = world(
        waiting(),
        before,
        *owners(),
        events=[event("Pod/shop/cart-7d9-x", "Failed", HEAD + "not found")],
    )
    found = only(findings(there, "pod.image_pull"))
    assert "Another revision has registry.example/shop/cart:1.4.1" in found.statement
    assert found.commands == (
        "kubectl -n shop set image deployment/cart app=registry.example/shop/cart:1.4.1",
    )


def test_a_misspelt_name_beside_images_that_work() -> None:
    image = "registry.example/shop/crat:1.4.1"
    others = [running(name, f"registry.example/shop/{name}:1.4.1") for name in ("web", "pay")]
    found = only(findings(pull("not found", *others, image=image), "pod.image_pull"))
    assert "The workload is called cart" in found.statement
    assert "app=registry.example/shop/cart:1.4.1" in found.commands[0]
    assert found.ruled_out[0][0] == "registry login"


DENIED = (
    "pull access denied, repository does not exist or may require authorization: "
    "server message: insufficient_scope: authorization failed"
)


def test_denied_means_a_wrong_name_where_the_neighbours_need_no_login() -> None:
    beside = running("web", "acme/web:1")
    found = only(findings(pull(DENIED, beside, image="acme/crat:1"), "pod.image_pull"))
    assert (found.cause, found.certainty) == ("image.not_found", "likely")


def test_denied_for_an_official_image_means_a_wrong_name() -> None:
    found = only(findings(pull(DENIED, image="ngnix:1"), "pod.image_pull"))
    assert (found.cause, found.certainty) == ("image.not_found", "sure")


def test_denied_by_a_registry_that_nobody_else_uses_means_no_login() -> None:
    beside = running("web", "acme/web:1")
    secret = {"kind": "Secret", "metadata": meta("login"), "type": "kubernetes.io/dockerconfigjson"}
    message = "failed to authorize: failed to fetch anonymous token: 403 Forbidden"
    found = only(findings(pull(message, beside, secret), "pod.image_pull"))
    assert found.cause == "image.unauthorized"
    assert "namespace shop has login" in found.statement
    assert '"imagePullSecrets":[{"name":"login"}]' in found.commands[0]


def test_a_mirror_that_refuses_the_manifest_of_a_public_image() -> None:
    message = (
        "unexpected status from HEAD request to https://mirror/v2/x/manifests/1?ns=docker.io: 403 Forbidden"
    )
    assert only(findings(pull(message, image="redis:alpinee"), "pod.image_pull")).cause == "image.not_found"


def test_a_pull_secret_that_is_not_there() -> None:
    lost = event(
        "Pod/shop/cart-7d9-x",
        "FailedToRetrieveImagePullSecret",
        "Unable to retrieve some image pull secrets (regcred); attempting to pull may not succeed.",
    )
    refused = event("Pod/shop/cart-7d9-x", "Failed", HEAD + "401 Unauthorized")
    there = world(waiting(), *owners(), events=[lost, refused])
    found = only(findings(there, "pod.image_pull"))
    assert (found.cause, found.certainty) == ("image.pull_secret_missing", "sure")
    named = world(
        waiting(imagePullSecrets=[{"name": "regcred"}]),
        *owners(),
        {"kind": "Secret", "metadata": meta("reg-cred")},
        events=[refused],
        listed=["Secret"],
    )
    found = only(findings(named, "pod.image_pull"))
    assert found.cause == "image.pull_secret_missing"
    assert "there is reg-cred" in found.statement


def test_a_pull_that_came_through_is_history() -> None:
    told = event("Pod/shop/cart-0", "Failed", HEAD + "not found")
    assert only(findings(world(pod("cart-0"), events=[told]), "pod.image_pull")).state == "past"


def test_a_pod_that_only_events_name() -> None:
    told = event("Pod/shop/cart-7d9f8c6b5-x2x4z", "Failed", HEAD + "not found")
    found = only(findings(world(workload("Deployment", "cart"), events=[told]), "pod.image_pull"))
    assert (found.cause, found.ref) == ("image.not_found", Ref("Pod", "shop", "cart-7d9f8c6b5-x2x4z"))


def test_a_reference_that_cannot_be_parsed() -> None:
    bad = workload(template={"containers": [{"name": "app", "image": "https://registry.example/Cart"}]})
    assert only(findings(world(bad), "workload.image_invalid")).cause == "image.reference_invalid"
    assert not findings(world(workload()), "workload.image_invalid")


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag"),
    [
        ("nginx", "docker.io", "library/nginx", "latest"),
        ("acme/web:1", "docker.io", "acme/web", "1"),
        ("registry.example:5000/a/b/c:v1", "registry.example:5000", "a/b/c", "v1"),
        ("localhost/x@sha256:" + "0" * 64, "localhost", "x", ""),
    ],
)
def test_references_are_taken_apart(text: str, registry: str, repository: str, tag: str) -> None:
    image = parse_image(text)
    assert (image.registry, image.repository, image.tag) == (registry, repository, tag)
    assert is_valid(text)


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for message in (text, f'Failed to pull image "{text}": {text}', f"pull secrets ({text})"):
        code_of("", message)
        host_of(message)
        secrets_of(message)
        parse_image(image_of(message))
        is_valid(text)
