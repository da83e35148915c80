"""What containerd, CRI-O and Docker say when an image cannot be pulled."""

import re

_REASONS = {
    "InvalidImageName": "image.reference_invalid",
    "ErrImageNeverPull": "image.never_pull",
    "RegistryUnavailable": "image.registry_unreachable",
}
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (code, re.compile("|".join(words), re.IGNORECASE))
    for code, words in (
        (
            "image.reference_invalid",
            (
                "couldn't parse image",
                "invalid reference format",
                "failed to apply default image",
                "invalid image name",
                "repository name must be lowercase",
                "parsing image configuration name",
            ),
        ),
        ("image.never_pull", ("not present with pull policy of Never",)),
        ("image.rate_limited", ("toomanyrequests", "too many requests", "rate ?limit", r"\b429\b")),
        (
            "image.registry_dns",
            (
                "no such host",
                "server misbehaving",
                "name resolution",
                "name or service not known",
                "nxdomain",
                "could not resolve",
                r"lookup \S{1,253}(?: on \S{1,80})?: (?:read|dial|i/o)",
            ),
        ),
        (
            "image.architecture_mismatch",
            ("no matching manifest for", "no match for platform", "does not match the specified platform"),
        ),
        (
            "image.registry_unreachable",
            (
                "i/o timeout",
                "connection (?:refused|reset|timed out)",
                "tls(?: handshake|: )",
                "x509",
                "certificate",
                "deadline exceeded",
                "no route to host",
                "network is unreachable",
                "gave http response",
                r"\beof\b",
                "proxyconnect",
                "timeout exceeded",
            ),
        ),
        (
            "image.unauthorized",
            (
                "pull access denied",
                "insufficient_scope",
                "failed to authorize",
                "authorization failed",
                "authentication required",
                "no basic auth",
                "unauthorized",
                "access (?:is )?forbidden",
                "access to the resource is denied",
                r"\b40[13]\b",
                "denied: ",
                "not authorized",
                "(?:invalid|incorrect) username",
                "token (?:has )?expired",
            ),
        ),
        (
            "image.not_found",
            (
                "not ?found",
                "manifest[ _]unknown",
                "name[ _]unknown",
                "does not exist",
                "no such (?:image|manifest)",
                "unknown manifest",
            ),
        ),
        ("image.registry_unreachable", (r"\b50[0234]\b",)),
    )
)
_IMAGE = re.compile(r"image \\?\"([^\"\\]{1,512})\\?\"")
_QUOTED = re.compile(r"\\?\"[^\"]{0,1000}\"|https?://\S{1,1000}")
_LOOKUP = re.compile(r"lookup ([A-Za-z0-9][A-Za-z0-9.-]{0,252}[A-Za-z0-9])")
_MANIFEST = re.compile(
    r"(?:HEAD|GET) request to \S{1,500}/manifests/|/manifests/\S{1,200}: 40[134]", re.IGNORECASE
)
_TOKEN = re.compile(
    r"fetch (?:anonymous|oauth) token|failed to authorize|no basic auth|authentication required|unauthorized",
    re.IGNORECASE,
)
_SECRETS = re.compile(r"pull secrets? \(([^()]{1,1000})\)|pull secret \"?([a-z0-9][a-z0-9.-]{0,252})")


def code_of(reason: str, text: str) -> str:
    """The cause that a waiting reason or a message tells; "" when it tells none."""
    bare = _bare(text[:4000])
    for code, pattern in _PATTERNS:
        if pattern.search(bare):
            return code
    return _REASONS.get(reason, "")


def _bare(text: str) -> str:
    """The text without image names and addresses, whose words mean nothing: `rate-limiter:1.0`."""
    image = image_of(text)
    bare = _QUOTED.sub(" ", text)
    for name in (image, image.rpartition(":")[0]) if len(image) > 3 else ():
        bare = bare.replace(name, " ")
    return bare


def image_of(text: str) -> str:
    """The image that a message of the kubelet is about; "" when it names none."""
    match = _IMAGE.search(text[:4000])
    return match[1] if match else ""


def host_of(text: str) -> str:
    """The host whose name did not resolve; "" when none is named."""
    match = _LOOKUP.search(text[:4000])
    return match[1] if match else ""


def refused_at_manifest(text: str) -> bool:
    """Whether the registry let the client in and refused the manifest, as mirrors do for unknown names."""
    return _MANIFEST.search(text[:4000]) is not None and _TOKEN.search(text[:4000]) is None


def secrets_of(text: str) -> list[str]:
    """The pull secrets that could not be retrieved."""
    match = _SECRETS.search(text[:4000])
    return [name.strip() for name in (match[1] or match[2]).split(",")] if match else []
