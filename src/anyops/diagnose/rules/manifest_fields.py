"""Fields and values of manifests that the API server does not know: it refuses the object."""

import re
from collections.abc import Iterator

from anyops.diagnose import api_fields as api
from anyops.diagnose.api_resources import API_RESOURCES
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import builtin_objects, edit
from anyops.diagnose.tools import one_slip
from anyops.diagnose.workloads import POD_MAKERS, containers, pod_spec, template
from anyops.world.quantity import parse_quantity
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_KINDS = tuple(dict.fromkeys((*POD_MAKERS, *api.SPECS)))
_GROUPS = {entry.kind: entry.group for entry in API_RESOURCES.values()}
_OLD_GROUPS = ("extensions", "policy", "autoscaling", "batch", "events.k8s.io")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\Z")
_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?\Z")
_UNFINISHED = re.compile(r"\{\{|\$\{|<[A-Za-z]|\$\(")


def refused(on: Resource, where: Field, why: str, fix: str, *, sure: bool = True) -> Found:
    """A finding that the API server refuses the object."""
    return Found(
        on=on,
        title=f"The API server refuses {on.kind} {on.name}",
        detail=why,
        severity="high",
        cites=(where,),
        cause="admission.invalid",
        fault=on.ref,
        certainty="sure" if sure else "likely",
        statement=f"{on.kind} {on.name} is invalid and is refused by the API server: {why}.",
        fix=fix,
        commands=edit(on),
    )


@rule("manifest.fields", *_KINDS, title="Manifests use fields that exist")
def check_fields(world: World) -> Iterator[Found]:
    """Names of fields that are a slip of a known one: kubectl refuses them as unknown fields."""
    for on in builtin_objects(world, *_KINDS):
        for place, known in _places(on):
            for key, field in place.entries():
                right = _meant(key, known)
                if right:
                    why = f'unknown field "{key}"; meant is probably {right}'
                    yield refused(on, field, why, f"Write {right} in place of {key}.", sure=False)


def _places(on: Resource) -> Iterator[tuple[Field, frozenset[str]]]:
    yield on.at("metadata"), api.METADATA
    if on.kind in api.SPECS:
        yield on.at("spec"), api.SPECS[on.kind]
    for port in on.each("spec", "ports") if on.kind == "Service" else ():
        yield port, api.SERVICE_PORT
    if on.kind in POD_MAKERS:
        yield pod_spec(on), api.POD_SPEC
        for container in containers(on):
            yield container, api.CONTAINER
            yield container.at("resources"), api.RESOURCES
            for key, known in (
                ("ports", api.CONTAINER_PORT),
                ("env", api.ENV),
                ("volumeMounts", api.VOLUME_MOUNT),
            ):
                yield from ((entry, known) for entry in container.each(key))
            for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
                yield container.at(probe), api.PROBE


def _meant(key: str, known: frozenset[str]) -> str:
    if key in known:
        return ""
    same = next((name for name in sorted(known) if name.lower() == key.lower()), "")
    plural = next((name for name in sorted(known) if name in (key + "s", key.removesuffix("s"))), "")
    return same or plural or one_slip(key, known)


@rule("manifest.values", *_KINDS, title="Manifests use values that exist")
def check_values(world: World) -> Iterator[Found]:
    """Words out of a fixed list that are misspelled or in the wrong case, wrong types, malformed amounts."""
    for on in builtin_objects(world, *_KINDS):
        yield from _group(on)
        yield from _names(on)
        for field, known in _words(on):
            text = field.text()
            if text and text not in known and not _UNFINISHED.search(text):
                near = next((word for word in sorted(known) if word.lower() == text.lower()), "")
                near = near or one_slip(text, known)
                hint = f"; meant is probably {near}" if near else ""
                why = f"{field.path[-1]} {text!r} is none of {', '.join(sorted(known))}{hint}"
                yield refused(on, field, why, f"Write {near or 'one of these'}.")
        yield from _types(on)
        yield from _amounts(on)


def _group(on: Resource) -> Iterator[Found]:
    right = _GROUPS.get(on.kind)
    if right is not None and on.api_version and on.group != right and on.group not in _OLD_GROUPS:
        meant = f"{right}/v1" if right else "v1"
        why = f'no kind "{on.kind}" in version "{on.api_version}"; it is in {meant}'
        yield refused(on, on.at("apiVersion"), why, f"Write apiVersion: {meant}.")


def _names(on: Resource) -> Iterator[Found]:
    name = on.at("metadata", "name")
    if name.text() and not _NAME.match(name.text()) and not _UNFINISHED.search(name.text()):
        why = f"the name {name.text()!r} may hold only small letters, digits, - and ."
        yield refused(on, name, why, "Use a valid name.")
    for container in containers(on) if on.kind in POD_MAKERS else ():
        for port in container.each("ports"):
            text = port.text("name")
            if text and not _PORT_NAME.match(text) and not _UNFINISHED.search(text):
                why = f"the port name {text!r} may have at most 15 small letters, digits and -"
                yield refused(on, port.at("name"), why, "Shorten the port's name.")


def _words(on: Resource) -> Iterator[tuple[Field, frozenset[str]]]:
    if on.kind == "Service":
        yield on.at("spec", "type"), api.SERVICE_TYPES
        yield from ((port.at("protocol"), api.PROTOCOLS) for port in on.each("spec", "ports"))
    elif on.kind == "PersistentVolumeClaim":
        yield from ((mode, api.ACCESS_MODES) for mode in on.each("spec", "accessModes"))
    elif on.kind == "Ingress":
        for entry in on.each("spec", "rules"):
            yield from ((path.at("pathType"), api.PATH_TYPES) for path in entry.each("http", "paths"))
    elif on.kind == "NetworkPolicy":
        yield from ((word, api.POLICY_TYPES) for word in on.each("spec", "policyTypes"))
    elif on.kind in POD_MAKERS:
        yield from _words_of_pods(on)


def _words_of_pods(on: Resource) -> Iterator[tuple[Field, frozenset[str]]]:
    spec = pod_spec(on)
    yield on.at("spec", "concurrencyPolicy"), api.CONCURRENCY
    yield spec.at("restartPolicy"), api.RESTART_POLICIES
    yield spec.at("dnsPolicy"), api.DNS_POLICIES
    yield from ((t.at("effect"), api.TAINT_EFFECTS) for t in spec.each("tolerations"))
    for expression in on.each("spec", "selector", "matchExpressions"):
        yield expression.at("operator"), api.SELECTOR_OPERATORS
    for entry in on.each("spec", "volumeClaimTemplates"):
        yield from ((mode, api.ACCESS_MODES) for mode in entry.each("spec", "accessModes"))
    for container in containers(on):
        yield container.at("imagePullPolicy"), api.PULL_POLICIES
        yield from ((port.at("protocol"), api.PROTOCOLS) for port in container.each("ports"))
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            yield container.at(probe, "httpGet", "scheme"), api.SCHEMES


def _types(on: Resource) -> Iterator[Found]:
    """Numbers and booleans where the API wants text: env values, labels, commands, data of a ConfigMap."""
    for field in _texts(on):
        value = field.value
        if isinstance(value, bool | int | float):
            kind = "boolean" if isinstance(value, bool) else "number"
            why = f"{_spelled(field)} is a {kind} ({field.text()}), and the API takes only text there"
            yield refused(on, field, why, f'Quote it: "{field.text()}".')
            return


def _texts(on: Resource) -> Iterator[Field]:
    for place in (on.at("metadata"), template(on).at("metadata") if on.kind in POD_MAKERS else on.at("none")):
        for part in ("labels", "annotations"):
            yield from (field for _, field in place.entries(part))
    selector = ("spec", "selector") if on.kind == "Service" else ("spec", "selector", "matchLabels")
    yield from (field for _, field in on.root.entries(*selector))
    if on.kind in POD_MAKERS:
        yield from (field for _, field in pod_spec(on).entries("nodeSelector"))
        for container in containers(on):
            yield from (variable.at("value") for variable in container.each("env"))
            for key in ("command", "args"):
                yield from container.each(key)


def _spelled(field: Field) -> str:
    if field.path[-1] == "value":
        variable = Field(field.resource, field.path[:-1], field.resource.at(*field.path[:-1]).value)
        return f"the value of variable {variable.text('name')}"
    return ".".join(str(part) for part in field.path[-2:])


def _amounts(on: Resource) -> Iterator[Found]:
    for container in containers(on) if on.kind in POD_MAKERS else ():
        limits = container.at("resources", "limits")
        for part in ("requests", "limits"):
            for name, amount in container.entries("resources", part):
                if not amount.text() or _UNFINISHED.search(amount.text()):
                    continue
                if amount.quantity() is None:
                    why = f"{part}.{name} {amount.text()!r} is no quantity (as 500m, 1.5, 256Mi, 2Gi)"
                    yield refused(on, amount, why, "Write a quantity.")
                elif part == "requests" and _above(amount, limits.at(name)):
                    why = f"requests.{name} {amount.text()} is more than limits.{name} {limits.text(name)}"
                    yield refused(on, amount, why, "Let the limit be at least the request.")
                elif name == "memory" and 0 < (parse_quantity(amount.value) or 0) < 4096:
                    yield _tiny(on, amount)


def _above(request: Field, limit: Field) -> bool:
    asked, most = request.quantity(), limit.quantity()
    return asked is not None and most is not None and asked > most


def _tiny(on: Resource, amount: Field) -> Found:
    return Found(
        on=on,
        title="Memory is given in the wrong unit",
        detail=f"memory {amount.text()} is less than a page: m means thousandths of a byte, Mi mebibytes",
        severity="high",
        cites=(amount,),
        cause="container.oom_killed",
        certainty="likely",
        statement=f"{on.kind} {on.name} gives a container {amount.text()} of memory, less than a page, so it "
        "cannot start (OOM). Meant is probably mebibytes (Mi).",
        fix=f"Write {amount.text().rstrip('m')}Mi.",
        commands=edit(on),
    )
