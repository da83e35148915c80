"""What a cluster of a given number of pods consists of: namespaces, applications, nodes, and what fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import product

from .identity import before, digest, suffix

REGISTRY = "registry.example.com"
_TEAMS = [
    "accounts",
    "billing",
    "catalog",
    "checkout",
    "delivery",
    "fraud",
    "identity",
    "inventory",
    "loyalty",
    "media",
    "messaging",
    "orders",
    "payments",
    "pricing",
    "profile",
    "reports",
    "returns",
    "reviews",
    "search",
    "shipping",
]
NAMESPACES = tuple(f"{team}-{stage}" for team, stage in product(_TEAMS, ("live", "batch")))
_ROLES = ("api", "worker", "web", "sync", "gateway", "cache", "indexer", "relay", "export", "notifier")


class Trouble(Enum):
    """Why an application's pods are not ready."""

    NONE = ""
    CRASH = "crash"
    OOM = "oom"
    IMAGE = "image"
    UNSCHEDULABLE = "unschedulable"


@dataclass(frozen=True)
class App:
    """One Deployment and all that belongs to it."""

    number: int
    namespace: str
    name: str
    replicas: int
    trouble: Trouble
    first_pod: int
    """the number of its first pod in the cluster"""
    age_days: int

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the Deployment and its pods."""
        return {
            "app": self.name,
            "app.kubernetes.io/name": self.name,
            "team": self.namespace.partition("-")[0],
        }

    @property
    def image(self) -> str:
        """The image, with its tag."""
        return (
            f"{REGISTRY}/{self.namespace.partition('-')[0]}/{self.name}:1.{self.number % 17}.{self.revision}"
        )

    @property
    def revision(self) -> int:
        """How often it was rolled out; 1 for one that never worked."""
        return 1 if self.trouble in (Trouble.IMAGE, Trouble.UNSCHEDULABLE) else 2 + self.number % 3

    @property
    def replica_set(self) -> str:
        """The name of the current ReplicaSet."""
        return self.replica_set_of(self.revision)

    def replica_set_of(self, revision: int) -> str:
        """The name of a revision's ReplicaSet."""
        return f"{self.name}-{self.template_hash(revision)}"

    def template_hash(self, revision: int) -> str:
        """The pod-template-hash of a revision."""
        return suffix(10, self.namespace, self.name, revision)

    @property
    def ready(self) -> int:
        """How many of its pods are ready."""
        return 0 if self.trouble is not Trouble.NONE else self.replicas

    @property
    def has_service(self) -> bool:
        """Workers have none."""
        return not self.name.endswith(("worker", "sync", "export"))

    @property
    def scaled(self) -> bool:
        """Whether a HorizontalPodAutoscaler drives it."""
        return self.number % 4 == 0 and self.trouble is Trouble.NONE

    @property
    def recent(self) -> bool:
        """Whether it was rolled out within the last hour, so that its pods' events are still there."""
        return self.number % 16 == 3 and self.trouble is Trouble.NONE

    def rolled_out(self, now: datetime) -> str:
        """When its pods were made."""
        if self.recent or self.revision == 1:
            return before(now, minutes=50 - self.number % 30)
        return before(now, days=self.age_days % 30 + 1, minutes=self.number % 1440)


@dataclass(frozen=True)
class Plan:
    """A cluster's make-up; `pods` is the sum over applications, coredns and one kube-proxy a node."""

    pods: int
    nodes: int
    apps: tuple[App, ...]
    now: datetime


def plan(pods: int, now: datetime) -> Plan:
    """A cluster of `pods` pods (at least 100), one node per 100 pods, 1 percent not ready.

    Raises ValueError for fewer.
    """
    if pods < 100:
        raise ValueError("a cluster has at least 100 pods")
    nodes = max(3, pods // 100)
    return Plan(pods, nodes, tuple(_apps(pods - nodes - 2)), now)


def _apps(pods: int) -> Iterator[App]:
    """Applications of about 20 pods; the 4 in trouble have a quarter percent of all pods each."""
    left, number, in_trouble = pods, 0, max(1, round(pods / 400))
    troubles = {3: Trouble.CRASH, 4: Trouble.IMAGE, 6: Trouble.OOM, 9: Trouble.UNSCHEDULABLE}
    while left > 0:
        trouble = troubles.get(number, Trouble.NONE)
        wanted = in_trouble if number in troubles else 14 + digest("replicas", number)[0] % 13
        yield _app(number, min(wanted, left), trouble, pods - left)
        left -= min(wanted, left)
        number += 1


def _app(number: int, replicas: int, trouble: Trouble, first_pod: int) -> App:
    namespace = NAMESPACES[number % len(NAMESPACES)]
    turn = number // len(NAMESPACES)
    role = _ROLES[turn % len(_ROLES)]
    again = f"{turn // len(_ROLES) + 1}-" if turn >= len(_ROLES) else ""
    name = f"{namespace.partition('-')[0]}-{again}{role}"
    return App(number, namespace, name, replicas, trouble, first_pod, 20 + number % 300)
