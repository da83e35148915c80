"""The engine on small worlds: grouping, folding, ranking, verdicts, evidence."""

import msgspec

from anyops.diagnose.causes import CAUSES
from anyops.diagnose.engine import analyze
from anyops.diagnose.finding import Found, Rule
from anyops.diagnose.rank import GENERIC, ORPHANS
from anyops.world.evidence import Document, Span
from anyops.world.report import Report
from anyops.world.resource import Ref, Resource
from anyops.world.world import Note, Unread, World


def resource(kind: str, name: str, **body: object) -> Resource:
    return Resource("v1", kind, "shop", name, {"kind": kind, "metadata": {"name": name}, **body})


def report_on(world: World, *founds: Found) -> Report:
    """The report when one rule says these findings."""
    return analyze(world, [Rule("test.rule", "says what the test wants", (), lambda world: founds)])


def test_no_finding_is_healthy():
    report = report_on(World(resources=(resource("Pod", "a"),)))
    assert (report.verdict, report.healthy.checked, report.causes) == ("healthy", 1, [])


def test_forbidden_reads_are_inconclusive_not_healthy():
    assert report_on(World(unread=(Unread("pods", "forbidden"),))).verdict == "inconclusive"
    pods = (resource("Pod", "a"),)
    assert report_on(World(resources=pods, unread=(Unread("pods", "empty"),))).verdict == "healthy"


def test_notes_alone_are_no_proof_of_health():
    note = Note("ticket.txt", "is it up?", Span(Document("ticket.txt", b"is it up?"), 0, 9))
    assert report_on(World(notes=(note,))).verdict == "inconclusive"


def test_a_risk_or_a_past_finding_makes_no_incident():
    pod = resource("Pod", "a")
    founds = Found(on=pod, title="latest tag", state="risk"), Found(on=pod, title="was killed", state="past")
    report = report_on(World(resources=(pod,)), *founds)
    assert report.verdict == "healthy"
    assert report.healthy.recovered == ["Pod/shop/a: was killed"]


def test_a_symptom_folds_into_the_cause_upstream():
    labels = {"labels": {"app": "cart"}}
    deployment = resource("Deployment", "cart", spec={"template": {"metadata": labels}})
    service = resource("Service", "cart", spec={"selector": {"app": "cart"}})
    report = report_on(
        World(resources=(deployment, service)),
        Found(on=service, title="no endpoints"),
        Found(on=deployment, title="tag is missing", cause="image.not_found", certainty="sure"),
    )
    assert [c.cause for c in report.causes] == ["image.not_found"]
    assert len(report.causes[0].explains) == 2


def test_a_symptom_that_nothing_explains_makes_a_generic_cause():
    service = resource("Service", "cart")
    report = report_on(World(resources=(service,)), Found(on=service, title="no endpoints"))
    assert [c.cause for c in report.causes] == ["service.no_ready_endpoints"]


def test_evidence_is_numbered_once_and_in_order_of_reading():
    document = Document("pods.txt", b"one\ntwo\n")
    first, second = Span(document, 0, 3), Span(document, 4, 7)
    pod = resource("Pod", "a")
    report = report_on(
        World(resources=(pod,)),
        Found(on=pod, title="low", severity="low", cites=(second,)),
        Found(on=pod, title="bad", cause="container.oom_killed", cites=(first, second)),
    )
    assert [(e.id, e.place, e.text) for e in report.evidence] == [
        ("E1", "pods.txt:1", "one"),
        ("E2", "pods.txt:2", "two"),
    ]
    assert report.causes[0].evidence == ["E1", "E2"]


def test_a_broken_rule_costs_its_own_findings_only():
    def breaks(world: World):
        raise KeyError("oops")

    report = analyze(World(), [Rule("test.broken", "breaks", (), breaks)])
    assert [(u.source, u.why) for u in report.unread] == [("rule test.broken", "failed")]


def test_the_same_world_gives_the_same_bytes():
    pods = tuple(resource("Pod", f"p{n}") for n in range(9))
    founds = [Found(on=p, title="x", cause="container.oom_killed") for p in pods]
    one = report_on(World(resources=pods), *founds)
    two = report_on(World(resources=pods[::-1]), *founds[::-1])
    assert msgspec.json.encode(one.causes) == msgspec.json.encode(two.causes)


def test_fingerprint_forgets_generated_names():
    prints = set()
    for name in ("cart-6d9f7bcf4-x2k8p", "cart-58c9d7b6f-zz4q1"):
        pod = resource("Pod", name)
        found = Found(on=pod, title="x", cause="container.oom_killed")
        prints.add(report_on(World(resources=(pod,)), found).fingerprint)
    assert len(prints) == 1


def test_every_code_that_the_ranking_names_exists():
    assert set(CAUSES) >= GENERIC
    assert set(CAUSES) >= set(ORPHANS.values())


def test_a_ref_reads_as_kubectl_writes_it():
    assert str(Ref("Pod", "shop", "a")) == "Pod/shop/a"
    assert str(Ref("Node", "", "n1")) == "Node/n1"
