"""Manifests whose parts contradict one another: the API server refuses them."""

from collections import Counter
from collections.abc import Iterable, Iterator

from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import builtin_objects
from anyops.diagnose.rules.manifest_fields import refused
from anyops.diagnose.selectors import describe, matches
from anyops.diagnose.workloads import POD_MAKERS, containers, pod_spec, template
from anyops.world.labels import LabelIndex
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_SELECTING = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_NODE_PORTS = range(30000, 32768)


@rule("manifest.shape", *POD_MAKERS, title="Parts of a workload's manifest fit together")
def check_shape(world: World) -> Iterator[Found]:
    """Selectors, volumes, names, policies and probes that contradict one another."""
    for on in builtin_objects(world, *POD_MAKERS):
        if not _is_whole(on):
            continue
        yield from _selector(on)
        yield from _policy(on)
        yield from _volumes(on)
        yield from _doubles(on)
        for container in containers(on):
            yield from _container(on, container)


def _is_whole(on: Resource) -> bool:
    """Whether it is a manifest and not a patch, which leaves out what it does not change."""
    images = [container.text("image") for container in containers(on)]
    selects = on.kind not in _SELECTING or bool(on.at("spec", "selector").value)
    return selects and bool(images) and all(images)


def _selector(on: Resource) -> Iterator[Found]:
    if on.kind not in _SELECTING:
        return
    selector, labels = on.at("spec", "selector"), template(on).strings("metadata", "labels")
    if not matches(selector, labels):
        wanted = describe(selector.strings("matchLabels")) or "its selector"
        own = describe(labels) or "none"
        why = f"the selector {wanted} does not match the labels of its own template ({own})"
        yield refused(on, selector, why, "Give the template the labels that the selector asks for.")


def _policy(on: Resource) -> Iterator[Found]:
    policy = pod_spec(on).at("restartPolicy")
    if on.kind in (*_SELECTING, "ReplicationController") and policy.text() in ("Never", "OnFailure"):
        why = f"restartPolicy {policy.text()} is not supported in a {on.kind}, only Always"
        yield refused(on, policy, why, "Leave it out, or make it a Job.")
    if on.kind in ("Job", "CronJob") and policy.text() in ("", "Always") and pod_spec(on).value:
        why = f"restartPolicy {policy.text() or 'Always (the default)'} is not supported in a {on.kind}"
        yield refused(
            on, policy if policy.value else pod_spec(on), why, "Set restartPolicy to OnFailure or Never."
        )


def _volumes(on: Resource) -> Iterator[Found]:
    known = {volume.text("name") for volume in pod_spec(on).each("volumes")}
    known |= {entry.text("metadata", "name") for entry in on.each("spec", "volumeClaimTemplates")}
    for container in containers(on):
        for mount in container.each("volumeMounts"):
            name = mount.text("name")
            if name and name not in known:
                have = f"there are {', '.join(sorted(known))}" if known else "it has none"
                why = f"container {container.text('name')} mounts volume {name}, which the pod lacks; {have}"
                yield refused(
                    on, mount.at("name"), why, f"Add the volume {name}, or mount one that is there."
                )


def _doubles(on: Resource) -> Iterator[Found]:
    spec = pod_spec(on)
    lists = [
        ("container", [c.at("name") for c in containers(on)]),
        ("volume", [v.at("name") for v in spec.each("volumes")]),
    ]
    lists += [("mountPath", [m.at("mountPath") for m in c.each("volumeMounts")]) for c in containers(on)]
    for noun, fields in lists:
        for field in _repeated(fields):
            yield refused(on, field, f"the {noun} {field.text()} is there twice", "Give each its own name.")


def _repeated(fields: Iterable[Field]) -> list[Field]:
    counted = Counter(field.text() for field in fields if field.text())
    last = {field.text(): field for field in fields}
    return [last[text] for text, count in counted.items() if count > 1]


def _container(on: Resource, container: Field) -> Iterator[Found]:
    if not container.text("name"):
        yield refused(on, container, "a container has no name", "Give it a name.")
    for variable in container.each("env"):
        if variable.present("value") and variable.text("value") and variable.present("valueFrom"):
            why = f"variable {variable.text('name')} has both value and valueFrom"
            yield refused(on, variable, why, "Keep one of them.")
    for port in container.each("ports"):
        number = port.number("containerPort")
        if number is not None and not 0 < number < 65536:
            yield refused(on, port, f"containerPort {number} is no port", "Use 1 to 65535.")
    for role in _PROBES:
        if container.at(role).value:
            yield from _probe(on, container, role)


def _probe(on: Resource, container: Field, role: str) -> Iterator[Found]:
    probe, name = container.at(role), container.text("name")
    handlers = [handler for handler in _HANDLERS if probe.at(handler).value is not None]
    if len(handlers) != 1:
        which = "no handler (exec, httpGet, tcpSocket, grpc)" if not handlers else f"{' and '.join(handlers)}"
        yield refused(on, probe, f"{role} of container {name} has {which}", "Give the probe one handler.")
    if role != "readinessProbe" and (probe.number("successThreshold") or 1) != 1:
        why = f"successThreshold of {role} must be 1"
        yield refused(on, probe.at("successThreshold"), why, "Set it to 1.")
    port = next((probe.at(h, "port") for h in handlers if h != "exec"), None)
    declared = {p.text("name") for p in container.each("ports")}
    if port is not None and port.text() and port.number() is None and port.text() not in declared:
        why = f"{role} of container {name} asks the port named {port.text()}, which it does not declare"
        yield Found(
            on=on,
            title=f"{role} asks a port name that does not exist",
            detail=why,
            severity="high",
            cites=(port, container.at("ports") if container.at("ports").value else container.at("name")),
            cause={"livenessProbe": "probe.liveness_port", "readinessProbe": "probe.readiness_port"}.get(
                role, "probe.startup_failing"
            ),
            certainty="sure",
            statement=f"{on.kind} {on.name}: {why}, so the probe always fails.",
            fix="Name the container's port, or use its number.",
        )


@rule("manifest.service_shape", "Service", title="Parts of a Service's manifest fit together")
def check_services(world: World) -> Iterator[Found]:
    """Ports without a name beside others, node ports out of range."""
    for on in builtin_objects(world, "Service"):
        ports = list(on.each("spec", "ports"))
        if len(ports) > 1 and any(not port.text("name") for port in ports):
            unnamed = next(port for port in ports if not port.text("name"))
            yield refused(on, unnamed, "with several ports each needs a name", "Name every port.")
        for port in ports:
            number = port.number("nodePort")
            if number and number not in _NODE_PORTS:
                why = f"nodePort {number} is outside 30000-32767"
                yield refused(on, port.at("nodePort"), why, "Choose a port in the range.", sure=False)


@rule("manifest.elsewhere", "Service", title="Service is in the namespace of its pods")
def check_namespaces(world: World) -> Iterator[Found]:
    """Selectors that match workloads of another namespace only: a service never reaches over."""
    for service in builtin_objects(world, "Service"):
        wanted = service.at("spec", "selector").strings()
        fitting = world.derived(_makers).selected("", wanted)
        if fitting and service.namespace not in {w.namespace for w in fitting}:
            other = fitting[0]
            yield Found(
                on=service,
                title="Service is in another namespace than its pods",
                detail=f"{describe(wanted)} matches only {other.kind} {other.namespace}/{other.name}",
                severity="high",
                cites=(service.at("spec", "selector"), other.at("metadata", "namespace")),
                cause="service.selector_mismatch",
                fault=service.ref,
                certainty="likely",
                statement=f"Service {service.name} of namespace {service.namespace} selects "
                f"{describe(wanted)}, but the pods with these labels are in namespace {other.namespace}.",
                fix=f"Put the service into namespace {other.namespace}.",
            )


def _makers(world: World) -> LabelIndex[Resource]:
    """What makes pods by their labels, whatever its namespace."""
    makers = world.of_kind(*POD_MAKERS)
    return LabelIndex(("", template(maker).strings("metadata", "labels"), maker) for maker in makers)
