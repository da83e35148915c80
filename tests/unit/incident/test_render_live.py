"""What a live cluster's answer reads like: values of fields, and what a user may not read."""

import pytest
from msgspec import structs

from anyops.incident.render.options import TextOptions
from anyops.incident.render.quotes import said
from anyops.incident.render.text import render_text
from anyops.world.report import EvidenceItem, Healthy, UnreadItem
from tests.unit.incident.reports import INCIDENT, INCONCLUSIVE


def quoted(pointer: str, text: str, about: str = "Pod/cart-x2") -> str:
    place = f"Pod/shop/cart-x2#{pointer}"
    return said(EvidenceItem(id="E1", source="10.2.0.1", place=place, at=None, text=text, about=about))


@pytest.mark.parametrize(
    ("pointer", "text", "reads"),
    [
        ("/status/containerStatuses/0/restartCount", "3", "restartCount: 3"),
        ("/spec/containers/0/resources/limits/memory", '"64Mi"', "limits.memory: 64Mi"),
        ("/status/conditions/1/status", '"False"', "conditions.status: False"),
        ("/spec/selector", '{"app":"kart"}', 'spec.selector: {"app":"kart"}'),
        ("/metadata/annotations/a.b~1c~0d", '"x"', "a.b/c~d: x"),
        ("/status/conditions/1/message", '"no \\"a\\" here"', 'no "a" here'),
        ("/status/containerStatuses/0/state/waiting/reason", '"CrashLoopBackOff"', "CrashLoopBackOff"),
        ("/status/message", "7", "message: 7"),
        ("/", '"whole"', "whole"),
    ],
)
def test_a_field_of_a_live_object_is_named(pointer, text, reads):
    assert quoted(pointer, text) == reads


def test_an_event_speaks_for_itself():
    assert quoted("/note", '"Back-off restarting"', "event Pod/cart-x2") == "Back-off restarting"


def denied(*sources: str, checked: int) -> str:
    unread = [UnreadItem(source=s, why="forbidden", detail=f"{s} is forbidden: alice") for s in sources]
    unread.append(UnreadItem(source="shop/jobs.batch", why="failed", detail="it took too long"))
    report = structs.replace(
        INCONCLUSIVE, scope=INCIDENT.scope, unread=unread, healthy=Healthy(checked=checked)
    )
    return " ".join(render_text(report, TextOptions(columns=100, terminal=True)).split())


def test_what_a_user_may_not_read_is_said_once_by_namespace():
    text = denied(
        "shop/services", "shop/jobs.batch", "nodes", "kube-system/pods", "log of shop/a/b", checked=7
    )
    assert (
        "alice may not read log of shop/a/b, nodes · in kube-system: pods · in shop: services, jobs.batch"
        in text
    )
    assert "shop/jobs.batch (failed): it took too long" in text
    assert "is forbidden: alice" not in text
    assert "not everything could be read; 7 objects checked" in text


def test_nothing_at_all_that_could_be_read_is_said_so():
    assert "inconclusive: nothing could be read" in denied("shop/pods", checked=0)
