"""What a container's commands ask of the Kubernetes API: kubectl, curl and the Python client."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from anyops.diagnose.api_resources import ApiResource, api_resource
from anyops.diagnose.programs import Program, base_name
from anyops.diagnose.wordlist import names
from anyops.world.resource import Field


class Access(Struct, frozen=True, order=True):
    """Something done with the API: `list` on `pods` of group "" in a namespace ("" for all of them)."""

    verb: str
    resource: str
    group: str = ""
    namespace: str = ""
    name: str = ""

    def __str__(self) -> str:
        where = f"in namespace {self.namespace}" if self.namespace else "in the whole cluster"
        return f"{self.verb} {self.resource} {where}"


_VALUED = names("""
    -n --namespace -o --output -l --selector -f --filename -c --container --context --cluster --user
    --kubeconfig
    --field-selector --tail --since --timeout --for --type -p --patch --replicas --image --from-literal
    --from-file
    --as --sort-by --template --request-timeout -s --server --token --grace-period --cascade --restart --port
    """)
_ON_NAMED = {
    "get": ("get",),
    "describe": ("get",),
    "delete": ("delete",),
    "patch": ("get", "patch"),
    "label": ("get", "patch"),
    "annotate": ("get", "patch"),
    "edit": ("get", "patch"),
    "set": ("get", "patch"),
    "wait": ("list", "watch"),
    "create": ("create",),
}
_ON_LISTED = {
    "get": ("list",),
    "describe": ("list", "get"),
    "delete": ("list", "delete"),
    "wait": ("list", "watch"),
}
_ON_PODS = {
    "logs": "log",
    "log": "log",
    "exec": "exec",
    "port-forward": "portforward",
    "attach": "attach",
    "cp": "exec",
}
_URL = re.compile(
    r"/apis?/(?:(?P<group>[a-z][a-z0-9.]{0,60})/)?v\d[a-z0-9]{0,9}"
    r"(?:/namespaces/(?P<ns>[\w.${}()-]{1,80}))?/(?P<what>[a-z]{2,40})(?:/(?P<name>[\w.${}-]{1,80}))?(?=[\s\"'?/|)]|\Z)"
)
_CLIENT = re.compile(r"\b(list|read|create|patch|delete|replace)_namespaced_([a-z_]{2,40})\(")
_CLIENT_VERBS = {"read": "get", "replace": "update"}


def api_calls(program: Program) -> Iterator[tuple[Access, Field]]:
    """Each thing that the container's commands do with the API, and where that stands."""
    home = program.owner.namespace
    if program.language == "shell":
        for call in program.script.calls:
            where = program.line(call.line)
            if base_name(call.name) == "kubectl":
                yield from ((access, where) for access in kubectl_access(call.args, home))
            elif call.name in ("curl", "wget"):
                yield from ((access, where) for access in _by_url(" ".join(call.args), home))
    elif program.language == "python":
        for number, row in enumerate(program.text.splitlines()[:2000], 1):
            for match in _CLIENT.finditer(row[:400]):
                found = api_resource(match[2].replace("_", ""))
                if found is not None:
                    verb = _CLIENT_VERBS.get(match[1], match[1])
                    yield Access(verb, found.plural, found.group, home), program.line(number)
    elif program.argv and (words := _kubectl_words(program)):
        yield from ((access, program.argv[0]) for access in kubectl_access(words, home))


def _kubectl_words(program: Program) -> list[str]:
    """The arguments of a container that is kubectl itself."""
    words = [word.text() for word in program.argv]
    if program.known and base_name(words[0]) == "kubectl":
        return words[1:]
    image = program.container.text("image").partition("@")[0].rpartition("/")[2].partition(":")[0]
    return words if image == "kubectl" and not program.container.at("command").value else []


def kubectl_access(args: Sequence[str], home: str) -> Iterator[Access]:
    """What `kubectl ARGS` asks for, run by a pod in namespace `home`."""
    words, options = _sorted_out(args)
    if not words:
        return
    namespace = options.get("-n") or options.get("--namespace") or home
    if "$" in namespace:
        namespace = home
    if "-A" in options or "--all-namespaces" in options:
        namespace = ""
    verb, rest = words[0], words[1:]
    if verb in _ON_PODS:
        yield Access("get", "pods", "", namespace)
        yield Access("get" if verb in ("logs", "log") else "create", f"pods/{_ON_PODS[verb]}", "", namespace)
    elif verb == "scale" and rest:
        yield from _on(rest, namespace, ("get", "patch"), ("get", "patch"), "/scale")
    elif verb == "rollout" and len(rest) > 1:
        verbs = ("get", "patch") if rest[0] == "restart" else ("get", "list", "watch")
        yield from _on(rest[1:], namespace, verbs, verbs)
    elif verb == "top" and rest:
        name = "nodes" if rest[0].startswith("no") else "pods"
        yield Access("list", name, "metrics.k8s.io", "" if name == "nodes" else namespace)
    elif verb == "run":
        yield Access("create", "pods", "", namespace)
    elif verb in _ON_NAMED and rest:
        rest = rest[1:] if verb == "set" else rest
        watched = ("watch",) if {"-w", "--watch"} & options.keys() else ()
        yield from _on(
            rest, namespace, _ON_NAMED[verb] + watched, (*_ON_LISTED.get(verb, _ON_NAMED[verb]), *watched)
        )


def _sorted_out(args: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    words: list[str] = []
    options: dict[str, str] = {}
    at = 0
    while at < len(args):
        word = args[at]
        at += 1
        if word == "--":
            break
        if not word.startswith("-"):
            words.append(word)
        elif "=" in word:
            name, _, value = word.partition("=")
            options[name] = value
        elif word in _VALUED and at < len(args):
            options[word] = args[at]
            at += 1
        else:
            options[word] = ""
    return words, options


def _on(
    words: Sequence[str], namespace: str, named: Sequence[str], listed: Sequence[str], sub: str = ""
) -> Iterator[Access]:
    """`pods`, `pod NAME`, `pod/NAME`, `pods,services`."""
    if not words:
        return
    for what in words[0].split(","):
        kind, slash, name = what.partition("/")
        found = api_resource(kind)
        if found is None:
            continue
        name = name or (words[1] if len(words) > 1 else "")
        for verb in named if name or slash else listed:
            yield _access(verb, found, namespace, name, sub)


def _access(verb: str, found: ApiResource, namespace: str, name: str, sub: str) -> Access:
    where = namespace if found.namespaced else ""
    return Access(verb, found.plural + sub, found.group, where, "" if "$" in name else name)


def _by_url(text: str, home: str) -> Iterator[Access]:
    method = re.search(r"(?:-X|--request)[ =]?(POST|PUT|PATCH|DELETE)", text)
    for match in _URL.finditer(text[:4000]):
        found = api_resource(match["what"])
        if found is None or match["what"] != found.plural or (match["group"] or "") != found.group:
            continue
        verb = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}.get(
            method[1] if method else "", "get" if match["name"] else "list"
        )
        namespace = match["ns"] or ""
        yield _access(verb, found, home if "$" in namespace else namespace, match["name"] or "", "")
