"""Kubeconfig files for a server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write(
    file: Path, server: str, user: dict[str, Any], cluster: dict[str, Any], context: dict[str, Any]
) -> Path:
    """A kubeconfig with one context; JSON, which is YAML too. `context` is its `name` and `namespace`."""
    name = context["name"]
    namespace = {"namespace": context["namespace"]} if context.get("namespace") else {}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "clusters": [{"name": name, "cluster": {"server": server, **cluster}}],
        "users": [{"name": name, "user": user}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name, **namespace}}],
    }
    file.write_text(json.dumps(document, indent=2) + "\n")
    file.chmod(0o600)
    return file
