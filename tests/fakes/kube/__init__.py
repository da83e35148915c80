"""A Kubernetes API server on loopback: discovery, lists, tables, logs, rights, records and faults."""

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
