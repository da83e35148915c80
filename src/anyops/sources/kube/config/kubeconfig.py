"""Kubeconfig files: found, merged as client-go does, and one context of them as a Connection.

Source: https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
"""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from anyops.errors import ConfigError, ReadError
from anyops.sources.kube.config import incluster
from anyops.sources.kube.config.connection import IN_CLUSTER, Connection, Context, Login
from anyops.sources.kube.config.entries import cluster_of, login_of, namespace_of
from anyops.sources.kube.config.fields import Fields, shown
from anyops.sources.kube.config.material import read_file

LISTED = 5
KEYS = {"clusters", "contexts", "users", "current-context"}


class Kubeconfig(Struct, frozen=True, kw_only=True):
    """Files read as one: of two that say the same thing, the first one counts."""

    looked: tuple[Path, ...]
    """Where kubeconfig files were looked for, whether they are there or not."""

    current: str
    contexts: dict[str, Fields]
    clusters: dict[str, Fields]
    users: dict[str, Fields]


def connect(
    variables: Mapping[str, str],
    home: Path,
    *,
    context: str = "",
    service_account: Path = incluster.SERVICE_ACCOUNT,
) -> Connection:
    """The connection of a context, by default the current one; in a pod without kubeconfig, of its cluster.

    `service_account` is the folder in which a pod finds its token. Raises ConfigError.
    """
    merged = load(variables, home)
    if not merged.contexts or (context == IN_CLUSTER and context not in merged.contexts):
        pod = incluster.connection(variables, service_account) if context in ("", IN_CLUSTER) else None
        if pod is not None:
            return pod
    if not (merged.contexts or merged.clusters or merged.users):
        raise _none_there(merged.looked)
    name = context or merged.current
    if not name:
        hint = "choose one: kubectl config use-context NAME, or --context NAME"
        raise ConfigError(f"no current context in {_files(merged)}{_listed(merged.contexts)}", hint=hint)
    if name not in merged.contexts:
        raise _unknown("context", name, merged.contexts, _files(merged))
    return _connection(merged, name)


def contexts(variables: Mapping[str, str], home: Path) -> list[Context]:
    """Every context in the order of the files; empty where there is no kubeconfig.

    Raises ConfigError for a file that cannot be read or is no kubeconfig.
    """
    merged = load(variables, home)
    found = []
    for name, entry in merged.contexts.items():
        fields = entry.within("context")
        cluster = fields.text("cluster")
        at = merged.clusters.get(cluster)
        found.append(
            Context(
                name=name,
                cluster=cluster,
                server=at.within("cluster").text("server") if at else "",
                user=fields.text("user"),
                namespace=fields.text("namespace") or "default",
                current=name == merged.current,
                file=str(entry.file),
            )
        )
    return found


def paths(variables: Mapping[str, str], home: Path) -> list[Path]:
    """KUBECONFIG's files, each once, else ~/.kube/config."""
    given = dict.fromkeys(part for part in variables.get("KUBECONFIG", "").split(os.pathsep) if part)
    return [Path(part) for part in given] or [home / ".kube" / "config"]


def load(variables: Mapping[str, str], home: Path) -> Kubeconfig:
    """All files as one; files that are not there are skipped."""
    looked = paths(variables, home)
    current = ""
    merged: dict[str, dict[str, Fields]] = {"contexts": {}, "clusters": {}, "users": {}}
    for file in looked:
        read = _read(file) if _there(file) else None
        if read is None:
            continue
        current = current or read.text("current-context")
        for key, into in merged.items():
            for entry in read.entries(key):
                into.setdefault(entry.text("name"), entry)
    return Kubeconfig(looked=tuple(looked), current=current, **merged)


def _there(file: Path) -> bool:
    """Whether something is there; what may not be looked at is, and reading it will say why."""
    try:
        file.stat()
    except (FileNotFoundError, ValueError):
        return False
    except OSError:
        return True
    return True


def _read(file: Path) -> Fields | None:
    """One file's fields, None when nothing is in it."""
    from anyops.sources.files.limits import Limits
    from anyops.sources.files.yamltext import load as load_yaml
    from anyops.sources.files.yamltext import pieces

    data = read_file(file, "").removeprefix(b"\xef\xbb\xbf")
    found = pieces(data)
    if not found:
        return None
    try:
        value = load_yaml(data, found[0], data.count(b"\n", 0, found[0].start), Limits())
    except ReadError as error:
        raise ConfigError(f"{shown(str(file), 200)}: {error.message}", hint="mend that line") from None
    if value is None:
        return None
    return _checked(file, value)


def _checked(file: Path, value: object) -> Fields:
    hint = "point KUBECONFIG at a kubeconfig, or hand the file over as a target"
    name = shown(str(file), 200)
    if not isinstance(value, Mapping):
        raise ConfigError(f"{name} is not a kubeconfig", hint=hint)
    kind = value.get("kind")
    if kind not in (None, "", "Config") or (value and not KEYS & value.keys() and not kind):
        what = f", but a {shown(kind, 40)}" if isinstance(kind, str) and kind else ""
        raise ConfigError(f"{name} is not a kubeconfig{what}", hint=hint)
    return Fields(file, "", value)


def _connection(merged: Kubeconfig, name: str) -> Connection:
    entry = merged.contexts[name]
    fields = entry.within("context")
    cluster, user = fields.text("cluster"), fields.text("user")
    if not cluster:
        raise fields.error("cluster", "is missing", "name one of the clusters in the file")
    at = _named("cluster", cluster, merged.clusters, fields)
    who = _named("user", user, merged.users, fields) if user else None
    return Connection(
        context=name,
        cluster=cluster,
        user=user,
        namespace=namespace_of(fields),
        file=str(entry.file),
        login=login_of(who.within("user")) if who else Login(),
        **cluster_of(at.within("cluster")),
    )


def _named(what: str, name: str, entries: Mapping[str, Fields], fields: Fields) -> Fields:
    if name in entries:
        return entries[name]
    raise _unknown(what, name, entries, fields.where(what))


def _unknown(what: str, name: str, entries: Mapping[str, Fields], where: str) -> ConfigError:
    import difflib

    near = difflib.get_close_matches(name[:200], entries, 1, 0.6)
    hint = f"did you mean {shown(near[0])}?" if near else f"name a {what} that is there"
    return ConfigError(f"{where}: no {what} {shown(name)}{_listed(entries)}", hint=hint)


def _listed(entries: Mapping[str, Fields]) -> str:
    if not entries:
        return ""
    names = ", ".join(shown(name) for name in list(entries)[:LISTED])
    more = len(entries) - LISTED
    return f"; there are: {names}{f' and {more} more' if more > 0 else ''}"


def _files(merged: Kubeconfig) -> str:
    return ", ".join(shown(str(file), 200) for file in merged.looked if _there(file))


def _none_there(looked: tuple[Path, ...]) -> ConfigError:
    names = ", ".join(shown(str(file), 200) for file in looked)
    empty = any(_there(file) for file in looked)
    hint = "set KUBECONFIG, or hand over a folder of kubectl output: anyops incident analyze ./dump"
    return ConfigError(f"{'nothing in the kubeconfig' if empty else 'no kubeconfig at'} {names}", hint=hint)
