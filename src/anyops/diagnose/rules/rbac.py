"""Accounts that lack a permission: what was asked for against what is granted."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from anyops.diagnose.clock import since
from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.grants import Grant, are_known, grants
from anyops.diagnose.rules.admission_text import Denied, denials
from anyops.diagnose.workloads import POD_MAKERS, pod_spec
from anyops.world.evidence import Quotable
from anyops.world.resource import Ref, Resource
from anyops.world.world import World

_OFTEN = 3
_TAIL = 200
_LATELY = timedelta(minutes=30)


class Told(Struct, eq=False):
    """One denial: where it stands first, how often, whose log it was, and whether it went on to the end."""

    cite: Quotable
    about: Ref | None
    times: int = 0
    lately: bool = False


@rule("rbac.denied", title="Permission that an account lacks")
def denied(world: World) -> Iterator[Found]:
    """ "User X cannot VERB resource Y" in logs, events and conditions; a grant that is there now heals it."""
    for denial, told in _collect(world).items():
        yield _found(world, denial, told)


def _collect(world: World) -> dict[Denied, Told]:
    found: dict[Denied, Told] = {}
    for about, text, cite, lately in _texts(world):
        if "cannot" in text and "resource" in text:
            for denial in denials(text):
                told = found.setdefault(denial, Told(cite, about))
                told.times += 1
                told.lately |= lately
    return found


def _texts(world: World) -> Iterator[tuple[Ref | None, str, Quotable, bool]]:
    """Every text with whom it is about, and whether it is from lately: near the capture, or the log's end."""
    for event in world.events:
        yield event.about, event.message, event, _is_late(world, event.last, True)
    for log in world.logs:
        end = len(log.lines) - _TAIL
        for number, line in enumerate(log.lines):
            yield log.about, line.text, line, _is_late(world, line.at, number >= end)


def _is_late(world: World, at: datetime | None, otherwise: bool) -> bool:
    passed = since(world, at)
    return otherwise if passed is None else otherwise and passed < _LATELY


def _is_over(denial: Denied, told: Told) -> bool:
    """Control plane users are refused for a moment whenever the API server starts, until it has its roles."""
    of_the_start = denial.account is None and denial.user.startswith("system:") and told.times < _OFTEN
    return of_the_start or not told.lately


def _found(world: World, denial: Denied, told: Told) -> Found:
    account = denial.account
    held = list(grants(world, *account, denial.namespace)) if account else []
    granted = any(g.allows(denial.verb, denial.resource, denial.group) for g in held)
    over = granted or _is_over(denial, told)
    who = _who(world, denial, told)
    where = f"in namespace {denial.namespace}" if denial.namespace else "in the whole cluster"
    return Found(
        on=who,
        title=f"{_name(denial)} may not {denial.verb} {denial.resource}",
        detail=f"{where}, {told.times} times" if told.times > 1 else where,
        severity="low" if over else "high" if told.times >= _OFTEN else "medium",
        state="past" if over else "now",
        cites=(told.cite, *(g.rule for g in held if g.covers(denial.resource, denial.group))),
        cause="rbac.forbidden",
        certainty="sure",
        statement=f"{_name(denial)} may not {denial.verb} {denial.resource} {where}"
        f"{_granted(world, denial, held)}.",
        fix=_fix(denial, held),
        commands=tuple(_commands(denial)),
        checks=(_can_i(denial),),
    )


def _name(denial: Denied) -> str:
    account = denial.account
    return f"Service account {account[0]}/{account[1]}" if account else f"User {denial.user}"


def _who(world: World, denial: Denied, told: Told) -> Ref:
    """The workload that runs as the account; whoever said it; else the account itself."""
    runs = _users_of(world, *denial.account) if denial.account else []
    if told.about is not None and (told.about in runs or not runs) and told.about.kind:
        return told.about
    if runs:
        return runs[0]
    return Ref("ServiceAccount", *denial.account) if denial.account else Ref("User", "", denial.user)


def _users_of(world: World, namespace: str, account: str) -> list[Ref]:
    makers = (m for kind in POD_MAKERS for m in world.in_namespace(kind, namespace))
    tops = Counter(world.top_owner(m) for m in makers if _account_of(m) == account)
    return sorted(tops)


def _account_of(maker: Resource) -> str:
    spec = pod_spec(maker)
    return spec.text("serviceAccountName") or spec.text("serviceAccount") or ("default" if spec.value else "")


def _granted(world: World, denial: Denied, held: list[Grant]) -> str:
    """`; its roles grant get only`, where all of its roles were read."""
    verbs = list(dict.fromkeys(v for g in held if g.covers(denial.resource, denial.group) for v in g.verbs))
    if verbs:
        return f"; its roles grant {', '.join(verbs)} on {denial.resource}"
    if denial.account and are_known(world, *denial.account):
        return f"; its roles grant nothing on {denial.resource}"
    return ""


def _fix(denial: Denied, held: list[Grant]) -> str:
    near = next((g.role for g in held if g.covers(denial.resource, denial.group)), None)
    group = f" (API group {denial.group})" if denial.group else ""
    if near is not None:
        return f"Add the verb {denial.verb} on {denial.resource}{group} to {near.kind} {near.name}."
    return f"Grant {denial.verb} on {denial.resource}{group} with a role and bind it to {_name(denial)}."


def _commands(denial: Denied) -> Iterator[str]:
    account = denial.account
    if not account:
        return
    kind = "role" if denial.namespace else "clusterrole"
    what = f"{denial.resource}.{denial.group}" if denial.group else denial.resource
    name = f"{account[1]}-{denial.verb}-{denial.resource.replace('/', '-')}"
    yield kubectl(denial.namespace, "create", kind, name, f"--verb={denial.verb}", f"--resource={what}")
    yield kubectl(
        denial.namespace, "create", f"{kind}binding", name, f"--{kind}={name}",
        f"--serviceaccount={account[0]}:{account[1]}",
    )  # fmt: skip


def _can_i(denial: Denied) -> str:
    what = f"{denial.resource}.{denial.group}" if denial.group else denial.resource
    return kubectl(denial.namespace, "auth", "can-i", denial.verb, what, f"--as={denial.user}")
