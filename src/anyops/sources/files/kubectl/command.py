"""What a file name or a command line says about the output that follows."""

import re
import shlex
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from anyops.sources.files.kubectl.kinds import KindInfo, find_kind


class Hint(Struct, frozen=True):
    """The command behind an output, as far as it is known.

    `words` are what follows the kind: names in a command line; in a file name the namespace may be among
    them. `namespace` is "" when it is not said. `filtered` means that a selector left objects out.
    """

    verb: str = ""
    kind: str = ""
    words: tuple[str, ...] = ()
    namespace: str = ""
    everywhere: bool = False
    filtered: bool = False
    output: str = ""
    container: str = ""
    previous: bool = False
    exact: bool = False


_VERBS = {"get", "describe", "top", "logs", "log", "events", "fetch"}
_FILLERS = frozenset({
    "kubectl", "k", "oc", "by", "in", "find", "resource", "cluster", "name", "all", "fetch",
    "wide", "output", "kind",
})  # fmt: skip
_WITH_VALUE = {
    "-n": "namespace", "--namespace": "namespace", "-c": "container", "--container": "container",
    "-o": "output", "--output": "output", "-l": "filter", "--selector": "filter",
    "--field-selector": "filter", "--for": "filter", "--context": "", "--kubeconfig": "", "--cluster": "",
    "--user": "", "--sort-by": "", "--tail": "", "--since": "", "--since-time": "", "-f": "filter",
}  # fmt: skip
_EXTENSION = re.compile(r"\.(?:txt|log|out|text|yaml|yml|json|md|table|tsv|list|output)\Z", re.I)
_HYPHENED = re.compile(r"(?:kubectl-)?(get|describe|top|logs)-([a-z]+)(?:-|\Z)")
_NAMESPACE_DIRECTORY = re.compile(r"(?:^|/)(?:namespaces?|ns)[/=_-]([a-z0-9][a-z0-9-]{0,62})/")


@lru_cache(maxsize=1024)
def hint_of_name(name: str) -> Hint:
    """What a document's name tells: a command line, `kubectl_get_pods_-n_shop.txt`, `ns/shop/pods.txt`."""
    if _COMMAND.match(name):
        return _of_command(name)
    path, _, base = name.rpartition("/")
    stem = _EXTENSION.sub("", base)
    tokens = [t for t in re.split(r"[\s_,]+", stem) if t]
    hyphened = _HYPHENED.match(stem)
    if hyphened and len(tokens) == 1:
        rest = stem[hyphened.end() :]
        tokens = [hyphened[1], hyphened[2], *([rest] if rest else [])]
    hint = read_command(tokens, exact=False)
    directory = _NAMESPACE_DIRECTORY.search(path + "/")
    if directory and not hint.namespace:
        hint = replace(hint, namespace=directory[1])
    return hint


_COMMAND = re.compile(r"(?:kubectl|oc)\s")
_REST = re.compile(r"\s(?:\||>|2>|&&|;)|\s{3,}")


def _of_command(line: str) -> Hint:
    """The parts of a command line; what passed through another program after it was filtered."""
    own, *rest = _REST.split(_EXTENSION.sub("", line), maxsplit=1)
    try:
        tokens = shlex.split(own)
    except ValueError:
        tokens = own.split()
    hint = read_command(tokens, exact=True)
    return replace(hint, filtered=True) if rest and "|" in line else hint


def read_command(tokens: list[str], *, exact: bool) -> Hint:
    """The parts of a kubectl command; `exact` when it is a command line and not a name made of one."""
    given: dict[str, str] = {}
    plain: list[str] = []
    everywhere = previous = False
    at = 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if not token.startswith("-"):
            plain.append(token)
            continue
        flag, equals, value = token.partition("=")
        if flag in ("-A", "--all-namespaces", "-all-namespaces"):
            everywhere = True
        elif flag in ("-p", "--previous"):
            previous = True
        elif flag in _WITH_VALUE and not equals and at < len(tokens):
            given[_WITH_VALUE[flag]] = tokens[at]
            at += 1
        elif flag in _WITH_VALUE:
            given[_WITH_VALUE[flag]] = value
        elif token.startswith("-n") and len(token) > 2:
            given["namespace"] = token[2:].lstrip("=")
    verb, kind, words = _positional(plain, exact=exact)
    return Hint(
        verb=verb,
        kind=kind,
        words=tuple(words),
        namespace=given.get("namespace", "").strip("'\""),
        everywhere=everywhere or "all-namespaces" in words,
        filtered="filter" in given,
        output=given.get("output", ""),
        container=given.get("container", ""),
        previous=previous or (not exact and "previous" in plain),
        exact=exact,
    )


def _positional(plain: list[str], *, exact: bool) -> tuple[str, str, list[str]]:
    verb, kind, words = "", "", []
    for index, token in enumerate(plain):
        low = token.lower()
        if not verb and low in _VERBS:
            verb = "logs" if low == "log" else low
        elif kind:
            words.append(token)
        elif low in _FILLERS or (low == "namespace" and index and plain[index - 1].lower() == "in"):
            continue
        else:
            slash_kind, slash, name = token.partition("/")
            info = _kind(slash_kind)
            if info is not None:
                kind = info.kind
                words.extend([name] if slash and name else [])
            elif verb or exact:
                words.append(token)
    if verb == "events" and not kind:
        verb, kind = "get", "Event"
    return verb, kind, words


def _kind(token: str) -> KindInfo | None:
    return find_kind(token.split(",")[0])
