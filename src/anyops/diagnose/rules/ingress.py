"""Ingress → class, TLS secret and backends. https://kubernetes.io/docs/concepts/services-networking/ingress/"""

from collections.abc import Iterator

from anyops.diagnose.backends import Backend, lost, meant_service, name_tokens
from anyops.diagnose.commands import act, get, kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.nearest import nearest
from anyops.world.report import Severity, State
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World

_CLASS = "kubernetes.io/ingress.class"
_DEFAULT = "ingressclass.kubernetes.io/is-default-class"
_BUILT_IN = ("gce", "gce-internal")
"""Classes of GKE that exist without an IngressClass."""
_CUSTOMARY = (
    "nginx", "traefik", "alb", "haproxy", "kong", "contour", "istio", "cilium", "openshift-default",
    "azure-application-gateway", "azure/application-gateway", "nginx-internal", "nginx-external", "f5",
    "webapprouting.kubernetes.azure.com", "ngrok", "apisix", "higress", "avi", "citrix", "public",
)  # fmt: skip


@rule("ingress.class", "Ingress", title="Ingress has a class that exists")
def check_class(world: World) -> Iterator[Found]:
    """Ingresses without a class and without a default, or with one that does not exist."""
    classes = {c.name: c for c in world.of_kind("IngressClass")}
    for ingress in world.of_kind("Ingress"):
        served = bool(ingress.at("status", "loadBalancer", "ingress").value)
        where = _class_field(ingress)
        if where is None:
            default = any(c.annotations.get(_DEFAULT) == "true" for c in classes.values())
            if not default and not served and ingress.complete:
                yield _classless(world, ingress, sorted(classes))
        elif where.text() not in (*_BUILT_IN, *classes) and not served:
            yield _unknown_class(world, ingress, where, sorted(classes))


def _class_field(ingress: Resource) -> Field | None:
    spec, annotation = ingress.at("spec", "ingressClassName"), ingress.at("metadata", "annotations", _CLASS)
    return next((field for field in (spec, annotation) if field.text()), None)


def _classless(world: World, ingress: Resource, classes: list[str]) -> Found:
    known = world.was_listed("IngressClass")
    hint = f" Classes: {', '.join(classes)}." if classes else ""
    return Found(
        on=ingress,
        title="Ingress has no ingress class",
        detail=f"no ingressClassName, no default ingress class.{hint}",
        severity="medium" if known else "low",
        state="now" if known else "risk",
        cites=(ingress.at("spec"), *((ingress.at("metadata"),) if not known else ())),
        cause="ingress.class_missing",
        fault=ingress.ref,
        certainty="likely" if known else "maybe",
        statement=f"Ingress {ingress.name} names no ingress class and none is the default, so no controller "
        f"takes it up.{hint}",
        fix="Set spec.ingressClassName to a class that exists, or make one the default.",
        commands=(get("ingressclass"), act("edit", ingress.ref)),
        checks=(get("ingress", ingress.namespace, ingress.name),),
    )


def _unknown_class(world: World, ingress: Resource, where: Field, classes: list[str]) -> Found:
    name = where.text()
    known = world.was_listed("IngressClass")
    odd = world.only_manifests and not classes and name not in _CUSTOMARY
    near = nearest(name, classes)
    hint = f"; {near} exists" if near else f"; there are {', '.join(classes)}" if classes else ""
    severity: Severity = "high" if known else "medium" if odd else "low"
    return Found(
        on=ingress,
        title=f"Ingress class {name} does not exist",
        detail=f"the ingress class {name} of ingress {ingress.name} is not there{hint}",
        severity=severity,
        state="now" if known or odd else "risk",
        cites=(where,),
        cause="ingress.class_missing",
        fault=ingress.ref,
        certainty="sure" if known else "maybe",
        statement=f"Ingress {ingress.name} asks for ingress class {name}, which "
        f"{'does not exist' if known else 'is not among what was read'}{hint}, so no controller takes it up.",
        fix=f"Set spec.ingressClassName to {near or 'a class that exists'}, or install what serves {name}.",
        commands=(get("ingressclass"), act("edit", ingress.ref)),
        checks=(get("ingress", ingress.namespace, ingress.name),),
    )


@rule("ingress.backend", "Ingress", title="Ingress backends exist")
def check_backends(world: World) -> Iterator[Found]:
    """Services and ports of rules and of the default backend that are not there."""
    for ingress in world.of_kind("Ingress"):
        told = set()
        for backend, path in _backends(ingress):
            problem = lost(world, backend)
            if problem is not None and problem.text not in told:
                told.add(problem.text)
                state: State = "now" if problem.known else "risk"
                yield Found(
                    on=ingress,
                    title="Ingress backend does not exist",
                    detail=f"{path}: {problem.text}",
                    severity="high" if problem.known else "low",
                    state=state,
                    cites=problem.cites,
                    cause="ingress.backend_missing",
                    fault=ingress.ref,
                    certainty="sure" if problem.known else "maybe",
                    statement=f"Ingress {ingress.name} sends {path} to nothing: {problem.text}.",
                    fix=problem.fix,
                    commands=(act("edit", ingress.ref),),
                    checks=(kubectl(ingress.namespace, "describe", "ingress", ingress.name),),
                )
            elif problem is None:
                yield from _misrouted(world, ingress, backend, path)


def _backends(ingress: Resource) -> Iterator[tuple[Backend, str]]:
    default = ingress.at("spec", "defaultBackend")
    for backend, path in (
        (default, "everything"),
        (ingress.at("spec", "backend"), "everything"),
        *(
            (p.at("backend"), _path(r, p))
            for r in ingress.each("spec", "rules")
            for p in r.each("http", "paths")
        ),
    ):
        name = backend.at("service", "name") if backend.at("service").value else backend.at("serviceName")
        port = backend.at("service", "port", "number")
        for other in (backend.at("service", "port", "name"), backend.at("servicePort")):
            port = port if port.text() else other
        if name.text():
            yield Backend(ingress.namespace, name.text(), port.text(), name, port), path


def _path(rule_: Field, path: Field) -> str:
    return f"{rule_.text('host') or '*'}{path.text('path') or '/'}"


def _misrouted(world: World, ingress: Resource, backend: Backend, path: str) -> Iterator[Found]:
    """The path or the ingress's name bears another service's name than the backend's."""
    words = {w for w in path.partition("/")[2].lower().split("/")[:2] if w}
    meant = meant_service(world, ingress, backend.namespace, words or name_tokens(ingress.name))
    if meant is None or meant.name == backend.service or backend.service.lower() in path.lower():
        return
    yield Found(
        on=ingress,
        title="Ingress may lead to the wrong service",
        detail=f"{path} leads to {backend.service}; service {meant.name} bears the name",
        severity="low",
        state="risk",
        cites=(backend.where,),
        cause="gateway.misrouted",
        certainty="maybe",
        fix=f"Check whether {path} is meant for {meant.name}.",
    )


@rule("ingress.tls_secret", "Ingress", title="Ingress TLS secrets exist")
def check_tls(world: World) -> Iterator[Found]:
    """TLS secrets that are not there; one that cert-manager is to make is still awaited."""
    for ingress in world.of_kind("Ingress"):
        for entry in ingress.each("spec", "tls"):
            name = entry.at("secretName")
            if name.text() and Ref("Secret", ingress.namespace, name.text()) not in world.by_ref:
                yield _no_secret(world, ingress, name)


def _no_secret(world: World, ingress: Resource, name: Field) -> Found:
    known = world.was_listed("Secret", ingress.namespace)
    awaited = any(key.startswith("cert-manager.io/") for key in ingress.annotations)
    return Found(
        on=ingress,
        title=f"TLS secret {name.text()} does not exist",
        detail=f"ingress {ingress.name} names secret {name.text()}"
        + (", which cert-manager is to make" if awaited else ""),
        severity="medium" if known else "low",
        state="now" if known else "risk",
        cites=(name,),
        cause="ingress.tls_secret_missing",
        fault=ingress.ref,
        certainty="sure" if known and not awaited else "likely",
        statement=f"Ingress {ingress.name} takes its certificate from secret {name.text()}, which does not "
        f"exist in {ingress.namespace}, so clients get the controller's default certificate.",
        fix=f"Create secret {name.text()}, or name the one that holds the certificate.",
        commands=(get("secrets", ingress.namespace), act("edit", ingress.ref)),
        checks=(get("secret", ingress.namespace, name.text()),),
    )


@rule("ingress.duplicate", "Ingress", title="No two ingresses claim the same host and path")
def check_duplicates(world: World) -> Iterator[Found]:
    """The same host and path in two ingresses of one class, as hygiene."""
    seen: dict[tuple[str, str], Resource] = {}
    for ingress in world.of_kind("Ingress"):
        where = _class_field(ingress)
        for _, path in _backends(ingress):
            key = (where.text() if where is not None else "", path)
            other = seen.setdefault(key, ingress)
            if other is not ingress and path != "everything":
                yield Found(
                    on=ingress,
                    title=f"Ingress {other.name} claims {path} too",
                    detail=f"{other.namespace}/{other.name} and {ingress.namespace}/{ingress.name}",
                    severity="low",
                    state="risk",
                    cites=(ingress.at("spec", "rules"),),
                    fix="Keep one of the two.",
                )
