"""Command lines that a report offers to a person."""

import shlex

from anyops.world.resource import Ref


def kubectl(namespace: str, *words: str) -> str:
    """A complete kubectl line; names come from the input, so a word that a shell would read is quoted."""
    scope = ("-n", namespace) if namespace else ()
    return shlex.join(("kubectl", *scope, *(word for word in words if word)))


def describe(kind: str, namespace: str, name: str) -> str:
    """`kubectl -n NAMESPACE describe KIND NAME`."""
    return kubectl(namespace, "describe", kind.lower(), name)


def act(verb: str, ref: Ref, *rest: str) -> str:
    """`kubectl -n NAMESPACE VERB KIND/NAME REST`; the verb may be two words (`rollout status`)."""
    return kubectl(ref.namespace, *verb.split(), f"{ref.kind.lower()}/{ref.name}", *rest)


def get(kind: str, namespace: str = "", *rest: str) -> str:
    """`kubectl -n NAMESPACE get KIND REST`."""
    return kubectl(namespace, "get", kind, *rest)


def watch(ref: Ref) -> str:
    """How to see that it is well again: `rollout status` for what rolls out, else `get`."""
    if ref.kind in ("Deployment", "StatefulSet", "DaemonSet"):
        return act("rollout status", ref)
    return kubectl(ref.namespace, "get", ref.kind.lower(), ref.name)
