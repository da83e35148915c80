"""Command lines that a report offers to a person."""

import re
import shlex

from anyops.world.resource import Ref

_OWN_FLAG = re.compile(
    r"-[ALclopw]|--(?:all-containers|as|containers|docker-(?:password|server|username)|field-selector|force|from-file"
    r"|from-literal|grace-period|image|limits|overwrite|port|previous|replicas|requests|resource|selector"
    r"|serviceaccount|show-labels|since|sort-by|tail|type|verb)(?:=.*)?",
    re.DOTALL,
)


def kubectl(namespace: str, *words: str) -> str:
    """A complete kubectl line; names come from the input, so a word that a shell would read is quoted.

    Empty where a name would be read as a flag (`--kubeconfig=evil`): no object has such a name.
    """
    given = [word for word in words if word]
    if any(word.startswith("-") and not _OWN_FLAG.fullmatch(word) for word in (namespace, *given)):
        return ""
    scope = ("-n", namespace) if namespace else ()
    return shlex.join(("kubectl", *scope, *given))


def in_context(command: str, context: str) -> str:
    """The kubectl line with the context it is meant for, where there is one that is no flag."""
    if not context or context.startswith("-") or not command.startswith("kubectl "):
        return command
    return f"kubectl {shlex.join(('--context', context))} {command.removeprefix('kubectl ')}"


def in_container(name: str) -> tuple[str, ...]:
    """`-c NAME` for `logs`; nothing where the name is not known, for `-c` alone would take the next word."""
    return ("-c", name) if name else ()


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
