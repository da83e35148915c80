"""What the API server answers when it refuses an object, as controllers repeat it in events and conditions.

Wordings: Kubernetes' plugin/pkg/admission (quota, limit ranger, service account, Pod Security, webhooks),
the RBAC authorizer and the validation of fields.
"""

import re

from msgspec import Struct

from anyops.diagnose.quotas import code_of


class Refusal(Struct, frozen=True):
    """A refusal: the cause's code, what it is about (a quota, an account, a webhook), and its own words."""

    code: str
    text: str
    subject: str = ""
    object: str = ""
    amounts: tuple[tuple[str, str, str, str], ...] = ()
    """For a quota: resource, requested, used, limited, as written."""


class Denied(Struct, frozen=True):
    """An RBAC denial: who may not do what to what, and where ("" for the whole cluster)."""

    user: str
    verb: str
    resource: str
    group: str
    namespace: str

    @property
    def account(self) -> tuple[str, str] | None:
        """Namespace and name of the service account; None for another user."""
        parts = self.user.split(":")
        if len(parts) == 4 and parts[:2] == ["system", "serviceaccount"]:
            return parts[2], parts[3]
        return None


_LIMIT = 4000
_NAME = r"\"?([A-Za-z0-9][\w.:/-]{0,252})\"?"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (code, re.compile(pattern, re.IGNORECASE))
    for code, pattern in (
        ("quota.exceeded", rf"exceeded quota: {_NAME}"),
        ("quota.requests_required", rf"failed quota: {_NAME}:? must specify"),
        ("quota.exceeded", r"insufficient quota to match these scopes"),
        ("serviceaccount.missing", rf"service account {_NAME}: serviceaccounts? {_NAME} not found"),
        ("serviceaccount.missing", rf"serviceaccounts? {_NAME} not found"),
        ("admission.pod_security", r"violates PodSecurity \"([^\"]{1,80})\""),
        (
            "admission.pod_security",
            r"unable to validate against any (?:pod security policy|security context)",
        ),
        ("admission.webhook_unavailable", rf"failed calling (?:admission )?webhook {_NAME}"),
        ("admission.webhook_unavailable", rf"failed to call webhook:? {_NAME}"),
        ("admission.webhook_denied", rf"admission webhook {_NAME} denied the request"),
        ("admission.policy_violation", r"ValidatingAdmissionPolicy '([^']{1,253})'"),
        ("limitrange.violated", r"(?:maximum|minimum) \S{1,63} usage per (\w{1,40})"),
        ("limitrange.violated", r"max limit to request ratio per (\w{1,40})"),
        ("namespace.terminating", rf"unable to create new content in namespace {_NAME} because it is being"),
        ("namespace.missing", rf"namespaces? {_NAME} not found"),
        ("rbac.forbidden", r"User \"([^\"]{1,253})\" cannot \w{1,40} resource"),
        ("admission.invalid", r"no PriorityClass with name (\S{1,253}) was found"),
        ("admission.invalid", rf"RuntimeClass\S{{0,20}} {_NAME} not found"),
        ("admission.invalid", r"is invalid: (\S{1,200}):"),
        ("admission.invalid", r"(?:Invalid|Unsupported|Required) value"),
    )
)
_OBJECT = re.compile(r"\b([a-z][a-z.]{2,60}) \"([^\"]{1,253})\" is (?:forbidden|invalid)")
_DENIED = re.compile(
    r"User \"(?P<user>[^\"]{1,253})\" cannot (?P<verb>\w{1,40}) resource \"(?P<resource>[^\"]{1,253})\""
    r"(?: in API group \"(?P<group>[^\"]{0,253})\")?"
    r"(?: in the namespace \"(?P<namespace>[^\"]{1,63})\"| at the cluster scope)?"
)
_AMOUNT = re.compile(r"([a-z0-9./-]{1,253})=([0-9][0-9A-Za-z.]{0,30})")


def parse(message: str) -> Refusal | None:
    """The refusal in a message; None when no refusal of the API server is known in it."""
    text = message[:_LIMIT]
    for code, pattern in _PATTERNS:
        match = pattern.search(text)
        if match:
            of = _OBJECT.search(text)
            subject = next((g for g in reversed(match.groups()) if g), "") if match.groups() else ""
            amounts = _amounts(text) if code == "quota.exceeded" else ()
            return Refusal(code, text.strip(), subject, of[1] if of else "", amounts)
    return None


def quota_codes(refusal: Refusal) -> list[str]:
    """The causes for each resource that is exceeded."""
    codes = [code_of(resource) for resource, *_ in refusal.amounts]
    return list(dict.fromkeys(codes)) or ["quota.exceeded"]


def _amounts(text: str) -> tuple[tuple[str, str, str, str], ...]:
    parts = {}
    for key, after in (("requested", "used"), ("used", "limited"), ("limited", "")):
        start = text.find(f"{key}: ")
        end = text.find(f", {after}: ", start) if after else len(text)
        parts[key] = dict(_AMOUNT.findall(text[start : end if end >= 0 else len(text)])) if start >= 0 else {}
    return tuple(
        (resource, asked, parts["used"].get(resource, ""), parts["limited"].get(resource, ""))
        for resource, asked in parts["requested"].items()
    )


def denials(text: str) -> list[Denied]:
    """Every RBAC denial in a text, such as a log line, an event or a condition."""
    found = (
        Denied(m["user"], m["verb"], m["resource"], m["group"] or "", m["namespace"] or "")
        for m in _DENIED.finditer(text[:_LIMIT])
    )
    return list(dict.fromkeys(found))
