"""Rules and causes as tables."""

from anyops.diagnose.causes import CAUSES
from anyops.diagnose.finding import Rule
from anyops.incident.render.catalog import cause_lines, rule_rows, rules_lines
from anyops.incident.render.lines import cells, plain
from anyops.incident.render.options import TextOptions

RULES = [
    Rule("pod.image_pull", "Image cannot be pulled", ("Pod",), lambda world: ()),
    Rule("service.endpoints", "Service without endpoints", ("Service", "EndpointSlice"), lambda world: ()),
    Rule("world.any", "Looks at everything", (), lambda world: ()),
]


def test_rules_are_a_table():
    assert plain(rules_lines(RULES, TextOptions(columns=80))).splitlines() == [
        "pod.image_pull     Image cannot be pulled     Pod",
        "service.endpoints  Service without endpoints  Service, EndpointSlice",
        "world.any          Looks at everything        everything",
    ]


def test_a_narrow_terminal_gets_two_lines_a_rule():
    lines = rules_lines(RULES, TextOptions(columns=40, terminal=True))
    assert plain(lines).splitlines()[:2] == ["pod.image_pull", "  Image cannot be pulled (Pod)"]
    assert all(cells(parts) <= 40 for parts in lines)


def test_rules_are_rows_too():
    assert rule_rows(RULES)[1] == {
        "id": "service.endpoints",
        "kinds": ["Service", "EndpointSlice"],
        "title": "Service without endpoints",
    }


def test_a_cause_says_what_it_means():
    kind = CAUSES["image.not_found"]
    text = plain(cause_lines(kind, TextOptions(columns=60)))
    assert text.startswith(f"{kind.title}   image.not_found · startup\n  ")
