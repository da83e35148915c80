"""Names of fields as the API writes them, from the snake_case of client libraries and other tools."""

import re
from typing import Any

_SNAKE = re.compile(r"_+([a-z0-9])")
_ACRONYMS = {
    "podIp": "podIP", "podIps": "podIPs", "podIPS": "podIPs", "hostIp": "hostIP", "hostIps": "hostIPs",
    "clusterIp": "clusterIP", "clusterIps": "clusterIPs", "externalIps": "externalIPs",
    "loadBalancerIp": "loadBalancerIP", "containerId": "containerID", "imageId": "imageID",
    "hostPid": "hostPID", "hostIpc": "hostIPC", "podCidr": "podCIDR", "podCidrs": "podCIDRs",
    "providerId": "providerID", "systemUuid": "systemUUID", "machineId": "machineID", "bootId": "bootID",
}  # fmt: skip
_FREE_KEYS = frozenset(
    [
        "labels",
        "annotations",
        "data",
        "stringData",
        "binaryData",
        "matchLabels",
        "nodeSelector",
        "selector",
        "parameters",
        "limits",
        "requests",
        "capacity",
        "allocatable",
        "hard",
        "used",
    ]
)
"""Maps whose keys are the user's own."""
_DEEPEST = 64


def camel(key: str) -> str:
    """`restart_count` → `restartCount`, `pod_ip` → `podIP`, `_from` → `from`; camelCase stays as it is."""
    if "_" not in key:
        return key
    name = _SNAKE.sub(lambda m: m[1].upper(), key.strip("_"))
    return _ACRONYMS.get(name, name)


def camelled(value: Any, depth: int = 0) -> Any:
    """The value with its fields named as in the API; labels and other free maps keep their keys."""
    if isinstance(value, dict) and depth < _DEEPEST:
        return {
            (name := camel(key)): inner if name in _FREE_KEYS else camelled(inner, depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list) and depth < _DEEPEST:
        return [camelled(inner, depth + 1) for inner in value]
    return value


def is_snake_object(value: dict[str, Any]) -> bool:
    """Whether it is a Kubernetes object as the Python client's `to_dict` writes it."""
    metadata = value.get("metadata")
    return "api_version" in value and isinstance(metadata, dict) and "apiVersion" not in value
