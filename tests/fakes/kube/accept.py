"""What form of an answer a client takes.

Source: k8s.io/apiserver/pkg/endpoints/handlers/negotiation.
"""

from __future__ import annotations

from dataclasses import dataclass

_PLAIN = ("application/json", "application/*", "*/*")
_KINDS_AS = ("Table", "PartialObjectMetadata", "PartialObjectMetadataList")


@dataclass(frozen=True)
class Form:
    """JSON, of the object itself or `shape` (Table, PartialObjectMetadata...) in a version of a group."""

    shape: str = ""
    group: str = ""
    version: str = ""


def forms(accept: str) -> list[Form]:
    """The JSON forms that an Accept header names, in its order; without a header, plain JSON."""
    found = []
    for clause in (accept or "*/*").split(","):
        media, *parameters = (part.strip() for part in clause.split(";"))
        if media in _PLAIN:
            named = dict(part.partition("=")[::2] for part in parameters)
            found.append(Form(named.get("as", ""), named.get("g", ""), named.get("v", "")))
    return found


def for_resource(accept: str) -> Form | None:
    """The first form in which resources are served, or none."""
    for form in forms(accept):
        if not form.shape or (form.group == "meta.k8s.io" and form.shape in _KINDS_AS):
            return form
    return None


def for_discovery(accept: str, aggregated: tuple[str, ...]) -> Form | None:
    """The first form in which discovery is served, or none."""
    for form in forms(accept):
        known = form.group == "apidiscovery.k8s.io" and form.version in aggregated
        if not form.shape or (form.shape == "APIGroupDiscoveryList" and known):
            return form
    return None
