"""A Kubernetes API server on loopback: discovery, lists, tables, logs, rights, records and faults.

with KubeServer([pod, node], forbid={"secrets"}, logs={"shop/cart-1": "panic: ..."}) as server:
    server.fault("/api/v1/pods", faults.slow(3), times=1)
    run("--kubeconfig", server.kubeconfig(tmp_path, namespace="shop"))
assert {request.method for request in server.requests} == {"GET"}
"""

from . import certificates, faults
from .certificates import Tls
from .kinds import KindRow, Release
from .logs import Endless
from .releases import CURRENT, RELEASE_1_20
from .server import KubeServer

__all__ = [
    "CURRENT",
    "RELEASE_1_20",
    "Endless",
    "KindRow",
    "KubeServer",
    "Release",
    "Tls",
    "certificates",
    "faults",
]
