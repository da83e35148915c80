"""Gateway API: GatewayClass → Gateway → routes → services. https://gateway-api.sigs.k8s.io/"""

from collections.abc import Iterator

from anyops.diagnose.backends import Backend, lost
from anyops.diagnose.commands import act, describe, get
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.nearest import did_you_mean
from anyops.diagnose.selectors import matches
from anyops.world.evidence import Quotable
from anyops.world.report import Certainty, Severity
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World

ROUTES = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute")


@rule("gatewayclass.accepted", "GatewayClass", title="Gateway class is accepted")
def check_classes(world: World) -> Iterator[Found]:
    """Accepted is not True: the controller refuses the class, or there is none."""
    for gateway_class in world.of_kind("GatewayClass"):
        accepted = gateway_class.condition("Accepted")
        if accepted.value and accepted.text("status") != "True":
            name, controller = gateway_class.name, gateway_class.text("spec", "controllerName")
            yield _refused(
                gateway_class, accepted, f"GatewayClass {name} of controller {controller} is not accepted"
            )


@rule("gateway.accepted", "Gateway", title="Gateways are accepted and programmed")
def check_gateways(world: World) -> Iterator[Found]:
    """A class that is missing, and conditions of the gateway and its listeners."""
    for gateway in _gateways(world):
        name = gateway.at("spec", "gatewayClassName")
        if name.text() and Ref("GatewayClass", "", name.text()) not in world.by_ref:
            yield _no_class(world, gateway, name)
        for type_ in ("Accepted", "Programmed"):
            condition = gateway.condition(type_)
            if condition.value and condition.text("status") != "True":
                yield _refused(gateway, condition, f"Gateway {gateway.name} is not {type_.lower()}")
        for listener in gateway.each("status", "listeners"):
            yield from _listener(gateway, listener)


def _gateways(world: World) -> Iterator[Resource]:
    """Gateways of the Gateway API; Istio has a kind of the same name."""
    return (g for g in world.of_kind("Gateway") if g.group in ("gateway.networking.k8s.io", ""))


def _refused(on: Resource, condition: Field, what: str) -> Found:
    reason, message = condition.text("reason"), condition.text("message")
    return Found(
        on=on,
        title=what,
        detail=f"{condition.text('type')}={condition.text('status')} {reason}: {message}",
        severity="high",
        cites=tuple(condition.at(k) for k in ("status", "reason", "message") if condition.at(k).value),
        cause="gateway.not_accepted",
        fault=on.ref,
        certainty="sure" if condition.text("status") == "False" else "likely",
        onset=condition.time("lastTransitionTime"),
        statement=f"{what} ({reason}): {message}" if message else f"{what} ({reason}).",
        fix="Mend what the condition's message names; a controller must run for the class.",
        commands=(describe(on.kind, on.namespace, on.name),),
        checks=(get(on.kind.lower(), on.namespace, on.name),),
    )


def _no_class(world: World, gateway: Resource, name: Field) -> Found:
    known = world.was_listed("GatewayClass")
    hint = did_you_mean(name.text(), (c.name for c in world.of_kind("GatewayClass")))
    severity: Severity = "high" if known else "low"
    return Found(
        on=gateway,
        title=f"Gateway class {name.text()} does not exist",
        detail=f"gateway {gateway.name} names GatewayClass {name.text()}{hint}",
        severity=severity,
        state="now" if known else "risk",
        cites=(name,),
        cause="gateway.not_accepted",
        fault=gateway.ref,
        certainty="sure" if known else "maybe",
        statement=f"Gateway {gateway.name} names class {name.text()}, which does not exist{hint}.",
        fix="Name a class that exists, or install its controller.",
        commands=(get("gatewayclass"),),
        checks=(get("gateway", gateway.namespace, gateway.name),),
    )


def _listener(gateway: Resource, listener: Field) -> Iterator[Found]:
    """ResolvedRefs False (a certificate is missing) and Conflicted True."""
    bad = {"ResolvedRefs": "False", "Accepted": "False", "Programmed": "False", "Conflicted": "True"}
    for condition in listener.each("conditions"):
        if bad.get(condition.text("type")) == condition.text("status"):
            what = f"Listener {listener.text('name')} of gateway {gateway.name}: {condition.text('type')}"
            yield _refused(gateway, condition, f"{what}={condition.text('status')}")
            return


@rule("route.parent", *ROUTES, title="Routes are attached to gateways that admit them")
def check_parents(world: World) -> Iterator[Found]:
    """Gateways that are missing or that admit no routes of the namespace, and what they say of the route."""
    for route in world.of_kind(*ROUTES):
        said = list(_refusals(route))
        yield from said
        for parent in route.each("spec", "parentRefs"):
            if parent.text("kind") in ("", "Gateway") and not said:
                yield from _parent(world, route, parent)


def _refusals(route: Resource) -> Iterator[Found]:
    for parent in route.each("status", "parents"):
        for condition in parent.each("conditions"):
            if condition.text("type") in ("Accepted", "ResolvedRefs") and condition.text("status") == "False":
                what = f"{route.kind} {route.name} is not {_WORDS[condition.text('type')]}"
                yield _refused(route, condition, what)


_WORDS = {"Accepted": "accepted", "ResolvedRefs": "resolved"}


def _parent(world: World, route: Resource, parent: Field) -> Iterator[Found]:
    namespace = parent.text("namespace") or route.namespace
    gateway = world.get("Gateway", namespace, parent.text("name"))
    if gateway is None:
        known = world.was_listed("Gateway", namespace)
        text = f"Gateway {namespace}/{parent.text('name')} does not exist"
        yield _detached(route, text, (parent.at("name"),), known=known)
    elif not _admits(world, gateway, route, parent.text("sectionName")):
        text = (
            f"Gateway {namespace}/{gateway.name} admits no routes of namespace {route.namespace} "
            "(allowedRoutes.namespaces)"
        )
        cite = gateway.at("spec", "listeners")
        yield _detached(route, text, (parent.at("name"), cite), known=True)


def _admits(world: World, gateway: Resource, route: Resource, section: str) -> bool:
    """Whether a listener takes routes of the namespace; by default only those of the gateway's own."""
    listeners = [x for x in gateway.each("spec", "listeners") if not section or x.text("name") == section]
    return not listeners or any(_listener_admits(world, gateway, route, x) for x in listeners)


def _listener_admits(world: World, gateway: Resource, route: Resource, listener: Field) -> bool:
    namespaces = listener.at("allowedRoutes", "namespaces")
    origin = namespaces.text("from") or "Same"
    if origin == "Selector":
        # The selector is of the namespace's labels, not of the route's.
        namespace = world.get("Namespace", "", route.namespace)
        return namespace is None or matches(namespaces.at("selector"), _labels(namespace))
    return origin == "All" or (origin == "Same" and gateway.namespace == route.namespace)


def _labels(namespace: Resource) -> dict[str, str]:
    return {"kubernetes.io/metadata.name": namespace.name, **namespace.labels}


def _detached(route: Resource, text: str, cites: tuple[Quotable, ...], *, known: bool) -> Found:
    certainty: Certainty = "likely" if known else "maybe"
    return Found(
        on=route,
        title="Route has no gateway that takes it",
        detail=text,
        severity="high" if known else "low",
        state="now" if known else "risk",
        cites=cites,
        cause="gateway.not_accepted",
        fault=route.ref,
        certainty=certainty,
        statement=f"{route.kind} {route.name} is not served: {text}.",
        fix="Name a gateway that exists and whose allowedRoutes take the route's namespace.",
        commands=(act("edit", route.ref),),
        checks=(describe(route.kind, route.namespace, route.name),),
    )


@rule("route.backend", *ROUTES, title="Route backends exist")
def check_backends(world: World) -> Iterator[Found]:
    """Services and ports that are not there, and services of another namespace without a grant."""
    for route in world.of_kind(*ROUTES):
        for entry in route.each("spec", "rules"):
            for reference in entry.each("backendRefs"):
                if reference.text("kind") in ("", "Service") and reference.text("name"):
                    yield from _backend(world, route, reference)


def _backend(world: World, route: Resource, reference: Field) -> Iterator[Found]:
    namespace = reference.text("namespace") or route.namespace
    where, port = reference.at("name"), reference.at("port")
    problem = lost(world, Backend(namespace, where.text(), port.text(), where, port))
    if problem is not None:
        yield _lost(route, problem.text, problem.fix, problem.cites, known=problem.known)
    elif namespace != route.namespace and not _is_granted(world, route, namespace, where.text()):
        text = f"no ReferenceGrant in {namespace} lets it use service {where.text()}"
        known = world.was_listed("ReferenceGrant", namespace)
        yield _lost(
            route, text, f"Add a ReferenceGrant in {namespace}.", (reference.at("namespace"),), known=known
        )


def _is_granted(world: World, route: Resource, namespace: str, service: str) -> bool:
    for grant in world.in_namespace("ReferenceGrant", namespace):
        origins = grant.each("spec", "from")
        fits = any(o.text("kind") == route.kind and o.text("namespace") == route.namespace for o in origins)
        targets = [t for t in grant.each("spec", "to") if t.text("kind") == "Service"]
        if fits and any(t.text("name") in ("", service) for t in targets):
            return True
    return False


def _lost(route: Resource, text: str, fix: str, cites: tuple[Field, ...], *, known: bool) -> Found:
    return Found(
        on=route,
        title="Route backend does not exist",
        detail=text,
        severity="high" if known else "low",
        state="now" if known else "risk",
        cites=cites,
        cause="gateway.misrouted",
        fault=route.ref,
        certainty="sure" if known else "maybe",
        statement=f"{route.kind} {route.name} leads nowhere: {text}.",
        fix=fix,
        commands=(act("edit", route.ref),),
        checks=(describe(route.kind, route.namespace, route.name),),
    )
