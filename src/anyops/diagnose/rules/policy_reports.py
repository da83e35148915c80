"""Results of policy engines (Kyverno, others) in PolicyReports.

https://github.com/kubernetes-sigs/wg-policy-prototypes : results with `result`, `severity`, `policy`, `rule`.
A failed audit describes what runs already, so it is hygiene; what admission refuses has its own events.
"""

from collections.abc import Iterator

from anyops.diagnose.finding import Found, rule
from anyops.world.report import Severity
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World

_SEVERITY: dict[str, Severity] = {"critical": "high", "high": "high", "medium": "medium"}
_MOST = 20
"""Findings of one report; the rest is counted in the last one."""


@rule("policy.report", "PolicyReport", "ClusterPolicyReport", title="Policy is violated")
def reports(world: World) -> Iterator[Found]:
    """Every result `fail` or `error`, at the resource that it judges."""
    for report in world.of_kind("PolicyReport", "ClusterPolicyReport"):
        failed = [r for r in report.each("results") if r.text("result") in ("fail", "error")]
        for result in failed[:_MOST]:
            yield _found(report, result)
        if len(failed) > _MOST:
            yield _rest(report, len(failed) - _MOST)


def _found(report: Resource, result: Field) -> Found:
    target = result.at("resources", 0) if result.at("resources").value else report.at("scope")
    policy = "/".join(text for text in (result.text("policy"), result.text("rule")) if text)
    name = f"{target.text('kind')} {target.text('name')}".strip() or "a resource"
    return Found(
        on=_subject(target) or report,
        title=f"Policy {policy or 'unnamed'}: {result.text('result')}",
        detail=f"{name}: {result.text('message') or 'no message'} (report {report.name}, severity "
        f"{result.text('severity') or 'unset'})",
        severity=_SEVERITY.get(result.text("severity").lower(), "low"),
        state="risk",
        cites=(result.at("message"), result.at("result")),
        cause="admission.policy_violation",
        fix="Change the resource so that the policy holds, or make an exception.",
    )


def _subject(target: Field) -> Ref | None:
    if not (target.text("kind") and target.text("name")):
        return None
    return Ref(target.text("kind"), target.text("namespace"), target.text("name"))


def _rest(report: Resource, count: int) -> Found:
    return Found(
        on=report,
        title=f"{count} more policy results failed",
        detail=f"{report.kind} {report.name} holds {count} further failed results.",
        severity="low",
        state="risk",
        cites=(report.at("summary", "fail"),),
    )
