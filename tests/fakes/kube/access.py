"""Who asks, and what they may read.

Source: k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go for the texts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

Rule = str | tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """One request for a resource, as the authorizer sees it."""

    verb: str
    group: str
    resource: str
    """plural, with the subresource: `pods/log`"""
    namespace: str
    name: str = ""


@dataclass(frozen=True)
class Access:
    """One user's rights: everything, but for what is forbidden.

    `forbid` holds resources (`secrets`, `deployments.apps`, `pods/log`), a namespace with a resource or `*`
    (`("shop", "pods")`; rights for one namespace fewer also means none for all of them), and paths
    (`/version`). `only_in` leaves no rights but in these namespaces.
    """

    user: str = "alice"
    token: str = ""
    """the bearer token that must come; none asked when empty"""
    forbid: Collection[Rule] = ()
    only_in: Collection[str] | None = None

    def forbids_path(self, path: str) -> bool:
        """Whether a path that is no resource may not be read."""
        return path in self.forbid

    def refusal(self, asked: Asked) -> str | None:
        """The message of the 403, or none when it is allowed."""
        if self.only_in is not None and asked.namespace not in self.only_in:
            return self._message(asked)
        return self._message(asked) if any(_meets(rule, asked) for rule in self.forbid) else None

    def _message(self, asked: Asked) -> str:
        where = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
        plural = asked.resource.partition("/")[0]
        subject = f"{plural}.{asked.group}".rstrip(".") + (f' "{asked.name}"' if asked.name else "")
        return (
            f'{subject} is forbidden: User "{self.user}" cannot {asked.verb} resource "{asked.resource}" '
            f'in API group "{asked.group}" {where}'
        )


def _meets(rule: Rule, asked: Asked) -> bool:
    if isinstance(rule, str):
        return rule in (asked.resource, f"{asked.resource}.{asked.group}")
    namespace, resource = rule
    if asked.namespace not in ("", namespace):
        return False
    return resource in ("*", asked.resource)
