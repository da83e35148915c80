"""Command lines that a report offers to a person."""

import shlex


def kubectl(namespace: str, *words: str) -> str:
    """A complete kubectl line; names come from the input, so a word that a shell would read is quoted."""
    scope = ("-n", namespace) if namespace else ()
    return shlex.join(("kubectl", *scope, *(word for word in words if word)))


def describe(kind: str, namespace: str, name: str) -> str:
    """`kubectl -n NAMESPACE describe KIND NAME`."""
    return kubectl(namespace, "describe", kind.lower(), name)
