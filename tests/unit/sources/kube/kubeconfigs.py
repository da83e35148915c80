"""Kubeconfigs for tests: written out, then read."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anyops.sources.kube.config.connection import Connection
from anyops.sources.kube.config.credentials import Credential, obtain
from anyops.sources.kube.config.kubeconfig import connect

SERVER = "https://10.2.0.1:6443"


def kubeconfig(
    user: Mapping[str, Any] | None = None,
    cluster: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    **top: Any,
) -> dict[str, Any]:
    """One context `prod` of cluster `prod-eu` and user `alice`, with these fields in them."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "prod",
        "contexts": [{"name": "prod", "context": {"cluster": "prod-eu", "user": "alice", **(context or {})}}],
        "clusters": [{"name": "prod-eu", "cluster": {"server": SERVER, **(cluster or {})}}],
        "users": [{"name": "alice", "user": dict(user or {})}],
        **top,
    }


def write(folder: Path, content: object, name: str = "config") -> dict[str, str]:
    """The file in the folder, and the variables that lead to it. A text is written as it is."""
    text = content if isinstance(content, str) else json.dumps(content, indent=1)
    (folder / name).write_text(text)
    return {"KUBECONFIG": str(folder / name), "PATH": "/usr/local/bin:/usr/bin:/bin"}


def connected(folder: Path, *, asked: str = "", **parts: Any) -> Connection:
    """The connection that a kubeconfig with these parts gives."""
    return connect(write(folder, kubeconfig(**parts)), folder, context=asked)


def credential(connection: Connection, **options: Any) -> Credential:
    """What `obtain` gives, with nobody at the terminal unless the options say so."""
    variables = options.pop("variables", {"PATH": "/usr/local/bin:/usr/bin:/bin"})
    return asyncio.run(obtain(connection, variables, **{"terminal": False, **options}))
