"""What a command is to read, from its arguments: paths, or a live cluster."""

from math import ceil
from typing import NamedTuple

from anyops.cli.options import namespaces, seconds
from anyops.environment import Environment
from anyops.errors import UsageError
from anyops.incident.live import Live


class Asked(NamedTuple):
    """The options of a live cluster as they were given."""

    namespace: list[str] | None = None
    all_namespaces: bool = False
    selector: str = ""
    context: str = ""
    since: str = ""
    tail: int = 200
    timeout: str = ""


class Reading(NamedTuple):
    """Paths to read, or a live cluster; `again` are the arguments that ask for the same once more."""

    paths: list[str]
    live: Live | None
    again: list[str]


def ask(here: Environment, targets: list[str] | None, asked: Asked) -> Reading:
    """What is to be read. Raises UsageError where the arguments contradict each other."""
    from anyops.incident.targets import split

    paths, objects = split(targets or ())
    if paths:
        given = next((name for name, value in _given(asked) if value), "")
        if given:
            hint = "it belongs to a live cluster; leave it out, or leave out the path"
            raise UsageError(f"{given} does not go with the path {paths[0]}", hint=hint)
        return Reading(paths, None, paths)
    if asked.all_namespaces and asked.namespace:
        raise UsageError("-A and -n contradict each other", hint="leave one of them out")
    live = Live(
        context=asked.context,
        namespaces=namespaces(asked.namespace),
        all_namespaces=asked.all_namespaces,
        selector=asked.selector,
        objects=tuple(objects),
        since=ceil(seconds(asked.since, "--since")),
        tail=asked.tail,
        timeout=seconds(asked.timeout, "--timeout") or here.settings.cluster.timeout,
    )
    live.requirements()
    return Reading([], live, [*(targets or ()), *_again(live)])


def _given(asked: Asked) -> list[tuple[str, object]]:
    return [
        ("-n", asked.namespace),
        ("-A", asked.all_namespaces),
        ("-l", asked.selector),
        ("--context", asked.context),
        ("--since", asked.since),
        ("--timeout", asked.timeout),
    ]


def _again(live: Live) -> list[str]:
    words = ["--context", live.context] if live.context else []
    words += ["-n", ",".join(live.namespaces)] if live.namespaces else []
    words += ["-A"] if live.all_namespaces else []
    return words + (["-l", live.selector] if live.selector else [])
