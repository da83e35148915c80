"""What this machine has of what anyops uses, and the command that mends what is missing.

Looks only: writes nothing, sends nothing but one TCP connect to the current context's API server.
"""

import os
import platform
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from anyops import __version__
from anyops.environment import Environment
from anyops.errors import ConfigError
from anyops.installation import CREW_BELOW, EXTRAS, has_extra, installation

State = Literal["ok", "missing", "failed"]

CONNECT_SECONDS = 2.0
KEYS = ("OPENROUTER_API_KEY",)


class Check(Struct, frozen=True, kw_only=True):
    """One thing looked at. `missing` is optional, `failed` needs mending; `mend` is a command or ""."""

    name: str
    state: State
    detail: str
    mend: str = ""


class Examination(Struct, frozen=True, kw_only=True):
    """Every check; `ok` when none failed."""

    schema: str = "anyops.doctor/1"
    ok: bool
    checks: list[Check]


def examine(here: Environment) -> Examination:
    """Look at everything. Never raises: what breaks while looking is a check that failed."""
    checks = [check for look in LOOKS for check in _guarded(look, here)]
    return Examination(ok=all(check.state != "failed" for check in checks), checks=checks)


def _guarded(look: "Look", here: Environment) -> Iterator[Check]:
    try:
        yield from look(here)
    except Exception as error:  # noqa: BLE001
        yield Check(name=look.__name__.strip("_"), state="failed", detail=f"{type(error).__name__}: {error}")


def _python(here: Environment) -> Iterator[Check]:
    del here
    found = f"{platform.python_version()} ({platform.python_implementation()}, {sys.platform})"
    yield Check(name="python", state="ok", detail=f"{found} at {sys.executable}")


def _anyops(here: Environment) -> Iterator[Check]:
    del here
    copy = installation()
    yield Check(
        name="anyops", state="ok", detail=f"{__version__}, {copy.way}{' from ' * bool(copy.url)}{copy.url}"
    )


def _extras(here: Environment) -> Iterator[Check]:
    del here
    for extra in EXTRAS:
        if has_extra(extra):
            yield Check(name=f"[{extra}]", state="ok", detail="installed")
        elif extra == "crew" and sys.version_info >= CREW_BELOW:
            newest = ".".join(map(str, CREW_BELOW))
            yield Check(name=f"[{extra}]", state="missing", detail=f"CrewAI needs a Python below {newest}")
        else:
            mend = installation().add(extra)
            yield Check(name=f"[{extra}]", state="missing", detail="not installed (optional)", mend=mend)


def _settings(here: Environment) -> Iterator[Check]:
    path = here.config_file
    if here.settings_error is not None:
        yield Check(
            name="settings",
            state="failed",
            detail=here.settings_error.message,
            mend=f"${{EDITOR:-vi}} {shlex.quote(str(path))}",
        )
        return
    changed = sum(setting.origin != "default" for setting in here.origins)
    where = str(path) if path.exists() else f"no file at {path}"
    yield Check(name="settings", state="ok", detail=f"{where}; {changed} of {len(here.origins)} set")


def _store(here: Environment) -> Iterator[Check]:
    folder = here.state_home
    nearest = next((p for p in (folder, *folder.parents) if p.exists()), folder)
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        yield Check(name="store", state="ok", detail=f"{folder} (writable)")
    else:
        detail = f"{nearest} is {'not writable' if nearest.is_dir() else 'no folder'}"
        yield Check(name="store", state="failed", detail=detail, mend='export ANYOPS_HOME="$HOME/anyops"')


def _kubeconfig(here: Environment) -> Iterator[Check]:
    from anyops.sources.kube.config.kubeconfig import load

    try:
        merged = load(here.variables, here.home)
    except ConfigError as error:
        yield Check(name="kubeconfig", state="failed", detail=error.message, mend="kubectl config view")
        return
    if not merged.contexts:
        yield _no_kubeconfig(here, merged.looked)
        return
    names = ", ".join(sorted(merged.contexts))
    if merged.current not in merged.contexts:
        what = (
            f"no context {merged.current}: {names}"
            if merged.current
            else f"no current context; there are: {names}"
        )
        mend = f"kubectl config use-context {shlex.quote(min(merged.contexts))}"
        yield Check(name="kubeconfig", state="missing", detail=what, mend=mend)
        return
    yield Check(name="kubeconfig", state="ok", detail=f"current {merged.current}; contexts: {names}")
    yield _reached(here, merged.current)


def _no_kubeconfig(here: Environment, files: Iterable[Path]) -> Check:
    if here.variables.get("KUBERNETES_SERVICE_HOST"):
        return Check(name="kubeconfig", state="ok", detail="inside a cluster, with its service account")
    looked = ", ".join(map(str, files))
    return Check(name="kubeconfig", state="missing", detail=f"none at {looked} (dumps can be read without)")


def _reached(here: Environment, context: str) -> Check:
    """Whether the API server takes a TCP connection; nothing is sent."""
    from anyops.sources.kube.config.address import port_of, split
    from anyops.sources.kube.config.kubeconfig import connect
    from anyops.sources.kube.config.proxies import proxy

    see = f"kubectl --context {shlex.quote(context)} cluster-info"
    try:
        connection = connect(here.variables, here.home)
        through = proxy(connection, here.variables)
    except ConfigError as error:
        return Check(name="cluster", state="failed", detail=error.message, mend="kubectl config view")
    parts = split(connection.server, "server")
    host, port = parts.hostname or "", port_of(parts)
    if through:
        return Check(name="cluster", state="ok", detail=f"{host}:{port} through a proxy (not tried)")
    try:
        socket.create_connection((host, port), timeout=CONNECT_SECONDS).close()
    except OSError as error:
        why = error.strerror or str(error)
        return Check(name="cluster", state="missing", detail=f"{host}:{port} not reached: {why}", mend=see)
    return Check(name="cluster", state="ok", detail=f"{host}:{port} reached")


def _programs(here: Environment) -> Iterator[Check]:
    del here
    git = shutil.which("git")
    if git is None:
        detail = "not installed: changes behind a cause are not looked up"
        yield Check(name="git", state="missing", detail=detail, mend=_package("git"))
    else:
        said = subprocess.run([git, "--version"], capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
        yield Check(
            name="git", state="ok", detail=f"{said.stdout.strip().removeprefix('git version ')} at {git}"
        )
    kubectl = shutil.which("kubectl")
    detail = (
        f"at {kubectl}" if kubectl else "not installed: anyops needs it not, the commands that it offers do"
    )
    yield Check(name="kubectl", state="ok" if kubectl else "missing", detail=detail)


def _package(name: str) -> str:
    managers = {
        "apt-get": "apt-get install -y",
        "dnf": "dnf install -y",
        "apk": "apk add",
        "brew": "brew install",
    }
    return next((f"{install} {name}" for tool, install in managers.items() if shutil.which(tool)), "")


def _key(here: Environment) -> Iterator[Check]:
    present = [name for name in KEYS if here.variables.get(name)]
    if present:
        yield Check(name="model key", state="ok", detail=f"{', '.join(present)} is set (not shown)")
    else:
        detail = "none (analyses need none)"
        yield Check(name="model key", state="missing", detail=detail, mend=f"export {KEYS[0]}=...")


def _terminal(here: Environment) -> Iterator[Check]:
    kind = "a terminal" if here.terminal else "no terminal"
    color = "colour" if here.color else "no colour"
    encoding = getattr(here.stdout, "encoding", None) or "unknown"
    detail = f"{kind}, {here.columns} columns, {color}, {encoding}"
    if here.unicode or here.settings.output.ascii:
        yield Check(name="terminal", state="ok", detail=detail)
    else:
        detail = f"{detail}: answers are written in ASCII"
        yield Check(name="terminal", state="missing", detail=detail, mend="export LC_ALL=C.UTF-8")


Look = Callable[[Environment], Iterator[Check]]
LOOKS: tuple[Look, ...] = (
    _python,
    _anyops,
    _extras,
    _settings,
    _store,
    _kubeconfig,
    _programs,
    _key,
    _terminal,
)
