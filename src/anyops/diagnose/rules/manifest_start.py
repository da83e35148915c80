"""Well-known images that cannot start as the manifest runs them: user, required settings, file system."""

from collections.abc import Iterator

from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import declared_programs, edit, title, watch
from anyops.diagnose.programs import Program
from anyops.diagnose.wordlist import names
from anyops.diagnose.workloads import POD_MAKERS, pod_spec
from anyops.world.resource import Field
from anyops.world.world import World

_ONE_OF = {
    "postgres": ("POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "POSTGRES_HOST_AUTH_METHOD"),
    "mysql": (
        "MYSQL_ROOT_PASSWORD",
        "MYSQL_ROOT_PASSWORD_FILE",
        "MYSQL_ALLOW_EMPTY_PASSWORD",
        "MYSQL_RANDOM_ROOT_PASSWORD",
    ),
    "mariadb": (
        "MARIADB_ROOT_PASSWORD",
        "MARIADB_ROOT_PASSWORD_FILE",
        "MARIADB_ROOT_PASSWORD_HASH",
        "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
        "MARIADB_RANDOM_ROOT_PASSWORD",
        "MYSQL_ROOT_PASSWORD",
        "MYSQL_ROOT_PASSWORD_FILE",
        "MYSQL_ALLOW_EMPTY_PASSWORD",
        "MYSQL_RANDOM_ROOT_PASSWORD",
    ),
}
"""Variables of which the image's entry point demands one before it makes a database."""

_OTHER_USER = names("""
    elasticsearch kibana grafana/grafana prom/prometheus prom/alertmanager prom/node-exporter jenkins/jenkins
    nginxinc/nginx-unprivileged neo4j sonarqube memcached nats hashicorp/http-echo cassandra solr influxdb
    adminer mongo-express containous/whoami traefik/whoami
    """)
"""Stock images that do not run as root."""


@rule("manifest.start", *POD_MAKERS, title="Well-known image can start as it is run")
def check_start(world: World) -> Iterator[Found]:
    """runAsNonRoot against an image of root, a user that cannot write, a database without a password."""
    for program in declared_programs(world):
        if program.image is not None:
            yield from _root(program)
            yield from _required(program)
            yield from _own_folders(program)


def _setting(program: Program, key: str) -> Field:
    own = program.container.at("securityContext", key)
    return own if own.value is not None else pod_spec(program.owner).at("securityContext", key)


def _found(
    program: Program, what: str, why: str, fix: str, cause: str, *cites: Field, sure: bool = True
) -> Found:
    return Found(
        on=program.owner,
        title=what,
        detail=f"{title(program)}: {why}",
        severity="high",
        state="now" if sure else "risk",
        cites=cites,
        cause=cause,
        certainty="likely" if sure else "maybe",
        statement=f"{title(program)} cannot start: {why}.",
        fix=fix,
        commands=edit(program.owner),
        checks=watch(program.owner),
    )


def _root(program: Program) -> Iterator[Found]:
    demanded, user = _setting(program, "runAsNonRoot"), _setting(program, "runAsUser")
    image, code = program.image, "container.config_invalid"
    if demanded.value is not True or image is None:
        return
    if user.number() == 0:
        what, why = (
            "runAsNonRoot and root contradict each other",
            "runAsNonRoot is set together with runAsUser 0",
        )
        yield _found(program, what, why, "Choose a user other than 0.", code, demanded, user)
    elif user.value is None and image.name not in _OTHER_USER:
        own = program.container.at("image")
        what, why = (
            "runAsNonRoot forbids the image's user",
            f"runAsNonRoot is set, but {own.text()} runs as root",
        )
        fix = "Set runAsUser, or use an image that does not run as root."
        yield _found(program, what, why, fix, code, demanded, own)


def _required(program: Program) -> Iterator[Found]:
    name = program.image.name if program.image is not None else ""
    wanted, container = _ONE_OF.get(name, ()), program.container
    given = {v.text("name") for v in container.each("env")}
    if not wanted or given & set(wanted) or any(True for _ in container.each("envFrom")) or program.argv:
        return
    kept = any("/var/lib" in m.text("mountPath") for m in container.each("volumeMounts"))
    why = f"{name} demands one of {', '.join(wanted[:3])} before it makes its database, and none is set"
    where = container.at("env") if container.at("env").value else container.at("image")
    what, fix = f"{name} has no {wanted[0]}", f"Set {wanted[0]}, from a Secret."
    yield _found(program, what, why, fix, "config.env_missing", where, sure=not kept)


def _own_folders(program: Program) -> Iterator[Found]:
    """nginx writes its cache and pid where only root may, unless these are volumes."""
    image = program.image
    if image is None or image.name != "nginx" or program.argv:
        return
    mounts = [mount.text("mountPath") for mount in program.container.each("volumeMounts")]
    user = _setting(program, "runAsUser")
    frozen = program.container.at("securityContext", "readOnlyRootFilesystem")
    if any(point.startswith(("/var", "/etc/nginx")) for point in mounts):
        return
    if frozen.value is True or (user.number() or 0) > 0:
        where = frozen if frozen.value is True else user
        how = "its file system is read-only" if frozen.value is True else f"it runs as user {user.text()}"
        why = f"nginx must write to /var/cache/nginx and /var/run, and {how}"
        fix = "Mount an emptyDir at /var/cache/nginx and /var/run, or use nginxinc/nginx-unprivileged."
        code, own = "container.permission_denied", program.container.at("image")
        yield _found(program, "nginx may not write where it must", why, fix, code, where, own)
