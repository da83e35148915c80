"""What to say of a refusal by admission: one function a kind."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from anyops.diagnose.commands import describe, kubectl
from anyops.diagnose.nearest import did_you_mean
from anyops.diagnose.quotas import QUOTA_CODES, code_of
from anyops.diagnose.rules.admission_text import Refusal
from anyops.diagnose.workloads import pod_spec
from anyops.world.evidence import Quotable
from anyops.world.report import Certainty
from anyops.world.resource import Ref, Resource
from anyops.world.world import World


class Case(Struct, frozen=True, eq=False):
    """A refusal, the controller that met it, and the workload that waits for it."""

    world: World
    maker: Resource
    who: Ref
    refusal: Refusal
    cite: Quotable
    onset: datetime | None

    @property
    def namespace(self) -> str:
        return self.who.namespace


class Words(Struct, frozen=True, kw_only=True):
    """What to say of one kind of refusal."""

    statement: str
    fix: str
    commands: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    fault: Ref | None = None
    certainty: Certainty = "sure"
    cites: tuple[Quotable, ...] = ()


def say(case: Case, code: str) -> Words:
    """Statement, fix and commands for a refusal with this cause."""
    return _SAYS[code](case, code)


def _quota(case: Case, code: str) -> Words:
    refusal, namespace = case.refusal, case.namespace
    quota = case.world.get("ResourceQuota", namespace, refusal.subject)
    lines = [line for line in refusal.amounts if code_of(line[0]) == code]
    said = "; ".join(f"{r}: {u} of {h} used, {a} more asked for" for r, a, u, h in lines)
    named = f"Quota {refusal.subject}" if refusal.subject else "A quota"
    return Words(
        statement=f"{named} of namespace {namespace} leaves no room for {case.who.name}"
        f"{f' ({said})' if said else ''}.",
        fix="Raise the quota, or free some of it: lower the requests or remove what is not needed.",
        commands=(describe("resourcequota", namespace, refusal.subject), kubectl(namespace, "get", "pods")),
        checks=(kubectl(namespace, "get", "resourcequota"),),
        fault=Ref("Namespace", "", namespace),
        cites=tuple(quota.at("status", "used", line[0]) for line in lines[:2]) if quota is not None else (),
    )


def _requests(case: Case, _: str) -> Words:
    missing = case.refusal.text.partition("must specify")[2].strip(" .:")[:200]
    return Words(
        statement=f"Quota {case.refusal.subject} demands that every pod states {missing or 'its resources'}; "
        f"pods of {case.who.name} do not.",
        fix=f"Set {missing or 'requests and limits'} on the containers, or add a LimitRange with defaults.",
        commands=(
            kubectl(case.namespace, "edit", f"{case.who.kind.lower()}/{case.who.name}"),
            describe("resourcequota", case.namespace, case.refusal.subject),
        ),
    )


def _service_account(case: Case, _: str) -> Words:
    name = case.refusal.subject.rpartition("/")[2]
    accounts = [a.name for a in case.world.in_namespace("ServiceAccount", case.namespace)]
    owner = case.world.by_ref.get(case.who)
    field = pod_spec(owner).at("serviceAccountName") if owner is not None else None
    return Words(
        statement=f"{case.who.name} wants the service account {name}, which is not in namespace "
        f"{case.namespace}{did_you_mean(name, accounts)}; its pods cannot be created until it is.",
        fix=f"Name an account that exists in spec.template.spec.serviceAccountName, or create {name}.",
        commands=(
            kubectl(case.namespace, "get", "serviceaccounts"),
            kubectl(case.namespace, "create", "serviceaccount", name),
        ),
        checks=(kubectl(case.namespace, "get", "serviceaccount", name),),
        cites=(field,) if field else (),
    )


def _limit_range(case: Case, _: str) -> Words:
    said = case.refusal.text.partition("forbidden: ")[2].rstrip("., ") or case.refusal.text
    return Words(
        statement=f"Pods of {case.who.name} break a LimitRange of namespace {case.namespace}: {said[:300]}.",
        fix="Bring requests and limits into the range, or change the LimitRange.",
        commands=(
            describe("limitrange", case.namespace, ""),
            kubectl(case.namespace, "edit", f"{case.who.kind.lower()}/{case.who.name}"),
        ),
    )


def _pod_security(case: Case, _: str) -> Words:
    level = f' "{case.refusal.subject}"' if case.refusal.subject else ""
    said = case.refusal.text.partition("violates PodSecurity")[2].partition(": ")[2][:300]
    return Words(
        statement=f"Namespace {case.namespace} enforces Pod Security{level}, "
        f"which {case.who.name} does not meet{f': {said}' if said else ''}.",
        fix="Set the securityContext that the level asks for, or change the namespace's enforce label.",
        commands=(
            kubectl("", "get", "namespace", case.namespace, "--show-labels"),
            kubectl(case.namespace, "edit", f"{case.who.kind.lower()}/{case.who.name}"),
        ),
    )


def _webhook_denied(case: Case, _: str) -> Words:
    said = case.refusal.text.partition("denied the request")[2].strip(" :") or case.refusal.text
    return Words(
        statement=f"Admission webhook {case.refusal.subject} refuses pods of {case.who.name}: {said[:300]}",
        fix="Meet what the webhook asks for, or change its policy.",
        commands=(kubectl("", "get", "validatingwebhookconfigurations,mutatingwebhookconfigurations"),),
    )


def _webhook_down(case: Case, _: str) -> Words:
    said = case.refusal.text.rpartition(": ")[2].rstrip(".")
    return Words(
        statement=f"Admission webhook {case.refusal.subject} does not answer ({said[:200]}), "
        f"so pods of {case.who.name} cannot be created.",
        fix="Bring the webhook's backend back, or set failurePolicy Ignore while it is down.",
        commands=(kubectl("", "get", "validatingwebhookconfigurations,mutatingwebhookconfigurations"),),
        fault=_webhook(case),
    )


def _webhook(case: Case) -> Ref | None:
    """The configuration that declares the webhook, where it was read."""
    for configuration in case.world.of_kind("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"):
        if any(hook.text("name") == case.refusal.subject for hook in configuration.each("webhooks")):
            return configuration.ref
    return None


def _namespace(case: Case, code: str) -> Words:
    name = case.refusal.subject or case.namespace
    gone = code == "namespace.missing"
    return Words(
        statement=f"Namespace {name} {'does not exist' if gone else 'is being deleted'}, "
        f"so pods of {case.who.name} cannot be created in it.",
        fix="Create the namespace." if gone else "Let the deletion finish, then create the namespace again.",
        commands=(kubectl("", "get", "namespace", name, *(() if gone else ("-o", "yaml"))),),
        fault=Ref("Namespace", "", name),
    )


def _refused(case: Case, _: str) -> Words:
    said = case.refusal.text.partition("Error creating: ")[2] or case.refusal.text
    return Words(
        statement=f"Pods of {case.who.name} are refused: {said[:400]}",
        fix="Mend what the message names.",
        commands=(describe(case.maker.kind, case.namespace, case.maker.name),),
        certainty="likely",
    )


_SAYS: dict[str, Callable[[Case, str], Words]] = {
    **dict.fromkeys(QUOTA_CODES, _quota),
    "quota.requests_required": _requests,
    "serviceaccount.missing": _service_account,
    "limitrange.violated": _limit_range,
    "admission.pod_security": _pod_security,
    "admission.webhook_denied": _webhook_denied,
    "admission.policy_violation": _webhook_denied,
    "admission.webhook_unavailable": _webhook_down,
    "namespace.missing": _namespace,
    "namespace.terminating": _namespace,
    "rbac.forbidden": _refused,
    "admission.invalid": _refused,
}
