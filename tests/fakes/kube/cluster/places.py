"""Where pods and nodes are: names and addresses."""

from __future__ import annotations

from .identity import suffix
from .plan import App, Plan


def name_of(app: App, number: int) -> str:
    """The name of one of an application's pods."""
    return f"{app.replica_set}-{suffix(5, app.namespace, app.name, number)}"


def ip_of(number: int) -> str:
    """The address of the pod with this number in the cluster."""
    return f"10.{64 + number // 65536}.{number // 256 % 256}.{number % 256}"


def node_of(app: App, number: int, plan: Plan) -> int:
    """The number of the node that a pod runs on."""
    return (app.first_pod + number) % plan.nodes


def node_name(number: int) -> str:
    """A node's name, as in a cloud."""
    return f"ip-10-0-{number // 256}-{number % 256}.eu-central-1.compute.internal"


def node_ip(number: int) -> str:
    """A node's address."""
    return f"10.0.{number // 256}.{number % 256}"
