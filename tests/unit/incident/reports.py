"""Reports made by hand: an incident, health, a reading with holes, one too long, one by an attacker."""

from msgspec import structs

from anyops.world.report import (
    Cause,
    CauseChange,
    Check,
    EvidenceItem,
    Finding,
    Fix,
    Healthy,
    Impact,
    Report,
    ReportScope,
    RuledOut,
    Run,
    TimelineEntry,
    UnreadItem,
    WorkloadImpact,
)
from anyops.world.resource import Ref

CART = Ref("Deployment", "shop", "cart")
POD = Ref("Pod", "shop", "cart-6d9f-x2")
IMAGE = "registry.example/shop/cart:1.4.2"
PULL = f'Failed to pull image "{IMAGE}": rpc error: code = NotFound desc = manifest unknown: not found'
PATCH = """\
--- a/charts/cart/values.yaml
+++ b/charts/cart/values.yaml
@@ -10,4 +10,4 @@
 image:
   repository: registry.example/shop/cart
-  tag: 1.4.2
+  tag: 1.4.1
"""


def evidence(id_: str, place: str, text: str, about: str = "", at: str | None = None) -> EvidenceItem:
    return EvidenceItem(id=id_, source=place.partition(":")[0], place=place, at=at, text=text, about=about)


EVIDENCE = [
    evidence("E1", "events.txt:12", f"2m (x41 over 7m)  Warning  Failed  pod/cart-6d9f-x2  {PULL}",
             "event Pod/cart-6d9f-x2", "2026-03-01T02:44:10Z"),
    evidence("E2", "pods.json:88-90", '"reason": "ImagePullBackOff"', "Pod/cart-6d9f-x2"),
    evidence("E3", "deploy.json:40", '"readyReplicas": 0', "Deployment/cart"),
    evidence("E4", "rs.txt:3-9", "cart-6d9f   3   3   0\n  revision 17", "ReplicaSet/cart-6d9f",
             "2026-02-20T11:43:58Z"),
    evidence("E5", "hpa.txt:4", "unable to get metrics for resource cpu", "HorizontalPodAutoscaler/cart"),
    evidence("E6", "git:charts/cart/values.yaml:12", "-  tag: 1.4.1\n+  tag: 1.4.2", "change"),
]  # fmt: skip

IMAGE_MISSING = Cause(
    rank=1,
    cause="image.not_found",
    layer="startup",
    fingerprint="a" * 64,
    resource=CART,
    certainty="sure",
    severity="critical",
    onset="2026-03-01T02:44:00Z",
    statement=f'cart asks for {IMAGE}, the registry answers "not found"; all 3 pods wait.',
    explains=["F1", "F2"],
    evidence=["E1", "E2", "E3", "E4"],
    managed_by="Argo CD app shop (selfHeal)",
    change=CauseChange(
        commit="ab12cd3ef45678", path="charts/cart/values.yaml", line=12, summary="tag 1.4.1 → 1.4.2",
        at="2026-03-01T02:41:00Z", evidence=["E6"],
    ),
    fix=Fix(
        summary="Argo CD app shop (selfHeal) owns it: make the change in git. Go back to a tag that exists.",
        commands=["git -C ~/src/gitops revert ab12cd3"],
        patch=PATCH,
    ),
    check=Check(commands=["kubectl --context prod-eu -n shop rollout status deploy/cart"]),
)  # fmt: skip

NO_METRICS = Cause(
    rank=2,
    cause="autoscaler.no_metrics",
    layer="performance",
    fingerprint="b" * 64,
    resource=Ref("HorizontalPodAutoscaler", "shop", "cart"),
    certainty="likely",
    severity="medium",
    onset="2026-03-01T02:44:30Z",
    statement="The autoscaler of cart gets no CPU figures since 02:44: it follows from 1.",
    explains=["F3"],
    evidence=["E5"],
    managed_by=None,
    change=None,
    fix=Fix(summary="Mend 1 first."),
    check=Check(),
)

FINDINGS = [
    Finding(id="F1", rule="pod.image_pull", severity="high", state="now", resource=POD,
            title="Image cannot be pulled", detail="The registry has no such tag.", evidence=["E1", "E2"]),
    Finding(id="F2", rule="deployment.not_ready", severity="high", state="now", resource=CART,
            title="0 of 3 pods ready", detail="", evidence=["E3"]),
    Finding(id="F3", rule="hpa.metrics", severity="medium", state="now", resource=NO_METRICS.resource,
            title="No metrics", detail="", evidence=["E5"]),
    Finding(id="F4", rule="node.restart", severity="low", state="past", resource=Ref("Node", "", "worker-2"),
            title="Kubelet restarted yesterday", detail="", evidence=[]),
    Finding(id="F5", rule="security.root", severity="medium", state="risk", resource=CART,
            title="Container may run as root", detail="No securityContext is set.", evidence=[]),
]  # fmt: skip

INCIDENT = Report(
    verdict="incident",
    severity="critical",
    fingerprint="a" * 64,
    question="",
    scope=ReportScope(source="10.2.0.1", context="prod-eu", namespaces=["shop"], user="alice",
                      captured_at="2026-03-01T02:51:07Z"),
    impact=Impact(summary="0 of 3 cart pods ready since 02:44", evidence=["E3"],
                  workloads=[WorkloadImpact(resource=CART, ready=0, wanted=3)]),
    causes=[IMAGE_MISSING, NO_METRICS],
    findings=FINDINGS,
    ruled_out=[
        RuledOut(what="nodes", why="12 of 12 ready"),
        RuledOut(what="registry login", why="the same secret pulls 1.4.1", evidence=["E2"]),
    ],
    timeline=[
        TimelineEntry(at="2026-02-20T11:43:58Z", what="revision 17 rolled out", evidence="E4"),
        TimelineEntry(at="2026-03-01T02:44:10Z", what=f"Failed Pod/cart-6d9f-x2: {PULL}", evidence="E1"),
    ],
    changes=[],
    evidence=EVIDENCE,
    healthy=Healthy(checked=1214),
    unread=[UnreadItem(source="secrets", why="forbidden")],
    run=Run(id="7c1e", at="2026-03-01T02:51:08Z", version="0.1.0", seen_before=["3f2a"],
            timings_ms={"read": 900.0, "diagnose": 200.0}),
)  # fmt: skip

HEALTHY = structs.replace(
    INCIDENT,
    verdict="healthy",
    severity=None,
    fingerprint=None,
    impact=Impact(summary=""),
    causes=[],
    findings=FINDINGS[3:],
    ruled_out=[],
    timeline=[],
    evidence=[],
    scope=ReportScope(source="./dump", context="", namespaces=["a", "b", "c", "d"]),
    healthy=Healthy(checked=214, recovered=["Pod/shop/cart-1: restarted 3 times, ready again since 02:10"]),
    unread=[],
    run=Run(),
)

INCONCLUSIVE = structs.replace(
    HEALTHY,
    verdict="inconclusive",
    unread=[
        UnreadItem(source="pods", why="forbidden", detail='User "ci" cannot list resource "pods"'),
        UnreadItem(
            source="events.yaml",
            why="failed",
            detail="line 12, column 3: mapping values are not allowed here",
        ),
    ],
)

GPU = EvidenceItem(id="E1", source="web.yaml", place="web.yaml:24", at=None, text="nvidia.com/gpu: 2",
                   about="Deployment/web")  # fmt: skip
RISKS = [
    Finding(id="F1", rule="security.root", severity="low", state="risk", resource=CART,
            title="Container may run as root", detail="No securityContext is set.", evidence=[]),
    Finding(id="F2", rule="manifest.nodes", severity="medium", state="risk", resource=CART,
            title="Needs nodes with 2 nvidia.com/gpu", detail="No other manifest says that there are any.",
            evidence=["E1"]),
]  # fmt: skip
MANIFESTS = structs.replace(
    HEALTHY,
    scope=ReportScope(source="./deploy", context="", namespaces=["shop"], live=False),
    findings=RISKS,
    evidence=[GPU],
    healthy=Healthy(checked=3),
)


def long() -> Report:
    """More of everything than the answer may show."""
    extra = [
        evidence(f"E{n}", f"pods.json:{n}", f'"message": "back-off {n} restarting container"')
        for n in range(7, 40)
    ]
    first = structs.replace(
        IMAGE_MISSING,
        statement=" ".join([IMAGE_MISSING.statement] * 8),
        evidence=[e.id for e in EVIDENCE + extra],
    )
    others = [
        structs.replace(NO_METRICS, rank=n, resource=Ref("Deployment", "shop", f"payment-gateway-worker-{n}"))
        for n in range(2, 22)
    ]
    ruled_out = [RuledOut(what=f"thing {n}", why="it is as it should be") for n in range(30)]
    unread = [UnreadItem(source=f"secrets/{n}", why="forbidden") for n in range(30)]
    return structs.replace(
        INCIDENT, causes=[first, *others], evidence=EVIDENCE + extra, ruled_out=ruled_out, unread=unread
    )


def poisoned(text: str) -> Report:
    """The incident, with the text in every string that comes from what was read, and in every name."""
    ref = Ref(f"Deployment{text}", text, f"cart{text}")
    change = structs.replace(IMAGE_MISSING.change, commit=text, path=text, summary=text)
    cause = structs.replace(
        IMAGE_MISSING,
        resource=ref,
        statement=f"{text} and {text}",
        managed_by=text,
        change=change,
        fix=Fix(summary=text, commands=[f"kubectl get pod {text}"], patch=f"+{text}\n{text}\n"),
        check=Check(commands=[text]),
    )
    return structs.replace(
        INCIDENT,
        question=text,
        scope=ReportScope(source=text, context=text, namespaces=[text], user=text),
        impact=Impact(summary=text, workloads=[WorkloadImpact(resource=ref, ready=0, wanted=3)]),
        causes=[
            cause,
            structs.replace(cause, rank=2),
            *(structs.replace(cause, rank=n) for n in range(3, 6)),
        ],
        findings=[structs.replace(f, resource=ref, title=text, detail=text * 2) for f in FINDINGS],
        ruled_out=[RuledOut(what=text, why=text)],
        timeline=[TimelineEntry(at="2026-03-01T02:44:10Z", what=text, evidence="E1")],
        evidence=[
            structs.replace(e, place=text, about=about, text=text) for e in EVIDENCE for about in (text, "")
        ],
        healthy=Healthy(checked=1, recovered=[text]),
        unread=[UnreadItem(source=text, why="failed", detail=text)],
        run=Run(id=text, seen_before=[text]),
    )
