"""Environment variables of workloads with their values, and the addresses that those name."""

from collections.abc import Iterator

from msgspec import Struct

from anyops.diagnose.addresses import Address, in_setting
from anyops.diagnose.services import top_workloads
from anyops.diagnose.workloads import POD_MAKERS, containers
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_HOST_WORDS = ("HOST", "ADDR", "ADDRESS", "URL", "URI", "ENDPOINT", "SERVER", "SERVICE", "BROKER", "BROKERS")


class Setting(Struct, frozen=True, eq=False):
    """A variable of a workload that names an address; `cites` are the fields that do."""

    owner: Resource
    name: str
    address: Address
    cites: tuple[Field, ...]


def variables(world: World, owner: Resource, container: Field) -> dict[str, Field]:
    """Variables by name with the field that holds the value: the container's own, or a config map's."""
    found: dict[str, Field] = {}
    for source in container.each("envFrom"):
        config = world.get("ConfigMap", owner.namespace, source.text("configMapRef", "name"))
        if config is not None:
            prefix = source.text("prefix")
            found |= {prefix + key: value for key, value in config.root.entries("data")}
    for variable in container.each("env"):
        value = _value(world, owner, variable)
        if value is not None:
            found[variable.text("name")] = value
    return found


def _value(world: World, owner: Resource, variable: Field) -> Field | None:
    if variable.text("value"):
        return variable.at("value")
    reference = variable.at("valueFrom", "configMapKeyRef")
    config = world.get("ConfigMap", owner.namespace, reference.text("name"))
    value = config.at("data", reference.text("key")) if config is not None else None
    return value if value is not None and value.text() else None


def addressed_settings(world: World) -> list[Setting]:
    """Every variable that names an address, of outermost workloads and of pods without a known one."""
    return [setting for owner in _owners(world) for setting in settings_of(world, owner)]


def _owners(world: World) -> Iterator[Resource]:
    for namespace in sorted({r.namespace for r in world.of_kind(*POD_MAKERS)}):
        yield from top_workloads(world, namespace)
    for maker in world.of_kind("Pod", "Job", "CronJob"):
        top = world.top_owner(maker)
        if top == maker.ref or top not in world.by_ref or not list(containers(world.by_ref[top])):
            yield maker


def settings_of(world: World, owner: Resource) -> Iterator[Setting]:
    """The owner's variables that name an address; `DB_HOST` and `DB_PORT` make one."""
    for container in containers(owner):
        known = variables(world, owner, container)
        for name, value in known.items():
            for address in in_setting(value.text(), names_host=names_host(name)):
                yield _with_port(owner, name, address, value, known)


def _with_port(
    owner: Resource, name: str, address: Address, value: Field, known: dict[str, Field]
) -> Setting:
    if not address.port and name.upper().endswith("HOST"):
        port = known.get(name[:-4] + "PORT") or known.get(name[:-4] + "port")
        number = port.number() if port is not None else None
        if port is not None and number:
            return Setting(owner, name[:-4] + "PORT", Address(address.host, number), (port, value))
    return Setting(owner, name, address, (value,))


def names_host(name: str) -> bool:
    """Whether a variable's name promises a host, so that a bare word in it is one."""
    return name.upper().replace("-", "_").rpartition("_")[2] in _HOST_WORDS
